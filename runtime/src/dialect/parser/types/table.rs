//! Reads types of tables: records, maps, arrays, tuples.
//!
//! Knows nothing of what may stand behind them.

use crate::dialect::parser::*;
use crate::dialect::syntax::{Field, Form};
use crate::dialect::token::Kind;

impl Parser<'_> {
    /// Reads what begins with a brace: a record, a map, an array or a tuple.
    pub(super) fn braces(&mut self, readonly: bool) -> Parsed<Form> {
        let opened = self.expect(Kind::BraceOpen)?;
        // `{name = T}` is no type, but says what is meant.
        let is_assigned = self.is(Kind::Name) && self.ahead() == [Kind::Assign];
        if self.is(Kind::BraceClose) || self.begins_field().is_some() || is_assigned {
            return self.record(opened, readonly);
        }
        let form = self.enclosed(|parser| match parser.is(Kind::BracketOpen) {
            true => parser.map(readonly),
            false => parser.elements(readonly),
        })?;
        self.close(Kind::BraceClose, opened)?;
        Ok(form)
    }

    /// Reads `[K]: V`.
    fn map(&mut self, readonly: bool) -> Parsed<Form> {
        let opened = self.expect(Kind::BracketOpen)?;
        let key = self.any_type()?;
        self.close(Kind::BracketClose, opened)?;
        self.expect(Kind::Colon)?;
        let value = self.any_type()?;
        self.separator()?;
        Ok(Form::Map {
            key,
            value,
            readonly,
        })
    }

    /// Reads `T` or `T, U`.
    fn elements(&mut self, readonly: bool) -> Parsed<Form> {
        let element = self.any_type()?;
        let mut elements = vec![element];
        while self.separator()? && !self.is(Kind::BraceClose) {
            elements.push(self.any_type()?);
        }
        Ok(match elements.len() {
            1 => Form::Array { element, readonly },
            _ => Form::Tuple { elements, readonly },
        })
    }

    /// Reads the fields of a record, and the brace behind them.
    pub(super) fn record(&mut self, opened: Token, readonly: bool) -> Parsed<Form> {
        let fields = self.enclosed(|parser| {
            let mut fields = Vec::new();
            while !parser.is(Kind::BraceClose) {
                fields.push(parser.field()?);
                if !parser.separator()? {
                    break;
                }
            }
            Ok(fields)
        })?;
        self.close(Kind::BraceClose, opened)?;
        Ok(Form::Record { fields, readonly })
    }

    pub(in crate::dialect::parser) fn field(&mut self) -> Parsed<Field> {
        let Some(optional) = self.begins_field() else {
            return Err(self.expected("a field: `name: T` or `name?: T`"));
        };
        let name = self.advance()?.span;
        self.accept(Kind::Question)?;
        self.expect(Kind::Colon)?;
        let of = self.any_type()?;
        Ok(Field { name, optional, of })
    }

    /// Whether `name:` or `name?:` is next, and if so, whether it has the `?`. Any word may be the name.
    pub(in crate::dialect::parser) fn begins_field(&self) -> Option<bool> {
        let kind = self.token.kind;
        if kind != Kind::Name && !kind.is_reserved() && !kind.is_keyword() {
            return None;
        }
        match self.ahead() {
            [Kind::Colon, _] => Some(false),
            [Kind::Question, Kind::Colon] => Some(true),
            _ => None,
        }
    }

    pub(in crate::dialect::parser) fn separator(&mut self) -> Parsed<bool> {
        Ok(self.accept(Kind::Comma)? || self.accept(Kind::Semicolon)?)
    }
}
