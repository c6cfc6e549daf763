//! Which host and entry processes came from, as small numbers.
//!
//! So that a pid's text form can be written when the process is gone. Knows nothing of what hosts and entries are.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

/// A host and an entry, as they stand in a pid's text form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The id of the host entry.
    pub host: Box<str>,
    /// The id of the process entry.
    pub entry: Box<str>,
}

/// All origins ever seen. They are never given back: an app has as many as it has pairs of host and entry.
#[derive(Debug, Default)]
pub(super) struct Origins(RwLock<Interned>);

#[derive(Debug, Default)]
struct Interned {
    by_number: Vec<Arc<Origin>>,
    by_origin: HashMap<Arc<Origin>, u32>,
}

impl Origins {
    pub fn number(&self, host: &str, entry: &str) -> u32 {
        let origin = Arc::new(Origin {
            host: host.into(),
            entry: entry.into(),
        });
        if let Some(&number) = self.0.read().by_origin.get(&origin) {
            return number;
        }
        let mut interned = self.0.write();
        let Interned {
            by_number,
            by_origin,
        } = &mut *interned;
        *by_origin.entry(origin).or_insert_with_key(|origin| {
            by_number.push(origin.clone());
            u32::try_from(by_number.len() - 1).expect("origins are few")
        })
    }

    pub fn get(&self, number: u32) -> Option<Arc<Origin>> {
        self.0.read().by_number.get(number as usize).cloned()
    }
}
