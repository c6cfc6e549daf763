//! An app's services: hosts and supervised processes, as the supervisor starts and stops them; and a command's process.
//!
//! Knows nothing of when: that is the supervisor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::app::{self, App, EntryId, Lifecycle, Startup, Value};
use crate::error::Error;
use crate::lua::Plain;
use crate::payload::Payload;
use crate::process::HostKey;

use super::declared::plain;
use super::running::{NEVER, RunningHost, RunningProcess};
use super::supervisor::{
    Cause, OnRun, Plan, PlanError, Policy, Role, Running, Service, ServiceId, Services, StartError,
};
use super::{Node, Wanted, function};

/// A service that a layer above runs.
pub trait Front: Send + Sync {
    /// Starts it; as [`Services::start`].
    ///
    /// # Errors
    /// Why it can't be; that is the end of the program, unless it is optional.
    fn start(&self, news: Arc<OnRun>) -> Result<Box<dyn Running>, Error>;
}

/// What one service of an app is.
enum What {
    /// Processes may run there from now on.
    Host { id: String, keys: Vec<HostKey> },
    /// Functions may run from now on, in these hosts.
    Functions(Vec<HostKey>),
    /// Whether the program ends if it can't start.
    Front(Arc<dyn Front>, bool),
    Process {
        entry: String,
        host: String,
        arguments: Payload,
    },
    /// The process of a command: its end is the program's.
    Command {
        entry: String,
        host: String,
        arguments: Payload,
    },
}

/// A process to run on a terminal host: when it ends, the program ends.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The process entry.
    pub entry: EntryId,
    /// The terminal host.
    pub host: EntryId,
    /// Its arguments.
    pub arguments: Vec<Vec<u8>>,
}

/// A launch, and who is told that its host runs.
#[derive(Clone, Debug)]
pub struct Launching {
    /// What is launched.
    pub launch: Launch,
    /// Told nothing, once the host runs.
    pub host_runs: Sender<()>,
}

/// An app's services.
pub struct AppServices {
    node: Arc<Node>,
    services: Vec<What>,
    launching: Option<Launching>,
}

impl AppServices {
    /// The services of `app`, `fronts` those that a layer above runs, and the plan that the supervisor follows. What a launch
    /// needs to run is started too.
    ///
    /// # Errors
    /// Services that require each other; loading an app has reported that before.
    pub fn new(
        app: &App,
        node: Arc<Node>,
        mut fronts: BTreeMap<EntryId, Arc<dyn Front>>,
        launching: Option<Launching>,
    ) -> Result<(AppServices, Plan), PlanError> {
        let launch = launching.as_ref().map(|launching| &launching.launch);
        let needed = launch.map_or_else(BTreeSet::new, |launch| all_needed(app, &launch.host));
        let own = app.hosts.keys().chain(app.services.keys());
        let ids: Vec<&EntryId> = own.chain(app.http_services.keys()).collect();
        let place = |id: &EntryId| ids.iter().position(|known| *known == id);
        let functions = ServiceId(ids.len() as u32);
        let mut services = Vec::new();
        let mut planned = Vec::new();
        for id in &ids {
            let requires = app.needs(id).into_iter().filter_map(place);
            let mut requires: Vec<_> = requires.map(|place| ServiceId(place as u32)).collect();
            let (what, role) = if let Some(service) = app.services.get(*id) {
                requires.push(functions);
                (process(service), Role::Work)
            } else if let Some(front) = fronts.remove(*id) {
                requires.push(functions);
                let is_required = |of: &Lifecycle| of.startup == Startup::Required;
                let required = app.lifecycle(id).is_none_or(is_required);
                (What::Front(front, required), Role::Work)
            } else {
                (host(&node, id), Role::Carrier)
            };
            services.push(what);
            let mut service = plan(id, role, requires, app.lifecycle(id));
            service.auto_start |= needed.contains(id);
            planned.push(service);
        }
        services.push(What::Functions(node.functions().hosts()));
        planned.push(plan_functions());
        if let Some(launch) = launch {
            let host = place(&launch.host).map(|place| ServiceId(place as u32));
            let mut service = command(launch, host, services.len());
            if let Some(lifecycle) = app.lifecycle(&launch.host) {
                service.stop_timeout = lifecycle.stop_timeout;
            }
            planned.push(service);
            services.push(What::Command {
                entry: launch.entry.to_string(),
                host: launch.host.to_string(),
                arguments: strings(&launch.arguments),
            });
        }
        let plan = Plan::new(planned)?;
        let services = AppServices {
            node,
            services,
            launching,
        };
        Ok((services, plan))
    }
}

/// A process that is kept running.
fn process(service: &app::Service) -> What {
    What::Process {
        entry: service.process.to_string(),
        host: service.host.to_string(),
        arguments: arguments(&service.input),
    }
}

/// A host of the app.
fn host(node: &Node, id: &EntryId) -> What {
    let room = node.host(id.as_str());
    What::Host {
        id: id.to_string(),
        keys: room.map(|room| room.key).into_iter().collect(),
    }
}

/// The host of functions as the supervisor sees it: all that calls them runs between its start and its stop.
fn plan_functions() -> Service {
    let mut service = Service::new(function::HOST.to_owned(), Role::Carrier);
    service.auto_start = true;
    service
}

