//! Reads types.

use super::token::Kind;
use super::*;
use crate::dialect::syntax::{
    Field, Form, FunctionType, Interface, Literal, Module, Name, Parameter, Rest, Validator,
};
use crate::dialect::{numeral, strings};

/// What stands between parentheses: the parameters of a function, types that one returns, or one type.
struct List {
    start: u32,
    parameters: Vec<Parameter>,
    rest: Option<Rest>,
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
    /// Reads a type.
    pub(super) fn any_type(&mut self) -> Parsed<TypeId> {
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
    pub(super) fn cast_type(&mut self) -> Parsed<TypeId> {
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
    fn postfix(&mut self) -> Parsed<TypeId> {
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

    fn validators(&mut self) -> Parsed<Vec<Validator>> {
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
            return self.literal();
        }
        self.expression()?;
        Ok(None)
    }

    /// Reads a constant. Some numbers are none: see [`numeral::value`].
    fn literal(&mut self) -> Parsed<Option<Literal>> {
        let is_negative = self.accept(Kind::Minus)?;
        let token = self.advance()?;
        let text = self.text(token.span);
        let literal = match token.kind {
            Kind::True => Some(Literal::Boolean(true)),
            Kind::False => Some(Literal::Boolean(false)),
            Kind::String => Some(Literal::String(strings::value(text))),
            _ => numeral::value(text),
        };
        Ok(literal.map(|literal| match literal {
            Literal::Integer(value) if is_negative => Literal::Integer(value.wrapping_neg()),
            Literal::Float(value) if is_negative => Literal::Float(-value),
            other => other,
        }))
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

    /// Reads a literal as a type. One without a value is any number.
    fn literal_type(&mut self) -> Parsed<Form> {
        let start = self.token.span.start;
        Ok(match self.literal()? {
            Some(literal) => Form::Literal(literal),
            None => self.plain_name(self.span_from(start)),
        })
    }

    fn plain_name(&self, name: Span) -> Form {
        Form::Name(Name {
            module: None,
            name,
            arguments: Vec::new(),
            scope: self.scope,
        })
    }

    /// Reads `User`, `module.User`, `Box<A, B>`, `x is T`.
    fn named(&mut self) -> Parsed<Form> {
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

    /// Reads `>`, also as a part of `>>` and `>=`.
    pub(super) fn closing_angle(&mut self) -> Parsed<()> {
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

    /// Reads what is between parentheses.
    fn list(&mut self) -> Parsed<List> {
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

    /// Whether `name:` or `name?:` is next, and if so, whether it has the `?`. Any word may be the name.
    fn begins_field(&self) -> Option<bool> {
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

    /// Reads `(…) -> R`, or a type in parentheses.
    fn parenthesised(&mut self) -> Parsed<TypeId> {
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
    fn generic_function(&mut self) -> Parsed<Form> {
        self.scoped(|parser| {
            parser.type_parameters()?;
            let list = parser.list()?;
            parser.function_type(list)
        })
    }

    /// Reads `fun`, `fun(a: T)`, `fun(a: T): R`.
    fn fun_type(&mut self) -> Parsed<Form> {
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
    pub(super) fn returned_types(&mut self) -> Parsed<Vec<TypeId>> {
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

    /// Reads what begins with a brace: a record, a map, an array or a tuple.
    fn braces(&mut self, readonly: bool) -> Parsed<Form> {
        let opened = self.expect(Kind::BraceOpen)?;
        if self.is(Kind::BraceClose) || self.begins_field().is_some() {
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

    fn separator(&mut self) -> Parsed<bool> {
        Ok(self.accept(Kind::Comma)? || self.accept(Kind::Semicolon)?)
    }

    /// Reads the fields of a record, and the brace behind them.
    fn record(&mut self, opened: Token, readonly: bool) -> Parsed<Form> {
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

    fn field(&mut self) -> Parsed<Field> {
        let Some(optional) = self.begins_field() else {
            return Err(self.expected("a field: `name: T` or `name?: T`"));
        };
        let name = self.advance()?.span;
        self.accept(Kind::Question)?;
        self.expect(Kind::Colon)?;
        let of = self.any_type()?;
        Ok(Field { name, optional, of })
    }

    // ---- interfaces

    /// Reads `interface Name: Base, Base … end`.
    pub(super) fn interface(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        let name = self.name("the name of an interface")?;
        let scope = self.scope;
        self.open += 1;
        let (bases, methods) = self.scoped(|parser| {
            if parser.is(Kind::Less) {
                parser.type_parameters()?;
            }
            let mut bases = Vec::new();
            if parser.accept(Kind::Colon)? || parser.accept(Kind::Extends)? {
                bases.push(parser.postfix()?);
                while parser.accept(Kind::Comma)? {
                    bases.push(parser.postfix()?);
                }
            }
            let mut methods = Vec::new();
            while !parser.is(Kind::End) {
                methods.push(parser.method(opened)?);
                parser.separator()?;
            }
            Ok((bases, methods))
        })?;
        self.open -= 1;
        self.close(Kind::End, opened)?;
        let span = self.span_from(opened.span.start);
        self.edit(span, With::Separator);
        self.syntax.interfaces.push(Interface {
            name,
            span,
            scope,
            bases,
            methods,
        });
        Ok(())
    }

    /// Reads `function name(…): R` or `name: T` in the interface that `opened` opened.
    fn method(&mut self, opened: Token) -> Parsed<Field> {
        if self.begins_field().is_some() {
            return self.field();
        }
        if !self.is(Kind::Function) {
            if self.is(Kind::EndOfFile) {
                self.close(Kind::End, opened)?;
            }
            return Err(self.expected("`function` or `end`"));
        }
        let start = self.advance()?.span.start;
        let name = self.token.span;
        if !self.token.kind.is_keyword() {
            self.field_name()?;
        } else {
            self.advance()?;
        }
        let of = self.scoped(|parser| {
            if parser.is(Kind::Less) {
                parser.type_parameters()?;
            }
            let list = parser.list()?;
            let returns = if parser.accept(Kind::Colon)? {
                parser.returned_types()?
            } else {
                Vec::new()
            };
            let form = Form::Function(Box::new(FunctionType {
                parameters: list.parameters,
                rest: list.rest,
                returns,
            }));
            Ok(parser.add_type(start, form))
        })?;
        Ok(Field {
            name,
            optional: false,
            of,
        })
    }
}
