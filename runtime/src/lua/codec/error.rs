//! A structured error as bytes: what an error object holds inline.
//!
//! Knows nothing of Lua.

use std::borrow::Cow;

use super::DecodeError;
use super::form::{Reader, put_bytes};
use crate::error::{Error, kind};
use crate::payload::Payload;

/// The kinds that need no allocation of their own.
const KINDS: [&str; 13] = [
    kind::NOT_FOUND,
    kind::ALREADY_EXISTS,
    kind::INVALID,
    kind::PERMISSION_DENIED,
    kind::UNAVAILABLE,
    kind::INTERNAL,
    kind::CANCELED,
    kind::CONFLICT,
    kind::TIMEOUT,
    kind::RATE_LIMITED,
    kind::LIMIT_EXCEEDED,
    kind::INVALID_STATE,
    kind::UNKNOWN,
];

/// `retryable` where nobody said.
const UNSAID: u8 = 2;

/// Appends the bytes of an error to `out`.
pub fn encode_error(error: &Error, out: &mut Vec<u8>) {
    out.push(error.retryable.map_or(UNSAID, u8::from));
    put_bytes(out, error.kind.as_bytes());
    put_bytes(out, error.message.as_bytes());
    put_bytes(out, error.context.as_bytes());
    put_bytes(out, error.stack.as_bytes());
    match &error.details {
        Some(details) => {
            out.push(1);
            put_bytes(out, details.encoded());
        }
        None => out.push(0),
    }
}

/// The error that [`encode_error`] wrote. Its details are not looked at.
pub fn decode_error(bytes: &[u8]) -> Result<Error, DecodeError> {
    let mut reader = Reader::new(bytes);
    let retryable = match reader.byte()? {
        0 => Some(false),
        1 => Some(true),
        UNSAID => None,
        _ => return Err(DecodeError::Corrupt),
    };
    let mut text = || Ok(String::from_utf8_lossy(reader.sized()?));
    let kind = text()?;
    let known = KINDS.iter().find(|&&known| known == kind);
    let kind = known.map_or_else(
        || Cow::Owned(kind.into_owned()),
        |&known| Cow::Borrowed(known),
    );
    let (message, context) = (text()?.into_owned(), text()?.into_owned());
    let stack = text()?.into_owned();
    let details = match reader.byte()? {
        0 => None,
        1 => Some(Payload::from_encoded(reader.sized()?.to_vec())),
        _ => return Err(DecodeError::Corrupt),
    };
    if reader.left() > 0 {
        return Err(DecodeError::Corrupt);
    }
    Ok(Error {
        kind,
        message,
        context,
        retryable,
        details,
        stack,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_back_whole_and_never_in_part() {
        let mut error = Error::new(kind::TIMEOUT, "too \u{e9} late").retryable();
        for own_kind in [false, true] {
            if own_kind {
                error.kind = Cow::Owned("Mine".into());
                (error.context, error.stack) = ("fetch".into(), "a:1: f\nb:2: g".into());
                error.retryable = None;
                error.details = Some(Payload::from_encoded(vec![0x85]));
            }
            let mut bytes = vec![];
            encode_error(&error, &mut bytes);
            let decoded = decode_error(&bytes).unwrap();
            assert_eq!(decoded, error);
            assert_eq!(matches!(decoded.kind, Cow::Owned(_)), own_kind);
            for end in 0..bytes.len() {
                decode_error(&bytes[..end]).unwrap_err();
            }
        }
    }
}
