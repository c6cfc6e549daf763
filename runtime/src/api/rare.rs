//! What few processes have of the runtime: apart, so that the others need no room for it.
//!
//! Knows nothing of what it is for.

use std::sync::Arc;

use crate::pid::Pid;

use super::calls::Calls;
use super::context::Context;
use super::funcs::Promises;
use super::http::Answering;
use super::process::Upgrade;

/// What few processes have.
#[derive(Default)]
pub(super) struct Rare {
    /// The sender that the program asked for last, and its text: answers go to it.
    pub(super) last_sender: Option<(Pid, String)>,
    pub(super) calls: Calls,
    /// What its futures wait for, or got; made for the first.
    pub(super) promises: Option<Box<Promises>>,
    /// What it was started with, and hands on.
    pub(super) context: Option<Arc<Context>>,
    /// What it is to become, once its step has ended.
    pub(super) upgrade: Option<Upgrade>,
    /// Whether it became what it is.
    pub(super) upgraded: bool,
    /// An option without effect, which programs set and read.
    pub(super) upgradable: bool,
    /// The request that it answers.
    pub(super) exchange: Option<Box<Answering>>,
}

impl Rare {
    /// Whether none of it is there, or ever was.
    pub(super) fn is_empty(&self) -> bool {
        let Rare {
            last_sender,
            calls,
            promises,
            context,
            upgrade,
            upgraded,
            upgradable,
            exchange,
        } = self;
        last_sender.is_none()
            && calls.is_unused()
            && promises.is_none()
            && context.is_none()
            && upgrade.is_none()
            && !upgraded
            && !upgradable
            && exchange.is_none()
    }
}
