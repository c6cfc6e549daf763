//! The block `lifecycle`: when something starts and stops, and what happens when it fails.
//!
//! Knows nothing of who does the starting: that is `node/supervisor.rs`.

use std::time::Duration;

use crate::app::entry::EntryId;
use crate::app::fields::Fields;

/// When an entry starts and stops, and what happens when it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifecycle {
    /// Whether it starts with the app.
    pub auto_start: bool,
    /// Whether the app can go on without it.
    pub startup: Startup,
    /// What must run before it: `requires` and the older `depends_on`.
    pub requires: Vec<EntryId>,
    /// How long it may take to start.
    pub start_timeout: Duration,
    /// How long it may take to stop.
    pub stop_timeout: Duration,
    /// A run of this length was no failed attempt: attempts are counted from the start again.
    pub stable_threshold: Duration,
    /// What happens when it fails.
    pub restart: Restart,
}

/// Whether the app can go on without an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Startup {
    /// It can't.
    Required,
    /// It can.
    Optional,
}

/// When something that failed is started again.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// The delay before the first restart.
    pub initial_delay: Duration,
    /// The longest delay.
    pub max_delay: Duration,
    /// What the delay is multiplied with after every attempt.
    pub backoff_factor: f64,
    /// The part of the delay that is left to chance, either way: 0 to 1.
    pub jitter: f64,
    /// How many failures end it for good; 0 for none.
    pub max_attempts: u32,
}

impl Default for Lifecycle {
    fn default() -> Lifecycle {
        Lifecycle {
            auto_start: false,
            startup: Startup::Required,
            requires: Vec::new(),
            start_timeout: Duration::from_secs(10),
            stop_timeout: Duration::from_secs(10),
            stable_threshold: Duration::from_secs(5),
            restart: Restart::default(),
        }
    }
}

impl Default for Restart {
    fn default() -> Restart {
        Restart {
            initial_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(90),
            backoff_factor: 2.0,
            jitter: 0.1,
            max_attempts: 0,
        }
    }
}

/// Reads the block `lifecycle`, which may be missing.
pub(super) fn read(entry: &mut Fields) -> Lifecycle {
    let default = Lifecycle::default();
    let Some(mut fields) = entry.block("lifecycle") else {
        return default;
    };
    // Who may start and stop it is no question here: there is no `security` yet, and so no refusal.
    fields.get("security");
    let lifecycle = Lifecycle {
        auto_start: fields.flag("auto_start").unwrap_or(default.auto_start),
        startup: startup(&mut fields),
        requires: requires(&mut fields),
        start_timeout: fields
            .duration("start_timeout")
            .unwrap_or(default.start_timeout),
        stop_timeout: fields
            .duration("stop_timeout")
            .unwrap_or(default.stop_timeout),
        stable_threshold: fields
            .duration("stable_threshold")
            .unwrap_or(default.stable_threshold),
        restart: restart(&mut fields),
    };
    fields.finish();
    lifecycle
}

fn startup(fields: &mut Fields) -> Startup {
    match fields.text("startup") {
        None | Some(("required", _)) => Startup::Required,
        Some(("optional", _)) => Startup::Optional,
        Some((other, place)) => {
            let what = format!("must be `required` or `optional`, and is {other:?}");
            fields.report(fields.error("startup", place, what));
            Startup::Required
        }
    }
}

fn requires(fields: &mut Fields) -> Vec<EntryId> {
    let mut requires = Vec::new();
    for name in ["requires", "depends_on"] {
        for (text, place) in fields.texts(name) {
            if let Some(id) = fields.resolve(name, text, place, true, &[])
                && !requires.contains(&id)
            {
                requires.push(id);
            }
        }
    }
    requires
}

fn restart(lifecycle: &mut Fields) -> Restart {
    let default = Restart::default();
    let Some(mut fields) = lifecycle.block("restart") else {
        return default;
    };
    let restart = Restart {
        initial_delay: fields
            .duration("initial_delay")
            .unwrap_or(default.initial_delay),
        max_delay: fields.duration("max_delay").unwrap_or(default.max_delay),
        backoff_factor: fields
            .number("backoff_factor", 1.0, f64::MAX)
            .unwrap_or(default.backoff_factor),
        jitter: fields.number("jitter", 0.0, 1.0).unwrap_or(default.jitter),
        max_attempts: fields
            .count("max_attempts", 0)
            .unwrap_or(default.max_attempts),
    };
    fields.finish();
    restart
}
