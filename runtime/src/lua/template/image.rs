//! The bytes of a stopped VM without their place: a copy of its block, and which of its words are pointers into it.
//!
//! Knows nothing of Lua: two builds of the same VM, a known distance apart, are compared word by word. What is free in
//! the block is left out, and what is behind it moves up.

use std::ptr::NonNull;

use super::unfit::Unfit;
use crate::lua::arena::{GRAIN, LARGEST_ARENA};

/// Bytes of a word.
const WORD: usize = size_of::<usize>();

const _: () = assert!(WORD == GRAIN);

/// A VM's block as far as it was used, at no address.
pub(super) struct Image {
    /// The words; a pointer is an offset from the block's start.
    words: Box<[usize]>,
    /// Which of them are pointers.
    pointers: Box<[u16]>,
}

/// Where things of a block are in its image.
struct Moves {
    /// For each word of the block, how many before it are used.
    before: Vec<u16>,
}

impl Moves {
    fn new(used: &[bool]) -> Moves {
        let mut count = 0;
        let before = used.iter().map(|&used| {
            let before = count;
            count += u16::from(used);
            before
        });
        let mut before: Vec<u16> = before.collect();
        before.push(count);
        Moves { before }
    }

    /// Where what lies at `offset` in the block is in the image. Only what nobody follows any more leads to a word that
    /// isn't used, or behind them all.
    fn moved(&self, offset: usize) -> usize {
        let word = (offset / WORD).min(self.before.len() - 1);
        self.before[word] as usize * WORD + offset % WORD
    }
}

impl Image {
    /// Compares two blocks that lie `second - first` apart, of which the same words are `used`. Answers too where things
    /// of the blocks are in the image.
    ///
    /// A pointer is a word that differs by just that distance and that lies inside its own block in both, aligned: one with
    /// something else in its low bits couldn't be moved.
    ///
    /// # Errors
    /// If anything else differs, or a word leads from one block into the other.
    ///
    /// # Safety
    /// Both blocks can be read, are aligned to words, and nobody writes to them; [`LARGEST_ARENA`] bytes from the start
    /// of either are its own.
    pub(super) unsafe fn compare(
        first: NonNull<u8>,
        second: NonNull<u8>,
        used: &[bool],
    ) -> Result<(Image, impl Fn(usize) -> usize), Unfit> {
        let (base, other) = (first.addr().get(), second.addr().get());
        let distance = other.wrapping_sub(base);
        let inside = |word: usize, base: usize| word.wrapping_sub(base) <= LARGEST_ARENA;
        let moves = Moves::new(used);
        let (mut words, mut pointers) = (Vec::new(), Vec::new());
        for at in (0..used.len()).filter(|&at| used[at]) {
            // SAFETY: the caller's promise.
            let (one, two) = unsafe {
                (
                    first.cast::<usize>().add(at).read(),
                    second.cast::<usize>().add(at).read(),
                )
            };
            if one == two && !inside(one, base) && !inside(one, other) {
                words.push(one);
            } else if two.wrapping_sub(one) == distance && inside(one, base) && one % WORD == 0 {
                pointers.push(words.len() as u16);
                words.push(moves.moved(one - base));
            } else {
                return Err(Unfit::Differs);
            }
        }
        let image = Image {
            words: words.into(),
            pointers: pointers.into(),
        };
        Ok((image, move |offset| moves.moved(offset)))
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> usize {
        self.words.len() * WORD
    }

    /// How many of the words are pointers.
    pub(super) fn pointers(&self) -> usize {
        self.pointers.len()
    }

    /// Writes the image to the start of a block.
    ///
    /// # Safety
    /// The block has so many bytes, aligned to words, and nobody uses it.
    pub(super) unsafe fn write(&self, block: NonNull<u8>) {
        let words = block.cast::<usize>();
        let base = block.addr().get();
        // SAFETY: the caller's promise; the pointers are positions in the image.
        unsafe {
            words.copy_from_nonoverlapping(
                NonNull::new_unchecked(self.words.as_ptr().cast_mut()),
                self.words.len(),
            );
            for &at in &self.pointers {
                *words.add(at as usize).as_ptr() += base;
            }
        }
    }
}
