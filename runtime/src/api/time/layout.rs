//! Layouts: how a date is written, told by an example, the second of January 2006 at 15:04:05 in a zone seven hours west.
//!
//! Takes a layout apart into elements and what stands between them. Knows nothing of dates.

/// An element: something in a layout that stands for a part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `2006`
    Year,
    /// `06`: the last two digits.
    ShortYear,
    /// `January`
    MonthName,
    /// `Jan`
    ShortMonthName,
    /// `1` or `01`
    Month(Width),
    /// `Monday`
    WeekdayName,
    /// `Mon`
    ShortWeekdayName,
    /// `2`, `02` or `_2`
    Day(Width),
    /// `002` or `__2`
    YearDay(Width),
    /// `15`
    Hour,
    /// `3` or `03`
    Hour12(Width),
    /// `4` or `04`
    Minute(Width),
    /// `5` or `05`
    Second(Width),
    /// `PM` or, if not `upper`, `pm`
    Half {
        /// Whether in capitals.
        upper: bool,
    },
    /// `MST`: what the zone is called.
    Abbreviation,
    /// `-0700` and the like.
    Offset(Offset),
    /// `.000`, `,999` and the like.
    Fraction(Fraction),
}

/// How a number is filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// It isn't.
    Any,
    /// With zeros.
    Zeros,
    /// With blanks.
    Blanks,
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// Whether none is `Z`.
    pub zulu: bool,
    /// Whether there are colons in it.
    pub colons: bool,
    /// How many of hours, minutes and seconds it has: 1 to 3.
    pub parts: usize,
}

/// How the fraction of a second is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// What is before it: a point or a comma.
    pub separator: u8,
    /// How many digits.
    pub digits: usize,
    /// Whether zeros at its end are left out.
    pub trimmed: bool,
}

/// Digits, as a layout is allowed to have many more than a second.
pub const MOST_DIGITS: usize = 9;

const fn offset(zulu: bool, colons: bool, parts: usize) -> Element {
    Element::Offset(Offset {
        zulu,
        colons,
        parts,
    })
}

/// Elements as they are written in layouts; of two that begin alike the longer comes first.
const ELEMENTS: [(&[u8], Element); 33] = [
    (b"January", Element::MonthName),
    (b"Jan", Element::ShortMonthName),
    (b"Monday", Element::WeekdayName),
    (b"Mon", Element::ShortWeekdayName),
    (b"MST", Element::Abbreviation),
    (b"002", Element::YearDay(Width::Zeros)),
    (b"01", Element::Month(Width::Zeros)),
    (b"02", Element::Day(Width::Zeros)),
    (b"03", Element::Hour12(Width::Zeros)),
    (b"04", Element::Minute(Width::Zeros)),
    (b"05", Element::Second(Width::Zeros)),
    (b"06", Element::ShortYear),
    (b"15", Element::Hour),
    (b"1", Element::Month(Width::Any)),
    (b"2006", Element::Year),
    (b"2", Element::Day(Width::Any)),
    (b"3", Element::Hour12(Width::Any)),
    (b"4", Element::Minute(Width::Any)),
    (b"5", Element::Second(Width::Any)),
    (b"__2", Element::YearDay(Width::Blanks)),
    (b"_2", Element::Day(Width::Blanks)),
    (b"PM", Element::Half { upper: true }),
    (b"pm", Element::Half { upper: false }),
    (b"-07:00:00", offset(false, true, 3)),
    (b"-070000", offset(false, false, 3)),
    (b"-07:00", offset(false, true, 2)),
    (b"-0700", offset(false, false, 2)),
    (b"-07", offset(false, false, 1)),
    (b"Z07:00:00", offset(true, true, 3)),
    (b"Z070000", offset(true, false, 3)),
    (b"Z07:00", offset(true, true, 2)),
    (b"Z0700", offset(true, false, 2)),
    (b"Z07", offset(true, false, 1)),
];

/// Bytes that a layout may have: what is made of it is some ten times as long, and made in one go.
const LONGEST: usize = 4096;

