//! The bytes of a stopped VM without their place: a copy of its block, and which of its words are pointers into it.
//!
//! Knows nothing of Lua: two builds of the same VM, a known distance apart, are compared word by word.

use std::ptr::NonNull;

use super::unfit::Unfit;
use crate::lua::arena::LARGEST_ARENA;

/// Bytes of a word.
const WORD: usize = size_of::<usize>();

/// A VM's block as far as it was used, at no address.
pub(super) struct Image {
    /// The words; a pointer is an offset from the block's start.
    words: Box<[usize]>,
    /// Which of them are pointers.
    pointers: Box<[u16]>,
}

impl Image {
    /// Compares the first `bytes` of two blocks that lie `second - first` apart.
    ///
    /// A pointer is a word that differs by just that distance and that lies inside its own block in both.
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
        bytes: usize,
    ) -> Result<Image, Unfit> {
        let count = bytes.div_ceil(WORD);
        let (base, other) = (first.addr().get(), second.addr().get());
        let distance = other.wrapping_sub(base);
        let inside = |word: usize, base: usize| word.wrapping_sub(base) <= LARGEST_ARENA;
        let mut words = Vec::with_capacity(count);
        let mut pointers = Vec::new();
        for at in 0..count {
            // SAFETY: the caller's promise.
            let (one, two) = unsafe {
                (
                    first.cast::<usize>().add(at).read(),
                    second.cast::<usize>().add(at).read(),
                )
            };
            if one == two && !inside(one, base) && !inside(one, other) {
                words.push(one);
            } else if two.wrapping_sub(one) == distance && inside(one, base) {
                pointers.push(u16::try_from(at).map_err(|_| Unfit::TooLarge)?);
                words.push(one - base);
            } else {
                return Err(Unfit::Differs);
            }
        }
        Ok(Image {
            words: words.into(),
            pointers: pointers.into(),
        })
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
    /// The block has so many bytes, aligned to 256: a pointer may share its word with a tag in the lowest byte, which
    /// must stay as it is. Nobody uses the block.
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
