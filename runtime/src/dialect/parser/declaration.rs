//! Reads what declares names: `local`, `global`, `type`, `interface`.
//!
//! Knows nothing of how types are made.

use super::token::Kind;
use super::*;
use crate::dialect::names::Binding;
use crate::dialect::syntax::{Alias, Field, Form, FunctionType, Interface};

impl Parser<'_> {
    pub(super) fn local_statement(&mut self) -> Parsed<()> {
        self.advance()?;
        if self.is(Kind::Function) {
            return self.declared_function();
        }
        self.attribute()?;
        let variables = self.typed_names()?;
        if self.accept(Kind::Assign)? {
            let module = self.required_module();
            self.expressions()?;
            let [first, ..] = variables[..] else {
                unreachable!("a name was read")
            };
            self.syntax.variables[first.0 as usize].module = module;
        }
        for variable in variables {
            self.declare(variable);
        }
        Ok(())
    }

    /// The module of `require("module")` or `require "module"`, which is next.
    fn required_module(&self) -> Option<Box<[u8]>> {
        if !self.is(Kind::Name) || self.text(self.token.span) != b"require" {
            return None;
        }
        let mut lexer = self.lexer;
        let mut token = lexer.next().ok()?;
        if token.kind == Kind::ParenOpen {
            token = lexer.next().ok()?;
        }
        let is_string = token.kind == Kind::String;
        is_string.then(|| crate::dialect::strings::value(self.text(token.span)))
    }

    /// Reads `a <const>: T, b: U`.
    fn typed_names(&mut self) -> Parsed<Vec<VariableId>> {
        let mut variables = Vec::new();
        loop {
            let name = self.name("a name")?;
            self.attribute()?;
            let annotation = self.annotation()?;
            self.attribute()?;
            variables.push(self.add_variable(name, annotation));
            if !self.accept(Kind::Comma)? {
                return Ok(variables);
            }
        }
    }

    /// Reads `<const>` or `<close>`, if it is next.
    fn attribute(&mut self) -> Parsed<()> {
        if !self.accept(Kind::Less)? {
            return Ok(());
        }
        let known =
            self.is(Kind::Name) && matches!(self.text(self.token.span), b"const" | b"close");
        if !known {
            return Err(self.expected("`const` or `close`"));
        }
        self.advance()?;
        self.expect(Kind::Greater)?;
        Ok(())
    }

    /// Reads `: T`, if it is next, which Lua is not to see.
    pub(super) fn annotation(&mut self) -> Parsed<Option<TypeId>> {
        if !self.is(Kind::Colon) {
            return Ok(None);
        }
        let start = self.advance()?.span.start;
        let of = self.any_type()?;
        self.edit(self.span_from(start), With::Blanks);
        Ok(Some(of))
    }

    /// Lua's own declarations: `global x`, `global function f`, `global <const> *`.
    pub(super) fn global_statement(&mut self) -> Parsed<()> {
        self.advance()?;
        if self.is(Kind::Function) {
            return self.declared_function();
        }
        self.attribute()?;
        if self.accept(Kind::Star)? {
            return Ok(());
        }
        let variables = self.typed_names()?;
        if self.accept(Kind::Assign)? {
            self.expressions()?;
        }
        // They hide variables of loops, which would get copies otherwise.
        for variable in variables {
            self.declare(variable);
        }
        Ok(())
    }

    /// Reads `type Name<A, B: Bound> = T`.
    pub(super) fn alias(&mut self) -> Parsed<()> {
        let start = self.advance()?.span.start;
        let name = self.name("the name of a type")?;
        let scope = self.scope;
        let is_generic = self.is(Kind::Less);
        let (inner, target) = match is_generic {
            true => self.scoped(|parser| {
                parser.type_parameters()?;
                parser.expect(Kind::Assign)?;
                Ok((parser.scope, parser.any_type()?))
            })?,
            false => {
                self.expect(Kind::Assign)?;
                (scope, self.any_type()?)
            }
        };
        let span = self.span_from(start);
        self.edit(span, With::Separator);
        let binding = Binding {
            variable: None,
            copy: None,
        };
        self.names.declare(self.text(name), binding);
        self.syntax.aliases.push(Alias {
            name,
            span,
            scope,
            inner,
            target,
            value: None,
        });
        Ok(())
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
