//! Programs that are made up, of which it is known what stands outside types: that comes out where it was.

use fastrand::Rng;

use super::translate;
use crate::dialect::error::position;
use crate::dialect::lexer::Lexer;
use crate::dialect::token::Kind;

/// A token outside types, as Lua is to get it.
#[derive(Clone, Debug, PartialEq)]
struct Expected {
    text: String,
    line: u32,
    /// `None` where the line moves.
    column: Option<u32>,
}

/// Writes a program, and notes what stands outside types.
struct Writer {
    rng: Rng,
    source: String,
    expected: Vec<Expected>,
    /// The line of which the rest moves.
    moving: u32,
    depth: u32,
    names: u32,
    /// Types that the program uses as values.
    used: Vec<String>,
}

impl Writer {
    fn line(&self) -> u32 {
        self.source.matches('\n').count() as u32 + 1
    }

    fn column(&self) -> u32 {
        let line = self.source.rfind('\n').map_or(0, |end| end + 1);
        (self.source.len() - line) as u32 + 1
    }

    fn pick(&mut self, count: u32) -> u32 {
        self.rng.u32(..count)
    }

    fn one_in(&mut self, count: u32) -> bool {
        self.pick(count) == 0
    }

    /// Writes something between tokens.
    fn blank(&mut self) {
        let blank = match self.pick(20) {
            0 | 1 => "\n",
            2 => "\n  ",
            3 => " --[[ : T ]] ",
            4 => " -- as T :: U\n",
            5 => "\t",
            6 => "  ",
            7 => " --[==[\n]] type X = T\n]==]",
            _ => " ",
        };
        self.source.push_str(blank);
    }

    /// Writes tokens outside types.
    fn outside(&mut self, tokens: &str) {
        for token in tokens.split(' ') {
            self.blank();
            let line = self.line();
            let column = (line != self.moving).then(|| self.column());
            self.note(token, column);
            self.source.push_str(token);
        }
    }

    fn note(&mut self, token: &str, column: Option<u32>) {
        self.expected.push(Expected {
            text: token.to_owned(),
            line: self.line(),
            column,
        });
    }

