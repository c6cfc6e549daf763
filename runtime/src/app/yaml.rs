//! YAML (and with it JSON) text to values that know their places.
//!
//! Knows nothing of what the values are for. Anchors, merge keys (`<<`) and the core tags are understood.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::node::{Content, Node, Pair, Scalar};
use super::problem::{Place, Problem};
use super::scalar;
use super::value::Value;

/// How deep values may be nested, so that no file overflows our stack.
const DEEPEST: u32 = 128;

/// How many values a file may hold, aliases counted as often as they are used: a few lines could mean billions.
const MOST_NODES: usize = 1_000_000;

/// Bytes of text that count as one value more: an alias may stand for a long one. All texts together are so 64 MB at
/// most; what a value takes beside its text is more than this.
const BYTES_PER_NODE: usize = 64;

/// Reads the first document of `text`; `None` if it holds nothing.
///
/// A key that is there twice is noted in `problems` and the last one taken.
pub(super) fn parse(
    text: &str,
    file: &Arc<str>,
    problems: &mut Vec<Problem>,
) -> Result<Option<Node>, Box<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder {
        events: Parser::new_from_str(text),
        file: file.clone(),
        last_line: lines(text),
        anchors: HashMap::new(),
        nodes: 0,
        problems,
    };
    loop {
        match builder.next()? {
            (Event::StreamEnd, _) => return Ok(None),
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (event, span) => {
                let node = builder.node(event, span, 0)?;
                builder.expect_one_document()?;
                return Ok(Some(node));
            }
        }
    }
}

/// How many lines `text` has, an empty one at its end too: they end with `\n`, `\r` or both.
fn lines(text: &str) -> usize {
    let ends = text.matches('\n').count() + text.matches('\r').count();
    1 + ends - text.matches("\r\n").count()
}

/// Builds nodes from the parser's events.
struct Builder<'a, 'p> {
    events: Parser<'a, StrInput<'a>>,
    file: Arc<str>,
    last_line: usize,
    /// Values that aliases may name, and how many nodes each holds.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Builder<'a, '_> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Box<Problem>> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(Box::new(self.syntax_problem(&error))),
            None => {
                let problem = Problem::error("the file ends in the middle of a value");
                Err(Box::new(problem.at(&Place::whole(&self.file))))
            }
        }
    }

    fn syntax_problem(&self, error: &ScanError) -> Problem {
        let place = self.place(*error.marker());
        Problem::error(format!("this is no YAML: {}", error.info())).at(&place)
    }

    fn place(&self, mark: Marker) -> Place {
        Place {
            file: self.file.clone(),
            // The parser takes the end of a line that isn't ended for one more.
            line: mark.line().min(self.last_line) as u32,
            column: mark.col() as u32 + 1,
        }
    }

    fn expect_one_document(&mut self) -> Result<(), Box<Problem>> {
        while let (event, span) = self.next()?
            && event != Event::StreamEnd
        {
            if matches!(event, Event::DocumentStart(_)) {
                let place = self.place(span.start);
                let problem = Problem::warning("only the first document of a file is read");
                let advice = "put the rest into a file of its own";
                self.problems.push(problem.at(&place).advice(advice));
                break;
            }
        }
        Ok(())
    }

    /// Builds the node that `event` begins.
    fn node(&mut self, event: Event<'a>, span: Span, depth: u32) -> Result<Node, Box<Problem>> {
        let place = self.place(span.start);
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            let what = "the values are nested too deep, or too many";
            return Err(Box::new(Problem::error(what).at(&place)));
        }
        let before = self.nodes;
        let (anchor, content) = match event {
            Event::Alias(id) => return self.alias(id, place),
            Event::Scalar(text, style, anchor, tag) => {
                self.nodes += text.len() / BYTES_PER_NODE;
                let scalar = scalar_of(&text, style, tag.as_deref(), span.start);
                (anchor, Content::Scalar(scalar))
            }
            Event::SequenceStart(anchor, _) => (anchor, self.list(depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.map(depth)?),
            other => {
                let what = format!("this is no YAML: {other:?} where a value must be");
                return Err(Box::new(Problem::error(what).at(&place)));
            }
        };
        let node = Node { place, content };
        if anchor > 0 {
            let size = self.nodes - before + 1;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<Node, Box<Problem>> {
        let Some((node, size)) = self.anchors.get(&id) else {
            return Err(Box::new(
                Problem::error("the value contains itself").at(&place),
            ));
        };
        self.nodes += size;
        if self.nodes > MOST_NODES {
            return Err(Box::new(
                Problem::error("the aliases stand for too many values, or for too long ones")
                    .at(&place),
            ));
        }
        Ok(node.clone())
    }

    fn list(&mut self, depth: u32) -> Result<Content, Box<Problem>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Content::List(items)),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: u32) -> Result<Content, Box<Problem>> {
        let mut pairs = Pairs::default();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let plain = matches!(event, Event::Scalar(_, ScalarStyle::Plain, _, _));
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            let Content::Scalar(Scalar { text, .. }) = key.content else {
                return Err(Box::new(
                    Problem::error("a key must be a single word").at(&key.place),
                ));
            };
            if plain && text == "<<" {
                merged.push(value);
            } else {
                self.add(&mut pairs, text, key.place, value);
            }
        }
        for value in merged {
            pairs.merge(value)?;
        }
        Ok(Content::Map(pairs.list))
    }

    fn add(&mut self, pairs: &mut Pairs, key: String, place: Place, value: Node) {
        let pair = Pair { key, place, value };
        match pairs.get_mut(&pair.key) {
            None => pairs.push(pair),
            Some(old) => {
                let what = format!("`{}` is already set in line {}", pair.key, old.place.line);
                let problem = Problem::error(what).at(&pair.place);
                self.problems.push(problem.advice("remove one of the two"));
                *old = pair;
            }
        }
    }
}

