//! One conversion of a format, such as `%-5.2f`, and a format taken apart.
//!
//! Knows nothing of arguments.

use super::error::FormatError;

/// What a conversion makes of its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `%d`, `%i`
    Decimal,
    /// `%u`
    Unsigned,
    /// `%o`
    Octal,
    /// `%x`, `%X`
    Hex,
    /// `%c`
    Byte,
    /// `%a`, `%A`
    HexFloat,
    /// `%e`, `%E`
    Exponential,
    /// `%f`, `%F`
    Fixed,
    /// `%g`, `%G`
    General,
    /// `%s`
    Text,
    /// `%q`
    Quoted,
    /// `%p`
    Pointer,
}

/// The flags of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A conversion with all that modifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What to do.
    pub conversion: Conversion,
    /// Whether it was written with a capital letter, and so gives capital letters.
    pub capital: bool,
    /// Its flags.
    pub flags: Flags,
    /// The least width; 0 if not given.
    pub width: usize,
    /// What follows the point; a lone point is 0.
    pub precision: Option<usize>,
}

/// A part of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'f> {
    /// Text that stands for itself.
    Literal(&'f [u8]),
    /// `%…`: the text behind the `%`, where [`Spec::parse`] finds a conversion.
    Conversion(&'f [u8]),
}

/// Takes the next piece off `format`; none at its end.
pub fn next_piece<'f>(format: &mut &'f [u8]) -> Option<Piece<'f>> {
    if format.is_empty() {
        return None;
    }
    match memchr::memchr(b'%', format) {
        Some(0) => {
            let rest = &format[1..];
            if rest.first() == Some(&b'%') {
                let escaped = &rest[..1];
                *format = &rest[1..];
                return Some(Piece::Literal(escaped));
            }
            let modifiers = rest.iter().take_while(|byte| is_modifier(**byte)).count();
            let text = &rest[..rest.len().min(modifiers + 1)];
            *format = &rest[text.len()..];
            Some(Piece::Conversion(text))
        }
        end => {
            let (literal, rest) = format.split_at(end.unwrap_or(format.len()));
            *format = rest;
            Some(Piece::Literal(literal))
        }
    }
}

fn is_modifier(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'#' | b' ' | b'.' | b'0'..=b'9')
}

/// The longest conversion that Lua takes, without its `%`.
const LONGEST: usize = 21;

impl Spec {
    /// Reads what stands behind a `%`.
    pub fn parse(text: &[u8]) -> Result<Spec, FormatError> {
        if text.len() > LONGEST {
            return Err(FormatError::TooLong);
        }
        let invalid = || FormatError::InvalidConversion(text.into());
        let (letter, modifiers) = text.split_last().ok_or_else(invalid)?;
        let (conversion, flags, takes_precision) = kind(*letter).ok_or_else(invalid)?;
        if conversion == Conversion::Quoted && !modifiers.is_empty() {
            return Err(FormatError::QuotedHasModifiers);
        }
        let mut spec = Spec {
            conversion,
            capital: letter.is_ascii_uppercase(),
            flags: Flags::default(),
            width: 0,
            precision: None,
        };
        let rest = spec.take_flags(modifiers, flags);
        // A width doesn't start with a zero; one that is left here is a flag that the conversion doesn't take.
        if rest.first() == Some(&b'0') {
            return Err(FormatError::InvalidSpecification(text.into()));
        }
        let (width, rest) = two_digits(rest);
        spec.width = width;
        let rest = match rest.split_first() {
            Some((b'.', rest)) if takes_precision => {
                let (precision, rest) = two_digits(rest);
                spec.precision = Some(precision);
                rest
            }
            _ => rest,
        };
        if rest.is_empty() {
            Ok(spec)
        } else {
            Err(FormatError::InvalidSpecification(text.into()))
        }
    }

    fn take_flags<'t>(&mut self, text: &'t [u8], allowed: &[u8]) -> &'t [u8] {
        let is_flag = |byte: &&u8| allowed.contains(byte);
        let (flags, rest) = text.split_at(text.iter().take_while(is_flag).count());
        for flag in flags {
            match flag {
                b'-' => self.flags.left = true,
                b'+' => self.flags.plus = true,
                b' ' => self.flags.space = true,
                b'#' => self.flags.alternate = true,
                _ => self.flags.zero = true,
            }
        }
        rest
    }
}

/// The conversion of a letter, the flags it takes, and whether it takes a precision.
fn kind(letter: u8) -> Option<(Conversion, &'static [u8], bool)> {
    const FLOAT: &[u8] = b"-+#0 ";
    Some(match letter {
        b'd' | b'i' => (Conversion::Decimal, b"-+0 ", true),
        b'u' => (Conversion::Unsigned, b"-0", true),
        b'o' => (Conversion::Octal, b"-#0", true),
        b'x' | b'X' => (Conversion::Hex, b"-#0", true),
        b'c' => (Conversion::Byte, b"-", false),
        b'a' | b'A' => (Conversion::HexFloat, FLOAT, true),
        b'e' | b'E' => (Conversion::Exponential, FLOAT, true),
        b'f' | b'F' => (Conversion::Fixed, FLOAT, true),
        b'g' | b'G' => (Conversion::General, FLOAT, true),
        b's' => (Conversion::Text, b"-", true),
        b'q' => (Conversion::Quoted, b"", false),
        b'p' => (Conversion::Pointer, b"-", false),
        _ => return None,
    })
}

/// The number that at most two digits at the start of `text` make, and what follows.
fn two_digits(text: &[u8]) -> (usize, &[u8]) {
    let count = text
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (digits, rest) = text.split_at(count);
    let number = digits
        .iter()
        .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    (number, rest)
}