/// What is said of a layout that is longer.
pub const TOO_LONG: &str = "layout is longer than 4096 bytes";

/// Whether a layout has more bytes than it may.
pub fn is_too_long(layout: &[u8]) -> bool {
    layout.len() > LONGEST
}

/// A layout up to its first element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What stands before the element for itself.
    pub literal: &'a [u8],
    /// The element and how it is written; none in what is left behind the last.
    pub element: Option<(Element, &'a [u8])>,
    /// What comes behind it.
    pub rest: &'a [u8],
}

/// The first piece of a layout.
pub fn first(layout: &[u8]) -> Piece<'_> {
    for start in 0..layout.len() {
        if let Some((element, length)) = element_at(&layout[start..]) {
            let (written, rest) = layout[start..].split_at(length);
            return Piece {
                literal: &layout[..start],
                element: Some((element, written)),
                rest,
            };
        }
    }
    Piece {
        literal: layout,
        element: None,
        rest: &[],
    }
}

/// The element that the text begins with, and how long it is.
fn element_at(text: &[u8]) -> Option<(Element, usize)> {
    if let b'.' | b',' = text[0] {
        return fraction_at(text);
    }
    let (written, element) = ELEMENTS
        .iter()
        .find(|(written, _)| text.starts_with(written))?;
    let is_part_of_word = match element {
        // `Janus` and `Monk` are words.
        Element::ShortMonthName | Element::ShortWeekdayName => {
            text.get(written.len()).is_some_and(u8::is_ascii_lowercase)
        }
        // `_2006` is a year behind an underscore.
        Element::Day(Width::Blanks) => text.starts_with(b"_2006"),
        _ => false,
    };
    (!is_part_of_word).then_some((*element, written.len()))
}

/// A separator with zeros or nines behind it, and no other digit behind those.
fn fraction_at(text: &[u8]) -> Option<(Element, usize)> {
    let digit = *text.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = text[1..].iter().take_while(|byte| **byte == digit).count();
    let length = 1 + digits;
    if text.get(length).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let fraction = Fraction {
        separator: text[0],
        digits,
        trimmed: digit == b'9',
    };
    Some((Element::Fraction(fraction), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements as they are written, and what is between them in brackets.
    fn pieces(layout: &str) -> String {
        let mut text = String::new();
        let mut rest = layout.as_bytes();
        while !rest.is_empty() {
            let piece = first(rest);
            if !piece.literal.is_empty() {
                text += &format!("[{}]", String::from_utf8_lossy(piece.literal));
            }
            if let Some((_, written)) = piece.element {
                text += &format!("{} ", String::from_utf8_lossy(written));
            }
            rest = piece.rest;
        }
        text
    }

    #[test]
    fn a_layout_is_taken_apart() {
        for (layout, taken) in [
            ("", ""),
            (
                "2006-01-02T15:04:05Z07:00",
                "2006 [-]01 [-]02 [T]15 [:]04 [:]05 Z07:00 ",
            ),
            ("Monday, January _2", "Monday [, ]January [ ]_2 "),
            ("Monk Janus Mon Jan", "[Monk Janus ]Mon [ ]Jan "),
            ("_2006 __2 002 _2", "[_]2006 [ ]__2 [ ]002 [ ]_2 "),
            ("3:04PM pm", "3 [:]04 PM [ ]pm "),
            ("05.000 05,999 .0001", "05 .000 [ ]05 ,999 [ .00]01 "),
            (
                "MST-0700-07:00:00-070000-07",
                "MST -0700 -07:00:00 -070000 -07 ",
            ),
            ("no elements", "[no elements]"),
            ("é06ü", "[é]06 [ü]"),
        ] {
            assert_eq!(pieces(layout), taken);
        }
    }

    #[test]
    fn every_element_is_found_as_it_is_written() {
        for (written, element) in ELEMENTS {
            assert_eq!(first(written).element, Some((element, written)));
        }
    }
}
