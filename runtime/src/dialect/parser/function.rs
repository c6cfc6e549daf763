//! Reads functions: names, parameters, what they return, bodies.
//!
//! Knows nothing of types of functions, nor of what is in a body.

use super::token::Kind;
use super::*;
use crate::dialect::syntax::{Function, Rest};

/// The head of a function with a body.
struct Head {
    parameters: Vec<VariableId>,
    rest: Option<Rest>,
    returns: Option<Vec<TypeId>>,
}

impl Parser<'_> {
    /// Reads `function a.b:c(…) … end`.
    pub(super) fn function_statement(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        let start = self.token.span.start;
        let first = self.name("the name of a function")?;
        let mut is_plain = true;
        while self.accept(Kind::Dot)? {
            self.field_name()?;
            is_plain = false;
        }
        let is_method = self.accept(Kind::Colon)?;
        if is_method {
            self.field_name()?;
        }
        if is_plain && !is_method {
            self.assign(first);
        } else {
            let text = self.text(first);
            self.used.insert(text);
        }
        let name = self.span_from(start);
        self.function(opened, Some(name), is_method)
    }

    /// Reads `function f(…) … end` behind `local` or `global`.
    pub(super) fn declared_function(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        let name = self.name("the name of a function")?;
        let variable = self.add_variable(name, None);
        self.declare(variable);
        self.function(opened, Some(name), false)
    }

    /// Reads `function(…) … end`.
    pub(super) fn function_expression(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        self.function(opened, None, false)
    }

    /// Reads a function from its type parameters on.
    fn function(&mut self, opened: Token, name: Option<Span>, is_method: bool) -> Parsed<()> {
        let outer = (self.loops, self.is_vararg, self.may_end, self.is_bound);
        (self.loops, self.may_end, self.is_bound) = (0, true, false);
        self.open += 1;
        let read = self.scoped(|parser| parser.head_and_body(opened, is_method));
        (self.loops, self.is_vararg, self.may_end, self.is_bound) = outer;
        let (scope, head) = read?;
        self.open -= 1;
        self.close(Kind::End, opened)?;
        self.syntax.functions.push(Function {
            span: self.span_from(opened.span.start),
            name,
            scope,
            parameters: head.parameters,
            rest: head.rest,
            returns: head.returns,
        });
        Ok(())
    }

    fn head_and_body(&mut self, opened: Token, is_method: bool) -> Parsed<(ScopeId, Head)> {
        if self.is(Kind::Less) {
            self.type_parameters()?;
        }
        let head = self.head()?;
        self.is_vararg = head.rest.is_some();
        if is_method {
            // Nobody wrote it: its place is that of `function`.
            let variable = Some(self.add_variable(opened.span, None));
            let copy = None;
            self.names.declare(b"self", Binding { variable, copy });
        }
        for parameter in &head.parameters {
            self.declare(*parameter);
        }
        self.block()?;
        Ok((self.scope, head))
    }

    /// Reads parameters, and what is returned.
    fn head(&mut self) -> Parsed<Head> {
        let opened = self.expect(Kind::ParenOpen)?;
        let mut parameters = Vec::new();
        let mut rest = None;
        if !self.is(Kind::ParenClose) {
            loop {
                if self.is(Kind::Ellipsis) {
                    rest = Some(self.rest(&mut parameters)?);
                    break;
                }
                parameters.push(self.parameter()?);
                if !self.accept(Kind::Comma)? {
                    break;
                }
            }
        }
        self.close(Kind::ParenClose, opened)?;
        if self.is(Kind::Arrow) {
            return Err(self.expected("`:` before what the function returns"));
        }
        let start = self.token.span.start;
        let returns = match self.accept(Kind::Colon)? {
            true => {
                let returns = self.returned_types()?;
                self.edit(self.span_from(start), With::Blanks);
                Some(returns)
            }
            false => None,
        };
        Ok(Head {
            parameters,
            rest,
            returns,
        })
    }

    fn parameter(&mut self) -> Parsed<VariableId> {
        let name = self.name("the name of a parameter")?;
        // As in record types: it may be left out.
        if self.is(Kind::Question) {
            let question = self.advance()?.span;
            self.edit(question, With::Blanks);
            if !self.is(Kind::Colon) {
                return Err(self.expected("`:`"));
            }
        }
        let annotation = self.annotation()?;
        Ok(self.add_variable(name, annotation))
    }

    /// Reads `...`, `...: T`, or Lua's `...name`.
    fn rest(&mut self, parameters: &mut Vec<VariableId>) -> Parsed<Rest> {
        self.advance()?;
        if self.is(Kind::Name) {
            let name = self.advance()?.span;
            parameters.push(self.add_variable(name, None));
        }
        Ok(Rest(self.annotation()?))
    }
}
