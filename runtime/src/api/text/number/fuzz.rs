//! A body for a fuzzer: numerals that no test thought of.

use super::*;
use crate::lua::fuzz::stock;

const TONUMBER: &str = "local n = tonumber((...))
    if math.type(n) == 'float' then return n ~= n and 'nan' or ('%a'):format(n) end
    return tostring(n)";

/// Reads what stock Lua reads; and what is written of it reads back the same.
pub fn like_stock(text: &[u8]) {
    let ours = parse(text);
    let theirs = stock(TONUMBER, &[text]).expect("any text is taken");
    let theirs = String::from_utf8(theirs).expect("digits");
    let Some(ours) = ours else {
        return assert_eq!(theirs, "nil");
    };
    let mut out = Vec::new();
    match ours {
        Number::Int(int) => {
            assert_eq!(theirs, int.to_string());
            append_int(&mut out, int);
            assert_eq!(parse(&out), Some(ours));
        }
        Number::Float(float) => {
            let written = stock(
                "return ('%a'):format((string.unpack('<d', ...)))",
                &[&float.to_le_bytes()],
            );
            assert_eq!(Ok(theirs.into_bytes()), written);
            append_float(&mut out, float);
            let back = match parse(&out) {
                Some(Number::Int(int)) => int as f64,
                Some(Number::Float(float)) => float,
                None => f64::NAN, // infinity is written as a word, and read as none
            };
            // An integral float below 1e15 is written as an integer, and zero loses its sign.
            assert!(back == float || float.is_infinite(), "{float} {back}");
        }
    }
}
