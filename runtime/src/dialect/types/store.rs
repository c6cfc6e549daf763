//! A list that grows while others read it: what was put in stays where it is.
//!
//! Who adds to it sees to it that it is one at a time. Knows nothing of types.

use std::sync::OnceLock;

/// Entries in the first piece; each piece has twice as many as the one before.
const FIRST: usize = 32;

/// So many pieces are more than 32-bit numbers.
const PIECES: usize = 27;

/// The list.
pub(super) struct Store<T> {
    pieces: [OnceLock<Box<[OnceLock<T>]>>; PIECES],
}

impl<T> Store<T> {
    pub fn new() -> Store<T> {
        Store {
            pieces: [const { OnceLock::new() }; PIECES],
        }
    }

    /// The entry with a number that has been put in.
    pub fn get(&self, number: u32) -> &T {
        let (piece, place) = place(number);
        let entry = self.pieces[piece]
            .get()
            .and_then(|piece| piece[place].get());
        entry.expect("a number that was given out")
    }

    /// Puts an entry in. Numbers are given out from 0 on, each once.
    pub fn put(&self, number: u32, entry: T) {
        let (piece, place) = place(number);
        let entries = self.pieces[piece]
            .get_or_init(|| (0..FIRST << piece).map(|_| OnceLock::new()).collect());
        assert!(entries[place].set(entry).is_ok(), "each number once");
    }
}

/// Which piece a number is in, and where there.
fn place(number: u32) -> (usize, usize) {
    let shifted = number as usize + FIRST;
    let piece = (shifted / FIRST).ilog2() as usize;
    (piece, shifted - (FIRST << piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_where_pieces_begin_and_end() {
        let store = Store::new();
        for number in 0..1000 {
            store.put(number, number * 3);
        }
        for number in 0..1000 {
            assert_eq!(*store.get(number), number * 3);
        }
    }

    #[test]
    #[should_panic(expected = "a number that was given out")]
    fn a_number_that_was_not_given_out_has_no_entry() {
        Store::<u32>::new().get(7);
    }
}
