//! What a type is in the end: names followed, generic types expanded, `keyof`, `T[K]` and conditions computed.
//!
//! A type may be written so that this has no end; then the work ends, and the type is unresolved. Knows nothing of files.

use std::cell::Cell;

use rustc_hash::FxHashSet;

use super::Types;
use super::shape::{Basic, Field, Shape, TypeNumber};
use crate::dialect::syntax::Literal;

/// Steps that one question about types may take.
const MOST_STEPS: u32 = 20_000;

/// How deep the answer to one question may be nested.
const MOST_DEPTH: u32 = 100;

/// Names in a row that are followed.
const MOST_NAMES: u32 = 10_000;

/// How much is left of the work on one question.
pub(super) struct Work {
    steps: Cell<u32>,
    depth: Cell<u32>,
}

impl Work {
    pub fn new() -> Work {
        Work {
            steps: Cell::new(MOST_STEPS),
            depth: Cell::new(MOST_DEPTH),
        }
    }

    /// Does a part of the work, one deeper; nothing if that is too much.
    pub fn deeper<T>(&self, part: impl FnOnce() -> T) -> Option<T> {
        let (steps, depth) = (self.steps.get(), self.depth.get());
        if steps == 0 || depth == 0 {
            return None;
        }
        self.steps.set(steps - 1);
        self.depth.set(depth - 1);
        let done = part();
        self.depth.set(depth);
        Some(done)
    }

    /// Whether too much was asked.
    pub fn is_over(&self) -> bool {
        self.steps.get() == 0
    }

    /// Whether nothing more can be done here; where less was asked before, it could be.
    fn is_spent(&self) -> bool {
        self.is_over() || self.depth.get() == 0
    }
}

impl Types {
    /// What a type is as far as names go.
    pub(super) fn follow(&self, number: TypeNumber) -> TypeNumber {
        let mut at = number;
        for _ in 0..MOST_NAMES {
            let Shape::Alias(of) = self.written(at) else {
                return at;
            };
            at = *of;
        }
        self.resolve(number)
    }

    /// What a type is in the end.
    pub(super) fn resolve(&self, number: TypeNumber) -> TypeNumber {
        match self.node(number).resolved.get() {
            Some(resolved) => *resolved,
            None => self.resolve_within(number, &Work::new()),
        }
    }

    /// The same, as part of the work on a question.
    pub(super) fn resolve_within(&self, number: TypeNumber, work: &Work) -> TypeNumber {
        let mut at = number;
        let mut made = 0;
        // All names on the way are the same type, so that each is followed once.
        let (mut passed, mut mark) = (Vec::new(), None);
        let resolved = loop {
            if let Some(known) = self.node(at).resolved.get() {
                break *known;
            }
            let next = match self.written(at) {
                Shape::Alias(of) => {
                    // Names that go round come back to the last place that was marked.
                    if mark == Some(at) {
                        break self.unresolved(number);
                    }
                    passed.push(at);
                    if passed.len().is_power_of_two() {
                        mark = Some(at);
                    }
                    Some(*of)
                }
                Shape::Instance { .. } if made == MOST_NAMES => None,
                Shape::Instance { generic, arguments } => {
                    made += 1;
                    self.expand(*generic, arguments)
                }
                Shape::KeyOf(of) => work.deeper(|| self.key_of(*of, work)),
                Shape::Index { of, key } => work.deeper(|| self.index(*of, *key, work)).flatten(),
                Shape::Conditional {
                    of,
                    extends,
                    then,
                    otherwise,
                } => work.deeper(|| match self.subtype_within(*of, *extends, work) {
                    true => *then,
                    false => *otherwise,
                }),
                _ => break at,
            };
            match next {
                Some(next) => at = next,
                None if work.is_spent() => break self.unresolved(number),
                None => break self.unresolved(at),
            }
        };
        if work.is_spent() {
            passed.clear();
        }
        for name in passed {
            self.node(name).resolved.get_or_init(|| resolved);
        }
        *self.node(number).resolved.get_or_init(|| resolved)
    }

    fn unresolved(&self, number: TypeNumber) -> TypeNumber {
        let text = format!("unresolved type {}", self.text(number));
        self.put(Shape::Broken(text.into()))
    }

