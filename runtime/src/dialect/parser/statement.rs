//! Reads blocks and statements.
//!
//! Knows nothing of how expressions and types are made.

use super::token::Kind;
use super::*;
use crate::dialect::names::Binding;

impl Parser<'_> {
    /// Reads statements up to what ends their block.
    pub(super) fn block(&mut self) -> Parsed<()> {
        while !self.is_block_end() {
            if self.statement()? {
                break;
            }
        }
        Ok(())
    }

    fn is_block_end(&self) -> bool {
        use Kind::{Else, Elseif, End, EndOfFile, Until};
        matches!(self.token.kind, Else | Elseif | End | EndOfFile | Until)
    }

    /// Reads a statement; says whether it must be the last of its block.
    pub(super) fn statement(&mut self) -> Parsed<bool> {
        let is_last = self.is(Kind::Return);
        self.nested(Self::any_statement)?;
        self.accept(Kind::Semicolon)?;
        self.part();
        Ok(is_last)
    }

    /// Sees to it that what begins with a parenthesis is not read as arguments, now that a type before it is gone.
    fn part(&mut self) {
        let behind = self.behind;
        if self.is(Kind::ParenOpen)
            && let Some(last) = self.syntax.edits.last_mut()
            && last.span.end == behind
            && last.with == With::Blanks
            && last.span.start < behind
        {
            last.with = With::Separator;
        }
    }

    fn any_statement(&mut self) -> Parsed<()> {
        match self.token.kind {
            Kind::Semicolon => Ok(()),
            Kind::If => self.if_statement(),
            Kind::While => self.while_statement(),
            Kind::For => self.for_statement(),
            Kind::Repeat => self.repeat_statement(),
            Kind::Function => self.function_statement(),
            Kind::Local => self.local_statement(),
            Kind::Interface => self.interface(),
            Kind::DoubleColon => self.label(),
            Kind::Return => self.return_statement(),
            Kind::Break => self.break_statement(),
            Kind::Do => {
                let opened = self.advance()?;
                self.blocks_until(Kind::End, opened)
            }
            Kind::Goto => {
                self.advance()?;
                self.name("the name of a label")?;
                Ok(())
            }
            Kind::Name => match self.text(self.token.span) {
                b"type" if self.begins_alias() => self.alias(),
                b"global" if self.begins_global() => self.global_statement(),
                _ => self.expression_statement(),
            },
            _ => self.expression_statement(),
        }
    }

    fn begins_alias(&self) -> bool {
        let [next] = self.ahead();
        next == Kind::Name || next.is_reserved()
    }

    /// Whether `global` declares something: elsewhere it is a name.
    fn begins_global(&self) -> bool {
        let [next] = self.ahead();
        matches!(next, Kind::Name | Kind::Function | Kind::Less | Kind::Star)
    }

    /// Reads a block in a scope of its own, and what ends it.
    fn blocks_until(&mut self, end: Kind, opened: Token) -> Parsed<()> {
        self.open += 1;
        self.scoped(Self::block)?;
        self.open -= 1;
        self.close(end, opened)
    }

    fn if_statement(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        self.open += 1;
        self.enclosed(Self::expression)?;
        self.expect(Kind::Then)?;
        self.scoped(Self::block)?;
        while self.accept(Kind::Elseif)? {
            self.enclosed(Self::expression)?;
            self.expect(Kind::Then)?;
            self.scoped(Self::block)?;
        }
        if self.accept(Kind::Else)? {
            self.scoped(Self::block)?;
        }
        self.open -= 1;
        self.close(Kind::End, opened)
    }

    fn while_statement(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        self.open += 1;
        self.enclosed(Self::expression)?;
        self.expect(Kind::Do)?;
        self.open -= 1;
        self.in_loop(|parser| parser.blocks_until(Kind::End, opened))
    }

    fn in_loop(&mut self, read: impl FnOnce(&mut Self) -> Parsed<()>) -> Parsed<()> {
        let outer = self.loops;
        self.loops += 1;
        let result = read(self);
        self.loops = outer;
        result
    }

    fn repeat_statement(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        self.open += 1;
        // The condition sees the block's variables.
        self.scoped(|parser| {
            parser.in_loop(Self::block)?;
            parser.open -= 1;
            parser.close(Kind::Until, opened)?;
            parser.expression()
        })
    }

    fn break_statement(&mut self) -> Parsed<()> {
        let token = self.advance()?;
        match self.loops {
            0 => Err(Box::new(Error::new(token.span, "`break` outside a loop"))),
            _ => Ok(()),
        }
    }

    fn label(&mut self) -> Parsed<()> {
        self.advance()?;
        self.name("the name of a label")?;
        self.expect(Kind::DoubleColon)?;
        Ok(())
    }

    fn return_statement(&mut self) -> Parsed<()> {
        self.advance()?;
        if !self.is_block_end() && !self.is(Kind::Semicolon) {
            self.expressions()?;
        }
        if self.is(Kind::Semicolon) {
            self.advance()?;
        }
        match self.is_block_end() {
            true => Ok(()),
            false => {
                let error = self.expected("the end of the block");
                Err(Box::new(
                    error.advice("`return` is the last statement of a block"),
                ))
            }
        }
    }

    fn for_statement(&mut self) -> Parsed<()> {
        let opened = self.advance()?;
        self.open += 1;
        self.scoped(|parser| {
            let mut names = vec![parser.loop_name()?];
            if parser.is(Kind::Assign) {
                parser.advance()?;
                parser.enclosed(Self::expressions)?;
            } else {
                while parser.accept(Kind::Comma)? {
                    names.push(parser.loop_name()?);
                }
                if !parser.is(Kind::In) {
                    let what = if names.len() == 1 {
                        "`=` or `in`"
                    } else {
                        "`in`"
                    };
                    return Err(parser.expected(what));
                }
                parser.advance()?;
                parser.enclosed(Self::expressions)?;
            }
            parser.expect(Kind::Do)?;
            parser.declare_loop(&names);
            parser.open -= 1;
            parser.in_loop(|parser| parser.blocks_until(Kind::End, opened))
        })
    }

    fn loop_name(&mut self) -> Parsed<Span> {
        let name = self.name("a name")?;
        if !self.is(Kind::Colon) {
            return Ok(name);
        }
        let error = self.expected("`=`, `in` or `,`");
        Err(Box::new(
            error.advice("the variables of a `for` take no types"),
        ))
    }

    /// Declares the variables of a loop. The first is what it counts with: Lua lets nobody assign it, so that a loop in which
    /// somebody does gets a copy, where its `do` ends.
    fn declare_loop(&mut self, names: &[Span]) {
        let place = self.span_from(self.behind);
        self.syntax.edits.push(Edit {
            span: place,
            with: With::Blanks,
        });
        let mut copy = Some(self.syntax.edits.len() - 1);
        for name in names {
            let variable = Some(self.add_variable(*name, None));
            let copy = copy.take();
            let name = self.text(*name);
            self.names.declare(name, Binding { variable, copy });
        }
    }

    /// Notes that somebody assigns a name.
    pub(super) fn assign(&mut self, name: Span) {
        let found = self.names.find(self.text(name));
        if let Some(copy) = found.and_then(|binding| binding.copy)
            && let Some(edit) = self.syntax.edits.get_mut(copy)
        {
            edit.with = With::Copy(name);
        }
    }

    fn expression_statement(&mut self) -> Parsed<()> {
        let start = self.token;
        let mut target = self.suffixed()?;
        if !self.is(Kind::Assign) && !self.is(Kind::Comma) {
            return match target {
                expression::Primary::Call => Ok(()),
                _ => Err(self.not_a_statement(start)),
            };
        }
        let mut names = Vec::new();
        loop {
            match target {
                expression::Primary::Name(name) => names.push(name),
                expression::Primary::Member => {}
                _ => {
                    return Err(Box::new(Error::new(
                        self.span_from(start.span.start),
                        "nothing that can be assigned",
                    )));
                }
            }
            if !self.accept(Kind::Comma)? {
                break;
            }
            target = self.suffixed()?;
        }
        self.expect(Kind::Assign)?;
        self.expressions()?;
        for name in names {
            self.assign(name);
        }
        Ok(())
    }

    fn not_a_statement(&self, start: Token) -> Box<Error> {
        let mut error = self.expected("`=` or a call");
        let written = self.text(self.span_from(start.span.start));
        if matches!(written, b"const" | b"let" | b"var") {
            error.advice = Some("variables are declared with `local`".into());
        } else if written == b"export" {
            error.advice = Some("return what others are to use".into());
        } else if written == b"continue" {
            error.advice = Some("a loop goes on with `goto` and a label before its `end`".into());
        }
        error
    }
}
