//! Types made of generic types: copies of their parts, with other types for the parameters.
//!
//! A copy's parts are copies in turn, which are made when they are looked at: a generic type that names itself with
//! ever larger arguments has no end otherwise. Knows nothing of files.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Types;
use super::nodes::{FIXED, Node, Origin, TOO_MANY};
use super::shape::{Shape, TypeNumber};

/// Types that an entry may have beside those that are written.
const MOST_COPIES: u32 = 1 << 14;

/// Calls of generic types with types that an entry remembers.
const MOST_INSTANCES: usize = 1 << 11;

/// Names a list of types that stand for parameters.
pub(super) type EnvironmentNumber = u32;

/// A list of types that stand for parameters.
struct Environment {
    types: Arc<[TypeNumber]>,
    /// How many generic types are nested in it.
    depth: u32,
}

/// What an entry's types have grown by, so that nothing is made twice.
pub(super) struct Growth {
    /// The next number.
    next: TypeNumber,
    /// The first number that is not given out any more.
    end: TypeNumber,
    copies: FxHashMap<Origin, TypeNumber>,
    environments: Vec<Environment>,
    numbers: FxHashMap<Arc<[TypeNumber]>, EnvironmentNumber>,
    /// What programs have called: a generic type with an environment.
    instances: FxHashMap<Origin, TypeNumber>,
}

impl Growth {
    /// For an entry with so many types that are written.
    pub fn new(written: u32) -> Growth {
        Growth {
            next: FIXED + written,
            end: FIXED + written + MOST_COPIES,
            copies: FxHashMap::default(),
            environments: Vec::new(),
            numbers: FxHashMap::default(),
            instances: FxHashMap::default(),
        }
    }

    /// The number of a new type, unless there are too many.
    pub fn take_number(&mut self) -> Option<TypeNumber> {
        (self.next < self.end).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    /// How many types there are that were not written.
    pub fn made(&self) -> u32 {
        MOST_COPIES - (self.end - self.next)
    }

    fn environment(&mut self, types: &[TypeNumber], depth: u32) -> EnvironmentNumber {
        if let Some(number) = self.numbers.get(types) {
            return *number;
        }
        let types: Arc<[TypeNumber]> = types.into();
        let number = self.environments.len() as EnvironmentNumber;
        self.numbers.insert(types.clone(), number);
        self.environments.push(Environment { types, depth });
        number
    }
}

impl Types {
    /// A part of a generic type, with an environment's types for its parameters.
    pub(super) fn substitute(
        &self,
        part: TypeNumber,
        environment: EnvironmentNumber,
    ) -> TypeNumber {
        if !self.node(part).is_open {
            return part;
        }
        let mut growth = self.growth.lock();
        let found = &growth.environments[environment as usize];
        if let Shape::Parameter { index, .. } = self.written(part) {
            return found.types.get(*index as usize).copied().unwrap_or(part);
        }
        let depth = found.depth;
        let origin = Origin { part, environment };
        if let Some(copy) = growth.copies.get(&origin) {
            return *copy;
        }
        let Some(number) = growth.take_number() else {
            return TOO_MANY;
        };
        growth.copies.insert(origin, number);
        self.nodes.put(number, Node::copy(origin, depth));
        number
    }

    /// What an instance of a generic type is; `None` where there is no such generic type, or it takes another number of
    /// arguments.
    pub(super) fn expand(
        &self,
        generic: TypeNumber,
        arguments: &[TypeNumber],
    ) -> Option<TypeNumber> {
        let Shape::Generic { parameters, body } = self.written(self.follow(generic)) else {
            return None;
        };
        if parameters.len() != arguments.len() {
            return None;
        }
        let environment = self.environment(arguments);
        Some(self.substitute(*body, environment))
    }

    fn environment(&self, types: &[TypeNumber]) -> EnvironmentNumber {
        let types: Vec<TypeNumber> = types.iter().map(|number| self.declared(*number)).collect();
        let depths = types.iter().map(|number| self.node(*number).depth);
        let depth = 1 + depths.max().unwrap_or(0);
        self.growth.lock().environment(&types, depth)
    }

    /// The declaration that a use of a name stands for, so that all uses make the same.
    fn declared(&self, number: TypeNumber) -> TypeNumber {
        match (self.node(number).name(), self.written(number)) {
            (None, Shape::Alias(of)) => *of,
            _ => number,
        }
    }

    /// What a generic type makes of types: the same for the same.
    ///
    /// # Errors
    /// What is wrong with it: not generic, another number of types, one that it may not be called with; or there are too
    /// many already.
    pub fn instantiate(
        &self,
        generic: TypeNumber,
        arguments: &[TypeNumber],
    ) -> Result<TypeNumber, String> {
        let Shape::Generic { parameters, .. } = self.written(self.follow(generic)) else {
            return Err(format!("{} is not generic", self.text(generic)));
        };
        if parameters.len() != arguments.len() {
            let (name, wanted, got) = (self.text(generic), parameters.len(), arguments.len());
            return Err(format!("{name} takes {wanted} types, got {got}"));
        }
        let environment = self.environment(arguments);
        for (parameter, argument) in parameters.iter().zip(arguments) {
            let bound = parameter.bound.map(|it| self.substitute(it, environment));
            if let Some(bound) = bound.filter(|bound| !self.is_subtype(*argument, *bound)) {
                let (argument, bound) = (self.text(*argument), self.text(bound));
                return Err(format!(
                    "{argument} is no {bound}, which {} must be",
                    parameter.name
                ));
            }
        }
        let origin = Origin {
            part: generic,
            environment,
        };
        let mut growth = self.growth.lock();
        if let Some(instance) = growth.instances.get(&origin) {
            return Ok(*instance);
        }
        let number = match growth.instances.len() < MOST_INSTANCES {
            true => growth.take_number(),
            false => None,
        };
        let number = number.ok_or("too many types are made of generic types")?;
        growth.instances.insert(origin, number);
        let arguments: Box<[TypeNumber]> = arguments.into();
        let instance = Shape::Instance { generic, arguments };
        let mut node = Node::new(None, instance);
        node.depth = growth.environments[environment as usize].depth;
        self.nodes.put(number, node);
        Ok(number)
    }
}
