//! Reads types. Their parts are a file each: `name`, `constant` (literals, validators), `function`, `table`.
//!
//! Knows nothing of where types may stand.

mod constant;
mod function;
mod name;
mod table;

use super::token::Kind;
use super::*;
use crate::dialect::syntax::Form;

impl Parser<'_> {
    /// Reads a type.
    pub(in crate::dialect::parser) fn any_type(&mut self) -> Parsed<TypeId> {
        self.nested(|parser| {
            let start = parser.token.span.start;
            let of = parser.chain()?;
            parser.behind_chain(start, of)
        })
    }

    /// Reads what may stand behind a chain.
    fn behind_chain(&mut self, start: u32, of: TypeId) -> Parsed<TypeId> {
        match self.is(Kind::Extends) {
            true => self.conditional(start, of),
            false => Ok(of),
        }
    }

    /// Reads the type of a cast.
    pub(in crate::dialect::parser) fn cast_type(&mut self) -> Parsed<TypeId> {
        self.enclosed(Self::any_type)
    }

    /// Reads `extends B ? C : D`.
    fn conditional(&mut self, start: u32, of: TypeId) -> Parsed<TypeId> {
        self.expect(Kind::Extends)?;
        let outer = std::mem::replace(&mut self.is_bound, true);
        let extends = self.chain();
        self.is_bound = outer;
        let extends = extends?;
        self.expect(Kind::Question)?;
        let then = self.any_type()?;
        self.expect(Kind::Colon)?;
        let otherwise = self.any_type()?;
        let form = Form::Conditional {
            of,
            extends,
            then,
            otherwise,
        };
        Ok(self.add_type(start, form))
    }

    /// Reads `A | B & C`: from left to right. A sign before the first is left out.
    fn chain(&mut self) -> Parsed<TypeId> {
        let start = self.token.span.start;
        if matches!(self.token.kind, Kind::Pipe | Kind::Ampersand) {
            self.advance()?;
        }
        let of = self.postfix()?;
        self.behind_member(start, of)
    }

    /// Reads what may stand behind the first member of a chain.
    fn behind_member(&mut self, start: u32, mut of: TypeId) -> Parsed<TypeId> {
        while let sign @ (Kind::Pipe | Kind::Ampersand) = self.token.kind {
            let mut members = vec![of];
            while self.accept(sign)? {
                members.push(self.postfix()?);
            }
            let form = match sign {
                Kind::Pipe => Form::Union(members),
                _ => Form::Intersection(members),
            };
            of = self.add_type(start, form);
        }
        Ok(of)
    }

    /// Reads a type and what stands behind it: `?`, `[]`, `[K]`, `@name`.
    pub(in crate::dialect::parser) fn postfix(&mut self) -> Parsed<TypeId> {
        let start = self.token.span.start;
        let of = self.single_type()?;
        self.behind_single(start, of)
    }

    /// Reads what may stand behind a single type.
    fn behind_single(&mut self, start: u32, mut of: TypeId) -> Parsed<TypeId> {
        loop {
            let form = match self.token.kind {
                Kind::Question if !self.is_choice() => {
                    self.advance()?;
                    Form::Optional(of)
                }
                Kind::BracketOpen => {
                    let opened = self.advance()?;
                    if self.accept(Kind::BracketClose)? {
                        Form::Array {
                            element: of,
                            readonly: false,
                        }
                    } else {
                        let key = self.enclosed(Self::any_type)?;
                        self.close(Kind::BracketClose, opened)?;
                        Form::Index { of, key }
                    }
                }
                Kind::At => Form::Checked {
                    of,
                    validators: self.validators()?,
                },
                _ => return Ok(of),
            };
            of = self.add_type(start, form);
        }
    }

    /// Whether the `?` that is next is that of `A extends B ? C : D`: a type follows.
    fn is_choice(&self) -> bool {
        use Kind::*;
        let [next] = self.ahead();
        let begins = matches!(
            next,
            Nil | True
                | False
                | String
                | Number
                | Minus
                | Name
                | Function
                | BraceOpen
                | ParenOpen
                | Less
        );
        self.is_bound && (begins || (next.is_reserved() && !matches!(next, As | Is | Extends)))
    }

    /// Reads a type without what may stand behind it.
    fn single_type(&mut self) -> Parsed<TypeId> {
        let start = self.token.span.start;
        let form = match self.token.kind {
            Kind::Nil => {
                self.advance()?;
                Form::Nil
            }
            Kind::True | Kind::False | Kind::String | Kind::Number => self.literal_type()?,
            Kind::Minus if self.ahead() == [Kind::Number] => self.literal_type()?,
            Kind::Name => self.named()?,
            Kind::Function => {
                let name = self.advance()?.span;
                self.plain_name(name)
            }
            Kind::Fun => self.fun_type()?,
            Kind::Less => self.generic_function()?,
            Kind::ParenOpen => return self.parenthesised(),
            Kind::BraceOpen => self.braces(false)?,
            Kind::Readonly => {
                self.advance()?;
                if !self.is(Kind::BraceOpen) {
                    return Err(self.expected("`{` after `readonly`"));
                }
                self.braces(true)?
            }
            Kind::Asserts => {
                self.advance()?;
                let name = self.name("the name of a parameter")?;
                let is = if self.accept(Kind::Is)? {
                    Some(self.any_type()?)
                } else {
                    None
                };
                Form::Asserts { name, is }
            }
            Kind::Typeof => self.typeof_type()?,
            Kind::Keyof => {
                self.advance()?;
                Form::KeyOf(self.nested(Self::postfix)?)
            }
            Kind::Interface => {
                self.advance()?;
                let opened = self.expect(Kind::BraceOpen)?;
                self.record(opened, false)?
            }
            _ => return Err(self.expected("a type")),
        };
        Ok(self.add_type(start, form))
    }

    /// Reads `typeof(e)`.
    fn typeof_type(&mut self) -> Parsed<Form> {
        self.advance()?;
        let opened = self.expect(Kind::ParenOpen)?;
        let start = self.token.span.start;
        let name =
            (self.is(Kind::Name) && self.ahead() == [Kind::ParenClose]).then_some(self.token.span);
        let variable = name.and_then(|name| self.names.find(self.text(name))?.variable);
        self.enclosed(Self::expression)?;
        let expression = self.span_from(start);
        self.close(Kind::ParenClose, opened)?;
        Ok(Form::TypeOf {
            expression,
            variable,
        })
    }
}
