//! The dialect's fuzz body.
//!
//! Knows nothing of Lua, which `crate::fuzz` holds it against.

use super::translate;

/// Makes plain Lua of any bytes. What comes of it is as it is when it is made plain again, and has the same lines.
pub fn translated(source: &[u8]) {
    let Ok(plain) = translate(source) else {
        return;
    };
    let lines = |text: &[u8]| -> Vec<u8> {
        let ends = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
        ends.copied().collect()
    };
    assert_eq!(lines(&plain.text), lines(source));
    let again = translate(&plain.text).unwrap_or_else(|errors| {
        let text = String::from_utf8_lossy(&plain.text);
        panic!("{errors:#?}\n{text}")
    });
    assert_eq!(again.text, plain.text);
    assert!(again.syntax.edits.is_empty());
}