/// The pairs of a map in the making.
#[derive(Default)]
struct Pairs {
    list: Vec<Pair>,
    /// Where in the list each key is. There may be as many as the file has lines.
    positions: HashMap<String, usize>,
}

impl Pairs {
    fn get_mut(&mut self, key: &str) -> Option<&mut Pair> {
        Some(&mut self.list[*self.positions.get(key)?])
    }

    fn push(&mut self, pair: Pair) {
        self.positions.insert(pair.key.clone(), self.list.len());
        self.list.push(pair);
    }

    /// Adds what `value` (a map, or a list of maps) has and this hasn't: YAML's `<<`.
    fn merge(&mut self, value: Node) -> Result<(), Box<Problem>> {
        match value.content {
            Content::Map(others) => {
                for other in others {
                    if !self.positions.contains_key(&other.key) {
                        self.push(other);
                    }
                }
                Ok(())
            }
            Content::List(items) => items.into_iter().try_for_each(|item| self.merge(item)),
            Content::Scalar(_) => {
                let problem = Problem::error("`<<` needs a map");
                Err(Box::new(problem.at(&value.place)))
            }
        }
    }
}

fn scalar_of(text: &str, style: ScalarStyle, tag: Option<&Tag>, start: Marker) -> Scalar {
    let core = tag.filter(|tag| tag.is_yaml_core_schema());
    let bare = style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.suffix != "str");
    let value = match core.map(|tag| tag.suffix.as_str()) {
        Some("int" | "float" | "bool" | "null") => scalar::value_of(text),
        _ if bare => scalar::value_of(text),
        _ => Value::Text(text.to_string()),
    };
    let (first_line, indent) = match style {
        // The parser gives the place of the first line that isn't blank.
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let blank = text.bytes().take_while(|&b| b == b'\n').count();
            (start.line() - blank.min(start.line()), start.col())
        }
        _ => (start.line(), start.col()),
    };
    Scalar {
        value,
        text: text.to_string(),
        file: None,
        first_line: first_line as u32,
        indent: indent as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Option<Node>, Box<Problem>>, Vec<String>) {
        let mut problems = Vec::new();
        let node = parse(text, &"f.yaml".into(), &mut problems);
        (node, problems.iter().map(ToString::to_string).collect())
    }

    fn node(text: &str) -> Node {
        let (node, problems) = read(text);
        assert_eq!(problems, [""; 0]);
        node.unwrap().unwrap()
    }

    fn error(text: &str) -> String {
        read(text).0.unwrap_err().to_string()
    }

    #[test]
    fn keys_and_values_know_their_places() {
        let root = node("a: 1\nb:\n  - x\n  - \"äö\": {c: 3}\n");
        let item = match &root.get("b").unwrap().content {
            Content::List(items) => &items[1],
            other => panic!("{other:?}"),
        };
        let pair = &item.as_map().unwrap()[0];
        assert_eq!(pair.place.to_string(), "f.yaml:4:5");
        let inner = pair.value.get("c").unwrap();
        assert_eq!(inner.place.to_string(), "f.yaml:4:15");
    }

    #[test]
    fn json_is_read_too_with_tabs() {
        let root = node("{\n\t\"a\": [1, null],\n\t\"b\": \"1\"\n}\n");
        let list = Value::List(vec![Value::Int(1), Value::Null]);
        assert_eq!(root.get("a").unwrap().to_value(), list);
        assert_eq!(root.get("b").unwrap().as_text(), Some("1"));
    }

    #[test]
    fn texts_of_several_lines_know_their_first_line() {
        let root = node("a: |\n\n  local x\n  y\nb: |2\n   z\n");
        let scalar = |key| match &root.get(key).unwrap().content {
            Content::Scalar(scalar) => (scalar.text.clone(), scalar.first_line),
            other => panic!("{other:?}"),
        };
        assert_eq!(scalar("a"), ("\nlocal x\ny\n".to_string(), 2));
        assert_eq!(scalar("b"), (" z\n".to_string(), 6));
    }

    #[test]
    fn anchors_and_merge_keys() {
        let root = node("base: &b {x: 1, y: 2}\nover:\n  <<: *b\n  y: 3\nsame: *b\n");
        let over = root.get("over").unwrap();
        assert_eq!(over.get("x").unwrap().to_value(), Value::Int(1));
        assert_eq!(over.get("y").unwrap().to_value(), Value::Int(3));
        let same = root.get("same").unwrap();
        assert_eq!(same.get("y").unwrap().to_value(), Value::Int(2));
    }

    #[test]
    fn quotes_and_tags_keep_texts_texts() {
        let root = node("a: \"1\"\nb: !!str 1\nc: !!int \"1\"\n");
        assert_eq!(root.get("a").unwrap().as_text(), Some("1"));
        assert_eq!(root.get("b").unwrap().as_text(), Some("1"));
        assert_eq!(root.get("c").unwrap().to_value(), Value::Int(1));
    }

    #[test]
    fn a_key_that_is_there_twice_is_an_error() {
        let (root, problems) = read("a: 1\nb: 2\na: 3\n");
        assert_eq!(
            problems,
            ["f.yaml:3:1: `a` is already set in line 1, remove one of the two"]
        );
        let root = root.unwrap().unwrap();
        assert_eq!(root.get("a").unwrap().to_value(), Value::Int(3));
    }

    #[test]
    fn syntax_errors_have_places() {
        assert!(error("a: 1\nb").starts_with("f.yaml:2:"));
        assert!(error("a: [1\nb: 2\n").starts_with("f.yaml:2:2: this is no YAML: "));
        assert!(error("a: 1\n b: 2\n").starts_with("f.yaml:2:"));
    }

    #[test]
    fn bombs_are_refused() {
        assert!(error(&"[".repeat(100_000)).starts_with("f.yaml:1:"));
        assert!(error(&"- ".repeat(1_000)).contains("nested too deep"));
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_string();
        for i in 1..12 {
            let item = format!("*a{}", i - 1);
            bomb += &format!("a{i}: &a{i} [{}]\n", [item.as_str(); 10].join(","));
        }
        assert!(error(&bomb).starts_with("f.yaml:"));
        assert!(error("a: &x [*x]\n").contains("contains itself"));
        // Few values, but long ones.
        let text = "x".repeat(100_000);
        let items = ["*a"; 1_000].join(", ");
        let long = error(&format!("a: &a {text}\nb: [{items}]\n"));
        assert!(long.contains("too long ones"), "{long}");
    }

    #[test]
    fn an_empty_file_holds_nothing_and_a_second_document_is_not_read() {
        assert!(read("# nothing\n").0.unwrap().is_none());
        let (_, problems) = read("a: 1\n---\nb: 2\n");
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
