//! Turns what is written in an entry's files into types.
//!
//! Every type that is written becomes one with the same parts, every declaration another. Names are looked up here, so
//! that the files are not needed any more. Knows nothing of what is computed of types.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::classes::Classes;
use super::generic::Growth;
use super::nodes::{FIXED, Node, fixed};
use super::scopes::{Meaning, Names};
use super::shape::{Argument, Basic, Field, Parameter, Shape, Signature, TypeNumber};
use super::store::Store;
use super::validator::Validator;
use super::{File, Types};
use crate::dialect::syntax::{self, Form, FunctionType, Span, Syntax, TypeId, TypeParameter};

/// The types of an entry's files.
pub(super) fn build(files: &[File]) -> Types {
    let mut numbers = Vec::new();
    let mut next = FIXED;
    for file in files {
        let first = Numbers::from(next, file.syntax);
        numbers.push(first);
        next = first.end;
    }
    let names: Vec<Names> = files
        .iter()
        .zip(&numbers)
        .map(|(file, first)| Names::new(file, first.aliases, first.interfaces))
        .collect();
    let mut imports: Imports = FxHashMap::default();
    for (number, file) in files.iter().enumerate() {
        for alias in file.aliases {
            imports.entry(alias.as_bytes()).or_default().push(number);
        }
    }
    let nodes = fixed();
    let mut values = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let reader = Reader {
            source: file.source,
            syntax: file.syntax,
            first: numbers[place],
            names: &names,
            own: place,
            imports: &imports,
        };
        reader.read(&nodes);
        values.push(reader.values());
    }
    let types = Types {
        nodes,
        growth: Mutex::new(Growth::new(next - FIXED)),
        classes: Mutex::new(Classes::default()),
        values,
    };
    types.classify_all(next);
    types
}

/// The files that are imported under each global name, in the order in which they run.
type Imports<'a> = FxHashMap<&'a [u8], Vec<usize>>;

/// The numbers that the types of a file begin with.
#[derive(Clone, Copy)]
struct Numbers {
    written: TypeNumber,
    aliases: TypeNumber,
    interfaces: TypeNumber,
    end: TypeNumber,
}

impl Numbers {
    fn from(written: TypeNumber, syntax: &Syntax) -> Numbers {
        let aliases = written + syntax.types.len() as u32;
        let interfaces = aliases + syntax.aliases.len() as u32;
        Numbers {
            written,
            aliases,
            interfaces,
            end: interfaces + syntax.interfaces.len() as u32,
        }
    }
}

/// Reads a file.
struct Reader<'a> {
    source: &'a [u8],
    syntax: &'a Syntax,
    first: Numbers,
    names: &'a [Names<'a>],
    /// Which file it is.
    own: usize,
    imports: &'a Imports<'a>,
}

