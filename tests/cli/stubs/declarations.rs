//! What a stub file declares, read line by line.
//!
//! Reads only the forms that the stubs use; of any other line it says where it is. Knows nothing of what is true.

use std::collections::BTreeMap;

/// What a stub file declares.
#[derive(Debug, Default)]
pub struct Stub {
    /// The name behind `@meta`.
    pub meta: String,
    /// The name that is returned at the end.
    pub returned: Option<String>,
    pub names: Vec<Name>,
    /// The fields of the classes that have any.
    pub fields: Vec<Field>,
}

/// A global, what is in a library (`time.sleep`), or a method (`time.Duration:hours`).
#[derive(Debug)]
pub struct Name {
    pub name: String,
    pub value: Value,
    /// What is written about it for people.
    pub text: String,
}

#[derive(Debug)]
pub enum Value {
    /// A function: the parameters it has, and those that are described.
    Function {
        has: Vec<String>,
        described: Vec<String>,
    },
    Table,
    /// A constant, as it is written in Lua.
    Literal(String),
    /// A value of a type that Lua has no literal for.
    Typed(String),
}

#[derive(Debug)]
pub struct Field {
    pub class: String,
    pub name: String,
    pub may_be_nil: bool,
}

/// The comments right above a declaration.
#[derive(Default)]
struct Block {
    text: String,
    class: Option<String>,
    params: Vec<String>,
    of_type: Option<String>,
}

/// Reads a stub file; says which line is of no form that stubs have.
pub fn read(text: &str) -> Result<Stub, String> {
    let mut lines = text.lines();
    let meta = lines.next().and_then(|line| line.strip_prefix("---@meta "));
    let mut stub = Stub {
        meta: meta.ok_or("line 1: no @meta")?.to_owned(),
        ..Stub::default()
    };
    let mut locals = BTreeMap::new();
    let mut block = Block::default();
    for (at, line) in lines.enumerate() {
        let read = match line.strip_prefix("---") {
            _ if line.is_empty() || line.starts_with("-- ") => {
                block = Block::default();
                Some(())
            }
            Some(comment) => block.add(comment, &mut stub.fields),
            None => stub.declare(line, std::mem::take(&mut block), &mut locals),
        };
        read.ok_or_else(|| format!("line {}: what is this? {line}", at + 2))?;
    }
    Ok(stub)
}

impl Block {
    fn add(&mut self, comment: &str, fields: &mut Vec<Field>) -> Option<()> {
        let Some(tag) = comment.strip_prefix('@') else {
            self.text += comment;
            return Some(());
        };
        let (tag, rest) = tag.split_once(' ')?;
        let word = rest.split(' ').next()?;
        match tag {
            "class" => self.class = Some(word.trim_end_matches(':').to_owned()),
            "field" if word.starts_with('[') => {}
            "field" => fields.push(Field {
                class: self.class.clone()?,
                name: word.trim_end_matches('?').to_owned(),
                may_be_nil: word.ends_with('?'),
            }),
            "param" => self.params.push(word.trim_end_matches('?').to_owned()),
            "type" => self.of_type = Some(rest.to_owned()),
            "return" | "generic" | "overload" | "alias" | "operator" => {}
            _ => return None,
        }
        Some(())
    }
}

impl Stub {
    fn declare(
        &mut self,
        line: &str,
        block: Block,
        locals: &mut BTreeMap<String, String>,
    ) -> Option<()> {
        if self.returned.is_some() {
            return None;
        }
        if let Some(name) = line.strip_prefix("return ") {
            self.returned = Some(name.to_owned());
            return Some(());
        }
        if let Some(local) = line.strip_prefix("local ") {
            locals.insert(local.strip_suffix(" = {}")?.to_owned(), block.class?);
            return Some(());
        }
        let (name, value) = match line.strip_prefix("function ") {
            Some(function) => {
                let (name, rest) = function.split_once('(')?;
                let params = rest.strip_suffix(") end")?.split(", ");
                let value = Value::Function {
                    has: params.filter(|p| !p.is_empty()).map(String::from).collect(),
                    described: block.params,
                };
                (method(name, locals)?, value)
            }
            None => {
                let (name, value) = line.split_once(" = ")?;
                let value = match value {
                    "{}" => Value::Table,
                    "nil" => Value::Typed(block.of_type?),
                    literal => Value::Literal(literal.to_owned()),
                };
                (name.to_owned(), value)
            }
        };
        self.names.push(Name {
            name,
            value,
            text: block.text,
        });
        Some(())
    }
}

/// The function's name, with its class where it has the name of a local table.
fn method(name: &str, locals: &BTreeMap<String, String>) -> Option<String> {
    match name.split_once(':') {
        Some((local, method)) => Some(format!("{}:{method}", locals.get(local)?)),
        None => Some(name.to_owned()),
    }
}

#[test]
fn a_line_of_no_known_form_is_named() {
    let good =
        "---@meta x\n\nx = {}\n\n---Does.\n---@param a? number\nfunction x.f(a) end\n\nreturn x\n";
    assert_eq!(read(good).unwrap().names.len(), 2);
    for (from, to) in [
        ("---@meta x", "-- x"),
        ("x = {}", "x {}"),
        ("@param", "@parm"),
        (") end", ")"),
        ("return x\n", "return x\ny = 1\n"),
        ("function x.f", "function X:f"),
    ] {
        assert!(read(&good.replace(from, to)).is_err(), "{from}");
    }
}
