//! What programs may ask of a type's parts.
//!
//! Names are followed and generic types expanded; validators are looked past. Knows nothing of how programs ask.

use super::compute::Work;
use super::shape::{Field, Shape, Signature, TypeNumber};
use super::{Parameter, Types};

/// Validated types in a row that are looked past.
const MOST_VALIDATED: usize = 64;

/// A part, and its name where it has one.
pub type NamedPart = (Option<Box<str>>, Option<TypeNumber>);

impl Types {
    /// What a type is made of in the end, without its validators.
    fn unchecked(&self, number: TypeNumber) -> TypeNumber {
        let mut at = self.resolve(number);
        // A type may be itself with validators for ever.
        for _ in 0..MOST_VALIDATED {
            match self.written(at) {
                Shape::Checked { of, .. } => at = self.resolve(*of),
                _ => break,
            }
        }
        at
    }

    fn bare(&self, number: TypeNumber) -> &Shape {
        self.written(self.unchecked(number))
    }

    /// The fields of a record or of all parts of an intersection, the methods of an interface; in order.
    pub fn fields(&self, number: TypeNumber) -> Vec<Field> {
        let number = self.unchecked(number);
        let Shape::Intersection(parts) = self.written(number) else {
            return self.methods(number, &Work::new());
        };
        let mut found: Vec<Field> = Vec::new();
        for part in parts {
            for field in self.methods(self.unchecked(*part), &Work::new()) {
                if !found.iter().any(|known| known.name == field.name) {
                    found.push(field);
                }
            }
        }
        found
    }

    /// The type of a field or method.
    pub fn field_of(&self, number: TypeNumber, name: &[u8]) -> Option<TypeNumber> {
        let mut fields = self.fields(number).into_iter();
        let field = fields.find(|field| field.name.as_bytes() == name)?;
        Some(field.of)
    }

    /// The parts of a union, an intersection or a tuple.
    pub fn variants(&self, number: TypeNumber) -> &[TypeNumber] {
        match self.bare(number) {
            Shape::Union(all) | Shape::Intersection(all) => all,
            Shape::Tuple { elements, .. } => elements,
            _ => &[],
        }
    }

    /// The type of an array's elements.
    pub fn element(&self, number: TypeNumber) -> Option<TypeNumber> {
        match self.bare(number) {
            Shape::Array { element, .. } => Some(*element),
            _ => None,
        }
    }

    /// The types of a map's keys and values.
    pub fn pair(&self, number: TypeNumber) -> Option<(TypeNumber, TypeNumber)> {
        match self.bare(number) {
            Shape::Map { key, value, .. } => Some((*key, *value)),
            _ => None,
        }
    }

    /// What an optional type is when it is not nil; of what generic type an instance is.
    pub fn inner(&self, number: TypeNumber) -> Option<TypeNumber> {
        match (self.head(number), self.bare(number)) {
            (Shape::Instance { generic, .. }, _) => Some(*generic),
            (_, Shape::Optional(of)) => Some(*of),
            _ => None,
        }
    }

    fn signature(&self, number: TypeNumber) -> Option<&Signature> {
        match self.bare(number) {
            Shape::Function(signature) => Some(signature),
            _ => None,
        }
    }

    /// The first of what a function answers.
    pub fn result(&self, number: TypeNumber) -> Option<TypeNumber> {
        self.signature(number)?.returns.first().copied()
    }

    /// The parameters of a function; that of all that follow is called `...`.
    pub fn parameters(&self, number: TypeNumber) -> Vec<NamedPart> {
        let Some(signature) = self.signature(number) else {
            return Vec::new();
        };
        let named = signature.parameters.iter();
        let named = named.map(|parameter| (parameter.name.clone(), Some(parameter.of)));
        let rest = signature.rest.map(|rest| (Some("...".into()), Some(rest)));
        named.chain(rest).collect()
    }

    /// The parameters of a generic type with their bounds; of an instance, with what stands for them.
    pub fn type_parameters(&self, number: TypeNumber) -> Vec<NamedPart> {
        let (generic, arguments) = match self.head(number) {
            Shape::Instance { generic, arguments } => (*generic, &**arguments),
            _ => (number, &[][..]),
        };
        let Shape::Generic { parameters, .. } = self.written(self.follow(generic)) else {
            return Vec::new();
        };
        let part = |(place, parameter): (usize, &Parameter)| {
            let argument = arguments.get(place).copied();
            (Some(parameter.name.clone()), argument.or(parameter.bound))
        };
        parameters.iter().enumerate().map(part).collect()
    }

    /// Whether it makes types of types.
    pub fn is_generic(&self, number: TypeNumber) -> bool {
        matches!(self.head(number), Shape::Generic { .. })
    }

    /// Whether one type is a subtype of another, and the other none of the one.
    pub fn is_strict_subtype(&self, one: TypeNumber, other: TypeNumber) -> bool {
        self.is_subtype(one, other) && !self.is_subtype(other, one)
    }
}
