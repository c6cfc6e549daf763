//! What the supervisor is told, and what it wants done.
//!
//! Plain data; knows nothing of who tells and who does.

use super::plan::ServiceId;
use super::report::{Cause, Report, TARGET};

/// One run of a service: each start gives a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// The service.
    pub service: ServiceId,
    /// Which of its runs.
    pub number: u64,
}

/// What has happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The app boots: start what is to be started.
    Boot,
    /// A run has begun, and can be ended. Its start may take longer.
    Begun(Run),
    /// The start of a run is over: it runs.
    Started(Run),
    /// A run could not begin.
    StartFailed(Run, StartError),
    /// A run has ended; without [`Event::Started`] before it, its start has failed.
    Ended(Run, Ending),
    /// Everything is to stop.
    Shutdown,
    /// So many processes live: the answer to [`Action::CountLiving`].
    Living(usize),
    /// Time has passed.
    Wake,
}

/// Why a run could not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// Trying again may help.
    Transient(Cause),
    /// Trying again can't help.
    Refused(Cause),
    /// At boot the app can't run without it, as when an address is taken; later, trying again may help.
    Fatal(Cause),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It returned.
    Normal,
    /// Anything else.
    Failed {
        /// Why.
        cause: Cause,
        /// The program itself said that trying again can't help.
        permanent: bool,
    },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Begin a run; answer with [`Event::Begun`] and [`Event::Started`], or [`Event::StartFailed`].
    Start(Run),
    /// Ask a run to end.
    Stop(Run),
    /// End a run.
    Kill(Run),
    /// End a run that began too late or is over, and forget it.
    Discard(Run),
    /// Answer with [`Event::Living`].
    CountLiving,
    /// Log it.
    Report(ServiceId, Report),
    /// All has ended.
    Finish(Verdict),
}

/// How the supervised app ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was told to.
    Stopped,
    /// Every service that does its work has failed for good, and no process lived.
    AllFailed,
    /// It could not be started.
    BootFailed,
}

impl Verdict {
    /// Logs why the app ended, where nothing else has said so.
    pub(super) fn log(self) {
        if self == Verdict::AllFailed {
            log::error!(target: TARGET, "every service has failed for good, and no process lives: ending");
        }
    }

    /// The exit status of the program.
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Stopped => 0,
            Verdict::AllFailed | Verdict::BootFailed => 1,
        }
    }
}
