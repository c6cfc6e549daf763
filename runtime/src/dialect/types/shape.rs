//! What a type is made of: parts are named by number.
//!
//! Knows nothing of where it was written, nor of values.

use std::sync::Arc;

use super::validator::Validator;
use crate::dialect::syntax::Literal;

/// Names a type of an entry's [`super::Types`].
pub type TypeNumber = u32;

/// A type that the dialect has a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Basic {
    /// `nil`
    Nil = 0,
    /// `boolean`
    Boolean = 1,
    /// `number`
    Number = 2,
    /// `integer`: of floats, those without a fraction.
    Integer = 3,
    /// `string`
    String = 4,
    /// Every value.
    Any = 5,
    /// Every value, as well.
    Unknown = 6,
    /// No value.
    Never = 7,
    /// `table`
    Table = 8,
    /// `function`
    Function = 9,
    /// `userdata`: every object of the runtime.
    Userdata = 10,
    /// `thread`
    Thread = 11,
    /// An error object.
    Error = 12,
}

impl Basic {
    /// All, in the order of their numbers: these are the first of every entry.
    pub const ALL: [Basic; 13] = [
        Basic::Nil,
        Basic::Boolean,
        Basic::Number,
        Basic::Integer,
        Basic::String,
        Basic::Any,
        Basic::Unknown,
        Basic::Never,
        Basic::Table,
        Basic::Function,
        Basic::Userdata,
        Basic::Thread,
        Basic::Error,
    ];

    /// The number that it has in every entry, which is its class too.
    pub const fn number(self) -> TypeNumber {
        self as TypeNumber
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Basic::Nil => "nil",
            Basic::Boolean => "boolean",
            Basic::Number => "number",
            Basic::Integer => "integer",
            Basic::String => "string",
            Basic::Any => "any",
            Basic::Unknown => "unknown",
            Basic::Never => "never",
            Basic::Table => "table",
            Basic::Function => "function",
            Basic::Userdata => "userdata",
            Basic::Thread => "thread",
            Basic::Error => "error",
        }
    }

    /// The type that has this name.
    pub(super) fn named(name: &[u8]) -> Option<Basic> {
        let mut all = Basic::ALL.into_iter();
        all.find(|it| it.name().as_bytes() == name)
    }
}

/// A field of a record, or a method of an interface.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name.
    pub name: Box<str>,
    /// Whether it may be missing.
    pub optional: bool,
    /// Of the value.
    pub of: TypeNumber,
}

/// What a function takes and answers.
#[derive(Clone, Debug)]
pub struct Signature {
    /// In order.
    pub parameters: Vec<Argument>,
    /// Of what more it takes, if it takes more.
    pub rest: Option<TypeNumber>,
    /// In order.
    pub returns: Vec<TypeNumber>,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name, if it has one.
    pub name: Option<Box<str>>,
    /// Whether it may be left out.
    pub optional: bool,
    /// Of the argument.
    pub of: TypeNumber,
}

/// A parameter of a generic type.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name.
    pub name: Box<str>,
    /// What it must be a subtype of.
    pub bound: Option<TypeNumber>,
}

