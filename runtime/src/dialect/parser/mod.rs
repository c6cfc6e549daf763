//! Reads a source: what types and names it has, what is to be done so that Lua takes it, and what is wrong.
//!
//! Of expressions it reads where they begin and end, not what they compute: that is Lua's. The parts of the grammar are
//! a file each: `statement`, `declaration`, `function`, `expression`, `types`; `recover` goes on behind an error. Knows
//! nothing of what types mean.

mod declaration;
mod expression;
mod function;
mod recover;
mod statement;
mod types;

use rustc_hash::FxHashSet;

use super::error::Error;
use super::lexer::Lexer;
use super::names::{Binding, Names};
use super::syntax::{Edit, Scope, ScopeId, Span, Syntax, Type, TypeId, Variable, VariableId, With};
use super::token::{Kind, Token};
use super::{syntax, token};

/// How deep statements, expressions and types may stand in each other: as deep as in Lua (`LUAI_MAXCCALLS`).
const MOST_LEVELS: u32 = 200;

/// A part that was read, or why it was not.
type Parsed<T> = Result<T, Box<Error>>;

/// Reads a source of fewer than 4 GiB.
///
/// # Errors
/// All that is wrong: at least the first thing in each statement that stands in no other.
pub(super) fn parse(source: &[u8]) -> Result<Syntax, Vec<Error>> {
    let mut parser = Parser::new(source);
    parser.file();
    match parser.errors.is_empty() {
        true => Ok(parser.finish()),
        false => Err(parser.errors),
    }
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    /// The token to be read next.
    token: Token,
    /// Where the last token that was read ended.
    behind: u32,
    syntax: Syntax,
    names: Names<'s>,
    scope: ScopeId,
    errors: Vec<Error>,
    /// The names that expressions begin with.
    used: FxHashSet<&'s [u8]>,
    /// How deep we are.
    level: u32,
    /// How many blocks are open that end with `end` or `until`.
    open: u32,
    /// How many loops are open in this function.
    loops: u32,
    /// Whether this function has `...`.
    is_vararg: bool,
    /// Whether an expression here may be the last of its statement, so that a label may follow.
    may_end: bool,
    /// Whether `?` may belong to `A extends B ? C : D`.
    is_bound: bool,
}

impl<'s> Parser<'s> {
    fn new(source: &'s [u8]) -> Parser<'s> {
        let mut syntax = Syntax::default();
        syntax.scopes.push(Scope::default());
        Parser {
            lexer: Lexer::new(source),
            token: Token::NONE,
            behind: 0,
            syntax,
            names: Names::default(),
            scope: ScopeId(0),
            errors: Vec::new(),
            used: FxHashSet::default(),
            level: 0,
            open: 0,
            loops: 0,
            is_vararg: true,
            may_end: true,
            is_bound: false,
        }
    }

    /// Gives the types that may be values their numbers.
    fn finish(mut self) -> Syntax {
        let source = self.lexer.source();
        let mut number = 0;
        for alias in &mut self.syntax.aliases {
            if !self.used.contains(alias.name.of(source)) {
                continue;
            }
            let edits = &mut self.syntax.edits;
            // In a type, an alias is left out with all around it.
            let Ok(at) = edits.binary_search_by_key(&alias.span.start, |edit| edit.span.start)
            else {
                continue;
            };
            let name = alias.name;
            edits[at].with = With::Value { name, number };
            alias.value = Some(number);
            number += 1;
        }
        let is_something =
            |edit: &Edit| edit.with != With::Blanks || edit.span.start < edit.span.end;
        self.syntax.edits.retain(is_something);
        self.syntax
    }

    // ---- tokens

    /// Reads the token that is next.
    fn advance(&mut self) -> Parsed<Token> {
        let token = self.token;
        if token.is_lenient {
            self.edit(token.span, With::Plain);
        }
        self.behind = token.span.end;
        self.token = self.lexer.next()?;
        Ok(token)
    }

    fn is(&self, kind: Kind) -> bool {
        self.token.kind == kind
    }

    /// Reads the next token if it is of this kind.
    fn accept(&mut self, kind: Kind) -> Parsed<bool> {
        let found = self.is(kind);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, kind: Kind) -> Parsed<Token> {
        match self.is(kind) {
            true => self.advance(),
            false => Err(self.expected(&format!("`{}`", kind.text()))),
        }
    }

    /// Reads what closes the block or bracket that `opened` opened.
    fn close(&mut self, kind: Kind, opened: Token) -> Parsed<()> {
        if self.is(kind) {
            self.advance()?;
            return Ok(());
        }
        let line = super::error::position(self.lexer.source(), opened.span.start).line;
        let here = super::error::position(self.lexer.source(), self.token.span.start).line;
        let what = match line == here {
            true => format!("`{}`", kind.text()),
            false => format!(
                "`{}` (of the `{}` in line {line})",
                kind.text(),
                opened.kind.text()
            ),
        };
        Err(self.expected(&what))
    }

    /// The kinds of the `N` tokens behind the next one; the end of the file where they can't be read.
    fn ahead<const N: usize>(&self) -> [Kind; N] {
        let mut lexer = self.lexer;
        [(); N].map(|()| lexer.next().map_or(Kind::EndOfFile, |token| token.kind))
    }

    /// The error that something else was to come next.
    fn expected(&self, what: &str) -> Box<Error> {
        let found = match self.token.kind {
            kind if kind.is_fixed() || kind == Kind::EndOfFile => kind.text().to_owned(),
            _ => {
                let text = String::from_utf8_lossy(self.text(self.token.span)).into_owned();
                let shown: String = text.chars().take(MOST_SHOWN).collect();
                let more = if shown.len() < text.len() { "…" } else { "" };
                format!("{shown}{more}")
            }
        };
        let found = match self.token.kind {
            Kind::EndOfFile => found,
            _ => format!("`{found}`"),
        };
        let mut error = Error::new(self.token.span, format!("expected {what}, found {found}"));
        if self.is(Kind::Exclamation) && self.ahead() == [Kind::Assign] {
            error.advice = Some("not equal is `~=`".into());
        }
        Box::new(error)
    }

    fn text(&self, span: Span) -> &'s [u8] {
        span.of(self.lexer.source())
    }

