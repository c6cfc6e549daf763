//! A body in chunks, decoded piece by piece.
//!
//! Knows nothing of what the body is. Extensions and trailers are checked and forgotten; nothing is kept of what was read
//! but a few numbers.

use std::ops::Range;

use super::limits::Limits;
use super::rejection::Rejection;
use crate::request::is_token_byte;

/// Digits of a chunk's size: as many as a 64-bit number has, leading zeros included.
const MOST_DIGITS: u8 = 16;

/// Where in a chunked body we are.
#[derive(Clone, Copy, Debug)]
pub struct Chunked {
    place: Place,
    /// Bytes of the body, those of the current chunk included.
    total: u64,
    /// Bytes of extensions and trailers.
    extra: usize,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Size { value: u64, digits: u8 },
    Extension { size: u64 },
    SizeLf { size: u64 },
    Chunk { left: u64 },
    ChunkCr,
    ChunkLf,
    TrailerName { empty: bool },
    TrailerValue,
    TrailerLf,
    LastLf,
}

/// What was found in some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Everything was looked at, and no part of the body found.
    Nothing,
    /// A part of the body is at these positions.
    Part(Range<usize>),
    /// The body is over.
    End,
}

const BAD_SIZE: Rejection = Rejection::BadRequest("invalid chunk size");
const BAD_LINE: Rejection = Rejection::BadRequest("invalid line in a chunked body");
const BAD_EXTENSION: Rejection = Rejection::BadRequest("invalid chunk extension");
const BAD_TRAILER: Rejection = Rejection::BadRequest("invalid trailer");

impl Chunked {
    /// At the beginning.
    pub fn new() -> Chunked {
        Chunked {
            place: Place::NEW_CHUNK,
            total: 0,
            extra: 0,
        }
    }

    /// Looks at bytes until there is something to say; also tells how many were looked at.
    pub fn take(&mut self, bytes: &[u8], limits: &Limits) -> Result<(usize, Piece), Rejection> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::Chunk { left } => {
                    let length = left.min((bytes.len() - at) as u64);
                    self.place = match left - length {
                        0 => Place::ChunkCr,
                        left => Place::Chunk { left },
                    };
                    let end = at + length as usize;
                    return Ok((end, Piece::Part(at..end)));
                }
                Place::Extension { .. } | Place::TrailerValue => {
                    at += self.skip_text(&bytes[at..], limits)?;
                }
                Place::LastLf if byte == b'\n' => return Ok((at + 1, Piece::End)),
                _ => {
                    self.place = self.next(byte, limits)?;
                    at += 1;
                }
            }
        }
        Ok((at, Piece::Nothing))
    }

    /// Where one byte of a line leads.
    fn next(&mut self, byte: u8, limits: &Limits) -> Result<Place, Rejection> {
        match (self.place, byte) {
            (Place::Size { value, digits }, _) => self.size(value, digits, byte, limits),
            (Place::SizeLf { size: 0 }, b'\n') => Ok(Place::TrailerName { empty: true }),
            (Place::SizeLf { size }, b'\n') => Ok(Place::Chunk { left: size }),
            (Place::ChunkCr, b'\r') => Ok(Place::ChunkLf),
            (Place::ChunkLf, b'\n') => Ok(Place::NEW_CHUNK),
            (Place::TrailerName { empty: true }, b'\r') => Ok(Place::LastLf),
            (Place::TrailerName { empty: false }, b':') => Ok(Place::TrailerValue),
            (Place::TrailerName { .. }, _) if is_token_byte(byte) => {
                self.count(1, limits)?;
                Ok(Place::TrailerName { empty: false })
            }
            (Place::TrailerName { .. }, _) => Err(BAD_TRAILER),
            (Place::TrailerLf, b'\n') => Ok(Place::TrailerName { empty: true }),
            _ => Err(BAD_LINE),
        }
    }

    /// A byte of a chunk's size, or the one behind it.
    fn size(
        &mut self,
        value: u64,
        digits: u8,
        byte: u8,
        limits: &Limits,
    ) -> Result<Place, Rejection> {
        if let Some(digit) = (byte as char).to_digit(16) {
            if digits == MOST_DIGITS {
                return Err(BAD_SIZE);
            }
            // As many digits as fit in 64 bits.
            let value = value << 4 | u64::from(digit);
            let digits = digits + 1;
            return Ok(Place::Size { value, digits });
        }
        if digits == 0 {
            return Err(BAD_SIZE);
        }
        self.total = self.total.saturating_add(value);
        if self.total > limits.body {
            return Err(Rejection::BodyTooLarge);
        }
        match byte {
            b'\r' => Ok(Place::SizeLf { size: value }),
            b';' => Ok(Place::Extension { size: value }),
            _ => Err(BAD_SIZE),
        }
    }

    /// Skips an extension or a trailer's value, and the CR at its end if it is there.
    fn skip_text(&mut self, bytes: &[u8], limits: &Limits) -> Result<usize, Rejection> {
        let end = memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len());
        let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        let (bad, after) = match self.place {
            Place::Extension { size } => (BAD_EXTENSION, Place::SizeLf { size }),
            _ => (BAD_TRAILER, Place::TrailerLf),
        };
        // Up to the limit only: what is beyond it was not looked at when it comes in smaller pieces.
        let room = limits.head.saturating_sub(self.extra).min(end);
        if bytes[..room].iter().any(is_control) {
            return Err(bad);
        }
        self.count(end, limits)?;
        match bytes.get(end) {
            None => Ok(end),
            Some(b'\r') => {
                self.place = after;
                Ok(end + 1)
            }
            Some(_) => Err(bad),
        }
    }

    fn count(&mut self, bytes: usize, limits: &Limits) -> Result<(), Rejection> {
        self.extra += bytes;
        match self.extra > limits.head {
            true => Err(Rejection::HeadTooLarge),
            false => Ok(()),
        }
    }
}

impl Place {
    const NEW_CHUNK: Place = Place::Size {
        value: 0,
        digits: 0,
    };
}