/// What a type is made of.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One that the dialect names.
    Basic(Basic),
    /// One value.
    Literal(Literal),
    /// That type, or nil.
    Optional(TypeNumber),
    /// Any of these.
    Union(Box<[TypeNumber]>),
    /// All of these.
    Intersection(Box<[TypeNumber]>),
    /// A table with these at 1, 2, …
    Tuple {
        /// In order.
        elements: Box<[TypeNumber]>,
        /// Whether it was written so; no value is.
        readonly: bool,
    },
    /// A list.
    Array {
        /// Of each element.
        element: TypeNumber,
        /// As of tuples.
        readonly: bool,
    },
    /// A table.
    Map {
        /// Of each key.
        key: TypeNumber,
        /// Of each value.
        value: TypeNumber,
        /// As of tuples.
        readonly: bool,
    },
    /// A table with these fields, and perhaps others.
    Record {
        /// In order.
        fields: Box<[Field]>,
        /// As of tuples.
        readonly: bool,
    },
    /// A declared interface: a value is not looked into for its methods.
    Interface {
        /// Interfaces whose methods it has too.
        bases: Box<[TypeNumber]>,
        /// In order.
        methods: Box<[Field]>,
    },
    /// A function.
    Function(Box<Signature>),
    /// That type, with something more that must be so.
    Checked {
        /// What is checked.
        of: TypeNumber,
        /// In order.
        validators: Arc<[Validator]>,
    },
    /// What makes types of types.
    Generic {
        /// In order.
        parameters: Box<[Parameter]>,
        /// With [`Shape::Parameter`]s in it.
        body: TypeNumber,
    },
    /// A parameter of the generic type around.
    Parameter {
        /// Which one.
        index: u32,
        /// As declared.
        parameter: Parameter,
    },
    /// `Box<string>`
    Instance {
        /// The generic type.
        generic: TypeNumber,
        /// In order.
        arguments: Box<[TypeNumber]>,
    },
    /// A name of another type.
    Alias(TypeNumber),
    /// `keyof(T)`
    KeyOf(TypeNumber),
    /// `T[K]`
    Index {
        /// What is indexed.
        of: TypeNumber,
        /// With what.
        key: TypeNumber,
    },
    /// `A extends B ? C : D`
    Conditional {
        /// What is looked at.
        of: TypeNumber,
        /// What it may be a subtype of.
        extends: TypeNumber,
        /// Meant if it is.
        then: TypeNumber,
        /// Meant if not.
        otherwise: TypeNumber,
    },
    /// No type, and why: `unresolved type X`.
    Broken(Box<str>),
}

impl Shape {
    /// The same shape with other parts.
    pub(super) fn map(&self, part: &mut dyn FnMut(TypeNumber) -> TypeNumber) -> Shape {
        let mut copy = self.clone();
        copy.for_each_mut(&mut |number| *number = part(*number));
        copy
    }

    /// The numbers of its parts, in order.
    pub(super) fn parts(&self) -> Vec<TypeNumber> {
        let mut parts = Vec::new();
        self.map(&mut |number| {
            parts.push(number);
            number
        });
        parts
    }

    /// Whether `readonly` was written before it.
    pub(super) fn is_readonly(&self) -> bool {
        matches!(
            self,
            Shape::Tuple { readonly: true, .. }
                | Shape::Array { readonly: true, .. }
                | Shape::Map { readonly: true, .. }
                | Shape::Record { readonly: true, .. }
        )
    }

    fn for_each_mut(&mut self, part: &mut dyn FnMut(&mut TypeNumber)) {
        match self {
            Shape::Basic(_) | Shape::Literal(_) | Shape::Broken(_) => {}
            Shape::Optional(of) | Shape::Alias(of) | Shape::KeyOf(of) => part(of),
            Shape::Union(all) | Shape::Intersection(all) => all.iter_mut().for_each(part),
            Shape::Tuple { elements, .. } => elements.iter_mut().for_each(part),
            Shape::Array { element, .. } => part(element),
            Shape::Map { key, value, .. } => [key, value].into_iter().for_each(part),
            Shape::Record { fields, .. } => fields.iter_mut().for_each(|field| part(&mut field.of)),
            Shape::Interface { bases, methods } => {
                bases.iter_mut().for_each(&mut *part);
                methods.iter_mut().for_each(|method| part(&mut method.of));
            }
            Shape::Function(signature) => signature.for_each_mut(part),
            Shape::Checked { of, .. } => part(of),
            Shape::Generic { parameters, body } => {
                let bounds = parameters.iter_mut();
                bounds
                    .filter_map(|it| it.bound.as_mut())
                    .for_each(&mut *part);
                part(body);
            }
            Shape::Parameter { parameter, .. } => parameter.bound.iter_mut().for_each(part),
            Shape::Instance { generic, arguments } => {
                part(generic);
                arguments.iter_mut().for_each(part);
            }
            Shape::Index { of, key } => [of, key].into_iter().for_each(part),
            Shape::Conditional {
                of,
                extends,
                then,
                otherwise,
            } => [of, extends, then, otherwise].into_iter().for_each(part),
        }
    }
}

impl Signature {
    fn for_each_mut(&mut self, part: &mut dyn FnMut(&mut TypeNumber)) {
        for parameter in &mut self.parameters {
            part(&mut parameter.of);
        }
        self.rest.iter_mut().for_each(&mut *part);
        self.returns.iter_mut().for_each(part);
    }
}
