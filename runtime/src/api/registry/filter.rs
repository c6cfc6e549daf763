//! What a program looks for: which fields of an entry must be what.
//!
//! Pure: knows nothing of Lua. A key is a field with, before it, how the field is compared: `.kind`, `meta.type`,
//! `^meta.name`.

use regex::{Regex, RegexBuilder};

use crate::lua::Plain;

use super::record::Record;

/// Conditions, all of which an entry must meet.
#[derive(Debug, Default)]
pub struct Filter(Vec<Condition>);

#[derive(Debug)]
struct Condition {
    field: Field,
    test: Test,
}

#[derive(Debug)]
enum Field {
    Id,
    Namespace,
    Name,
    Kind,
    /// Keys with dots between.
    Meta(String),
    /// One that no entry has.
    None,
}

#[derive(Debug)]
enum Test {
    Equals(Plain),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Matches(Box<Regex>),
}

/// Why a condition is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The key is that of no field. Such conditions are left out.
    Key,
    /// The value is no text, and is to be compared as one.
    Value,
    /// The pattern is no regular expression, or too large a one: why.
    Pattern(String),
}

/// Bytes that a compiled pattern may take: enough for any that people write.
const PATTERN_SIZE: usize = 1 << 20;

impl Filter {
    /// Adds a condition.
    ///
    /// # Errors
    /// It is none.
    pub fn add(&mut self, key: &str, value: Plain) -> Result<(), Refused> {
        let (mark, rest) = match key.chars().next() {
            Some(mark @ ('~' | '*' | '^' | '$')) => (Some(mark), &key[1..]),
            _ => (None, key),
        };
        let field = Field::read(rest).ok_or(Refused::Key)?;
        let test = match (mark, value) {
            (None, value) => Test::Equals(value),
            (Some('~'), Plain::Text(text)) => Test::Matches(Box::new(pattern(&text)?)),
            (Some('*'), Plain::Text(text)) => Test::Contains(text),
            (Some('^'), Plain::Text(text)) => Test::StartsWith(text),
            (Some(_), Plain::Text(text)) => Test::EndsWith(text),
            (Some(_), _) => return Err(Refused::Value),
        };
        self.0.push(Condition { field, test });
        Ok(())
    }

    /// Whether an entry meets all conditions.
    pub fn is_met_by(&self, record: &Record) -> bool {
        self.0.iter().all(|condition| condition.is_met_by(record))
    }
}

fn pattern(text: &str) -> Result<Regex, Refused> {
    let built = RegexBuilder::new(text).size_limit(PATTERN_SIZE).build();
    built.map_err(|error| Refused::Pattern(error.to_string()))
}

impl Field {
    fn read(key: &str) -> Option<Field> {
        if let Some(path) = key.strip_prefix("meta.") {
            return Some(Field::Meta(path.to_owned()));
        }
        Some(match key.strip_prefix('.')? {
            "id" => Field::Id,
            "ns" => Field::Namespace,
            "name" => Field::Name,
            "kind" => Field::Kind,
            _ => Field::None,
        })
    }
}

impl Condition {
    fn is_met_by(&self, record: &Record) -> bool {
        let text = match &self.field {
            Field::Id => record.id(),
            Field::Namespace => record.namespace(),
            Field::Name => record.name(),
            Field::Kind => record.kind(),
            Field::Meta(path) => {
                return find(record.meta(), path).is_some_and(|value| self.test.meets(value));
            }
            Field::None => return false,
        };
        self.test.meets_text(text)
    }
}

/// The value that a path leads to: keys with dots between, any of which may have dots itself.
fn find<'a>(map: &'a Plain, path: &str) -> Option<&'a Plain> {
    let Plain::Map(pairs) = map else { return None };
    let get = |key: &str| Some(&pairs.iter().find(|(known, _)| known == key)?.1);
    get(path).or_else(|| {
        let mut dots = path.match_indices('.');
        dots.find_map(|(dot, _)| find(get(&path[..dot])?, &path[dot + 1..]))
    })
}

