//! What a type's name means where it is used.
//!
//! A name counts in all of its scope, before its declaration too; of several in one scope the last before the use does.
//! Knows nothing of shapes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::File;
use super::shape::TypeNumber;
use crate::dialect::syntax::{ScopeId, Syntax, TypeParameter};

/// The names of a file.
pub(super) struct Names<'a> {
    syntax: &'a Syntax,
    /// By scope and name, in order.
    declared: FxHashMap<(u32, &'a [u8]), Vec<Declaration>>,
    /// By scope and name, which parameter it is.
    parameters: FxHashMap<(u32, &'a [u8]), u32>,
    /// The scopes whose parameters are an alias's.
    generic: FxHashSet<u32>,
}

/// Where a type is declared, and its number.
type Declaration = (u32, TypeNumber);

/// What a name means.
pub(super) enum Meaning<'a> {
    /// A type.
    Type(TypeNumber),
    /// A parameter of the alias around, and which.
    Parameter(u32, &'a TypeParameter),
    /// A parameter of a function around, which can't be known.
    Erased,
    /// Nothing that is declared.
    Unknown,
}

impl<'a> Names<'a> {
    /// The names of a file whose aliases have the numbers from `aliases` on, and its interfaces those from `interfaces` on.
    pub fn new(file: &File<'a>, aliases: TypeNumber, interfaces: TypeNumber) -> Names<'a> {
        let File { source, syntax, .. } = *file;
        let mut names = Names {
            syntax,
            declared: FxHashMap::default(),
            parameters: FxHashMap::default(),
            generic: FxHashSet::default(),
        };
        for (scope, number) in syntax.scopes.iter().zip(0..) {
            for (parameter, index) in scope.parameters.iter().zip(0..) {
                let key = (number, parameter.name.of(source));
                names.parameters.entry(key).or_insert(index);
            }
        }
        for (alias, number) in syntax.aliases.iter().zip(aliases..) {
            names.declare(alias.scope, alias.name.of(source), alias.span.start, number);
            if alias.inner != alias.scope {
                names.generic.insert(alias.inner.0);
            }
        }
        for (interface, number) in syntax.interfaces.iter().zip(interfaces..) {
            let name = interface.name.of(source);
            names.declare(interface.scope, name, interface.span.start, number);
        }
        names
            .declared
            .values_mut()
            .for_each(|all| all.sort_unstable());
        names
    }

    fn declare(&mut self, scope: ScopeId, name: &'a [u8], start: u32, number: TypeNumber) {
        let all = self.declared.entry((scope.0, name)).or_default();
        all.push((start, number));
    }

    /// What a name means that is used in `scope` at byte `at`.
    pub fn find(&self, name: &[u8], scope: ScopeId, at: u32) -> Meaning<'a> {
        let mut next = Some(scope);
        while let Some(scope) = next {
            let here = self.syntax.scope(scope);
            if let Some(index) = self.parameters.get(&(scope.0, name)) {
                return match self.generic.contains(&scope.0) {
                    true => Meaning::Parameter(*index, &here.parameters[*index as usize]),
                    false => Meaning::Erased,
                };
            }
            if let Some(all) = self.declared.get(&(scope.0, name)) {
                let before = all.partition_point(|(start, _)| *start <= at);
                return Meaning::Type(all[before.saturating_sub(1)].1);
            }
            next = here.parent;
        }
        Meaning::Unknown
    }

    /// The type that other files know by this name: of the file's own scope, the last one.
    pub fn exported(&self, name: &[u8]) -> Option<TypeNumber> {
        let all = self.declared.get(&(0, name))?;
        all.last().map(|(_, number)| *number)
    }
}
