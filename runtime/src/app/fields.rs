//! Reads the fields of one entry with their types, noting every problem in them.
//!
//! Knows nothing of any kind. A field that is wrong counts as not written, so that the next one is looked at too;
//! what was never asked for is unknown.

use std::time::Duration;

use super::catalog::Catalog;
use super::entry::{Draft, EntryId};
use super::node::{Content, Node, Pair};
use super::problem::{Place, Problem, Problems, Severity};
use super::suggest;
use super::value::Value;
use crate::duration;

/// The fields of an entry, or of one map in it.
pub(super) struct Fields<'a> {
    pub(super) id: &'a EntryId,
    pub(super) catalog: &'a Catalog<'a>,
    problems: &'a Problems,
    node: &'a Node,
    meta: &'a Node,
    /// The field that this map is, with a dot behind it; empty for the entry itself.
    path: String,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of `draft`.
    pub(super) fn of(
        draft: &'a Draft,
        catalog: &'a Catalog<'a>,
        problems: &'a Problems,
    ) -> Fields<'a> {
        Fields {
            id: &draft.id,
            catalog,
            problems,
            node: &draft.data,
            meta: &draft.meta,
            path: String::new(),
            asked: Vec::new(),
        }
    }

    /// Notes that `what` is wrong with the field `name`, at `place`.
    pub(super) fn error(&self, name: &str, place: &Place, what: impl Into<String>) -> Problem {
        Problem::error(what)
            .at(place)
            .entry(self.id)
            .field(format!("{}{name}", self.path))
    }

    /// The same, of what has no effect.
    pub(super) fn warning(&self, name: &str, place: &Place, what: &str) -> Problem {
        let severity = Severity::Warning;
        Problem {
            severity,
            ..self.error(name, place, what)
        }
    }

    /// Notes `problem`.
    pub(super) fn report(&self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Where this map begins.
    pub(super) fn place(&self) -> &'a Place {
        &self.node.place
    }

    /// Where the field `name` is written, or else this map.
    pub(super) fn place_of(&self, name: &str) -> &'a Place {
        self.node.get(name).map_or(self.place(), |node| &node.place)
    }

    /// Whether nothing, or a text of nothing, is written in the field `name`.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        let node = self.node.get(name);
        node.is_none_or(|node| node.is_null() || node.as_text() == Some(""))
    }

    /// The fields of `meta`. Anything may be in it: it is not to be finished.
    pub(super) fn meta(&self) -> Fields<'a> {
        Fields {
            path: "meta.".to_string(),
            node: self.meta,
            asked: Vec::new(),
            ..*self
        }
    }

    /// The field `name`, if something was written.
    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a Node> {
        self.asked.push(name);
        self.node.get(name).filter(|node| !node.is_null())
    }

    /// The map `name`, as fields of its own. The caller must `finish` it.
    pub(super) fn block(&mut self, name: &'static str) -> Option<Fields<'a>> {
        let node = self.get(name)?;
        if node.as_map().is_none() {
            self.wrong(name, node, "a map");
            return None;
        }
        Some(Fields {
            path: format!("{}{name}.", self.path),
            node,
            asked: Vec::new(),
            ..*self
        })
    }

    /// Warns of the fields that nobody asked for.
    pub(super) fn finish(self) {
        for pair in self.node.as_map().unwrap_or_default() {
            if self.asked.contains(&pair.key.as_str()) {
                continue;
            }
            let mut problem = Problem::warning("unknown field, which has no effect")
                .at(&pair.place)
                .entry(self.id)
                .field(format!("{}{}", self.path, pair.key));
            problem.advice = suggest::did_you_mean(&pair.key, self.asked.iter().copied());
            self.problems.push(problem);
        }
    }

    /// Notes that `name` must be `expected`.
    pub(super) fn wrong(&self, name: &str, node: &Node, expected: &str) {
        let what = format!("must be {expected}, and is {}", node.what());
        self.report(self.error(name, &node.place, what));
    }

    /// Notes that `name` is missing.
    pub(super) fn missing(&self, name: &str) {
        self.report(self.error(name, self.place_of(name), format!("{name} is required")));
    }

    /// The text `name`, with its place.
    pub(super) fn text(&mut self, name: &'static str) -> Option<(&'a str, &'a Place)> {
        let node = self.get(name)?;
        if node.as_text().is_none() {
            self.wrong(name, node, "a text");
        }
        Some((node.as_text()?, &node.place))
    }

    /// The text `name`, which must be there and not empty.
    pub(super) fn required_text(&mut self, name: &'static str) -> Option<(&'a str, &'a Place)> {
        self.asked.push(name);
        if self.is_empty(name) {
            self.missing(name);
            return None;
        }
        self.text(name)
    }

    /// The characters of `name`, whatever their type: `5` and `true` are texts here.
    pub(super) fn characters(&mut self, name: &'static str) -> Option<&'a str> {
        let node = self.get(name)?;
        match &node.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            _ => {
                self.wrong(name, node, "a text");
                None
            }
        }
    }

    /// `name`, which is `true` or `false`.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let node = self.get(name)?;
        match node.to_value() {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.wrong(name, node, "true or false");
                None
            }
        }
    }

    /// `name`, a whole number of at least `least`.
    pub(super) fn count(&mut self, name: &'static str, least: u32) -> Option<u32> {
        let node = self.get(name)?;
        let Value::Int(number) = node.to_value() else {
            self.wrong(name, node, "a whole number");
            return None;
        };
        if number < i64::from(least) {
            let bound = match least {
                0 => "must not be negative".to_string(),
                _ => format!("must be greater than {}", least - 1),
            };
            let what = format!("{bound}, and is {number}");
            let problem = self.error(name, &node.place, what);
            self.report(problem.advice("leave it out for the default"));
            return None;
        }
        let count = u32::try_from(number).ok();
        if count.is_none() {
            self.wrong(name, node, &format!("at most {}", u32::MAX));
        }
        count
    }

    /// `name`, a number between `least` and `most`.
    pub(super) fn number(&mut self, name: &'static str, least: f64, most: f64) -> Option<f64> {
        let node = self.get(name)?;
        let number = match node.to_value() {
            Value::Int(number) => number as f64,
            Value::Float(number) => number,
            _ => {
                self.wrong(name, node, "a number");
                return None;
            }
        };
        if (least..=most).contains(&number) {
            return Some(number);
        }
        let expected = match most {
            f64::MAX => format!("at least {least}"),
            _ => format!("between {least} and {most}"),
        };
        self.wrong(name, node, &expected);
        None
    }

    /// `name`, a duration that isn't negative, such as `10s`.
    pub(super) fn duration(&mut self, name: &'static str) -> Option<Duration> {
        let node = self.get(name)?;
        let text = match &node.content {
            Content::Scalar(scalar) => &scalar.text,
            _ => {
                self.wrong(name, node, "a duration such as 10s");
                return None;
            }
        };
        let what = match duration::parse(text) {
            Ok(nanos) => match u64::try_from(nanos) {
                Ok(nanos) => return Some(Duration::from_nanos(nanos)),
                Err(_) => format!("must not be negative, and is {text}"),
            },
            Err(error) => error.to_string(),
        };
        let problem = self.error(name, &node.place, what);
        self.report(problem.advice("write it as in 500ms, 10s or 1h30m"));
        None
    }

    /// The items of the list `name`.
    pub(super) fn list(&mut self, name: &'static str) -> Option<&'a [Node]> {
        let node = self.get(name)?;
        match &node.content {
            Content::List(items) => Some(items),
            _ => {
                self.wrong(name, node, "a list");
                None
            }
        }
    }

    /// The texts in the list `name`, with their places.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<(&'a str, &'a Place)> {
        let mut texts = Vec::new();
        for node in self.list(name).unwrap_or_default() {
            match node.as_text() {
                Some(text) if !text.is_empty() => texts.push((text, &node.place)),
                _ => self.wrong(name, node, "a list of texts that are not empty"),
            }
        }
        texts
    }

    /// The pairs of the map `name`.
    pub(super) fn pairs(&mut self, name: &'static str) -> &'a [Pair] {
        let Some(node) = self.get(name) else {
            return &[];
        };
        if node.as_map().is_none() {
            self.wrong(name, node, "a map");
        }
        node.as_map().unwrap_or_default()
    }

    /// The entry that `name` names; see [`Fields::resolve`].
    pub(super) fn reference(
        &mut self,
        name: &'static str,
        relative: bool,
        kinds: &[&str],
    ) -> Option<EntryId> {
        let (text, place) = self.required_text(name)?;
        self.resolve(name, text, place, relative, kinds)
    }

    /// The entry that this one is a part of: that `meta.name` names, or `name` where it doesn't.
    pub(super) fn parent(&mut self, name: &'static str, kinds: &[&str]) -> Option<EntryId> {
        let mut meta = self.meta();
        let beside = self.get(name);
        if !meta.is_empty(name) {
            let (text, _) = meta.text(name)?;
            if let Some(node) = beside.filter(|node| node.as_text() != Some(text)) {
                let what = format!("has no effect beside `meta.{name}`");
                self.report(self.warning(name, &node.place, &what));
            }
            return meta.reference(name, true, kinds);
        }
        if self.is_empty(name) {
            let problem = meta.error(name, self.place(), format!("{name} is required"));
            self.report(problem.advice(format!("name one in `meta.{name}`")));
            return None;
        }
        self.reference(name, true, kinds)
    }

    /// The entry that `text` names, which must exist and be of one of `kinds` (any kind if there are none).
    ///
    /// `relative`: without a namespace, this entry's is meant.
    pub(super) fn resolve(
        &self,
        name: &str,
        text: &str,
        place: &Place,
        relative: bool,
        kinds: &[&str],
    ) -> Option<EntryId> {
        let id = match relative {
            true => EntryId::parse_in(text, self.id.namespace()),
            false => EntryId::parse(text),
        };
        let found = id.and_then(|id| Some((self.catalog.kind_of(&id)?, id)));
        let wanted = |kind: &str| kinds.is_empty() || kinds.contains(&kind);
        match found {
            Some((kind, id)) if wanted(kind) => return Some(id),
            Some((kind, id)) => {
                let what = format!("names `{id}`, which is a {kind}");
                let advice = format!("name a {}", kinds.join(" or "));
                self.report(self.error(name, place, what).advice(advice));
            }
            None => {
                let mut problem = self.error(name, place, format!("names unknown entry `{text}`"));
                problem.advice = self.catalog.nearest(text, self.id.namespace(), kinds);
                self.report(problem);
            }
        }
        None
    }
}
