//! Reads names of types: with modules before, arguments behind; and names that are declared between angle brackets.
//!
//! Knows nothing of what they mean.

use crate::dialect::parser::*;
use crate::dialect::syntax::{Form, Module, Name, TypeParameter};
use crate::dialect::token::Kind;

impl Parser<'_> {
    pub(super) fn plain_name(&self, name: Span) -> Form {
        Form::Name(Name {
            module: None,
            name,
            arguments: Vec::new(),
            scope: self.scope,
        })
    }

    /// Reads `User`, `module.User`, `Box<A, B>`, `x is T`.
    pub(super) fn named(&mut self) -> Parsed<Form> {
        let mut name = self.advance()?.span;
        if self.accept(Kind::Is)? {
            let is = self.any_type()?;
            return Ok(Form::Is { name, is });
        }
        let mut module = None;
        // Of a longer path the last two names count.
        while self.accept(Kind::Dot)? {
            let text = self.text(name);
            let variable = match module {
                None => self.names.find(text).and_then(|found| found.variable),
                Some(_) => None,
            };
            module = Some(Module { name, variable });
            name = self.field_name()?;
        }
        let is_generic = self.is(Kind::Less) && !self.is_comparison(name) && !self.is_attribute();
        let arguments = if is_generic {
            self.type_arguments()?
        } else {
            Vec::new()
        };
        Ok(Form::Name(Name {
            module,
            name,
            arguments,
            scope: self.scope,
        }))
    }

    /// Whether the `<` that is next compares what was cast to a basic type: these have no parameters.
    fn is_comparison(&self, name: Span) -> bool {
        let basic = [
            &b"string"[..],
            b"number",
            b"integer",
            b"boolean",
            b"any",
            b"unknown",
        ];
        basic.contains(&self.text(name))
    }

    /// Whether the `<` that is next begins `<const>` or `<close>`.
    fn is_attribute(&self) -> bool {
        let mut lexer = self.lexer;
        let mut next = || lexer.next().ok();
        let (Some(word), Some(end)) = (next(), next()) else {
            return false;
        };
        matches!(self.text(word.span), b"const" | b"close") && end.kind == Kind::Greater
    }

    fn type_arguments(&mut self) -> Parsed<Vec<TypeId>> {
        self.expect(Kind::Less)?;
        let arguments = self.enclosed(|parser| {
            let mut arguments = vec![parser.any_type()?];
            while parser.accept(Kind::Comma)? {
                arguments.push(parser.any_type()?);
            }
            Ok(arguments)
        })?;
        self.closing_angle()?;
        Ok(arguments)
    }

    /// Reads `<A, B: Bound>` into the scope that we are in; Lua is not to see it.
    pub(in crate::dialect::parser) fn type_parameters(&mut self) -> Parsed<()> {
        let start = self.expect(Kind::Less)?.span.start;
        loop {
            let name = self.name("the name of a type parameter")?;
            let is_bound = self.accept(Kind::Colon)? || self.accept(Kind::Extends)?;
            let bound = if is_bound {
                Some(self.any_type()?)
            } else {
                None
            };
            let scope = &mut self.syntax.scopes[self.scope.0 as usize];
            scope.parameters.push(TypeParameter { name, bound });
            if !self.accept(Kind::Comma)? {
                break;
            }
        }
        self.closing_angle()?;
        self.edit(self.span_from(start), With::Blanks);
        Ok(())
    }

    /// Reads `>`, also as a part of `>>` and `>=`.
    fn closing_angle(&mut self) -> Parsed<()> {
        let rest = match self.token.kind {
            Kind::ShiftRight => Kind::Greater,
            Kind::GreaterEqual => Kind::Assign,
            _ => return self.expect(Kind::Greater).map(drop),
        };
        self.token.kind = rest;
        self.token.span.start += 1;
        self.behind = self.token.span.start;
        Ok(())
    }
}
