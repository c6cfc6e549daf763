//! One index file to drafts of the entries that it declares.
//!
//! Knows nothing of what a kind needs, nor of other files.

use super::entry::{Draft, EntryId};
use super::node::{Content, Node, Pair};
use super::problem::{Place, Problem, Problems};
use super::suggest;

/// The keys of a file that lists entries.
const FILE_KEYS: [&str; 4] = ["version", "namespace", "meta", "entries"];

/// How many values the `meta` of a file may come to in all of its entries, into each of which it is copied.
const MOST_META: usize = 1_000_000;

/// The entries that the file with the contents `root` declares. `is_index`: it is named `_index.*`.
pub(super) fn read(root: &Node, is_index: bool, problems: &Problems) -> Vec<Draft> {
    let Some(namespace) = namespace(root, is_index, problems) else {
        return Vec::new();
    };
    if let Some(entries) = root.get("entries") {
        warn_of_unknown_keys(root, problems);
        let Content::List(items) = &entries.content else {
            if !entries.is_null() {
                let what = format!("must be a list, and is {}", entries.what());
                let problem = Problem::error(what).at(&entries.place).field("entries");
                problems.push(problem.advice("begin each entry with `- name:`"));
            }
            return Vec::new();
        };
        let mut defaults = meta_of(root, "meta", problems);
        if defaults.count().saturating_mul(items.len()) > MOST_META {
            let what = "is too much to be in each of so many entries";
            let problem = Problem::error(what).at(&defaults.place).field("meta");
            problems.push(problem.advice("put a part of the entries into a file of their own"));
            defaults = Node::empty_map(&root.place);
        }
        let in_list = |(i, item): (usize, &Node)| {
            let stand_in = format!("entries[{i}]");
            let mut draft = read_entry(item, namespace, &stand_in, &[], problems)?;
            let mut meta = defaults.clone();
            meta.merge_keys(draft.meta);
            draft.meta = meta;
            Some(draft)
        };
        return items.iter().enumerate().filter_map(in_list).collect();
    }
    if root.get("name").is_none() && root.get("kind").is_none() {
        let problem = Problem::error("a namespace, but no entries").at(&root.place);
        problems.push(problem.advice("add a list `entries:`"));
        return Vec::new();
    }
    let draft = read_entry(
        root,
        namespace,
        namespace,
        &["version", "namespace"],
        problems,
    );
    draft.into_iter().collect()
}

/// The namespace of the file; `None` if it declares nothing.
fn namespace<'a>(root: &'a Node, is_index: bool, problems: &Problems) -> Option<&'a str> {
    let Some(node) = root.get("namespace") else {
        if is_index {
            let problem = Problem::warning("there is no `namespace`, so this declares nothing");
            problems.push(problem.at(&root.place).advice("add `namespace: app`"));
        }
        return None;
    };
    let what = match node.as_text() {
        Some(text) if !text.is_empty() && !text.contains(':') => return Some(text),
        Some(_) => "must not be empty nor hold a colon".to_string(),
        None => format!("must be a text, and is {}", node.what()),
    };
    problems.push(Problem::error(what).at(&node.place).field("namespace"));
    None
}

fn warn_of_unknown_keys(root: &Node, problems: &Problems) {
    for pair in root.as_map().unwrap_or_default() {
        if !FILE_KEYS.contains(&pair.key.as_str()) {
            let mut problem = Problem::warning(format!("unknown field `{}`", pair.key));
            problem.advice = suggest::did_you_mean(&pair.key, FILE_KEYS);
            problems.push(problem.at(&pair.place));
        }
    }
}

/// One entry. `stand_in` names it as long as its id isn't known; `besides` are keys that aren't its data.
fn read_entry(
    node: &Node,
    namespace: &str,
    stand_in: &str,
    besides: &[&str],
    problems: &Problems,
) -> Option<Draft> {
    let Some(pairs) = node.as_map() else {
        let what = format!("must be a map, and is {}", node.what());
        let problem = Problem::error(what).at(&node.place).entry(stand_in);
        problems.push(problem.advice("give it a `name` and a `kind`"));
        return None;
    };
    let (name, kind) = (
        required_word(node, "name", stand_in, problems),
        required_word(node, "kind", stand_in, problems),
    );
    let ((name, name_place), (kind, kind_place)) = (name?, kind?);
    // Pids and log lines hold names as they are.
    if name.contains(|c: char| c.is_control() || matches!(c, ':' | '|' | '{' | '}')) {
        let what = format!("must not hold `:`, `|`, braces or control characters, and is {name:?}");
        let problem = Problem::error(what).at(name_place).entry(stand_in);
        problems.push(problem.field("name"));
        return None;
    }
    let id = EntryId::new(namespace, name);
    let taken = |key: &str| matches!(key, "name" | "kind" | "meta") || besides.contains(&key);
    let own = pairs.iter().filter(|pair| !taken(&pair.key));
    let data = match node.get("data") {
        Some(data) if !data.is_null() => {
            warn_beside_data(own, &id, problems);
            data.clone()
        }
        _ => Node {
            place: node.place.clone(),
            content: Content::Map(own.cloned().collect()),
        },
    };
    Some(Draft {
        id,
        place: name_place.clone(),
        kind: kind.to_string(),
        kind_place: kind_place.clone(),
        meta: meta_of(node, stand_in, problems),
        data,
    })
}

