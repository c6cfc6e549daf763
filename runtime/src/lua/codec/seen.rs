//! The tables that an encoder has met.
//!
//! Knows tables by their addresses alone.

use std::ffi::c_void;
use std::ptr;

use rustc_hash::FxHashMap;

/// Tables that are looked for one by one; where there are more, by their hash. Most values have one or two.
const FEW: usize = 8;

/// The tables met so far: their numbers, and where their tags are.
pub(super) struct Seen {
    count: usize,
    few: [(*const c_void, usize); FEW],
    /// All, as soon as they are more than a few.
    many: FxHashMap<*const c_void, (usize, usize)>,
}

impl Seen {
    pub(super) fn new() -> Seen {
        Seen {
            count: 0,
            few: [(ptr::null(), 0); FEW],
            many: FxHashMap::default(),
        }
    }

    /// The number and offset of a table, or none if it is new; then it is numbered.
    #[inline]
    pub(super) fn find_or_add(
        &mut self,
        table: *const c_void,
        offset: usize,
    ) -> Option<(usize, usize)> {
        if self.count <= FEW {
            let few = &self.few[..self.count];
            if let Some(number) = few.iter().position(|seen| seen.0 == table) {
                return Some((number, few[number].1));
            }
            if self.count < FEW {
                self.few[self.count] = (table, offset);
                self.count += 1;
                return None;
            }
        }
        self.find_or_add_many(table, offset)
    }

    #[cold]
    fn find_or_add_many(&mut self, table: *const c_void, offset: usize) -> Option<(usize, usize)> {
        if self.many.is_empty() {
            let few = self.few.iter().enumerate();
            self.many
                .extend(few.map(|(number, &(table, offset))| (table, (number, offset))));
        }
        if let Some(&found) = self.many.get(&table) {
            return Some(found);
        }
        self.many.insert(table, (self.count, offset));
        self.count += 1;
        None
    }
}