/// `id`, and all that must run before it.
fn all_needed<'a>(app: &'a App, id: &'a EntryId) -> BTreeSet<&'a EntryId> {
    let mut all = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if all.insert(id) {
            open.extend(app.needs(id));
        }
    }
    all
}

/// A command's process as the supervisor sees it: the last of `others` and one. It starts when all others have had their
/// chance, has all the time it wants, and is not started twice.
fn command(launch: &Launch, host: Option<ServiceId>, others: usize) -> Service {
    let mut service = Service::new(launch.entry.to_string(), Role::Work);
    service.requires = host.into_iter().collect();
    service.after = (0..others).map(|place| ServiceId(place as u32)).collect();
    service.start_timeout = NEVER;
    service.restart.max_attempts = 1;
    service
}

/// Encodes what people give a program.
fn strings(texts: &[Vec<u8>]) -> Payload {
    let mut encoded = Vec::new();
    for text in texts {
        Plain::Bytes(text.clone()).encode(&mut encoded);
    }
    Payload::from_encoded(encoded)
}

/// A service as the supervisor sees it.
fn plan(
    id: &EntryId,
    role: Role,
    requires: Vec<ServiceId>,
    lifecycle: Option<&Lifecycle>,
) -> Service {
    let mut service = Service::new(id.to_string(), role);
    service.requires = requires;
    if let Some(lifecycle) = lifecycle {
        let restart = &lifecycle.restart;
        service.auto_start = lifecycle.auto_start;
        service.required = lifecycle.startup == Startup::Required;
        service.start_timeout = lifecycle.start_timeout;
        service.stop_timeout = lifecycle.stop_timeout;
        service.stable_threshold = lifecycle.stable_threshold;
        service.restart = Policy {
            initial_delay: restart.initial_delay,
            max_delay: restart.max_delay,
            backoff_factor: restart.backoff_factor,
            jitter: restart.jitter,
            max_attempts: restart.max_attempts,
        };
    }
    service
}

/// Encodes what the YAML gives a program.
fn arguments(input: &[Value]) -> Payload {
    let mut encoded = Vec::new();
    input
        .iter()
        .for_each(|value| plain(value).encode(&mut encoded));
    Payload::from_encoded(encoded)
}

impl AppServices {
    /// Why a process could not be started, as the supervisor is told. Its top level may have run, and raised: that is no
    /// other failure than one of `main`, so that it doesn't matter to a service whether its entry has a template.
    fn start_error(&self, error: &Error) -> StartError {
        let cause = Cause {
            reason: error.to_string(),
            stack: self.locate(&error.stack),
        };
        if error.retryable == Some(false) && self.is_programs_own(error) {
            StartError::Refused(cause)
        } else {
            StartError::Transient(cause)
        }
    }

    fn start_hosts(&self, keys: &[HostKey], news: Arc<OnRun>) -> Box<dyn Running> {
        let node = self.node.clone();
        keys.iter().for_each(|key| node.scheduler().open(*key));
        news.started();
        let keys = keys.to_vec();
        Box::new(RunningHost { node, keys, news })
    }

    fn start_process(
        &self,
        entry: &str,
        host: &str,
        arguments: &Payload,
        news: Arc<OnRun>,
    ) -> Result<Box<dyn Running>, Error> {
        let node = self.node.clone();
        let started = news.clone();
        let wanted = Wanted {
            entry,
            host,
            arguments: arguments.clone(),
            context: None,
            monitor: None,
            on_start: Some(Box::new(move || started.started())),
            on_exit: Some(news),
        };
        let pid = node.admit(wanted)?.start();
        Ok(Box::new(RunningProcess { node, pid }))
    }
}

impl Services for AppServices {
    fn start(&self, id: ServiceId, news: OnRun) -> Result<Box<dyn Running>, StartError> {
        let node = self.node.clone();
        let news = Arc::new(news);
        match &self.services[id.0 as usize] {
            What::Host { id, keys } => {
                let running = self.start_hosts(keys, news);
                if let Some(launching) = &self.launching
                    && launching.launch.host.as_str() == id
                {
                    // Nobody listens any more: it took too long.
                    let _ = launching.host_runs.send(());
                }
                Ok(running)
            }
            What::Functions(keys) => {
                node.functions().warm_up();
                Ok(self.start_hosts(keys, news))
            }
            What::Front(front, required) => front.start(news).map_err(|error| {
                if *required {
                    node.status().fail(&error.message);
                }
                self.start_error(&error)
            }),
            What::Process {
                entry,
                host,
                arguments,
            } => {
                let started = self.start_process(entry, host, arguments, news);
                started.map_err(|error| self.start_error(&error))
            }
            What::Command {
                entry,
                host,
                arguments,
            } => {
                let started = self.start_process(entry, host, arguments, news);
                started.map_err(|error| {
                    node.status().fail(&error.to_string());
                    self.start_error(&error)
                })
            }
        }
    }

    fn living(&self) -> usize {
        // A command ends with its process, whatever has become of the services.
        let expected = usize::from(self.launching.is_some());
        expected.max(self.node.scheduler().table().len())
    }

    fn is_programs_own(&self, error: &Error) -> bool {
        error.own
    }

    fn locate(&self, stack: &str) -> String {
        self.node.sources().locate(stack)
    }
}
