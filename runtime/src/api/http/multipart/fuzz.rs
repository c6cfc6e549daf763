//! What must hold of every body: parts lie in it one behind the other, and none has a boundary in it.
//!
//! Not part of the runtime.

use super::{boundary, header, parse};

/// The first line is the Content-Type, the rest the body.
pub fn multipart(input: &[u8]) {
    let (kind, body) = match memchr::memchr(b'\n', input) {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    let Ok(boundary) = boundary(kind) else { return };
    let Ok(parts) = parse(body, &boundary) else {
        return;
    };
    let line = [b"\r\n--", &boundary[..], b"\r\n"].concat();
    let mut end = 0;
    for part in parts {
        assert!(end <= part.head.start && part.head.end == part.content.start);
        end = part.content.end;
        let content = &body[part.content];
        assert!(memchr::memmem::find(content, &line).is_none());
        assert!(!part.name.is_empty() && part.file.is_none_or(|file| !file.is_empty()));
        assert!(header(&body[part.head.clone()], "Content-Disposition").is_some());
    }
    assert!(end <= body.len());
}
