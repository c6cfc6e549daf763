//! Whether every value of one type is one of another.
//!
//! Types may name themselves: while it is asked whether one is a subtype of another, it is. The answer is no where it
//! would take too long to find. Knows nothing of files.

use rustc_hash::FxHashSet;

use super::Types;
use super::compute::Work;
use super::shape::{Basic, Field, Shape, Signature, TypeNumber};
use crate::dialect::syntax::Literal;

/// One question and what was found out on the way.
struct Question<'a> {
    types: &'a Types,
    work: &'a Work,
    /// Pairs that are taken to be subtypes, in the order in which they were asked.
    trail: Vec<(TypeNumber, TypeNumber)>,
    taken: FxHashSet<(TypeNumber, TypeNumber)>,
    refused: FxHashSet<(TypeNumber, TypeNumber)>,
}

impl Types {
    /// Whether every value of type `one` is of type `other`.
    pub fn is_subtype(&self, one: TypeNumber, other: TypeNumber) -> bool {
        self.subtype_within(one, other, &Work::new())
    }

    /// The same, as part of the work on a question.
    pub(super) fn subtype_within(&self, one: TypeNumber, other: TypeNumber, work: &Work) -> bool {
        let mut question = Question {
            types: self,
            work,
            trail: Vec::new(),
            taken: FxHashSet::default(),
            refused: FxHashSet::default(),
        };
        question.ask(one, other)
    }
}

