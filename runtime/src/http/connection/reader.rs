//! Bytes of a connection, read as requests one after the other.
//!
//! Knows nothing of where the bytes are kept, nor of answers: who holds it says when the next request may be read.

use std::ops::Range;

use super::chunked::{Chunked, Piece};
use super::framing::BodySize;
use super::head::{self, Head};
use super::limits::Limits;
use super::rejection::Rejection;
use super::scan::{Scan, Scanned};

/// Where in the stream of requests we are.
#[derive(Debug)]
pub struct Reader {
    place: Place,
    /// Whether an empty line stood before this head; there may be one.
    blank: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Head(Scan),
    Known {
        left: u64,
    },
    Chunked(Chunked),
    /// The request was read; the next may not be yet.
    Between,
    /// Nothing more is read.
    Closed,
}

/// What some bytes held, and how many of them are done with.
#[derive(Debug)]
pub struct Taken {
    /// Bytes that are not needed again.
    pub length: usize,
    /// What was found.
    pub found: Found,
}

/// What a reader finds.
#[derive(Debug)]
pub enum Found {
    /// Nothing: more bytes are needed, or the request is read and not yet answered.
    Nothing,
    /// A head.
    Head(Box<Head>),
    /// A part of the body, at these positions.
    Part(Range<usize>),
    /// The request is over.
    End,
    /// What can't be read on from.
    Rejected(Rejection),
}

/// What a reader is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Middle {
    /// A head, or before one.
    Head,
    /// A body with so many bytes to come; `None` where that isn't known.
    Body(Option<u64>),
    /// Nothing: a request was read.
    Nothing,
    /// Nothing, for ever.
    Closed,
}

impl Reader {
    /// Before the first request.
    pub fn new() -> Reader {
        Reader {
            place: Place::Head(Scan::default()),
            blank: false,
        }
    }

    /// What it is in the middle of.
    pub fn middle(&self) -> Middle {
        match self.place {
            Place::Head(_) => Middle::Head,
            Place::Known { left } => Middle::Body(Some(left)),
            Place::Chunked(_) => Middle::Body(None),
            Place::Between => Middle::Nothing,
            Place::Closed => Middle::Closed,
        }
    }

    /// Goes on to the next request.
    pub fn go_on(&mut self) {
        *self = Reader::new();
    }

    /// Reads nothing more.
    pub fn close(&mut self) {
        self.place = Place::Closed;
    }

    /// Looks at bytes until something is found. Those of an unfinished head must be given again, with what follows.
    pub fn take(&mut self, bytes: &[u8], limits: &Limits) -> Taken {
        self.find(bytes, limits).unwrap_or_else(|rejection| {
            self.close();
            Taken {
                length: bytes.len(),
                found: Found::Rejected(rejection),
            }
        })
    }

    fn find(&mut self, bytes: &[u8], limits: &Limits) -> Result<Taken, Rejection> {
        let taken = |length, found| Ok(Taken { length, found });
        match &mut self.place {
            Place::Head(_) => self.find_head(bytes, limits),
            Place::Known { left: 0 } => {
                self.place = Place::Between;
                taken(0, Found::End)
            }
            Place::Known { .. } if bytes.is_empty() => taken(0, Found::Nothing),
            Place::Known { left } => {
                let length = (*left).min(bytes.len() as u64);
                *left -= length;
                taken(length as usize, Found::Part(0..length as usize))
            }
            Place::Chunked(chunked) => match chunked.take(bytes, limits)? {
                (length, Piece::Nothing) => taken(length, Found::Nothing),
                (length, Piece::Part(part)) => taken(length, Found::Part(part)),
                (length, Piece::End) => {
                    self.place = Place::Between;
                    taken(length, Found::End)
                }
            },
            Place::Between => taken(0, Found::Nothing),
            Place::Closed => taken(bytes.len(), Found::Nothing),
        }
    }

    fn find_head(&mut self, bytes: &[u8], limits: &Limits) -> Result<Taken, Rejection> {
        let Place::Head(scan) = &mut self.place else {
            unreachable!("called in a head only");
        };
        match scan.look(bytes, limits)? {
            Scanned::Partial => Ok(Taken {
                length: 0,
                found: Found::Nothing,
            }),
            Scanned::Blank if self.blank => Err(Rejection::BadRequest("no HTTP request")),
            Scanned::Blank => {
                self.blank = true;
                *scan = Scan::default();
                let mut taken = self.find_head(&bytes[2..], limits)?;
                taken.length += 2;
                Ok(taken)
            }
            Scanned::Head(length) => {
                let head = head::parse(&bytes[..length], limits)?;
                self.place = match head.body {
                    BodySize::Known(left) => Place::Known { left },
                    BodySize::Chunked => Place::Chunked(Chunked::new()),
                };
                let found = Found::Head(Box::new(head));
                Ok(Taken { length, found })
            }
        }
    }
}
