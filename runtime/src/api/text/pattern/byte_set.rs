//! A set of bytes, and the sets that Lua's classes (`%a`, `%d`, …) name.
//!
//! Knows nothing of patterns. The classes are those of C's locale "C": no byte above 127 is in any.

/// A set of bytes, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte at all.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);

    /// The bytes in these inclusive ranges.
    const fn of(ranges: &[(u8, u8)]) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        let mut i = 0;
        while i < ranges.len() {
            let mut byte = ranges[i].0 as usize;
            while byte <= ranges[i].1 as usize {
                set.0[byte / 64] |= 1 << (byte % 64);
                byte += 1;
            }
            i += 1;
        }
        set
    }

    /// Whether `byte` is in the set.
    #[inline]
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    /// Adds one byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Adds all bytes from `first` to `last`; none if `first` is the greater.
    pub fn insert_range(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.insert(byte);
        }
    }

    /// Adds all bytes of `other`.
    pub fn insert_all(&mut self, other: &ByteSet) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    /// All bytes that are not in this set.
    pub fn complement(&self) -> ByteSet {
        ByteSet(self.0.map(|word| !word))
    }

    /// Whether some byte is in both sets.
    pub fn meets(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

const ALPHA: ByteSet = ByteSet::of(&[(b'A', b'Z'), (b'a', b'z')]);
const CONTROL: ByteSet = ByteSet::of(&[(0, 31), (127, 127)]);
const DIGIT: ByteSet = ByteSet::of(&[(b'0', b'9')]);
const GRAPH: ByteSet = ByteSet::of(&[(33, 126)]);
const LOWER: ByteSet = ByteSet::of(&[(b'a', b'z')]);
const PUNCTUATION: ByteSet = ByteSet::of(&[(33, 47), (58, 64), (91, 96), (123, 126)]);
const SPACE: ByteSet = ByteSet::of(&[(9, 13), (32, 32)]);
const UPPER: ByteSet = ByteSet::of(&[(b'A', b'Z')]);
const ALPHANUMERIC: ByteSet = ByteSet::of(&[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]);
const HEX_DIGIT: ByteSet = ByteSet::of(&[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]);
const ZERO: ByteSet = ByteSet::of(&[(0, 0)]);

/// The set that `%letter` names; none if it names no class and so stands for itself.
///
/// A capital letter is the complement. `%z` is Lua 5.1's byte zero.
pub fn class(letter: u8) -> Option<ByteSet> {
    let set = match letter.to_ascii_lowercase() {
        b'a' => ALPHA,
        b'c' => CONTROL,
        b'd' => DIGIT,
        b'g' => GRAPH,
        b'l' => LOWER,
        b'p' => PUNCTUATION,
        b's' => SPACE,
        b'u' => UPPER,
        b'w' => ALPHANUMERIC,
        b'x' => HEX_DIGIT,
        b'z' => ZERO,
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() {
        set.complement()
    } else {
        set
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_the_c_locale() {
        for byte in 0..=255u8 {
            let is = |letter| class(letter).is_some_and(|set| set.contains(byte));
            assert_eq!(is(b'a'), byte.is_ascii_alphabetic());
            assert_eq!(is(b'c'), byte.is_ascii_control());
            assert_eq!(is(b'd'), byte.is_ascii_digit());
            assert_eq!(is(b'g'), byte.is_ascii_graphic());
            assert_eq!(is(b'l'), byte.is_ascii_lowercase());
            assert_eq!(is(b'p'), byte.is_ascii_punctuation());
            assert_eq!(is(b's'), byte.is_ascii_whitespace() || byte == 11);
            assert_eq!(is(b'u'), byte.is_ascii_uppercase());
            assert_eq!(is(b'w'), byte.is_ascii_alphanumeric());
            assert_eq!(is(b'x'), byte.is_ascii_hexdigit());
            assert_eq!(is(b'z'), byte == 0);
            assert_eq!(is(b'S'), !is(b's'));
        }
        assert_eq!(class(b'y'), None);
        assert_eq!(class(b'.'), None);
    }

    #[test]
    fn sets_meet_when_they_share_a_byte() {
        assert!(DIGIT.meets(&ALPHANUMERIC));
        assert!(!DIGIT.meets(&ALPHA));
        let mut set = ByteSet::EMPTY;
        set.insert_range(b'z', b'a');
        assert_eq!(set, ByteSet::EMPTY);
        set.insert_range(250, 255);
        assert!(set.contains(255) && !set.contains(249));
    }
}
