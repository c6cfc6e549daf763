//! `string.format`.
//!
//! Knows nothing of Lua's stack: whoever calls it hands out arguments one by one, as they are asked for.
//!
//! Where it differs from Lua, the dialect asks for it: integer conversions cut a float's fraction off, and `%s`
//! takes text with zeros in it. `%F` is understood as well.

mod error;
pub(super) mod float_digits;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod integer;
mod spec;
#[cfg(test)]
mod tests;

pub use error::FormatError;
pub use spec::{Conversion, Flags, Piece, Spec, next_piece};

use super::number::{self, Number};

/// An argument, as a conversion finds it.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// There is none.
    None,
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string; for `%s`, the text that `tostring` makes of any value.
    Text(&'a [u8]),
    /// nil
    Nil,
    /// A boolean.
    Bool(bool),
    /// The address of an object, for `%p`.
    Pointer(usize),
    /// Any other value: the name of its type.
    Other(&'static str),
}

/// Where arguments come from.
pub trait Arguments {
    /// What a failure of the source is, besides the format's own errors.
    type Error: From<FormatError>;

    /// The argument with this number, 2 being the first after the format, for this conversion.
    ///
    /// For [`Conversion::Text`] it must be [`Arg::Text`], or [`Arg::None`] if there is no such argument; the
    /// others take the value as it is. Strings are turned into numbers here, not by the source.
    fn get(&mut self, number: usize, conversion: Conversion) -> Result<Arg<'_>, Self::Error>;
}

/// Appends to `out` what `format` makes of `arguments`.
pub fn format<A: Arguments>(
    mut format: &[u8],
    arguments: &mut A,
    out: &mut Vec<u8>,
) -> Result<(), A::Error> {
    // Lua counts the format itself as the first argument.
    let mut argument = 1;
    while let Some(piece) = next_piece(&mut format) {
        match piece {
            Piece::Literal(text) => out.extend_from_slice(text),
            Piece::Conversion(text) => {
                argument += 1;
                // A missing argument is reported before a wrong conversion, even `%y`, and so asked for as text.
                let spec = Spec::parse(text);
                let conversion = spec
                    .as_ref()
                    .map_or(Conversion::Text, |spec| spec.conversion);
                let value = arguments.get(argument, conversion)?;
                if matches!(value, Arg::None) {
                    return Err(FormatError::NoValue(argument).into());
                }
                append(out, &spec?, value, argument)?;
            }
        }
    }
    Ok(())
}

/// The numbers of the arguments that `format` asks for as text, the format itself being number 1.
pub fn asked_as_text(mut format: &[u8]) -> impl Iterator<Item = usize> {
    let pieces = std::iter::from_fn(move || next_piece(&mut format));
    let conversions = pieces.filter_map(|piece| match piece {
        Piece::Literal(_) => None,
        Piece::Conversion(text) => Some(Spec::parse(text)),
    });
    let asks = |spec: &Result<Spec, FormatError>| {
        spec.as_ref()
            .is_ok_and(|spec| spec.conversion == Conversion::Text)
    };
    (2..)
        .zip(conversions)
        .filter(move |(_, spec)| asks(spec))
        .map(|(number, _)| number)
}

/// Appends one argument, which has this number in error messages.
pub fn append(
    out: &mut Vec<u8>,
    spec: &Spec,
    value: Arg<'_>,
    argument: usize,
) -> Result<(), FormatError> {
    match spec.conversion {
        Conversion::Decimal | Conversion::Unsigned | Conversion::Octal | Conversion::Hex => {
            integer::append(out, spec, to_integer(value, argument)?);
        }
        Conversion::Byte => {
            // As in C, only the low byte counts.
            let byte = to_integer(value, argument)? as u8;
            pad(out, spec, &[byte]);
        }
        Conversion::HexFloat
        | Conversion::Exponential
        | Conversion::Fixed
        | Conversion::General => {
            let float = match to_number(value, argument)? {
                Number::Int(int) => int as f64,
                Number::Float(float) => float,
            };
            append_float(out, spec, float);
        }
        Conversion::Text => append_text(out, spec, value),
        Conversion::Quoted => append_literal(out, value, argument)?,
        Conversion::Pointer => match value {
            Arg::Pointer(address) => pad(out, spec, format!("{address:#x}").as_bytes()),
            _ => pad(out, spec, b"(null)"),
        },
    }
    Ok(())
}

fn to_number(value: Arg<'_>, argument: usize) -> Result<Number, FormatError> {
    let got = match value {
        Arg::Int(int) => return Ok(Number::Int(int)),
        Arg::Float(float) => return Ok(Number::Float(float)),
        Arg::Text(text) => {
            return number::parse(text).ok_or(FormatError::NotANumber(argument, "string"));
        }
        Arg::None => return Err(FormatError::NoValue(argument)),
        Arg::Nil => "nil",
        Arg::Bool(_) => "boolean",
        Arg::Pointer(_) => "userdata",
        Arg::Other(name) => name,
    };
    Err(FormatError::NotANumber(argument, got))
}

fn to_integer(value: Arg<'_>, argument: usize) -> Result<i64, FormatError> {
    match to_number(value, argument)? {
        Number::Int(int) => Ok(int),
        Number::Float(float) => number::truncate(float).ok_or(FormatError::NoInteger(argument)),
    }
}

fn append_text(out: &mut Vec<u8>, spec: &Spec, value: Arg<'_>) {
    let mut own = Vec::new();
    let text = match value {
        Arg::Text(text) => text,
        Arg::Int(int) => {
            number::append_int(&mut own, int);
            &own
        }
        Arg::Float(float) => {
            number::append_float(&mut own, float);
            &own
        }
        Arg::Bool(true) => b"true",
        Arg::Bool(false) => b"false",
        Arg::Nil | Arg::None => b"nil",
        Arg::Pointer(_) => b"userdata",
        Arg::Other(name) => name.as_bytes(),
    };
    let length = spec
        .precision
        .map_or(text.len(), |most| most.min(text.len()));
    pad(out, spec, &text[..length]);
}

/// Appends `text`, filled with spaces up to the width.
fn pad(out: &mut Vec<u8>, spec: &Spec, text: &[u8]) {
    let fill = spec.width.saturating_sub(text.len());
    if spec.flags.left {
        out.extend_from_slice(text);
        out.resize(out.len() + fill, b' ');
    } else {
        out.resize(out.len() + fill, b' ');
        out.extend_from_slice(text);
    }
}

/// Fills what was appended since `start` up to the width: with zeros at `digits`, behind sign and prefix, if
/// `zeros`, else with spaces.
fn fill(out: &mut Vec<u8>, spec: &Spec, start: usize, digits: usize, zeros: bool) {
    let missing = spec.width.saturating_sub(out.len() - start);
    if missing == 0 {
        return;
    }
    if spec.flags.left {
        out.resize(out.len() + missing, b' ');
    } else {
        let (at, byte) = if zeros { (digits, b'0') } else { (start, b' ') };
        out.splice(at..at, std::iter::repeat_n(byte, missing));
    }
}

/// The sign that `+` and the space flag ask for.
fn sign(spec: &Spec, negative: bool) -> &'static [u8] {
    match (negative, spec.flags.plus, spec.flags.space) {
        (true, _, _) => b"-",
        (false, true, _) => b"+",
        (false, false, true) => b" ",
        (false, false, false) => b"",
    }
}

