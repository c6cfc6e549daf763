//! Reads expressions: where they begin and end, and the casts in them.
//!
//! Knows nothing of what operators do, nor of how types are made.

use super::token::Kind;
use super::*;
use crate::dialect::syntax::Cast;

/// What an expression without operators came to.
pub(super) enum Primary {
    /// A name.
    Name(Span),
    /// `a.b`, `a[b]`
    Member,
    /// A call.
    Call,
    /// Something in parentheses.
    Enclosed,
}

impl Parser<'_> {
    /// Reads expressions with commas between them.
    pub(super) fn expressions(&mut self) -> Parsed<()> {
        self.expression()?;
        while self.accept(Kind::Comma)? {
            self.expression()?;
        }
        Ok(())
    }

    /// Reads an expression. Which operator binds tighter changes nothing about where it ends.
    pub(super) fn expression(&mut self) -> Parsed<()> {
        self.nested(|parser| {
            loop {
                while matches!(
                    parser.token.kind,
                    Kind::Not | Kind::Minus | Kind::Hash | Kind::Tilde
                ) {
                    parser.advance()?;
                }
                parser.operand()?;
                if !is_operator(parser.token.kind) {
                    return Ok(());
                }
                parser.advance()?;
            }
        })
    }

    /// Reads what stands between operators, casts included.
    fn operand(&mut self) -> Parsed<()> {
        let start = self.token.span.start;
        match self.token.kind {
            Kind::Number | Kind::String | Kind::Nil | Kind::True | Kind::False => {
                self.advance()?;
            }
            Kind::Ellipsis => {
                let token = self.advance()?;
                if !self.is_vararg {
                    let what = "`...` outside a function that takes it";
                    return Err(Box::new(Error::new(token.span, what)));
                }
            }
            Kind::BraceOpen => self.table()?,
            Kind::Function => self.function_expression()?,
            _ => {
                self.suffixed()?;
            }
        }
        while self.cast(start)? {}
        Ok(())
    }

    /// Reads `:: T`, `as T` or `!` behind the expression that begins at `start`, if one is next.
    fn cast(&mut self, start: u32) -> Parsed<bool> {
        let expression = self.span_from(start);
        let operator = self.token;
        let to = match operator.kind {
            Kind::DoubleColon if !self.is_label() => {
                self.advance()?;
                Some(self.cast_type()?)
            }
            Kind::As => {
                self.advance()?;
                Some(self.cast_type()?)
            }
            Kind::Exclamation if self.ahead() != [Kind::Assign] => {
                self.advance()?;
                None
            }
            _ => return Ok(false),
        };
        let span = self.span_from(operator.span.start);
        self.edit(span, With::Blanks);
        self.syntax.casts.push(Cast {
            expression,
            span,
            to,
        });
        if matches!(self.token.kind, Kind::Dot | Kind::Colon | Kind::BracketOpen)
            && !self.token.is_first
        {
            let error = self.expected("the end of the expression");
            return Err(Box::new(
                error.advice("put what is cast in parentheses: `(x as T).y`"),
            ));
        }
        Ok(true)
    }

    /// Whether the `::` that is next begins a label rather than a cast: a name and `::` follow, and then no other label that
    /// begins with the same `::`.
    fn is_label(&self) -> bool {
        if !self.may_end {
            return false;
        }
        let [name, end, other, other_end] = self.ahead();
        let is_label = |name: Kind, end| {
            (name == Kind::Name || name.is_reserved()) && end == Kind::DoubleColon
        };
        is_label(name, end) && !is_label(other, other_end)
    }

    /// Reads a name or something in parentheses, and what follows it: members, calls.
    pub(super) fn suffixed(&mut self) -> Parsed<Primary> {
        let mut primary = match self.token.kind {
            Kind::Name => {
                let name = self.advance()?.span;
                let text = self.text(name);
                self.used.insert(text);
                Primary::Name(name)
            }
            Kind::ParenOpen => {
                let opened = self.advance()?;
                self.enclosed(Self::expression)?;
                self.close(Kind::ParenClose, opened)?;
                Primary::Enclosed
            }
            kind => {
                let mut error = self.expected("an expression");
                if kind.is_reserved() {
                    let word = kind.text();
                    let advice =
                        format!("`{word}` is a reserved word, free only as a field or method");
                    error.advice = Some(advice);
                }
                return Err(error);
            }
        };
        loop {
            match self.token.kind {
                Kind::Dot => {
                    self.advance()?;
                    self.field_name()?;
                    primary = Primary::Member;
                }
                Kind::BracketOpen => {
                    let opened = self.advance()?;
                    self.enclosed(Self::expression)?;
                    self.close(Kind::BracketClose, opened)?;
                    primary = Primary::Member;
                }
                Kind::Colon => {
                    self.advance()?;
                    self.field_name()?;
                    self.arguments()?;
                    primary = Primary::Call;
                }
                Kind::ParenOpen | Kind::String | Kind::BraceOpen => {
                    self.arguments()?;
                    primary = Primary::Call;
                }
                _ => return Ok(primary),
            }
        }
    }

    fn arguments(&mut self) -> Parsed<()> {
        match self.token.kind {
            Kind::String => self.advance().map(drop),
            Kind::BraceOpen => self.table(),
            Kind::ParenOpen => {
                let opened = self.advance()?;
                if self.accept(Kind::ParenClose)? {
                    return Ok(());
                }
                self.enclosed(Self::expressions)?;
                self.close(Kind::ParenClose, opened)
            }
            _ => Err(self.expected("the arguments of a call")),
        }
    }

    /// Reads `{ a, b = c, [d] = e }`.
    fn table(&mut self) -> Parsed<()> {
        let opened = self.expect(Kind::BraceOpen)?;
        self.enclosed(|parser| {
            while !parser.is(Kind::BraceClose) {
                parser.table_item()?;
                if !parser.accept(Kind::Comma)? && !parser.accept(Kind::Semicolon)? {
                    break;
                }
            }
            Ok(())
        })?;
        self.close(Kind::BraceClose, opened)
    }

    fn table_item(&mut self) -> Parsed<()> {
        let kind = self.token.kind;
        if kind == Kind::BracketOpen {
            let opened = self.advance()?;
            self.expression()?;
            self.close(Kind::BracketClose, opened)?;
            self.expect(Kind::Assign)?;
        } else if (kind == Kind::Name || kind.is_reserved()) && self.ahead() == [Kind::Assign] {
            self.advance()?;
            self.advance()?;
        }
        self.expression()
    }
}

fn is_operator(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        Plus | Minus
            | Star
            | Slash
            | DoubleSlash
            | Percent
            | Caret
            | Ampersand
            | Tilde
            | Pipe
            | ShiftLeft
            | ShiftRight
            | Equal
            | NotEqual
            | LessEqual
            | GreaterEqual
            | Less
            | Greater
            | Concat
            | And
            | Or
    )
}