impl Reader<'_> {
    fn read(&self, nodes: &Store<Node>) {
        for (written, number) in self.syntax.types.iter().zip(self.first.written..) {
            let shape = self.shape(written);
            let is_parameter = matches!(shape, Shape::Parameter { .. });
            // Parts come before what they are parts of; what is declared is looked at apart.
            let is_part = |part: &TypeNumber| (self.first.written..number).contains(part);
            let mut parts = shape.parts().into_iter().filter(is_part);
            let is_open = is_parameter || parts.any(|part| nodes.get(part).is_open);
            let mut node = Node::new(None, shape);
            node.is_open = is_open;
            nodes.put(number, node);
        }
        for (alias, number) in self.syntax.aliases.iter().zip(self.first.aliases..) {
            let parameters = match alias.inner == alias.scope {
                true => &[][..],
                false => &self.syntax.scope(alias.inner).parameters,
            };
            let body = self.number(alias.target);
            let shape = match parameters {
                [] => Shape::Alias(body),
                parameters => Shape::Generic {
                    parameters: parameters.iter().map(|it| self.parameter(it)).collect(),
                    body,
                },
            };
            nodes.put(number, Node::new(Some(self.text(alias.name)), shape));
        }
        for (interface, number) in self.syntax.interfaces.iter().zip(self.first.interfaces..) {
            let shape = Shape::Interface {
                bases: self.all(&interface.bases),
                methods: self.fields(&interface.methods),
            };
            nodes.put(number, Node::new(Some(self.text(interface.name)), shape));
        }
    }

    /// The file's type values, by their numbers.
    fn values(&self) -> Vec<TypeNumber> {
        let aliases = self.syntax.aliases.iter().zip(self.first.aliases..);
        let mut values: Vec<(u32, TypeNumber)> = aliases
            .filter_map(|(alias, number)| Some((alias.value?, number)))
            .collect();
        values.sort_unstable();
        values.into_iter().map(|(_, number)| number).collect()
    }

    fn number(&self, id: TypeId) -> TypeNumber {
        self.first.written + id.0
    }

    fn all(&self, ids: &[TypeId]) -> Box<[TypeNumber]> {
        ids.iter().map(|id| self.number(*id)).collect()
    }

    fn text(&self, span: Span) -> Box<str> {
        String::from_utf8_lossy(span.of(self.source)).into()
    }

    fn shape(&self, written: &syntax::Type) -> Shape {
        match &written.form {
            Form::Nil => Shape::Basic(Basic::Nil),
            Form::Literal(value) => Shape::Literal(value.clone()),
            Form::Name(name) => self.name(name, written.span),
            Form::Array { element, readonly } => Shape::Array {
                element: self.number(*element),
                readonly: *readonly,
            },
            Form::Map {
                key,
                value,
                readonly,
            } => Shape::Map {
                key: self.number(*key),
                value: self.number(*value),
                readonly: *readonly,
            },
            Form::Record { fields, readonly } => Shape::Record {
                fields: self.fields(fields),
                readonly: *readonly,
            },
            Form::Tuple { elements, readonly } => Shape::Tuple {
                elements: self.all(elements),
                readonly: *readonly,
            },
            Form::Function(function) => Shape::Function(Box::new(self.signature(function))),
            Form::Optional(of) => Shape::Optional(self.number(*of)),
            Form::Union(all) => Shape::Union(self.all(all)),
            Form::Intersection(all) => Shape::Intersection(self.all(all)),
            Form::Checked { of, validators } => Shape::Checked {
                of: self.number(*of),
                validators: self.validators(validators),
            },
            computed => self.computed(computed),
        }
    }

    /// Types that are computed of others.
    fn computed(&self, form: &Form) -> Shape {
        match form {
            Form::TypeOf { variable, .. } => {
                let variable = variable.map(|variable| self.syntax.variable(variable));
                match variable.and_then(|variable| variable.annotation) {
                    Some(annotation) => Shape::Alias(self.number(annotation)),
                    None => Shape::Basic(Basic::Any),
                }
            }
            Form::KeyOf(of) => Shape::KeyOf(self.number(*of)),
            Form::Index { of, key } => Shape::Index {
                of: self.number(*of),
                key: self.number(*key),
            },
            Form::Conditional {
                of,
                extends,
                then,
                otherwise,
            } => Shape::Conditional {
                of: self.number(*of),
                extends: self.number(*extends),
                then: self.number(*then),
                otherwise: self.number(*otherwise),
            },
            // What a function answers that says something about its parameter.
            Form::Is { .. } => Shape::Basic(Basic::Boolean),
            _ => Shape::Basic(Basic::Any),
        }
    }

    fn name(&self, name: &syntax::Name, span: Span) -> Shape {
        let text = name.name.of(self.source);
        let found = match &name.module {
            Some(module) => match self.file(module).and_then(|file| file.exported(text)) {
                Some(number) => Meaning::Type(number),
                None => return self.unresolved(span),
            },
            None => self.names[self.own].find(text, name.scope, span.start),
        };
        match found {
            Meaning::Type(number) if name.arguments.is_empty() => Shape::Alias(number),
            Meaning::Type(generic) => Shape::Instance {
                generic,
                arguments: self.all(&name.arguments),
            },
            _ if !name.arguments.is_empty() => self.unresolved(span),
            Meaning::Parameter(index, parameter) => Shape::Parameter {
                index,
                parameter: self.parameter(parameter),
            },
            Meaning::Erased => Shape::Basic(Basic::Any),
            Meaning::Unknown => match Basic::named(text) {
                Some(basic) => Shape::Alias(basic.number()),
                None => self.unresolved(span),
            },
        }
    }

    fn unresolved(&self, span: Span) -> Shape {
        Shape::Broken(format!("unresolved type {}", self.text(span)).into())
    }

    /// The file that `module` of `module.User` is.
    fn file(&self, module: &syntax::Module) -> Option<&Names<'_>> {
        let alias = match module.variable {
            Some(variable) => self.syntax.variable(variable).module.as_deref()?,
            None => module.name.of(self.source),
        };
        let files = self.imports.get(alias)?;
        // A global is of who got its name last before this file runs; the entry's own runs behind its libraries.
        let mut before = files.iter().rev();
        let before = before.find(|file| self.own == 0 || **file < self.own);
        before.or(files.first()).map(|file| &self.names[*file])
    }

    fn parameter(&self, parameter: &TypeParameter) -> Parameter {
        Parameter {
            name: self.text(parameter.name),
            bound: parameter.bound.map(|bound| self.number(bound)),
        }
    }

    fn fields(&self, fields: &[syntax::Field]) -> Box<[Field]> {
        let field = |field: &syntax::Field| Field {
            name: self.text(field.name),
            optional: field.optional,
            of: self.number(field.of),
        };
        fields.iter().map(field).collect()
    }

    fn signature(&self, function: &FunctionType) -> Signature {
        let parameter = |parameter: &syntax::Parameter| Argument {
            name: parameter.name.map(|name| self.text(name)),
            optional: parameter.optional,
            of: self.number(parameter.of),
        };
        Signature {
            parameters: function.parameters.iter().map(parameter).collect(),
            rest: function.rest.map(|rest| match rest.0 {
                Some(of) => self.number(of),
                None => Basic::Any.number(),
            }),
            returns: self.all(&function.returns).into(),
        }
    }

    fn validators(&self, validators: &[syntax::Validator]) -> std::sync::Arc<[Validator]> {
        let validator = |written| Validator::new(self.source, written);
        validators.iter().map(validator).collect()
    }
}
