//! What sources are made of: tokens.
//!
//! Knows nothing of how they are read.

use super::syntax::Span;

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
    /// Whether no other token stands before it on its line.
    pub is_first: bool,
    /// Whether it is a string with a backslash before a character that needs none.
    pub is_lenient: bool,
}

impl Token {
    /// What stands before the first one.
    pub const NONE: Token = Token {
        kind: Kind::EndOfFile,
        span: Span { start: 0, end: 0 },
        is_first: true,
        is_lenient: false,
    };
}

macro_rules! kinds {
    (
        others { $($other:ident $what:literal,)* }
        keywords { $($keyword:ident $word:literal,)* }
        reserved { $($reserved:ident $own:literal,)* }
        signs { $($sign:ident $text:literal,)* }
    ) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind { $($other,)* $($keyword,)* $($reserved,)* $($sign,)* }

        impl Kind {
            /// The kind of a word.
            pub fn of_word(word: &[u8]) -> Kind {
                match word {
                    $(bytes if bytes == $word.as_bytes() => Kind::$keyword,)*
                    $(bytes if bytes == $own.as_bytes() => Kind::$reserved,)*
                    _ => Kind::Name,
                }
            }

            /// How the kind is written, or what it is called.
            pub fn text(self) -> &'static str {
                match self {
                    $(Kind::$other => $what,)*
                    $(Kind::$keyword => $word,)*
                    $(Kind::$reserved => $own,)*
                    $(Kind::$sign => $text,)*
                }
            }

            /// Whether it is a word that the dialect reserves and Lua doesn't: still a name behind a dot or a colon.
            pub fn is_reserved(self) -> bool {
                matches!(self, $(Kind::$reserved)|*)
            }

            /// Whether it is a word that Lua reserves.
            pub fn is_keyword(self) -> bool {
                matches!(self, $(Kind::$keyword)|*)
            }

            /// Whether it is written always the same.
            pub fn is_fixed(self) -> bool {
                !matches!(self, $(Kind::$other)|*)
            }
        }
    };
}

kinds! {
    others {
        EndOfFile "the end of the file",
        Name "a name",
        Number "a number",
        String "a string",
    }
    keywords {
        And "and", Break "break", Do "do", Else "else", Elseif "elseif", End "end", False "false", For "for",
        Function "function", Goto "goto", If "if", In "in", Local "local", Nil "nil", Not "not", Or "or", Repeat "repeat",
        Return "return", Then "then", True "true", Until "until", While "while",
    }
    reserved {
        As "as", Asserts "asserts", Extends "extends", Fun "fun", Interface "interface", Is "is", Keyof "keyof",
        Readonly "readonly", Typeof "typeof",
    }
    signs {
        Plus "+", Minus "-", Star "*", Slash "/", DoubleSlash "//", Percent "%", Caret "^", Hash "#", Ampersand "&",
        Tilde "~", Pipe "|", ShiftLeft "<<", ShiftRight ">>", Equal "==", NotEqual "~=", LessEqual "<=",
        GreaterEqual ">=", Less "<", Greater ">", Assign "=", ParenOpen "(", ParenClose ")", BraceOpen "{",
        BraceClose "}", BracketOpen "[", BracketClose "]", DoubleColon "::", Semicolon ";", Colon ":", Comma ",",
        Dot ".", Concat "..", Ellipsis "...", Arrow "->", Question "?", At "@", Exclamation "!",
    }
}
