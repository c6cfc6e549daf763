//! Reads constants in types: literals, and the arguments of validators.
//!
//! Knows nothing of which validators there are.

use crate::dialect::parser::*;
use crate::dialect::syntax::{Form, Literal, Validator};
use crate::dialect::token::Kind;
use crate::dialect::{numeral, strings};

impl Parser<'_> {
    pub(super) fn validators(&mut self) -> Parsed<Vec<Validator>> {
        let mut validators = Vec::new();
        while self.is(Kind::At) {
            let start = self.advance()?.span.start;
            let name = self.field_name()?;
            let mut arguments = Vec::new();
            if self.is(Kind::ParenOpen) {
                let opened = self.advance()?;
                self.enclosed(|parser| {
                    while !parser.is(Kind::ParenClose) {
                        arguments.push(parser.constant()?);
                        if !parser.accept(Kind::Comma)? {
                            break;
                        }
                    }
                    Ok(())
                })?;
                self.close(Kind::ParenClose, opened)?;
            }
            let span = self.span_from(start);
            validators.push(Validator {
                name,
                span,
                arguments,
            });
        }
        Ok(validators)
    }

    /// Reads an expression; answers its value if it is a constant.
    fn constant(&mut self) -> Parsed<Option<Literal>> {
        let is_end = |kind| matches!(kind, Kind::Comma | Kind::ParenClose);
        let [next, behind] = self.ahead();
        let is_literal = match self.token.kind {
            Kind::Number | Kind::String | Kind::True | Kind::False => is_end(next),
            Kind::Minus => next == Kind::Number && is_end(behind),
            _ => false,
        };
        if is_literal {
            return self.literal().map(Some);
        }
        self.expression()?;
        Ok(None)
    }

    fn literal(&mut self) -> Parsed<Literal> {
        let is_negative = self.accept(Kind::Minus)?;
        let token = self.advance()?;
        let text = self.text(token.span);
        let literal = match token.kind {
            Kind::True => Literal::Boolean(true),
            Kind::False => Literal::Boolean(false),
            Kind::String => Literal::String(strings::value(text)),
            _ => numeral::value(text).expect("the lexer refuses malformed numbers"),
        };
        Ok(match literal {
            Literal::Integer(value) if is_negative => Literal::Integer(value.wrapping_neg()),
            Literal::Float(value) if is_negative => Literal::Float(-value),
            other => other,
        })
    }

    /// Reads a literal as a type.
    pub(super) fn literal_type(&mut self) -> Parsed<Form> {
        self.literal().map(Form::Literal)
    }
}