impl Question<'_> {
    fn ask(&mut self, one: TypeNumber, other: TypeNumber) -> bool {
        let (types, work) = (self.types, self.work);
        let one = types.resolve_within(one, work);
        let other = types.resolve_within(other, work);
        if self.is_same(one, other) || self.taken.contains(&(one, other)) {
            return true;
        }
        if self.refused.contains(&(one, other)) || work.is_over() {
            return false;
        }
        let before = self.trail.len();
        self.trail.push((one, other));
        self.taken.insert((one, other));
        let (shape, wanted) = (types.written(one), types.written(other));
        let answer = work.deeper(|| self.compare(shape, wanted, one, other));
        if answer == Some(true) {
            return true;
        }
        // What was found on the ground that this is so has no ground now.
        for pair in self.trail.drain(before..) {
            self.taken.remove(&pair);
        }
        self.refused.insert((one, other));
        false
    }

    /// Whether two types are one, or known to be made of the same.
    fn is_same(&self, one: TypeNumber, other: TypeNumber) -> bool {
        let class = |number| self.types.node(number).class.get();
        one == other || class(one).is_some_and(|it| class(other) == Some(it))
    }

    fn ask_all(&mut self, ones: &[TypeNumber], other: TypeNumber) -> bool {
        ones.iter().all(|one| self.ask(*one, other))
    }

    fn compare(
        &mut self,
        shape: &Shape,
        wanted: &Shape,
        one: TypeNumber,
        other: TypeNumber,
    ) -> bool {
        let nil = Basic::Nil.number();
        match (shape, wanted) {
            (Shape::Broken(_), _) | (_, Shape::Broken(_)) => false,
            (_, Shape::Basic(Basic::Any | Basic::Unknown)) => true,
            (Shape::Basic(Basic::Never), _) => true,
            (Shape::Union(all), _) => self.ask_all(all, other),
            (Shape::Optional(of), _) => self.ask(nil, other) && self.ask(*of, other),
            (_, Shape::Intersection(all)) => all.iter().all(|part| self.ask(one, *part)),
            (_, Shape::Union(all)) => {
                all.iter().any(|part| self.ask(one, *part))
                    || self.any_part(shape, other)
                    || self.both_booleans(shape, all)
            }
            (_, Shape::Optional(of)) => {
                matches!(shape, Shape::Basic(Basic::Nil))
                    || self.ask(one, *of)
                    || self.any_part(shape, other)
            }
            (
                Shape::Checked { of, validators },
                Shape::Checked {
                    of: base,
                    validators: asked,
                },
            ) => {
                (asked.iter().all(|it| validators.contains(it)) && self.ask(*of, *base))
                    || self.ask(*of, other)
            }
            (Shape::Parameter { parameter, .. }, _) => {
                parameter.bound.is_some_and(|bound| self.ask(bound, other))
            }
            // Each part may have some of the fields.
            (Shape::Intersection(all), Shape::Record { fields, readonly }) => {
                let mut fields = fields.iter().map(std::slice::from_ref);
                fields.all(|field| {
                    all.iter()
                        .any(|part| self.has_fields(*part, field, *readonly))
                })
            }
            (Shape::Intersection(_) | Shape::Checked { .. }, _) => self.any_part(shape, other),
            (Shape::Record { .. } | Shape::Interface { .. }, Shape::Interface { .. }) => {
                let methods = self.types.methods(other, self.work);
                self.has_fields(one, &methods, true)
            }
            (
                Shape::Record { .. } | Shape::Interface { .. },
                Shape::Record { fields, readonly },
            ) => self.has_fields(one, fields, *readonly),
            _ => self.compare_plain(shape, wanted),
        }
    }

    /// Whether what a type is among other things is a subtype.
    fn any_part(&mut self, shape: &Shape, other: TypeNumber) -> bool {
        match shape {
            Shape::Intersection(all) => all.iter().any(|part| self.ask(*part, other)),
            Shape::Checked { of, .. } => self.ask(*of, other),
            _ => false,
        }
    }

    /// `boolean` is `true | false`.
    fn both_booleans(&self, shape: &Shape, all: &[TypeNumber]) -> bool {
        let has = |value: bool| {
            all.iter().any(|part| {
                let part = self.types.resolve_within(*part, self.work);
                let part = self.types.written(part);
                matches!(part, Shape::Literal(Literal::Boolean(it)) if *it == value)
            })
        };
        matches!(shape, Shape::Basic(Basic::Boolean)) && has(true) && has(false)
    }

    /// Whether a record or interface has these fields, each as it is wanted.
    fn has_fields(&mut self, one: TypeNumber, wanted: &[Field], readonly: bool) -> bool {
        let shape = self
            .types
            .written(self.types.resolve_within(one, self.work));
        if shape.is_readonly() && !readonly {
            return false;
        }
        let fields = self.types.methods(one, self.work);
        let nil = Basic::Nil.number();
        wanted.iter().all(|field| {
            let Some(own) = fields.iter().find(|own| own.name == field.name) else {
                return false;
            };
            self.ask(own.of, field.of)
                && (!own.optional || field.optional || self.ask(nil, field.of))
        })
    }

    fn compare_plain(&mut self, shape: &Shape, wanted: &Shape) -> bool {
        match (shape, wanted) {
            (Shape::Literal(value), Shape::Literal(asked)) => value == asked,
            (Shape::Literal(value), Shape::Basic(basic)) => is_of(value, *basic),
            (Shape::Basic(basic), Shape::Basic(asked)) => {
                let pair = (basic, asked);
                basic == asked
                    || matches!(pair, (Basic::Integer, Basic::Number))
                    || matches!(pair, (Basic::Error, Basic::Userdata))
            }
            (Shape::Function(_), Shape::Basic(basic)) => *basic == Basic::Function,
            (Shape::Function(own), Shape::Function(asked)) => self.compare_functions(own, asked),
            (
                Shape::Tuple { .. }
                | Shape::Array { .. }
                | Shape::Map { .. }
                | Shape::Record { .. }
                | Shape::Interface { .. },
                Shape::Basic(basic),
            ) => *basic == Basic::Table,
            (Shape::Basic(Basic::Table), Shape::Record { fields, .. }) => fields.is_empty(),
            _ => may_be_written(shape, wanted) && self.compare_tables(shape, wanted),
        }
    }

    fn compare_tables(&mut self, shape: &Shape, wanted: &Shape) -> bool {
        let integer = Basic::Integer.number();
        match (shape, wanted) {
            (Shape::Array { element, .. }, Shape::Array { element: asked, .. }) => {
                self.ask(*element, *asked)
            }
            (Shape::Tuple { elements, .. }, Shape::Array { element, .. }) => {
                self.ask_all(elements, *element)
            }
            (
                Shape::Tuple { elements, .. },
                Shape::Tuple {
                    elements: asked, ..
                },
            ) => {
                elements.len() >= asked.len() && {
                    let mut pairs = elements.iter().zip(asked);
                    pairs.all(|(own, asked)| self.ask(*own, *asked))
                }
            }
            (Shape::Array { element, .. }, Shape::Map { key, value, .. }) => {
                self.ask(integer, *key) && self.ask(*element, *value)
            }
            (Shape::Tuple { elements, .. }, Shape::Map { key, value, .. }) => {
                self.ask(integer, *key) && self.ask_all(elements, *value)
            }
            (
                Shape::Map { key, value, .. },
                Shape::Map {
                    key: keys,
                    value: values,
                    ..
                },
            ) => self.ask(*key, *keys) && self.ask(*value, *values),
            (
                Shape::Tuple { .. } | Shape::Array { .. } | Shape::Map { .. },
                Shape::Record { fields, .. },
            ) => fields.is_empty(),
            _ => false,
        }
    }

    /// Parameters the other way round, results this way.
    fn compare_functions(&mut self, own: &Signature, asked: &Signature) -> bool {
        let nil = Basic::Nil.number();
        let given = |place: usize| match asked.parameters.get(place) {
            Some(parameter) => Some((parameter.of, parameter.optional)),
            None => asked.rest.map(|rest| (rest, true)),
        };
        let mut parameters = own.parameters.iter().enumerate();
        let takes_all = parameters.all(|(place, parameter)| match given(place) {
            Some((of, may_miss)) => {
                self.ask(of, parameter.of)
                    && (!may_miss || parameter.optional || self.ask(nil, parameter.of))
            }
            None => parameter.optional || self.ask(nil, parameter.of),
        });
        let more = own.parameters.len().min(asked.parameters.len());
        let takes_more = own.rest.is_none_or(|rest| {
            let mut more = asked.parameters[more..]
                .iter()
                .map(|it| it.of)
                .chain(asked.rest);
            more.all(|of| self.ask(of, rest))
        });
        takes_all && takes_more && {
            let mut results = asked.returns.iter().enumerate();
            results.all(|(place, result)| {
                let answer = own.returns.get(place).copied().unwrap_or(nil);
                self.ask(answer, *result)
            })
        }
    }
}

/// Whether a constant is of a type.
fn is_of(value: &Literal, basic: Basic) -> bool {
    match value {
        Literal::Boolean(_) => basic == Basic::Boolean,
        Literal::Integer(_) => matches!(basic, Basic::Integer | Basic::Number),
        Literal::Float(value) => {
            basic == Basic::Number || (basic == Basic::Integer && value.fract() == 0.0)
        }
        Literal::String(_) => basic == Basic::String,
    }
}

/// Whether a table of the one type may be written to where the other may be: what is only read is not what is written.
fn may_be_written(shape: &Shape, wanted: &Shape) -> bool {
    !shape.is_readonly() || wanted.is_readonly()
}
