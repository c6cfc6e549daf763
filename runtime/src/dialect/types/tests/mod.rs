//! Types, from text.

mod equal;
mod generics;
mod reflection;
mod resolution;
mod subtypes;

use super::{File, TypeNumber, Types};
use crate::dialect::translate;

/// The types of one file, by the names of its aliases.
struct Read {
    types: Types,
    names: Vec<String>,
}

impl Read {
    /// Reads a file, all of whose top-level aliases are used.
    fn of(source: &str) -> Read {
        Read::with(source, &[])
    }

    /// The same with libraries: under which global name, and what is in them.
    fn with(source: &str, libraries: &[(&str, &str)]) -> Read {
        let mut names: Vec<&str> = source.split("type ").skip(1).collect();
        for name in &mut names {
            *name = name.split([' ', '<', '=']).next().unwrap();
        }
        let source = format!("{source}\nreturn {{{}}}", names.join(", "));
        let own = translate(source.as_bytes()).unwrap_or_else(|why| panic!("{source}: {why:?}"));
        let read = |text| translate(str::as_bytes(text)).expect("a library");
        let read: Vec<_> = libraries.iter().map(|(_, text)| read(text)).collect();
        let mut files = vec![File {
            source: source.as_bytes(),
            syntax: &own.syntax,
            aliases: &[],
        }];
        for ((alias, text), plain) in libraries.iter().zip(&read) {
            files.push(File {
                source: text.as_bytes(),
                syntax: &plain.syntax,
                aliases: std::slice::from_ref(alias),
            });
        }
        let types = Types::build(&files);
        let valued = own.syntax.aliases.iter().filter(|it| it.value.is_some());
        let names = valued.map(|it| String::from_utf8_lossy(it.name.of(source.as_bytes())));
        Read {
            names: names.map(Into::into).collect(),
            types,
        }
    }

    fn number(&self, name: &str) -> TypeNumber {
        let place = self.names.iter().position(|it| it == name);
        self.types.values(0)[place.unwrap_or_else(|| panic!("no type {name}"))].number
    }

    /// The structure of an alias's target.
    fn target(&self, name: &str) -> String {
        match self.types.written(self.number(name)) {
            super::Shape::Alias(target) => self.types.text(*target),
            _ => panic!("{name} is no alias"),
        }
    }

    fn class(&self, name: &str) -> u32 {
        self.types.class(self.number(name))
    }

    fn is_subtype(&self, one: &str, other: &str) -> bool {
        self.types.is_subtype(self.number(one), self.number(other))
    }
}

/// Two types `A` and `B`, perhaps with others before them.
fn pair(one: &str, other: &str) -> Read {
    Read::of(&format!("type A = {one}\ntype B = {other}"))
}
