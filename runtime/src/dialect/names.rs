//! The names of variables that count at a place in a source.
//!
//! Knows nothing of types. All it does takes the same time however many names there are.

use rustc_hash::FxHashMap;

use super::syntax::VariableId;

/// What a name was declared as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    /// The variable; none for a type.
    pub variable: Option<VariableId>,
    /// For the variable that a loop counts with: the edit that would make a copy of it.
    pub copy: Option<usize>,
}

struct Entry<'s> {
    name: &'s [u8],
    binding: Binding,
    /// The entry that the name had before.
    hidden: Option<usize>,
}

/// The names that count.
#[derive(Default)]
pub(super) struct Names<'s> {
    latest: FxHashMap<&'s [u8], usize>,
    entries: Vec<Entry<'s>>,
}

impl<'s> Names<'s> {
    /// Declares a name, from here to where its block ends.
    pub fn declare(&mut self, name: &'s [u8], binding: Binding) {
        let hidden = self.latest.insert(name, self.entries.len());
        self.entries.push(Entry {
            name,
            binding,
            hidden,
        });
    }

    /// What a name means here; none for a global.
    pub fn find(&self, name: &[u8]) -> Option<Binding> {
        let entry = self.latest.get(name)?;
        Some(self.entries[*entry].binding)
    }

    /// Begins a block: its end forgets what is declared from now on.
    pub fn begin(&self) -> usize {
        self.entries.len()
    }

    /// Ends the block that `begun` began.
    pub fn end(&mut self, begun: usize) {
        while self.entries.len() > begun {
            let Some(entry) = self.entries.pop() else {
                return;
            };
            match entry.hidden {
                Some(hidden) => self.latest.insert(entry.name, hidden),
                None => self.latest.remove(entry.name),
            };
        }
    }
}