    /// From `start` to the end of the last token that was read.
    fn span_from(&self, start: u32) -> Span {
        Span {
            start,
            end: self.behind,
        }
    }

    /// Reads the name of a variable, function, label or type.
    fn name(&mut self, what: &str) -> Parsed<Span> {
        if self.is(Kind::Name) {
            return Ok(self.advance()?.span);
        }
        let mut error = self.expected(what);
        if self.token.kind.is_reserved() {
            error.advice = Some(format!(
                "`{}` is a reserved word, free only as a field or method",
                self.token.kind.text()
            ));
        }
        Err(error)
    }

    /// Reads the name of a field or method.
    fn field_name(&mut self) -> Parsed<Span> {
        match self.token.kind {
            kind if kind == Kind::Name || kind.is_reserved() => Ok(self.advance()?.span),
            _ => Err(self.expected("a name")),
        }
    }

    // ---- what is learned

    /// Notes that a piece of source is to be changed; what was noted inside it counts no more.
    fn edit(&mut self, span: Span, with: With) {
        let edits = &mut self.syntax.edits;
        while edits
            .last()
            .is_some_and(|last| last.span.start >= span.start && last.span.end > span.start)
        {
            edits.pop();
        }
        edits.push(Edit { span, with });
    }

    fn add_type(&mut self, start: u32, form: syntax::Form) -> TypeId {
        let span = self.span_from(start);
        self.syntax.types.push(Type { span, form });
        TypeId(self.syntax.types.len() as u32 - 1)
    }

    /// Notes a variable, without declaring its name.
    fn add_variable(&mut self, name: Span, annotation: Option<TypeId>) -> VariableId {
        self.syntax.variables.push(Variable {
            name,
            annotation,
            scope: self.scope,
            module: None,
        });
        VariableId(self.syntax.variables.len() as u32 - 1)
    }

    fn declare(&mut self, variable: VariableId) {
        let name = self.text(self.syntax.variable(variable).name);
        let binding = Binding {
            variable: Some(variable),
            copy: None,
        };
        self.names.declare(name, binding);
    }

    /// Reads something in a scope of its own.
    fn scoped<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let outer = self.scope;
        self.syntax.scopes.push(Scope {
            parent: Some(outer),
            parameters: Vec::new(),
        });
        self.scope = ScopeId(self.syntax.scopes.len() as u32 - 1);
        let begun = self.names.begin();
        let result = read(self);
        self.names.end(begun);
        self.scope = outer;
        result
    }

    /// Reads something a level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.level == MOST_LEVELS {
            let what = format!("nested too deeply: more than {MOST_LEVELS} levels");
            return Err(Box::new(Error::new(self.token.span, what)));
        }
        self.level += 1;
        let result = read(self);
        self.level -= 1;
        result
    }

    /// Reads something between brackets, or where else a statement can't end.
    fn enclosed<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let outer = std::mem::replace(&mut self.may_end, false);
        let bound = std::mem::replace(&mut self.is_bound, false);
        let result = read(self);
        self.may_end = outer;
        self.is_bound = bound;
        result
    }
}

/// Characters of a token that an error shows.
const MOST_SHOWN: usize = 40;
