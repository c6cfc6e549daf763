//! A header's value with parameters: `form-data; name="a"; filename="b.txt"`.
//!
//! Knows nothing of which parameters there are.

use crate::request::percent;

/// Such a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    /// What is before the first parameter.
    pub kind: Vec<u8>,
    /// Names in lower case, and values without quotes.
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Disposition {
    /// Reads a value. What is no parameter is passed over.
    pub fn read(value: &[u8]) -> Disposition {
        let end = memchr::memchr(b';', value).unwrap_or(value.len());
        let mut read = Disposition {
            kind: value[..end].trim_ascii().to_vec(),
            parameters: Vec::new(),
        };
        let mut rest = &value[end..];
        while let Some(parameter) = rest.strip_prefix(b";") {
            rest = read.parameter_at(parameter);
        }
        read
    }

    /// Reads one parameter; answers what follows it, from its semicolon on.
    fn parameter_at<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let Some(middle) = memchr::memchr2(b'=', b';', text) else {
            return b"";
        };
        if text[middle] == b';' {
            return &text[middle..];
        }
        let name = text[..middle].trim_ascii().to_ascii_lowercase();
        let value = text[middle + 1..].trim_ascii_start();
        let (value, rest) = match value.strip_prefix(b"\"") {
            Some(quoted) => unquote(quoted),
            None => {
                let end = memchr::memchr(b';', value).unwrap_or(value.len());
                (value[..end].trim_ascii().to_vec(), &value[end..])
            }
        };
        self.parameters.push((name, value));
        let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
        &rest[end..]
    }

    /// A parameter's value.
    pub fn parameter(&self, name: &str) -> Option<Vec<u8>> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(known, _)| known == name.as_bytes())?;
        Some(value.clone())
    }

    /// The name of the file, if one is named. Folders are the client's own business, and may be meant to leave ours.
    pub fn file(&self) -> Option<Vec<u8>> {
        let extended = self.parameter("filename*").and_then(|value| {
            let text = value.get(..7)?.eq_ignore_ascii_case(b"utf-8''");
            text.then(|| percent::decode(&value[7..]).into_owned())
        });
        let whole = extended.or_else(|| self.parameter("filename"))?;
        let parts = whole.rsplit(|byte| matches!(byte, b'/' | b'\\'));
        let name = parts.into_iter().next().unwrap_or_default();
        match name {
            b"" | b"." | b".." => None,
            _ => Some(name.to_vec()),
        }
    }
}

/// What is before the closing quote, and what is behind it. Only quotes and backslashes are escaped: some clients send a
/// path with backslashes as it is.
fn unquote(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut rest = text;
    loop {
        match rest {
            [] => return (value, rest),
            [b'"', after @ ..] => return (value, after),
            [b'\\', byte @ (b'"' | b'\\'), after @ ..] => {
                value.push(*byte);
                rest = after;
            }
            [byte, after @ ..] => {
                value.push(*byte);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(value: &str) -> Option<String> {
        let file = Disposition::read(value.as_bytes()).file();
        file.map(|name| String::from_utf8(name).unwrap())
    }

    #[test]
    fn parameters_are_read_with_quotes_and_without() {
        let read = Disposition::read(br#"form-data ; name = "a;\"b" ;x;Filename=c.txt ;last"#);
        assert_eq!(read.kind, b"form-data");
        assert_eq!(read.parameter("name").unwrap(), b"a;\"b");
        assert_eq!(read.parameter("filename").unwrap(), b"c.txt");
        assert_eq!(read.parameter("x"), None);
        let open = Disposition::read(br#"a; name="never ends; x=y"#);
        assert_eq!(open.parameter("name").unwrap(), b"never ends; x=y");
    }

    #[test]
    fn a_file_has_a_name_without_folders() {
        for (value, name) in [
            (r#"form-data; filename="a b.txt""#, Some("a b.txt")),
            (r#"form-data; filename="../../etc/passwd""#, Some("passwd")),
            (r#"form-data; filename="C:\docs\new.txt""#, Some("new.txt")),
            (r#"form-data; filename="..""#, None),
            (r#"form-data; filename="a/""#, None),
            (r#"form-data; filename="""#, None),
            (
                "form-data; filename*=UTF-8''%c3%a4.txt; filename=x",
                Some("\u{e4}.txt"),
            ),
            ("form-data; filename*=utf-8''a%2fb.txt", Some("b.txt")),
            ("form-data; filename*=latin1''x; filename=y", Some("y")),
            ("form-data; filename*=u", None),
            ("form-data", None),
        ] {
            assert_eq!(file(value).as_deref(), name, "{value}");
        }
    }
}