impl Test {
    /// Whether a value, or one of a list's, is what is looked for.
    fn meets(&self, value: &Plain) -> bool {
        match (value, self) {
            (Plain::List(items), _) => items.iter().any(|item| self.meets(item)),
            (Plain::Text(text), _) => self.meets_text(text),
            (Plain::Integer(one), Test::Equals(Plain::Float(other)))
            | (Plain::Float(other), Test::Equals(Plain::Integer(one))) => *one as f64 == *other,
            (value, Test::Equals(wanted)) => value == wanted,
            _ => false,
        }
    }

    fn meets_text(&self, text: &str) -> bool {
        match self {
            Test::Equals(wanted) => matches!(wanted, Plain::Text(wanted) if wanted == text),
            Test::Contains(part) => text.contains(part),
            Test::StartsWith(part) => text.starts_with(part),
            Test::EndsWith(part) => text.ends_with(part),
            Test::Matches(pattern) => pattern.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Plain {
        Plain::Text(text.to_owned())
    }

    fn map<const N: usize>(pairs: [(&str, Plain); N]) -> Plain {
        Plain::Map(pairs.map(|(key, value)| (key.to_owned(), value)).into())
    }

    fn record() -> Record {
        let meta = map([
            ("type", text("view.page")),
            ("order", Plain::Integer(3)),
            ("on", Plain::Boolean(true)),
            ("tags", Plain::List(vec![text("red"), Plain::Integer(7)])),
            ("a", map([("b", text("deep")), ("c.d", text("dotted"))])),
            ("a.e", text("whole")),
        ]);
        Record::new("app.web:page", "registry.entry", meta, map([]))
    }

    fn is_met(key: &str, value: Plain) -> bool {
        let mut filter = Filter::default();
        filter.add(key, value).unwrap();
        filter.is_met_by(&record())
    }

    #[test]
    fn fields_are_compared_as_their_marks_say() {
        for (key, value) in [
            (".id", "app.web:page"),
            (".ns", "app.web"),
            (".name", "page"),
            (".kind", "registry.entry"),
            ("^.id", "app."),
            ("meta.type", "view.page"),
            ("~meta.type", r"^view\.\w+$"),
            ("*meta.type", "w.p"),
            ("^meta.type", "view"),
            ("$meta.type", ".page"),
            ("meta.tags", "red"),
            ("^meta.tags", "re"),
            ("meta.a.b", "deep"),
            ("meta.a.c.d", "dotted"),
            ("meta.a.e", "whole"),
        ] {
            assert!(is_met(key, text(value)), "{key} = {value}");
            let other = format!("{value}x");
            assert!(
                !is_met(key, text(&other.replace('$', ""))),
                "{key} = {other}"
            );
        }
        assert!(is_met("meta.order", Plain::Integer(3)) && is_met("meta.order", Plain::Float(3.0)));
        assert!(is_met("meta.on", Plain::Boolean(true)) && is_met("meta.tags", Plain::Integer(7)));
        for (key, value) in [
            ("meta.order", text("3")),
            ("*meta.order", text("3")),
            ("meta.on", Plain::Boolean(false)),
            ("meta.none", text("")),
            ("meta.type.x", text("view.page")),
            ("meta.a", text("deep")),
            (".kind", Plain::Integer(1)),
            (".none", text("app.web:page")),
        ] {
            assert!(!is_met(key, value), "{key}");
        }
    }

    #[test]
    fn all_conditions_must_be_met_and_none_is_met_by_all() {
        let mut filter = Filter::default();
        assert!(filter.is_met_by(&record()));
        filter.add(".ns", text("app.web")).unwrap();
        assert!(filter.is_met_by(&record()));
        filter.add(".name", text("other")).unwrap();
        assert!(!filter.is_met_by(&record()));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        let mut filter = Filter::default();
        for key in ["kind", "", "~kind", "metatype", "meta", "ä"] {
            assert_eq!(filter.add(key, text("x")), Err(Refused::Key), "{key}");
        }
        let add = |filter: &mut Filter, text_: &str| filter.add("~meta.x", text(text_));
        assert!(matches!(add(&mut filter, "("), Err(Refused::Pattern(_))));
        assert!(matches!(
            add(&mut filter, r"(\w{500}){500}"),
            Err(Refused::Pattern(_))
        ));
        assert_eq!(
            filter.add("^meta.x", Plain::Integer(1)),
            Err(Refused::Value)
        );
        assert!(filter.is_met_by(&record()), "nothing was added");
    }
}
