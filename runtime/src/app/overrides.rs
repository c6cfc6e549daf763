//! `-o ns:entry:field=value`: fields of entries that are set from outside, before anything is checked.
//!
//! Knows nothing of which fields a kind has: a field that doesn't exist is found where all are.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::entry::{Draft, EntryId};
use super::node::Node;
use super::problem::{Place, Problem, Problems};
use super::suggest;

/// A field of an entry, and the value that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// As it was written.
    text: String,
    entry: EntryId,
    field: String,
    value: String,
}

/// A text that isn't `ns:entry:field=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOverride;

impl fmt::Display for NoOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be `namespace:entry:field=value`")
    }
}

impl std::error::Error for NoOverride {}

impl FromStr for Override {
    type Err = NoOverride;

    fn from_str(text: &str) -> Result<Override, NoOverride> {
        let (target, value) = text.split_once('=').ok_or(NoOverride)?;
        let (id, field) = target.rsplit_once(':').ok_or(NoOverride)?;
        let entry = EntryId::parse(id).ok_or(NoOverride)?;
        if field.split('.').any(str::is_empty) {
            return Err(NoOverride);
        }
        Ok(Override {
            text: text.to_string(),
            entry,
            field: field.to_string(),
            value: value.to_string(),
        })
    }
}

impl Override {
    /// Sets the field in `drafts`.
    pub(super) fn apply(&self, drafts: &mut BTreeMap<EntryId, Draft>, problems: &Problems) {
        let place = Place::whole(&format!("-o {}", self.text));
        let Some(draft) = drafts.get_mut(&self.entry) else {
            let mut problem =
                Problem::error(format!("names unknown entry `{}`", self.entry)).at(&place);
            problem.advice = suggest::did_you_mean_id(self.entry.as_str(), drafts.keys());
            problems.push(problem);
            return;
        };
        let path: Vec<&str> = self.field.split('.').collect();
        let value = Node::word(&self.value, &place);
        let done = match path.as_slice() {
            ["name"] => Err("the name of an entry cannot be changed".to_string()),
            ["meta"] => Err("needs a field of `meta`, as in `meta.field`".to_string()),
            ["kind"] => {
                draft.kind = self.value.clone();
                draft.kind_place = place.clone();
                Ok(())
            }
            ["meta", rest @ ..] if !rest.is_empty() => draft.meta.put(rest, value),
            path => draft.data.put(path, value),
        };
        if let Err(what) = done {
            let problem = Problem::error(what).at(&place).entry(&self.entry);
            problems.push(problem.field(&self.field));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_after_the_last_colon_before_the_equals_sign() {
        let read: Override = "app:a.b:host.workers=x:y=z".parse().unwrap();
        assert_eq!(read.entry.as_str(), "app:a.b");
        assert_eq!(read.field, "host.workers");
        assert_eq!(read.value, "x:y=z");
        for text in [
            "",
            "app:x",
            "app:x:f",
            "x:f=1",
            ":x:f=1",
            "app:x:=1",
            "app:x:a..b=1",
        ] {
            assert_eq!(text.parse::<Override>(), Err(NoOverride), "{text}");
        }
    }
}
