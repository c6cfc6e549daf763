//! A type as text: its name, or what it is made of, in the dialect's own syntax.
//!
//! Text has an end, though types may have none. Knows nothing of messages.

use std::fmt::Write as _;

use super::Types;
use super::shape::{Field, Shape, Signature, TypeNumber};
use super::validator::Shown;

/// The most bytes of a text, or a few more.
const MOST_BYTES: usize = 4096;

/// How deep a type is shown.
const MOST_DEPTH: u32 = 64;

/// How tightly what stands around a type binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    /// Nothing, or commas.
    Nothing,
    /// `|` or `&`
    Chain,
    /// `?`, `@`
    Suffix,
}

/// A text on its way.
struct Text<'a> {
    types: &'a Types,
    out: String,
    depth: u32,
}

impl Types {
    /// A type's name, or what it is made of.
    pub fn text(&self, number: TypeNumber) -> String {
        let mut text = Text {
            types: self,
            out: String::new(),
            depth: MOST_DEPTH,
        };
        text.put(number, Around::Nothing);
        text.out
    }
}

impl Text<'_> {
    fn put(&mut self, number: TypeNumber, around: Around) {
        if self.out.len() >= MOST_BYTES || self.depth == 0 {
            self.out.push('…');
            return;
        }
        if let Some(name) = self.types.node(number).name() {
            self.out.push_str(name);
            return;
        }
        self.depth -= 1;
        self.put_shape(self.types.written(number), around);
        self.depth += 1;
    }

    fn put_shape(&mut self, shape: &Shape, around: Around) {
        if shape.is_readonly() {
            self.out.push_str("readonly ");
        }
        match shape {
            Shape::Basic(basic) => self.out.push_str(basic.name()),
            Shape::Literal(value) => _ = write!(self.out, "{}", Shown(value)),
            Shape::Optional(of) => {
                self.put(*of, Around::Suffix);
                self.out.push('?');
            }
            Shape::Union(all) => self.put_chain(all, " | ", around),
            Shape::Intersection(all) => self.put_chain(all, " & ", around),
            Shape::Tuple { elements, .. } => self.put_list("{", elements, "}"),
            Shape::Array { element, .. } => self.put_list("{", &[*element], "}"),
            Shape::Map { key, value, .. } => {
                self.put_list("{[", &[*key], "]: ");
                self.put_list("", &[*value], "}");
            }
            Shape::Record { fields, .. } => self.put_fields(fields),
            Shape::Interface { methods, .. } => self.put_fields(methods),
            Shape::Function(signature) => self.put_signature(signature, around),
            Shape::Checked { of, validators } => {
                self.put(*of, Around::Suffix);
                for validator in &**validators {
                    _ = write!(self.out, " {validator}");
                }
            }
            computed => self.put_computed(computed, around),
        }
    }

    fn put_computed(&mut self, shape: &Shape, around: Around) {
        match shape {
            Shape::Generic { body, .. } => self.put(*body, around),
            Shape::Parameter { parameter, .. } => self.out.push_str(&parameter.name),
            Shape::Instance { generic, arguments } => {
                self.put(*generic, Around::Suffix);
                self.put_list("<", arguments, ">");
            }
            Shape::Alias(of) => self.put(*of, around),
            Shape::KeyOf(of) => self.put_list("keyof(", &[*of], ")"),
            Shape::Index { of, key } => {
                self.put(*of, Around::Suffix);
                self.put_list("[", &[*key], "]");
            }
            Shape::Conditional {
                of,
                extends,
                then,
                otherwise,
            } => {
                let parts = [
                    (of, " extends "),
                    (extends, " ? "),
                    (then, " : "),
                    (otherwise, ""),
                ];
                for (part, behind) in parts {
                    self.put(*part, Around::Chain);
                    self.out.push_str(behind);
                }
            }
            Shape::Broken(why) => {
                let name = why.strip_prefix("unresolved type ").unwrap_or(why);
                self.out.push_str(name);
            }
            _ => unreachable!("shown before"),
        }
    }

    fn put_list(&mut self, before: &str, all: &[TypeNumber], behind: &str) {
        self.out.push_str(before);
        for (place, part) in all.iter().enumerate() {
            if place > 0 {
                self.out.push_str(", ");
            }
            self.put(*part, Around::Nothing);
        }
        self.out.push_str(behind);
    }

    fn put_chain(&mut self, all: &[TypeNumber], between: &str, around: Around) {
        let is_inside = around > Around::Nothing;
        self.out.push_str(if is_inside { "(" } else { "" });
        for (place, part) in all.iter().enumerate() {
            if place > 0 {
                self.out.push_str(between);
            }
            self.put(*part, Around::Chain);
        }
        self.out.push_str(if is_inside { ")" } else { "" });
    }

    fn put_fields(&mut self, fields: &[Field]) {
        self.out.push('{');
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.out.push_str(", ");
            }
            self.out.push_str(&field.name);
            self.out.push_str(if field.optional { "?: " } else { ": " });
            self.put(field.of, Around::Nothing);
        }
        self.out.push('}');
    }

    fn put_signature(&mut self, signature: &Signature, around: Around) {
        let is_inside = around > Around::Nothing;
        self.out.push_str(if is_inside { "((" } else { "(" });
        let mut separator = "";
        for parameter in &signature.parameters {
            self.out.push_str(separator);
            separator = ", ";
            if let Some(name) = &parameter.name {
                self.out.push_str(name);
                self.out
                    .push_str(if parameter.optional { "?: " } else { ": " });
            }
            self.put(parameter.of, Around::Nothing);
        }
        if let Some(rest) = signature.rest {
            self.out.push_str(separator);
            self.out.push_str("...");
            self.put(rest, Around::Nothing);
        }
        self.out.push_str(") -> ");
        match &signature.returns[..] {
            [one] => self.put(*one, Around::Nothing),
            all => self.put_list("(", all, ")"),
        }
        self.out.push_str(if is_inside { ")" } else { "" });
    }
}
