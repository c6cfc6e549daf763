//! What is to be supervised: services, what each requires, and how each is started, restarted and stopped.
//!
//! Knows nothing of what a service is made of. Plain data, checked once.

use std::fmt;
use std::time::Duration;

use super::restart::Policy;

/// Names a service: its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub u32);

impl ServiceId {
    /// The place as an index.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It does the app's work. When all of these have failed, the app has.
    Work,
    /// It carries others, as a host does: alone it is no reason to keep the app running.
    Carrier,
}

/// One service: an entry with a `lifecycle` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The id of its entry, for the log.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Whether it is started at all.
    pub auto_start: bool,
    /// Whether those that require it fail when it does (`startup: required`); else they start without it.
    pub required: bool,
    /// What must run before it starts, and runs until it has stopped.
    pub requires: Vec<ServiceId>,
    /// What has its chance to start before it: it has started, failed or been given up. Stops whenever it likes.
    pub after: Vec<ServiceId>,
    /// A start that takes longer has failed.
    pub start_timeout: Duration,
    /// After this time, one that doesn't stop is killed.
    pub stop_timeout: Duration,
    /// A run this long makes the failure that ends it the first in a row.
    pub stable_threshold: Duration,
    /// How it is restarted.
    pub restart: Policy,
}

impl Service {
    /// A service that is started, with the default time-outs and restart policy.
    pub fn new(name: impl Into<String>, role: Role) -> Service {
        Service {
            name: name.into(),
            role,
            auto_start: true,
            required: true,
            requires: Vec::new(),
            after: Vec::new(),
            start_timeout: Duration::from_secs(10),
            stop_timeout: Duration::from_secs(10),
            stable_threshold: Duration::from_secs(5),
            restart: Policy::default(),
        }
    }
}

/// Services that can be started in some order.
#[derive(Clone, Debug)]
pub struct Plan {
    services: Vec<Service>,
    order: Vec<ServiceId>,
}

/// Why services are no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// A service requires what isn't in the plan.
    Unknown {
        /// The service.
        name: String,
    },
    /// Services require each other: these, each requiring the next, the last the first.
    Cycle {
        /// The services.
        names: Vec<String>,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Unknown { name } => write!(f, "{name}: requires a service that isn't there"),
            PlanError::Cycle { names } => {
                write!(f, "services require each other: {}", names.join(" → "))?;
                names
                    .first()
                    .map_or(Ok(()), |first| write!(f, " → {first}"))
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl Plan {
    /// Checks the services; [`ServiceId`]s are places in `services`.
    ///
    /// # Errors
    /// If one requires what isn't there, or some require each other.
    pub fn new(services: Vec<Service>) -> Result<Plan, PlanError> {
        for service in &services {
            if service
                .requires
                .iter()
                .any(|id| id.index() >= services.len())
            {
                let name = service.name.clone();
                return Err(PlanError::Unknown { name });
            }
        }
        match sort(&services) {
            Ok(order) => Ok(Plan { services, order }),
            Err(cycle) => {
                let name = |id: &ServiceId| services[id.index()].name.clone();
                let names = cycle.iter().map(name).collect();
                Err(PlanError::Cycle { names })
            }
        }
    }

    /// The services, in the order of their ids.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// All ids, each behind those that it requires.
    pub fn order(&self) -> &[ServiceId] {
        &self.order
    }
}

/// All ids, each behind those that it requires; or some that require each other, each the next. Walks without
/// recursion: chains may be long.
fn sort(services: &[Service]) -> Result<Vec<ServiceId>, Vec<ServiceId>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        OnPath,
        Done,
    }
    let mut order = Vec::with_capacity(services.len());
    let mut marks = vec![Mark::New; services.len()];
    for root in ids(services.len()) {
        if marks[root.index()] != Mark::New {
            continue;
        }
        // The path from the root, and which requirement of each service on it comes next.
        let mut path = vec![(root, 0)];
        marks[root.index()] = Mark::OnPath;
        while let Some((at, next)) = path.last_mut() {
            let Some(required) = services[at.index()].requires.get(*next).copied() else {
                marks[at.index()] = Mark::Done;
                order.push(*at);
                path.pop();
                continue;
            };
            *next += 1;
            match marks[required.index()] {
                Mark::Done => {}
                Mark::New => {
                    marks[required.index()] = Mark::OnPath;
                    path.push((required, 0));
                }
                Mark::OnPath => {
                    let from = path.iter().position(|(on, _)| *on == required);
                    let from = from.expect("what is marked so is on the path");
                    return Err(path[from..].iter().map(|(on, _)| *on).collect());
                }
            }
        }
    }
    Ok(order)
}

/// All ids of that many services.
pub(super) fn ids(count: usize) -> impl Iterator<Item = ServiceId> {
    (0..count).map(|at| ServiceId(u32::try_from(at).expect("fewer than 2^32 services")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Services `0`, `1`, … that require what is listed.
    fn services(requires: &[&[u32]]) -> Vec<Service> {
        let named = |(at, requires): (usize, &&[u32])| Service {
            requires: requires.iter().copied().map(ServiceId).collect(),
            ..Service::new(at.to_string(), Role::Work)
        };
        requires.iter().enumerate().map(named).collect()
    }

    #[test]
    fn a_diamond_is_no_cycle() {
        let plan = Plan::new(services(&[&[1, 2], &[3], &[3], &[]])).unwrap();
        assert_eq!(plan.order(), [3, 1, 2, 0].map(ServiceId));
    }

    #[test]
    fn a_cycle_is_named() {
        let error = Plan::new(services(&[&[1], &[2], &[3], &[1]])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "services require each other: 1 → 2 → 3 → 1"
        );
        let error = Plan::new(services(&[&[0]])).unwrap_err();
        assert_eq!(error.to_string(), "services require each other: 0 → 0");
    }

    #[test]
    fn what_is_required_is_there() {
        let error = Plan::new(services(&[&[1]])).unwrap_err();
        assert_eq!(error, PlanError::Unknown { name: "0".into() });
    }

    #[test]
    fn a_long_chain_is_walked() {
        let all: Vec<Service> = (1..=100_000)
            .map(|next| Service {
                requires: if next < 100_000 {
                    vec![ServiceId(next)]
                } else {
                    Vec::new()
                },
                ..Service::new("link", Role::Work)
            })
            .collect();
        assert!(Plan::new(all).is_ok());
    }
}
