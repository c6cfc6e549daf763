//! Go's regular expressions (RE2), as the `regex` crate is told them.
//!
//! Both have the same roots, and differ in what `\d`, `\w`, `\s` and `\b` mean, in what stands for itself, and in how
//! sets are written. Knows nothing of who searches.

use regex::bytes::{Regex, RegexBuilder};

/// The most bytes that a compiled pattern takes.
const MOST_BYTES: usize = 1 << 20;

/// Compiles a pattern that is searched for in bytes.
///
/// # Errors
/// What is wrong with it, in one line.
pub(super) fn compile(pattern: &[u8]) -> Result<Regex, String> {
    let Ok(pattern) = std::str::from_utf8(pattern) else {
        return Err("it is not UTF-8".to_owned());
    };
    let translated = Translation::of(pattern)?;
    let built = RegexBuilder::new(&translated)
        .size_limit(MOST_BYTES)
        .octal(true)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line says what is wrong; those before show where in what was translated.
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    })
}

/// A pattern on its way.
struct Translation<'a> {
    rest: &'a str,
    out: String,
}

impl<'a> Translation<'a> {
    fn of(pattern: &'a str) -> Result<String, String> {
        let mut this = Translation {
            rest: pattern,
            out: String::with_capacity(pattern.len() + 16),
        };
        while let Some(next) = this.take() {
            match next {
                '\\' => this.escape(false)?,
                '[' => this.set()?,
                '{' if !is_repetition(this.rest) => this.out.push_str("\\{"),
                other => this.out.push(other),
            }
        }
        Ok(this.out)
    }

    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    /// What follows a backslash.
    fn escape(&mut self, in_set: bool) -> Result<(), String> {
        let Some(next) = self.take() else {
            return Err("it ends with a backslash".to_owned());
        };
        let set = match next {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            's' => "[\\t\\n\\f\\r ]",
            'S' => "[^\\t\\n\\f\\r ]",
            'b' if !in_set => "(?-u:\\b)",
            'B' if !in_set => "(?-u:\\B)",
            'Q' if !in_set => {
                self.quoted();
                ""
            }
            '<' | '>' => {
                self.out.push(next);
                ""
            }
            other => {
                self.out.push('\\');
                self.out.push(other);
                ""
            }
        };
        self.out.push_str(set);
        Ok(())
    }

    /// What follows `\Q`, up to `\E`.
    fn quoted(&mut self) {
        let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
        self.out.push_str(&regex::escape(quoted));
        self.rest = rest;
    }

    /// What follows `[`, up to its `]`.
    fn set(&mut self) -> Result<(), String> {
        self.out.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.out.push('^');
            self.rest = rest;
        }
        let mut is_first = true;
        while let Some(next) = self.take() {
            match next {
                ']' if !is_first => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' => match self.rest.find(":]") {
                    Some(end) if self.rest.starts_with(':') => {
                        let (name, rest) = self.rest.split_at(end + 2);
                        self.out.push('[');
                        self.out.push_str(name);
                        self.rest = rest;
                    }
                    _ => self.out.push_str("\\["),
                },
                '\\' => self.escape(true)?,
                // Two of these are operators to the other, and `]` may come first.
                '&' | '~' | ']' => {
                    self.out.push('\\');
                    self.out.push(next);
                }
                '-' if is_first || self.rest.starts_with(']') => self.out.push_str("\\-"),
                other => self.out.push(other),
            }
            is_first = false;
        }
        Err("a set has no end".to_owned())
    }
}

/// Whether what follows a `{` makes it a repetition: `2}`, `2,}`, `2,3}`. Otherwise it stands for itself.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> bool {
        let regex = compile(pattern.as_bytes());
        regex
            .unwrap_or_else(|why| panic!("{pattern}: {why}"))
            .is_match(text.as_bytes())
    }

    #[test]
    fn classes_are_of_ascii() {
        for (pattern, good, bad) in [
            (r"^\d+$", "123", "٣"),
            (r"^\w+$", "a_1", "é"),
            (r"^\s$", "\n", "\u{a0}"),
            (r"^\s$", "\t", "\u{b}"),
            (r"^\S$", "\u{b}", " "),
            (r"^[\w.-]+$", "a.b-c", "a b"),
            (r"^[^\d]$", "x", "1"),
            (r"^[\D]$", "x", "1"),
            (r"^[\W]$", "é", "e"),
            (r"^[^\W]$", "e", "é"),
            (r"a\b", "aé", "ab"),
            (r"a\B", "ab", "aé"),
        ] {
            assert!(finds(pattern, good), "{pattern} {good:?}");
            assert!(!finds(pattern, bad), "{pattern} {bad:?}");
        }
    }

    #[test]
    fn what_stands_for_itself_in_go_does_here() {
        for (pattern, good, bad) in [
            ("^a{,2}$", "a{,2}", "aa"),
            ("^a{2}$", "aa", "a{2}"),
            ("^a{2,}$", "aaa", "a"),
            ("^{$", "{", "x"),
            (r"^[a[]$", "[", "b"),
            (r"^[]a]$", "]", "b"),
            (r"^[^]a]$", "b", "]"),
            (r"^[a&&b]$", "&", "c"),
            (r"^[a~~b]$", "~", "c"),
            (r"^[a-]$", "-", "b"),
            (r"^[-a]$", "-", "b"),
            (r"^[--a]$", "0", "b"),
            (r"^[[:alpha:]]$", "x", "1"),
            (r"^[^[:alpha:]]$", "1", "x"),
            (r"^\<\>$", "<>", "x"),
            (r"^\Qa.b\E+$", "a.bb", "axb"),
            (r"^\x41\101$", "AA", "B"),
            (r"(?i)^é$", "É", "E"),
            (r"^\pL$", "é", "1"),
            ("^.$", "é", "\n"),
            (r"^[\w-]+@[\w-]+\.\w{2,}$", "a-b@c.de", "a@b"),
        ] {
            assert!(finds(pattern, good), "{pattern} {good:?}");
            assert!(!finds(pattern, bad), "{pattern} {bad:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_searched_in() {
        let regex = compile(b"b$").unwrap();
        assert!(regex.is_match(b"\xff\xfeb"));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        for pattern in ["(", "[a", "a\\", "*", r"(?=a)", "\\h"] {
            let why = compile(pattern.as_bytes()).unwrap_err();
            assert!(!why.is_empty() && !why.contains('\n'), "{pattern}: {why}");
        }
        assert_eq!(
            compile(b"((a{100}){100}){100}").unwrap_err(),
            "it is too large"
        );
        assert_eq!(compile(b"\xff").unwrap_err(), "it is not UTF-8");
    }
}
