//! Reads a file's statements, and goes on behind one that is wrong.
//!
//! Behind an error nothing is sure; what helps is how people write: a statement that stands in no other begins where the
//! blocks of the one before have ended, or no further right than that one, on a line of its own. Knows nothing of what
//! was wrong.

use super::token::Kind;
use super::*;

impl Parser<'_> {
    /// Reads all statements of the file. Notes the first error in each.
    pub(super) fn file(&mut self) {
        if let Err(error) = self.advance() {
            self.errors.push(*error);
            self.skip();
        }
        while !self.is(Kind::EndOfFile) {
            let start = self.token;
            let is_stray = self.is_stray();
            let read = match is_stray {
                true => Err(self.expected("a statement")),
                false => self.statement().map(drop),
            };
            if read.is_ok() {
                let span = self.span_from(start.span.start);
                self.syntax.statements.push(span);
            }
            if let Err(error) = read {
                // What closes a block that nobody opened comes of the error before.
                if !is_stray || self.errors.is_empty() {
                    self.errors.push(*error);
                }
                if self.errors.len() == MOST_ERRORS {
                    return;
                }
                self.recover(start);
            }
        }
    }

    /// Whether a word is next that only belongs into a statement.
    fn is_stray(&self) -> bool {
        use Kind::{Do, Else, Elseif, End, In, Then, Until};
        match self.token.kind {
            End | Else | Elseif | Until | Then | In => true,
            // Of a loop whose head was wrong.
            Do => !self.token.is_first && !self.errors.is_empty(),
            _ => false,
        }
    }

    /// Skips the rest of the statement that began with `start`.
    fn recover(&mut self, start: Token) {
        // All else that the statement was in was left with it.
        let mut open = std::mem::take(&mut self.open);
        let column = self.column(start);
        let begun = self.token.span.start == start.span.start;
        if begun {
            self.skip();
        }
        loop {
            let token = self.token;
            if token.kind == Kind::EndOfFile {
                return;
            }
            let is_outdented = start.is_first && token.is_first && self.column(token) <= column;
            if begins_statement(token) && !self.is_stray() && (open == 0 || is_outdented) {
                return;
            }
            match token.kind {
                Kind::Function | Kind::If | Kind::For | Kind::While | Kind::Repeat => open += 1,
                Kind::Do if token.is_first => open += 1,
                Kind::End | Kind::Until => open = open.saturating_sub(1),
                _ => {}
            }
            self.skip();
        }
    }

    /// Skips a token, and what is none.
    fn skip(&mut self) {
        self.behind = self.token.span.end;
        loop {
            match self.lexer.next() {
                Ok(token) => {
                    self.token = token;
                    return;
                }
                Err(error) => self.lexer.skip_to(error.span.end.max(self.behind + 1)),
            }
            self.behind = self.behind.max(self.lexer.at());
        }
    }

    /// Bytes before a token on its line.
    fn column(&self, token: Token) -> usize {
        let before = &self.lexer.source()[..token.span.start as usize];
        let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
        before.len() - line
    }
}

/// Whether a statement may begin with the token: with most words, or with anything on a line of its own.
fn begins_statement(token: Token) -> bool {
    use Kind::*;
    match token.kind {
        Local | If | For | While | Repeat | Return | Goto | Break | Interface | DoubleColon => true,
        Function | Do | Name | ParenOpen | Semicolon => token.is_first,
        _ => false,
    }
}

/// Errors after which nobody reads on.
const MOST_ERRORS: usize = 100;
