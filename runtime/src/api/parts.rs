//! Texts one behind the other, each behind its length: what objects keep that never change.
//!
//! Knows nothing of what they mean. What is read was written here, in the same process.

/// Writes how many of something follow.
pub fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u64).to_ne_bytes());
}

/// Writes a text.
pub fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Reads how many of something follow.
pub fn take_count(from: &mut &[u8]) -> usize {
    let (count, rest) = from
        .split_first_chunk()
        .expect("an object that was written whole");
    *from = rest;
    u64::from_ne_bytes(*count) as usize
}

/// Reads a text.
pub fn take<'a>(from: &mut &'a [u8]) -> &'a [u8] {
    let length = take_count(from);
    let (bytes, rest) = from.split_at(length);
    *from = rest;
    bytes
}

/// Reads a text of UTF-8.
pub fn take_text(from: &mut &[u8]) -> String {
    String::from_utf8_lossy(take(from)).into_owned()
}