    /// Writes tokens inside types.
    fn inside(&mut self, tokens: &str) {
        for token in tokens.split(' ') {
            self.blank();
            self.source.push_str(token);
        }
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    fn basic_type(&mut self) {
        let types = [
            "string",
            "User",
            "mod . User",
            "{ }",
            "nil",
            "true",
            "'a:b'",
            "12",
            "fun ( )",
            "( ) -> ( )",
            "{ string }",
            "{ [ string ] : any }",
            "{ a : T , end ?: U , }",
            "Box < Box < T >>",
            "typeof ( x as T )",
            "keyof ( T )",
            "T [ ]",
            "readonly { a : T }",
            "( a : T , ... V ) -> ( R , S )",
            "interface { is : T }",
            "number @min ( 1 ) @max ( -2 )",
        ];
        let tokens = types[self.pick(types.len() as u32) as usize];
        self.inside(tokens);
    }

    fn any_type(&mut self) {
        self.basic_type();
        match self.pick(8) {
            0 => self.inside("?"),
            1 => {
                self.inside("|");
                self.any_type();
            }
            2 => {
                self.inside("&");
                self.any_type();
            }
            _ => {}
        }
    }

    fn annotation(&mut self) {
        if self.one_in(2) {
            self.inside(":");
            self.any_type();
        }
    }

    fn cast(&mut self) {
        match self.pick(6) {
            0 => {
                self.inside("as");
                self.any_type();
            }
            1 => {
                self.inside("::");
                self.any_type();
            }
            2 => self.inside("!"),
            _ => {}
        }
    }

    fn expression(&mut self) {
        self.depth += 1;
        match self.pick(if self.depth > 5 { 4 } else { 11 }) {
            0 => self.outside("x"),
            1 => self.outside("'s!T'"),
            2 => self.outside("1.5e3"),
            3 => self.outside("x . is . as"),
            4 => {
                self.outside("(");
                self.expression();
                self.cast();
                self.outside(")");
            }
            5 => {
                self.outside("f (");
                self.expression();
                self.cast();
                self.outside(")");
            }
            6 => {
                self.outside("{ a =");
                self.expression();
                self.cast();
                self.outside(", [ b ] =");
                self.expression();
                self.outside("}");
            }
            7 => {
                self.outside("function");
                self.function();
            }
            8 => {
                self.outside("- x +");
                self.expression();
            }
            9 => {
                self.outside("x : typeof (");
                self.expression();
                self.outside(")");
            }
            _ => {
                self.expression();
                self.outside("..");
                self.expression();
            }
        }
        self.depth -= 1;
    }

    /// From the type parameters on.
    fn function(&mut self) {
        if self.one_in(4) {
            self.inside("< T , U : V >");
        }
        self.outside("( a");
        self.annotation();
        self.outside(", ...");
        self.annotation();
        self.outside(")");
        match self.pick(5) {
            0 => {
                self.inside(":");
                self.any_type();
            }
            1 => {
                self.inside(": ( A , B )");
            }
            2 => {
                self.inside(": A , B");
            }
            _ => {}
        }
        self.block();
        self.outside("end");
    }

    fn block(&mut self) {
        for _ in 0..self.pick(if self.depth > 4 { 2 } else { 4 }) {
            self.statement();
        }
    }

    fn statement(&mut self) {
        self.depth += 1;
        match self.pick(10) {
            0 | 1 => {
                let name = self.name();
                self.outside(&format!("local {name}"));
                self.annotation();
                self.outside(", other");
                self.annotation();
                self.outside("=");
                self.expression();
                self.cast();
            }
            2 => {
                let name = self.name();
                self.outside(&format!("local function {name}"));
                self.function();
            }
            3 => {
                self.outside("if");
                self.expression();
                self.cast();
                self.outside("then");
                self.block();
                self.outside("end");
            }
            4 => self.count(),
            5 => {
                self.outside("x . y =");
                self.expression();
                self.cast();
            }
            6 => self.alias(),
            7 => {
                self.inside("interface A : B function m ( a : T ) : U end");
            }
            8 => {
                self.outside("do :: here ::");
                self.block();
                self.outside("end");
            }
            _ => {
                self.outside("f (");
                self.expression();
                self.outside(")");
            }
        }
        self.depth -= 1;
    }

    /// A loop, whose variable may be assigned.
    fn count(&mut self) {
        let name = self.name();
        self.outside(&format!("for {name} = 1 ,"));
        self.expression();
        self.outside("do");
        if self.one_in(2) {
            self.moving = self.line();
            for token in ["local", &name, "=", &name] {
                self.note(token, None);
            }
            self.outside(&format!("{name} = 2"));
        }
        self.outside("end");
    }

    fn alias(&mut self) {
        let name = self.name();
        if self.one_in(2) {
            self.inside(&format!("type {name} ="));
            self.any_type();
            return;
        }
        self.used.push(name.clone());
        self.blank();
        let line = self.line();
        for token in ["local", &name, "=", ""] {
            self.note(token, None);
        }
        self.source.push_str(&format!("type {name} ="));
        self.basic_type();
        // If all of it is on one line, that line moves.
        if self.line() == line {
            self.moving = line;
        }
    }
}

/// A program, and what of it stands outside types.
fn program(seed: u64) -> (String, Vec<Expected>) {
    let mut writer = Writer {
        rng: Rng::with_seed(seed),
        source: String::new(),
        expected: Vec::new(),
        moving: 0,
        depth: 0,
        names: 0,
        used: Vec::new(),
    };
    for _ in 0..writer.pick(12) {
        writer.statement();
    }
    for name in std::mem::take(&mut writer.used) {
        writer.outside(&format!("f ( {name} )"));
    }
    (writer.source, writer.expected)
}

/// The tokens of plain Lua. The numbers of types are left out, and the `;` in the places of declarations.
fn tokens(text: &str) -> Vec<Expected> {
    let mut lexer = Lexer::new(text.as_bytes());
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next().unwrap();
        let at = position(text.as_bytes(), token.span.start);
        let written = &text[token.span.start as usize..token.span.end as usize];
        match token.kind {
            Kind::EndOfFile => return tokens,
            Kind::Semicolon => {}
            _ => tokens.push(Expected {
                text: written
                    .strip_prefix("0x6d6f6f6e")
                    .map_or(written, |_| "")
                    .to_owned(),
                line: at.line,
                column: Some(at.column),
            }),
        }
    }
}

#[test]
fn what_stands_outside_types_stays_where_it_is() {
    for seed in 0..3000 {
        let (source, expected) = program(seed);
        let plain = translate(source.as_bytes())
            .unwrap_or_else(|errors| panic!("{seed}: {errors:#?}\n{source}"));
        let text = std::str::from_utf8(&plain.text).unwrap();
        let found = tokens(text);
        for (found, expected) in found.iter().zip(&expected) {
            let column = expected.column.and(found.column);
            let same = (&found.text, found.line, column)
                == (&expected.text, expected.line, expected.column);
            assert!(
                same,
                "{seed}: {found:?} for {expected:?}\n{source}\n----\n{text}"
            );
        }
        assert_eq!(
            found.len(),
            expected.len(),
            "{seed}\n{source}\n----\n{text}"
        );
        crate::dialect::fuzz::translated(source.as_bytes());
    }
}
