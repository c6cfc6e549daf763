//! What is left of a text that a date is read from.
//!
//! Takes things off its front, and leaves it as it was when they aren't there. Knows nothing of layouts.

use std::ops::RangeInclusive;

use crate::api::os_time::{MONTHS, WEEKDAYS};

use super::Wrong;
use crate::api::time::layout::Width;

/// What is left of the text.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Takes off what stands for itself in a layout; false if something else is there. Blanks in it are as many as there are.
    pub(super) fn skip(&mut self, mut literal: &[u8]) -> bool {
        let mut rest = self.rest;
        while let Some((byte, after)) = literal.split_first() {
            if *byte == b' ' {
                if rest.first().is_some_and(|found| *found != b' ') {
                    return false;
                }
                literal = without_blanks(literal);
                rest = without_blanks(rest);
            } else if rest.first() == Some(byte) {
                literal = after;
                rest = &rest[1..];
            } else {
                return false;
            }
        }
        self.rest = rest;
        true
    }

    /// Takes off so many bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn take_byte(&mut self, wanted: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[wanted])?;
        Some(())
    }

    fn digits_ahead(&self, most: usize) -> usize {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit());
        digits.take(most).count()
    }

    /// Takes off exactly so many digits.
    pub(super) fn digits(&mut self, count: usize) -> Option<i64> {
        (self.digits_ahead(count) == count).then_some(())?;
        Some(value_of(self.take(count)?))
    }

    /// Takes off exactly so many digits, or a sign and one digit fewer.
    pub(super) fn signed(&mut self, count: usize) -> Option<i64> {
        let sign = match self.rest.first()? {
            b'-' => -1,
            b'+' => 1,
            _ => return self.digits(count),
        };
        let mut after = Reader {
            rest: &self.rest[1..],
        };
        let value = after.digits(count - 1)?;
        self.rest = after.rest;
        Some(sign * value)
    }

    /// Takes off one digit or two; two if it is filled up with zeros.
    pub(super) fn number(&mut self, width: Width) -> Option<i64> {
        if width == Width::Blanks {
            self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        }
        let digits = self.digits_ahead(2);
        let least = if width == Width::Zeros { 2 } else { 1 };
        (digits >= least).then_some(())?;
        self.digits(digits)
    }

    /// The same, which must lie in a range.
    pub(super) fn within(
        &mut self,
        width: Width,
        range: RangeInclusive<i64>,
        what: &'static str,
    ) -> Result<i64, Wrong> {
        let value = self.number(width).ok_or(Wrong::Unlike)?;
        match range.contains(&value) {
            true => Ok(value),
            false => Err(Wrong::OutOfRange(what)),
        }
    }

    /// Takes off one to three digits; three if they are filled up with zeros.
    pub(super) fn year_day(&mut self, width: Width) -> Option<i64> {
        if width == Width::Blanks {
            self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
            self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        }
        let digits = self.digits_ahead(3);
        let least = if width == Width::Zeros { 3 } else { 1 };
        (digits >= least).then_some(())?;
        self.digits(digits)
    }

    /// Takes off the name of a month, in any case; its first three letters if it is `short`. 1 is January.
    pub(super) fn month(&mut self, short: bool) -> Option<i64> {
        self.name(&MONTHS, short).map(|place| place as i64 + 1)
    }

    /// Takes off the name of a day of the week.
    pub(super) fn weekday(&mut self, short: bool) -> Option<()> {
        self.name(&WEEKDAYS, short).map(drop)
    }

    fn name(&mut self, names: &[&str], short: bool) -> Option<usize> {
        let found = names.iter().position(|name| {
            let name = if short { &name[..3] } else { name };
            let ahead = self.rest.get(..name.len());
            ahead.is_some_and(|ahead| ahead.eq_ignore_ascii_case(name.as_bytes()))
        })?;
        self.take(if short { 3 } else { names[found].len() })?;
        Some(found)
    }

    /// Takes off which half of the day it is; whether the second.
    pub(super) fn half(&mut self, upper: bool) -> Option<bool> {
        let halves = if upper {
            [b"AM", b"PM"]
        } else {
            [b"am", b"pm"]
        };
        let found = halves
            .iter()
            .position(|half| self.rest.starts_with(*half))?;
        self.take(2)?;
        Some(found == 1)
    }

    /// Takes off a point or a comma and any number of digits; nanoseconds.
    pub(super) fn any_fraction(&mut self) -> Option<i64> {
        let (b'.' | b',', after) = self.rest.split_first()? else {
            return None;
        };
        let digits = after
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        (digits > 0).then_some(())?;
        self.fraction(digits).ok()
    }

    /// Takes off a point or a comma and so many digits (the first with a sign, if there is one); nanoseconds.
    pub(super) fn fraction(&mut self, digits: usize) -> Result<i64, Wrong> {
        let mut after = *self;
        let written = after.take(digits + 1).ok_or(Wrong::Unlike)?;
        let [b'.' | b',', written @ ..] = written else {
            return Err(Wrong::Unlike);
        };
        let kept = written.len().min(NANO_DIGITS);
        let mut kept_digits = Reader {
            rest: &written[..kept],
        };
        let value = kept_digits.signed(kept).ok_or(Wrong::Unlike)?;
        if value < 0 {
            return Err(Wrong::OutOfRange("fractional second"));
        }
        self.rest = after.rest;
        Ok(value * 10_i64.pow((NANO_DIGITS - kept) as u32))
    }
}

/// Digits that nanoseconds have; what follows is cut off.
const NANO_DIGITS: usize = 9;

fn value_of(digits: &[u8]) -> i64 {
    let digit = |value: i64, digit: &u8| value * 10 + i64::from(digit - b'0');
    digits.iter().fold(0, digit)
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| **byte == b' ').count();
    &text[blanks..]
}
