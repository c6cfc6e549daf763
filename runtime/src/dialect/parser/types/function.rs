//! Reads types of functions, and what functions return.
//!
//! Knows nothing of functions with a body.

use crate::dialect::parser::*;
use crate::dialect::syntax::{Form, FunctionType, Parameter, Rest};
use crate::dialect::token::Kind;

/// What stands between parentheses: the parameters of a function, types that one returns, or one type.
pub(in crate::dialect::parser) struct List {
    start: u32,
    pub parameters: Vec<Parameter>,
    pub rest: Option<Rest>,
}

impl List {
    /// The types, if that is all it is.
    fn into_types(self) -> Option<Vec<TypeId>> {
        let is_plain = |parameter: &Parameter| parameter.name.is_none();
        let is_list = self.rest.is_none() && self.parameters.iter().all(is_plain);
        is_list.then(|| {
            self.parameters
                .iter()
                .map(|parameter| parameter.of)
                .collect()
        })
    }
}

impl Parser<'_> {
    /// Reads what is between parentheses.
    pub(in crate::dialect::parser) fn list(&mut self) -> Parsed<List> {
        let opened = self.expect(Kind::ParenOpen)?;
        let (parameters, rest) = self.enclosed(|parser| {
            let mut parameters = Vec::new();
            while !parser.is(Kind::ParenClose) {
                if parser.accept(Kind::Ellipsis)? {
                    let rest = parser.rest_type()?;
                    return Ok((parameters, Some(rest)));
                }
                parameters.push(parser.listed()?);
                if !parser.accept(Kind::Comma)? {
                    break;
                }
            }
            Ok((parameters, None))
        })?;
        self.close(Kind::ParenClose, opened)?;
        Ok(List {
            start: opened.span.start,
            parameters,
            rest,
        })
    }

    /// Reads what may stand behind `...`: `T` or `: T`.
    fn rest_type(&mut self) -> Parsed<Rest> {
        if self.is(Kind::ParenClose) {
            return Ok(Rest(None));
        }
        self.accept(Kind::Colon)?;
        Ok(Rest(Some(self.any_type()?)))
    }

    /// Reads `a: T`, `a?: T` or `T`.
    fn listed(&mut self) -> Parsed<Parameter> {
        let (name, optional) = match self.begins_field() {
            Some(optional) => {
                let name = self.advance()?.span;
                self.accept(Kind::Question)?;
                self.expect(Kind::Colon)?;
                (Some(name), optional)
            }
            None => (None, false),
        };
        let of = self.any_type()?;
        Ok(Parameter { name, optional, of })
    }

    /// Reads `(…) -> R`, or a type in parentheses.
    pub(super) fn parenthesised(&mut self) -> Parsed<TypeId> {
        let list = self.list()?;
        self.behind_list(list)
    }

    /// Reads what makes a type of what was between parentheses.
    fn behind_list(&mut self, list: List) -> Parsed<TypeId> {
        let start = list.start;
        if self.is(Kind::Arrow) {
            let form = self.function_type(list)?;
            return Ok(self.add_type(start, form));
        }
        match list.into_types().as_deref() {
            Some(&[of]) => Ok(of),
            _ => Err(self.expected("`->` and what the function returns")),
        }
    }

    /// Reads `-> R`.
    fn function_type(&mut self, list: List) -> Parsed<Form> {
        self.expect(Kind::Arrow)?;
        let returns = self.returned_type()?;
        Ok(Form::Function(Box::new(FunctionType {
            parameters: list.parameters,
            rest: list.rest,
            returns,
        })))
    }

    /// Reads `<T>(x: T) -> R`; what `T` is nothing asks.
    pub(super) fn generic_function(&mut self) -> Parsed<Form> {
        self.scoped(|parser| {
            parser.type_parameters()?;
            let list = parser.list()?;
            parser.function_type(list)
        })
    }

    /// Reads `fun`, `fun(a: T)`, `fun(a: T): R`.
    pub(super) fn fun_type(&mut self) -> Parsed<Form> {
        let name = self.advance()?.span;
        if !self.is(Kind::ParenOpen) {
            return Ok(self.plain_name(name));
        }
        let list = self.list()?;
        let returns = if self.accept(Kind::Colon)? {
            self.returned_type()?
        } else {
            Vec::new()
        };
        Ok(Form::Function(Box::new(FunctionType {
            parameters: list.parameters,
            rest: list.rest,
            returns,
        })))
    }

    /// Reads what a function's type returns: a type, or several in parentheses.
    fn returned_type(&mut self) -> Parsed<Vec<TypeId>> {
        match self.returned_list()? {
            Ok(types) => Ok(types),
            Err(of) => Ok(vec![of]),
        }
    }

    /// Reads what a function with a body returns: as [`Parser::returned_type`], or several without parentheses.
    pub(in crate::dialect::parser) fn returned_types(&mut self) -> Parsed<Vec<TypeId>> {
        let first = match self.returned_list()? {
            Ok(types) => return Ok(types),
            Err(of) => of,
        };
        let mut types = vec![first];
        while self.accept(Kind::Comma)? {
            types.push(self.any_type()?);
        }
        Ok(types)
    }

    /// Reads types in parentheses, or else a type, which may begin with a parenthesis too.
    fn returned_list(&mut self) -> Parsed<Result<Vec<TypeId>, TypeId>> {
        if !self.is(Kind::ParenOpen) {
            return self.any_type().map(Err);
        }
        self.nested(|parser| {
            let list = parser.list()?;
            let start = list.start;
            // Several types are no member of a type: what follows them belongs to the function's.
            let goes_on = match parser.token.kind {
                Kind::Arrow => true,
                Kind::Question
                | Kind::Pipe
                | Kind::Ampersand
                | Kind::BracketOpen
                | Kind::At
                | Kind::Extends => {
                    list.rest.is_none()
                        && matches!(&list.parameters[..], [Parameter { name: None, .. }])
                }
                _ => false,
            };
            if goes_on {
                let of = parser.behind_list(list)?;
                let of = parser.behind_single(start, of)?;
                let of = parser.behind_member(start, of)?;
                return parser.behind_chain(start, of).map(Err);
            }
            list.into_types().map(Ok).ok_or_else(|| {
                let what = "names of what is returned: types alone stand here";
                Box::new(Error::new(parser.span_from(start), what))
            })
        })
    }
}