fn warn_beside_data<'a>(own: impl Iterator<Item = &'a Pair>, id: &EntryId, problems: &Problems) {
    for pair in own.filter(|pair| pair.key != "data") {
        let problem = Problem::warning("has no effect beside `data`").at(&pair.place);
        let problem = problem.entry(id).field(&pair.key);
        problems.push(problem.advice("move it into `data`"));
    }
}

/// The text of `key`, which must be there and not empty.
fn required_word<'a>(
    node: &'a Node,
    key: &str,
    stand_in: &str,
    problems: &Problems,
) -> Option<(&'a str, &'a Place)> {
    let (place, what) = match node.get(key) {
        None => (&node.place, format!("{key} is required")),
        Some(value) => match value.as_text() {
            Some(text) if !text.is_empty() => return Some((text, &value.place)),
            Some(_) => (&value.place, format!("{key} is required, and is empty")),
            None => (
                &value.place,
                format!("must be a text, and is {}", value.what()),
            ),
        },
    };
    problems.push(Problem::error(what).at(place).entry(stand_in).field(key));
    None
}

/// The map `meta` of `node`, or an empty one.
fn meta_of(node: &Node, stand_in: &str, problems: &Problems) -> Node {
    match node.get("meta") {
        Some(meta) if meta.as_map().is_some() => return meta.clone(),
        Some(meta) if !meta.is_null() => {
            let what = format!("must be a map, and is {}", meta.what());
            let problem = Problem::error(what).at(&meta.place);
            problems.push(problem.entry(stand_in).field("meta"));
        }
        _ => {}
    }
    Node::empty_map(&node.place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::value::Value;

    fn read_text(text: &str) -> (Vec<Draft>, Vec<String>) {
        let root = crate::app::yaml::parse(text, &"i.yaml".into(), &mut Vec::new())
            .unwrap()
            .unwrap();
        let problems = Problems::default();
        let drafts = read(&root, true, &problems);
        let said = problems.into_sorted();
        (drafts, said.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn meta_of_the_file_lies_under_that_of_the_entry() {
        let (drafts, problems) = read_text(
            "namespace: app\nmeta: {a: 1, b: 1}\nentries:\n  - {name: x, kind: k, meta: {b: 2}, c: 3}\n",
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(drafts[0].id.as_str(), "app:x");
        let meta = drafts[0].meta.to_value();
        assert_eq!(meta.get("a"), Some(&Value::Int(1)));
        assert_eq!(meta.get("b"), Some(&Value::Int(2)));
        assert_eq!(drafts[0].data.get("c").unwrap().to_value(), Value::Int(3));
        assert!(drafts[0].data.get("name").is_none());
    }

    #[test]
    fn a_file_may_be_one_entry() {
        let (drafts, problems) =
            read_text("version: \"1.0\"\nnamespace: app\nname: x\nkind: k\na: 1\n");
        assert_eq!(problems, [""; 0]);
        let data = Value::Map(vec![("a".to_string(), Value::Int(1))]);
        assert_eq!(drafts[0].data.to_value(), data);
    }

    #[test]
    fn data_is_the_whole_data() {
        let (drafts, problems) =
            read_text("namespace: app\nentries:\n  - {name: x, kind: k, data: {a: 1}, b: 2}\n");
        assert!(drafts[0].data.get("b").is_none());
        assert_eq!(drafts[0].data.get("a").unwrap().to_value(), Value::Int(1));
        assert_eq!(
            problems,
            ["i.yaml:3:38: app:x: b: has no effect beside `data`, move it into `data`"]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, said) in [
            (
                "a: 1\n",
                "there is no `namespace`, so this declares nothing, add `namespace: app`",
            ),
            (
                "namespace: app\n",
                "a namespace, but no entries, add a list `entries:`",
            ),
            ("namespace: 1\n", "namespace: must be a text, and is 1"),
            (
                "namespace: app\nentries: [{kind: k}]\n",
                "entries[0]: name: name is required",
            ),
            (
                "namespace: app\nentries: [{name: x}]\n",
                "entries[0]: kind: kind is required",
            ),
            (
                "namespace: app\nentries: [{name: \"a:b\", kind: k}]\n",
                "entries[0]: name: must not hold `:`, `|`, braces or control characters, and is \"a:b\"",
            ),
            (
                "namespace: app\nentries: [7]\n",
                "entries[0]: must be a map, and is 7, give it a `name` and a `kind`",
            ),
            (
                "namespace: app\nentris: 1\nentries: []\n",
                "unknown field `entris`, did you mean `entries`?",
            ),
            (
                "namespace: app\nentries: {a: 1}\n",
                "entries: must be a list, and is a map, begin each entry with `- name:`",
            ),
        ] {
            let (_, problems) = read_text(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            let after_place = problems[0].split_once(": ").unwrap().1;
            assert_eq!(after_place, said, "{text}");
        }
    }
}