fn append_float(out: &mut Vec<u8>, spec: &Spec, float: f64) {
    let start = out.len();
    out.extend_from_slice(sign(spec, float.is_sign_negative()));
    let mut digits = out.len();
    if float.is_nan() {
        out.extend_from_slice(b"nan");
    } else if float.is_infinite() {
        out.extend_from_slice(b"inf");
    } else {
        match spec.conversion {
            Conversion::Exponential => float_digits::append_exponential(out, float, spec),
            Conversion::General => float_digits::append_general(out, float, spec),
            Conversion::HexFloat => {
                out.extend_from_slice(b"0x");
                digits = out.len();
                float_digits::append_hex(out, float, spec);
            }
            _ => float_digits::append_fixed(out, float, spec),
        }
    }
    if spec.capital {
        out[start..].make_ascii_uppercase();
    }
    // Zeros before "inf" would make it look like digits.
    let zeros = spec.flags.zero && float.is_finite();
    fill(out, spec, start, digits, zeros);
}

/// `%q`: a literal that Lua reads back as the same value.
fn append_literal(out: &mut Vec<u8>, value: Arg<'_>, argument: usize) -> Result<(), FormatError> {
    match value {
        Arg::Text(text) => append_quoted(out, text),
        // A decimal numeral for it would be a float.
        Arg::Int(i64::MIN) => out.extend_from_slice(b"0x8000000000000000"),
        Arg::Int(int) => number::append_int(out, int),
        Arg::Float(float) if float.is_nan() => out.extend_from_slice(b"(0/0)"),
        Arg::Float(f64::INFINITY) => out.extend_from_slice(b"1e9999"),
        Arg::Float(f64::NEG_INFINITY) => out.extend_from_slice(b"-1e9999"),
        Arg::Float(float) => {
            let exact = Spec {
                conversion: Conversion::HexFloat,
                capital: false,
                flags: Flags::default(),
                width: 0,
                precision: None,
            };
            append_float(out, &exact, float);
        }
        Arg::Nil => out.extend_from_slice(b"nil"),
        Arg::Bool(true) => out.extend_from_slice(b"true"),
        Arg::Bool(false) => out.extend_from_slice(b"false"),
        Arg::None => return Err(FormatError::NoValue(argument)),
        Arg::Pointer(_) | Arg::Other(_) => return Err(FormatError::NoLiteral(argument)),
    }
    Ok(())
}

fn append_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' | b'\\' | b'\n' => out.extend_from_slice(&[b'\\', *byte]),
            byte if byte.is_ascii_control() => {
                // With a digit behind it, a short escape would take that in.
                let escape = match text.get(at + 1) {
                    Some(next) if next.is_ascii_digit() => format!("\\{byte:03}"),
                    _ => format!("\\{byte}"),
                };
                out.extend_from_slice(escape.as_bytes());
            }
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
}
