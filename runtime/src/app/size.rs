//! Sizes in bytes, as YAML writes them: `1048576`, `64 KiB`, `256MB`.
//!
//! Knows nothing of what is that big. A KB is 1,024 bytes, with or without the `i`.

use super::fields::Fields;
use crate::size::Size;

/// Reads the size `name`, which must be at least `least`.
pub(super) fn read(fields: &mut Fields, name: &'static str, least: Size) -> Option<u64> {
    let text = fields.characters(name)?;
    let size = parse(text);
    if let Some(size) = size
        && size >= least.0
    {
        return Some(size);
    }
    let node = fields.get(name)?;
    let problem = match size {
        Some(_) => {
            let what = format!("must be at least {least}, and is {text:?}");
            fields.error(name, &node.place, what)
        }
        None => {
            let what = format!("must be a size, and is {text:?}");
            let problem = fields.error(name, &node.place, what);
            problem.advice("write it as in 64KiB, 256 MiB or 1GiB")
        }
    };
    fields.report(problem);
    None
}

/// `text` in bytes.
fn parse(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let scale: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_with_and_without_units() {
        for (text, bytes) in [
            ("1048576", Some(1 << 20)),
            ("64 KiB", Some(64 << 10)),
            ("256MB", Some(256 << 20)),
            ("1g", Some(1 << 30)),
            ("", None),
            ("-1", None),
            ("1.5 MB", None),
            ("12 apples", None),
            ("99999999999GiB", None),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
    }
}
