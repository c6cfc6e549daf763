//! The bytes themselves: tags, varints, hints of size, and a reader that never reads past the end.
//!
//! Knows nothing of Lua.

use super::DecodeError;

/// The tag bytes. Those not named here encode nothing; a changed form gets new ones.
pub(super) mod tag {
    pub const NIL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    /// A zigzag varint.
    pub const INTEGER: u8 = 3;
    /// Eight bytes.
    pub const FLOAT: u8 = 4;
    /// Length as a varint, bytes.
    pub const STRING: u8 = 5;
    pub const TABLE: u8 = 6;
    /// A table that a `BACK` stands for somewhere.
    pub const NAMED: u8 = 7;
    /// Number of a table as a varint.
    pub const BACK: u8 = 8;
    /// Length as a varint, bytes of an error.
    pub const ERROR: u8 = 9;
    pub const NESTED: u8 = 10;
    pub const PAIRS: u8 = 11;
    pub const META: u8 = 12;
    pub const END: u8 = 13;
    /// From here to `SMALL_INTEGER`: a string whose length is the tag less this.
    pub const SHORT_STRING: u8 = 0x40;
    /// From here on: an integer, the tag less this.
    pub const SMALL_INTEGER: u8 = 0x80;
}

/// Most bytes of a varint.
const VARINT: usize = 10;

pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[inline]
pub(super) fn put_integer(out: &mut Vec<u8>, number: i64) {
    if (0..0x80).contains(&number) {
        out.push(tag::SMALL_INTEGER | number as u8);
    } else {
        out.push(tag::INTEGER);
        put_varint(out, ((number << 1) ^ (number >> 63)) as u64);
    }
}

#[inline]
pub(super) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() < (tag::SMALL_INTEGER - tag::SHORT_STRING) as usize {
        out.push(tag::SHORT_STRING | bytes.len() as u8);
        out.extend_from_slice(bytes);
    } else {
        out.push(tag::STRING);
        put_bytes(out, bytes);
    }
}

/// Bits after the leading one that a hint keeps of a large count.
const HINT_BITS: u32 = 3;

/// One byte for a count: exact below 128, else rounded up by at most an eighth. It only says how large a table to make.
pub(super) fn hint(count: usize) -> u8 {
    if count < 0x80 {
        return count as u8;
    }
    let mut shift = count.ilog2() - HINT_BITS;
    let mut mantissa = count.div_ceil(1 << shift);
    if mantissa > 15 {
        (shift, mantissa) = (shift + 1, 8);
    }
    // Below 128 nothing is shifted by less than 4; 15 << 19 is as far as it goes.
    match shift - 4 {
        exponent @ 0..16 => 0x80 | (exponent as u8) << HINT_BITS | (mantissa as u8 - 8),
        _ => u8::MAX,
    }
}

/// The count that a hint stands for.
pub(super) fn hinted(hint: u8) -> usize {
    if hint < 0x80 {
        return hint as usize;
    }
    (8 + (hint & 7) as usize) << (4 + ((hint & 0x7F) >> HINT_BITS))
}

/// Reads bytes from the first to the last.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next byte, which stays.
    #[inline]
    pub(super) fn peek(&self) -> Result<u8, DecodeError> {
        self.bytes
            .get(self.at)
            .copied()
            .ok_or(DecodeError::Truncated)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    /// So many bytes.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(count).ok_or(DecodeError::Truncated)?;
        let bytes = self.bytes.get(self.at..end).ok_or(DecodeError::Truncated)?;
        self.at = end;
        Ok(bytes)
    }

    pub(super) fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0u64;
        for position in 0..VARINT {
            let byte = self.byte()?;
            // The tenth byte has room for one bit.
            if position == VARINT - 1 && byte > 1 {
                break;
            }
            number |= ((byte & 0x7F) as u64) << (7 * position);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DecodeError::Corrupt)
    }

    /// A length, and as many bytes.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| DecodeError::Truncated)?)
    }

    /// The rest of an integer.
    pub(super) fn integer(&mut self) -> Result<i64, DecodeError> {
        let zigzag = self.varint()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// The rest of a float.
    pub(super) fn float(&mut self) -> Result<f64, DecodeError> {
        let bytes = self.take(8)?.try_into().expect("eight bytes");
        Ok(f64::from_le_bytes(bytes))
    }
}