    /// `keyof(of)`
    fn key_of(&self, of: TypeNumber, work: &Work) -> TypeNumber {
        let names = |fields: &[Field]| {
            let literals = fields.iter().map(|field| self.put_name(&field.name));
            self.put_union(literals.collect())
        };
        match self.written(self.resolve_within(of, work)) {
            Shape::Record { fields, .. } => names(fields),
            Shape::Interface { .. } => names(&self.methods(of, work)),
            Shape::Map { key, .. } => *key,
            Shape::Array { .. } | Shape::Tuple { .. } => Basic::Integer.number(),
            Shape::Checked { of, .. } => {
                let key = work.deeper(|| self.key_of(*of, work));
                key.unwrap_or(Basic::Never.number())
            }
            _ => Basic::Never.number(),
        }
    }

    fn put_name(&self, name: &str) -> TypeNumber {
        self.put(Shape::Literal(Literal::String(name.as_bytes().into())))
    }

    fn put_union(&self, all: Vec<TypeNumber>) -> TypeNumber {
        match all[..] {
            [] => Basic::Never.number(),
            [one] => one,
            _ => self.put(Shape::Union(all.into())),
        }
    }

    /// `of[key]`
    fn index(&self, of: TypeNumber, key: TypeNumber, work: &Work) -> Option<TypeNumber> {
        let of = self.resolve_within(of, work);
        let key = self.resolve_within(key, work);
        if let Shape::Union(keys) = self.written(key) {
            let parts = keys.iter().map(|key| self.index_deeper(of, *key, work));
            return Some(self.put_union(parts.collect::<Option<_>>()?));
        }
        match self.written(of) {
            Shape::Record { fields, .. } => self.field(fields, key),
            Shape::Interface { .. } => self.field(&self.methods(of, work), key),
            Shape::Map {
                key: keys, value, ..
            } => self.subtype_within(key, *keys, work).then_some(*value),
            Shape::Array { element, .. } => {
                let integer = Basic::Integer.number();
                self.subtype_within(key, integer, work).then_some(*element)
            }
            Shape::Tuple { elements, .. } => match self.written(key) {
                Shape::Literal(Literal::Integer(place)) => {
                    elements.get(usize::try_from(*place - 1).ok()?).copied()
                }
                Shape::Basic(Basic::Integer | Basic::Number) => {
                    Some(self.put_union(elements.to_vec()))
                }
                _ => None,
            },
            Shape::Checked { of, .. } => self.index_deeper(*of, key, work),
            _ => None,
        }
    }

    fn index_deeper(&self, of: TypeNumber, key: TypeNumber, work: &Work) -> Option<TypeNumber> {
        work.deeper(|| self.index(of, key, work)).flatten()
    }

    /// The type of the field that a key names; of all of them where the key is any string.
    fn field(&self, fields: &[Field], key: TypeNumber) -> Option<TypeNumber> {
        let of = |field: &Field| match field.optional {
            true => self.put(Shape::Optional(field.of)),
            false => field.of,
        };
        match self.written(key) {
            Shape::Literal(Literal::String(name)) => {
                let mut fields = fields.iter();
                fields.find(|it| it.name.as_bytes() == &**name).map(of)
            }
            Shape::Basic(Basic::String) => Some(self.put_union(fields.iter().map(of).collect())),
            _ => None,
        }
    }

    /// The methods of an interface, those of its bases included.
    pub(super) fn methods(&self, interface: TypeNumber, work: &Work) -> Vec<Field> {
        let (mut seen, mut next) = (FxHashSet::default(), vec![interface]);
        let (mut names, mut found) = (FxHashSet::default(), Vec::new());
        while let Some(number) = next.pop() {
            let number = self.resolve_within(number, work);
            if !seen.insert(number) {
                continue;
            }
            let fields = match self.written(number) {
                Shape::Interface { bases, methods } => {
                    next.extend(bases.iter().rev());
                    methods
                }
                Shape::Record { fields, .. } => fields,
                _ => continue,
            };
            for field in fields {
                if names.insert(&field.name) {
                    found.push(field.clone());
                }
            }
        }
        found
    }
}
