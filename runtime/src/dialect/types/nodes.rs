//! Where the types of an entry are: each is put in once and stays.
//!
//! Knows nothing of what shapes mean.

use std::sync::OnceLock;

use super::generic::EnvironmentNumber;
use super::shape::{Basic, Shape, TypeNumber};
use super::{Types, store};

/// The type that stands for all that there was no room for.
pub(super) const TOO_MANY: TypeNumber = Basic::ALL.len() as TypeNumber;

/// How many types every entry has.
pub(super) const FIXED: u32 = TOO_MANY + 1;

/// A type.
pub(super) struct Node {
    /// As declared.
    name: Option<Box<str>>,
    /// Of a copy, made when it is first looked at.
    shape: OnceLock<Shape>,
    /// What it is a copy of.
    origin: Option<Origin>,
    /// Whether there are parameters in it that stand for other types.
    pub is_open: bool,
    /// How many generic types are nested in its arguments.
    pub depth: u32,
    /// What it is in the end, once it is known.
    pub resolved: OnceLock<TypeNumber>,
    /// The same for all that are made of the same, once it is known.
    pub class: OnceLock<u32>,
}

/// What a type is a copy of: a part of a generic type, with other types for its parameters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub part: TypeNumber,
    pub environment: EnvironmentNumber,
}

impl Node {
    /// A type with this shape.
    pub fn new(name: Option<Box<str>>, shape: Shape) -> Node {
        Node {
            name,
            shape: OnceLock::from(shape),
            origin: None,
            is_open: false,
            depth: 0,
            resolved: OnceLock::new(),
            class: OnceLock::new(),
        }
    }

    /// A copy.
    pub fn copy(origin: Origin, depth: u32) -> Node {
        Node {
            name: None,
            shape: OnceLock::new(),
            origin: Some(origin),
            is_open: false,
            depth,
            resolved: OnceLock::new(),
            class: OnceLock::new(),
        }
    }

    /// The name that it was declared with.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// The types that every entry has.
pub(super) fn fixed() -> store::Store<Node> {
    let nodes = store::Store::new();
    for basic in Basic::ALL {
        let node = Node::new(None, Shape::Basic(basic));
        node.class.get_or_init(|| basic.number());
        nodes.put(basic.number(), node);
    }
    let full = Shape::Broken("too many types are made of generic types".into());
    nodes.put(TOO_MANY, Node::new(None, full));
    nodes
}

impl Types {
    /// The type with a number.
    pub(super) fn node(&self, number: TypeNumber) -> &Node {
        self.nodes.get(number)
    }

    /// What a type is made of, as it is written.
    pub(super) fn written(&self, number: TypeNumber) -> &Shape {
        let node = self.node(number);
        node.shape.get_or_init(|| {
            let Origin { part, environment } = node.origin.expect("a copy");
            let mut substitute = |part| self.substitute(part, environment);
            self.written(part).map(&mut substitute)
        })
    }

    /// Puts a type in that has just been made.
    pub(super) fn put(&self, shape: Shape) -> TypeNumber {
        self.put_node(Node::new(None, shape))
    }

    fn put_node(&self, node: Node) -> TypeNumber {
        let mut growth = self.growth.lock();
        match growth.take_number() {
            Some(number) => {
                self.nodes.put(number, node);
                number
            }
            None => TOO_MANY,
        }
    }
}
