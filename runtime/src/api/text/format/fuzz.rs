//! A body for a fuzzer: formats that no test thought of.

use super::*;
use crate::lua::fuzz::stock;

/// The same arguments whatever the format.
struct Values<'a> {
    text: &'a [u8],
    int: i64,
    float: f64,
}

impl Arguments for Values<'_> {
    type Error = FormatError;

    fn get(&mut self, _: usize, conversion: Conversion) -> Result<Arg<'_>, FormatError> {
        Ok(match conversion {
            Conversion::Text | Conversion::Quoted => Arg::Text(self.text),
            Conversion::Decimal | Conversion::Octal | Conversion::Hex | Conversion::Byte => {
                Arg::Int(self.int)
            }
            Conversion::Unsigned | Conversion::Pointer => Arg::Nil,
            _ => Arg::Float(self.float),
        })
    }
}

/// One conversion with the argument that fits it; what isn't a conversion of stock Lua's is an error.
const FORMAT: &str = "local format, float, int, text = ...
    float, int = string.unpack('<d', float), string.unpack('<i8', int)
    local kind = format:sub(-1)
    local value = kind:find('[sq]') and text or kind:find('[dioxXc]') and int or float
    local ok, result = pcall(string.format, format, value)
    return (ok and '' or '!') .. result";

/// Eight bytes for a number, the format, 0xFF, a text. Nothing panics, and a single conversion makes what stock Lua
/// makes of it.
pub fn like_stock(input: &[u8]) {
    let Some((number, rest)) = input.split_first_chunk::<8>() else {
        return;
    };
    let mut parts = rest.splitn(2, |byte| *byte == 0xFF);
    let text = parts.next().unwrap_or_default();
    let mut values = Values {
        text: parts.next().unwrap_or_default(),
        int: i64::from_le_bytes(*number),
        float: f64::from_le_bytes(*number),
    };
    let mut out = Vec::new();
    let ours = format(text, &mut values, &mut out);
    let is_one = match text {
        [b'%', modifiers @ .., letter] => {
            modifiers
                .iter()
                .all(|byte| b"-+ #0123456789.".contains(byte))
                && b"dioxXceEfgGaAsq".contains(letter)
        }
        _ => false,
    };
    // A text with zeros in it is an error to Lua where a width is given, and in front of `%`; NaN's sign is the C
    // library's business.
    if !is_one || values.text.contains(&0) || values.float.is_nan() {
        return;
    }
    let theirs = stock(FORMAT, &[text, number, number, values.text]).expect("errors are caught");
    match ours {
        Ok(()) => assert_eq!(
            out.escape_ascii().to_string(),
            theirs.escape_ascii().to_string()
        ),
        Err(error) => assert_eq!(theirs.first(), Some(&b'!'), "{error}"),
    }
}