/// What an encoded value is, as far as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// An error.
    Error,
    /// A string.
    String,
    /// Anything else.
    Other,
}

impl Held {
    /// What the bytes encode. Only the first is looked at, and where a value was nested the second.
    pub fn of(bytes: &[u8]) -> Held {
        match bytes.iter().find(|&&byte| byte != tag::NESTED) {
            Some(&tag::ERROR) => Held::Error,
            Some(&(tag::STRING | tag::SHORT_STRING..tag::SMALL_INTEGER)) => Held::String,
            _ => Held::Other,
        }
    }
}

/// How deep the tables of an encoded value are nested; sees whether it is one value, whole.
pub(super) fn depth_of(bytes: &[u8]) -> Result<usize, DecodeError> {
    let mut reader = Reader::new(bytes);
    let (mut depth, mut deepest) = (0usize, 0);
    loop {
        let next = reader.byte()?;
        match next {
            tag::NIL | tag::FALSE | tag::TRUE | tag::SMALL_INTEGER.. => {}
            tag::INTEGER | tag::BACK => drop(reader.varint()?),
            tag::FLOAT => drop(reader.float()?),
            tag::STRING | tag::ERROR => drop(reader.sized()?),
            tag::SHORT_STRING..tag::SMALL_INTEGER => {
                reader.take((next - tag::SHORT_STRING) as usize)?;
            }
            tag::TABLE | tag::NAMED => {
                reader.take(2)?;
                depth += 1;
            }
            tag::NESTED => depth += 1,
            tag::PAIRS | tag::META if depth > 0 => {}
            tag::END if depth > 0 => depth -= 1,
            _ => return Err(DecodeError::Corrupt),
        }
        deepest = deepest.max(depth);
        if depth == 0 {
            let whole = reader.left() == 0;
            return if whole {
                Ok(deepest)
            } else {
                Err(DecodeError::Corrupt)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_and_integers_come_back() {
        for number in [
            0,
            1,
            127,
            128,
            300,
            u64::from(u32::MAX),
            u64::MAX - 1,
            u64::MAX,
        ] {
            let mut out = vec![];
            put_varint(&mut out, number);
            assert_eq!(Reader::new(&out).varint(), Ok(number));
            assert_eq!(Reader::new(&out[1..]).varint().is_ok(), out.len() > 1);
            out.clear();
            put_integer(&mut out, number as i64);
            let mut reader = Reader::new(&out);
            match reader.byte().unwrap() {
                tag::INTEGER => assert_eq!(reader.integer(), Ok(number as i64)),
                small => assert_eq!((small & 0x7F) as u64, number),
            }
        }
        assert_eq!(Reader::new(&[0xFF; 10]).varint(), Err(DecodeError::Corrupt));
        assert_eq!(
            Reader::new(&[0xFF; 9]).varint(),
            Err(DecodeError::Truncated)
        );
    }

    #[test]
    fn what_is_held_shows_in_its_first_bytes() {
        let mut strings = vec![vec![], vec![]];
        put_string(&mut strings[0], b"");
        put_string(&mut strings[1], &[b'x'; 200]);
        for bytes in &strings {
            assert_eq!(Held::of(bytes), Held::String);
        }
        assert_eq!(Held::of(&[tag::ERROR, 0]), Held::Error);
        assert_eq!(Held::of(&[tag::NESTED, tag::ERROR, 0]), Held::Error);
        let others = [tag::NIL, tag::TABLE, tag::FLOAT, tag::SMALL_INTEGER, 0xff];
        assert!(others.iter().all(|&tag| Held::of(&[tag]) == Held::Other));
        assert_eq!(Held::of(&[]), Held::Other);
    }

    #[test]
    fn a_hint_is_at_most_an_eighth_too_large() {
        for count in (0..5000).chain([1 << 20, (1 << 20) + 1, 7_000_000]) {
            let hinted = hinted(hint(count));
            assert!(
                hinted >= count && hinted <= count + count / 8,
                "{count}: {hinted}"
            );
        }
        assert_eq!(hinted(hint(usize::MAX)), 15 << 19);
    }
}
