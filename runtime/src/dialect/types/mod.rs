//! What the types of an entry mean: descriptors, built once an entry and shared by all its processes.
//!
//! A type is a number. The first ones are the [`Basic`] types, the same in every entry; then come those of the entry's
//! files as they are written; then those that are made of generic types when somebody asks. Knows nothing of values: who
//! has one looks at [`Types::shape`].

mod build;
mod classes;
mod compute;
mod generic;
mod nodes;
mod pattern;
mod problems;
mod reflection;
mod scopes;
mod shape;
mod store;
mod subtype;
#[cfg(test)]
mod tests;
mod text;
mod validator;

use parking_lot::Mutex;

use super::syntax::Syntax;
use classes::Classes;
use generic::Growth;
use nodes::Node;
use store::Store;

pub use problems::{Problem, problems};
pub use reflection::NamedPart;
pub use shape::{Argument, Basic, Field, Parameter, Shape, Signature, TypeNumber};
pub use validator::{Refusal, Subject, Validator};

/// A file whose types an entry has: its own, or a library's.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// The text.
    pub source: &'a [u8],
    /// What the parser learned of it.
    pub syntax: &'a Syntax,
    /// The global names that it is imported under; the entry's own file has none.
    pub aliases: &'a [&'a str],
}

/// A type as programs have it: what equal types have in common, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeKey {
    /// The same for types of an entry that are made of the same, whatever their names.
    pub class: u32,
    /// Which type it is.
    pub number: TypeNumber,
}

impl TypeKey {
    /// The key of a basic type, in every entry.
    pub const fn basic(basic: Basic) -> TypeKey {
        TypeKey {
            class: basic.number(),
            number: basic.number(),
        }
    }
}

/// The types of an entry.
pub struct Types {
    nodes: Store<Node>,
    growth: Mutex<Growth>,
    classes: Mutex<Classes>,
    /// For each file the types that its program may use as values, by the parser's numbers.
    values: Vec<Vec<TypeNumber>>,
}

impl Types {
    /// The types of an entry's files: its own, then its libraries in the order in which they run.
    pub fn build(files: &[File]) -> Types {
        build::build(files)
    }

    /// What the type values of file `file` are, by the numbers that the parser gave them.
    pub fn values(&self, file: usize) -> Vec<TypeKey> {
        let numbers = self.values.get(file).into_iter().flatten();
        numbers.map(|number| self.key(*number)).collect()
    }

    /// A type's key.
    pub fn key(&self, number: TypeNumber) -> TypeKey {
        let class = self.class(number);
        TypeKey { class, number }
    }

    /// What a type is made of in the end: no name, no computed type, and no [`Shape::Instance`].
    pub fn shape(&self, number: TypeNumber) -> &Shape {
        self.written(self.resolve(number))
    }

    /// What a type is made of as far as names go: a [`Shape::Instance`] stays one.
    pub fn head(&self, number: TypeNumber) -> &Shape {
        match self.written(self.follow(number)) {
            Shape::KeyOf(_) | Shape::Index { .. } | Shape::Conditional { .. } => self.shape(number),
            head => head,
        }
    }

    /// The name that it was declared with, or that the dialect has for it.
    pub fn name(&self, number: TypeNumber) -> Option<&str> {
        match (self.node(number).name(), self.written(number)) {
            (Some(name), _) => Some(name),
            (None, Shape::Basic(basic)) => Some(basic.name()),
            (None, Shape::Alias(of)) => self.name(*of),
            _ => None,
        }
    }

    /// What sort of type it is: `record`, `union`, `string`, …
    pub fn kind(&self, number: TypeNumber) -> &'static str {
        match self.head(number) {
            Shape::Basic(basic) => basic.name(),
            Shape::Literal(_) => "literal",
            Shape::Optional(_) => "optional",
            Shape::Union(_) => "union",
            Shape::Intersection(_) => "intersection",
            Shape::Tuple { .. } => "tuple",
            Shape::Array { .. } => "array",
            Shape::Map { .. } => "map",
            Shape::Record { .. } => "record",
            Shape::Interface { .. } => "interface",
            Shape::Function(_) => "function",
            Shape::Checked { of, .. } => self.kind(*of),
            Shape::Generic { .. } => "generic",
            Shape::Instance { .. } => match self.shape(number) {
                Shape::Broken(_) => "unresolved",
                _ => "instantiated",
            },
            Shape::Parameter { .. } => "parameter",
            _ => "unresolved",
        }
    }
}

/// The basic types alone.
impl Default for Types {
    fn default() -> Types {
        Types::build(&[])
    }
}
