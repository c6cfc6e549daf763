//! Whether a value is of a type: looks at the value where it is, raw, and calls nothing back.
//!
//! A value may share itself, and name itself: past some thousand values what was found of each table is remembered, and
//! there is an end to how deep it is looked into. Knows nothing of what is done with the answer.

use std::ops::ControlFlow;

use rustc_hash::FxHashMap;

use super::failure::{Failure, Found, Step};
use super::values::{is_basic, is_literal, length, step, subject};
use crate::dialect::types::{Field, Shape, TypeNumber, Types, Validator};
use crate::lua::{Stack, Type};

/// How deep a value is looked into.
const MOST_LEVELS: u32 = 64;

/// Values that are looked at without remembering anything.
const FEW: u32 = 4096;

/// The most tables of which is remembered what was found; then it begins anew.
const MOST_KNOWN: usize = 1 << 16;

/// The most values that are looked at in one go: about a second's work.
const MOST_VALUES: u32 = 1 << 24;

/// Elements of an array that are looked at before others are asked whether they want to run.
const PIECE: i64 = 1024;

// The sentences below name these.
const _: () = assert!(MOST_LEVELS == 64 && MOST_VALUES == 16_777_216);

/// What is said where that is too deep, or too much.
const TOO_DEEP: &str = "nested deeper than 64 levels";
const TOO_MANY: &str = "too large to look at: more than 16777216 values";

/// What was found.
pub(super) enum Verdict {
    /// It is of the type.
    Valid,
    /// It is not.
    Invalid(Box<Failure>),
    /// Others are to run now. So many elements of it were looked at.
    Pause(isize),
}

/// Why a part of a value isn't of a type.
enum No {
    /// Somebody wants to know.
    Because(Box<Found>),
    /// Another type may do.
    Otherwise,
    /// Whatever the rest is: it can't be looked at.
    End(&'static str),
}

type Checked = Result<(), No>;

/// One look at a value.
struct Look<'a> {
    types: &'a Types,
    /// How many values were looked at.
    seen: u32,
    /// What was found of tables that were looked at.
    known: FxHashMap<(usize, TypeNumber), bool>,
    /// In how many unions we are: whether another type may do.
    choices: u32,
}

/// Whether the value at `index` is of a type. `done` elements of it have been looked at, if it is to be an array.
pub(super) fn validate(
    types: &Types,
    lua: &mut Stack,
    index: i32,
    number: TypeNumber,
    done: isize,
) -> Verdict {
    let mut look = Look {
        types,
        seen: 0,
        known: FxHashMap::default(),
        choices: 0,
    };
    let found = match types.shape(number) {
        Shape::Array { element, .. } if lua.kind(index) == Type::Table => {
            match look.array_from(lua, index, *element, done as i64) {
                Ok(Some(done)) => return Verdict::Pause(done as isize),
                Ok(None) => Ok(()),
                Err(no) => Err(no),
            }
        }
        _ => look.check(lua, index, number, MOST_LEVELS),
    };
    match found {
        Ok(()) => Verdict::Valid,
        Err(No::Because(found)) => Verdict::Invalid(found.told()),
        Err(No::End(why)) => Verdict::Invalid(Found::other(why).told()),
        Err(No::Otherwise) => unreachable!("nobody else was to be asked"),
    }
}

impl Look<'_> {
    /// Looks at the value at `index`, counted from 1, and what is in it as many `levels` deep.
    fn check(&mut self, lua: &mut Stack, index: i32, number: TypeNumber, levels: u32) -> Checked {
        let mut number = number;
        // Types may be themselves for ever.
        for _ in 0..MOST_LEVELS {
            self.count(levels)?;
            let good = match self.types.shape(number) {
                Shape::Basic(basic) => is_basic(lua, index, *basic),
                Shape::Literal(value) => is_literal(lua, index, value),
                Shape::Optional(_) if lua.is_nothing(index) => true,
                Shape::Optional(of) | Shape::Generic { body: of, .. } => {
                    number = *of;
                    continue;
                }
                Shape::Parameter { parameter, .. } => match parameter.bound {
                    Some(bound) => {
                        number = bound;
                        continue;
                    }
                    None => true,
                },
                Shape::Function(_) => lua.kind(index) == Type::Function,
                Shape::Interface { .. } => lua.kind(index) == Type::Table,
                Shape::Union(all) => self.is_any(lua, index, all, levels)?,
                Shape::Intersection(all) => {
                    for part in all {
                        self.check(lua, index, *part, levels - 1)?;
                    }
                    true
                }
                Shape::Checked { of, validators } => {
                    self.check(lua, index, *of, levels - 1)?;
                    return self.ask_validators(lua, index, validators);
                }
                Shape::Broken(why) => return self.refuse(|| Found::other(&**why)),
                shape => match lua.kind(index) {
                    Type::Table => return self.check_table(lua, index, number, shape, levels),
                    _ => false,
                },
            };
            let types = self.types;
            return match good {
                true => Ok(()),
                false => {
                    self.refuse(|| Found::mismatch(types.text(number), lua.kind(index).name()))
                }
            };
        }
        Err(No::End(TOO_DEEP))
    }

    /// Counts one more value.
    fn count(&mut self, levels: u32) -> Checked {
        self.seen += 1;
        match () {
            () if levels == 0 => Err(No::End(TOO_DEEP)),
            () if self.seen > MOST_VALUES => Err(No::End(TOO_MANY)),
            () => Ok(()),
        }
    }

    fn refuse(&self, why: impl FnOnce() -> Found) -> Checked {
        Err(match self.choices {
            0 => No::Because(Box::new(why())),
            _ => No::Otherwise,
        })
    }

    /// Whether the value is of one of the types.
    fn is_any(
        &mut self,
        lua: &mut Stack,
        index: i32,
        all: &[TypeNumber],
        levels: u32,
    ) -> Result<bool, No> {
        self.choices += 1;
        let mut found = Ok(false);
        for one in all {
            match self.check(lua, index, *one, levels - 1) {
                Ok(()) => found = Ok(true),
                Err(No::End(why)) => found = Err(No::End(why)),
                Err(_) => continue,
            }
            break;
        }
        self.choices -= 1;
        found
    }

    fn ask_validators(&self, lua: &Stack, index: i32, validators: &[Validator]) -> Checked {
        for validator in validators {
            if let Err(refusal) = validator.check(subject(lua, index)) {
                return self.refuse(|| Found::refused(refusal));
            }
        }
        Ok(())
    }

    /// Looks into a table, unless that was done before.
    fn check_table(
        &mut self,
        lua: &mut Stack,
        index: i32,
        number: TypeNumber,
        shape: &Shape,
        levels: u32,
    ) -> Checked {
        let remembers = self.seen > FEW;
        let pair = (lua.identity(index), number);
        if remembers {
            match self.known.get(&pair) {
                Some(true) => return Ok(()),
                Some(false) if self.choices > 0 => return Err(No::Otherwise),
                // Why not is to be said: the first thing that is wrong is looked for once more.
                _ => {}
            }
        }
        let found = self.look_into(lua, index, shape, levels - 1);
        if remembers && !matches!(found, Err(No::End(_))) {
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            self.known.insert(pair, found.is_ok());
        }
        found
    }

    fn look_into(&mut self, lua: &mut Stack, index: i32, shape: &Shape, levels: u32) -> Checked {
        match shape {
            Shape::Record { fields, .. } => {
                for field in fields {
                    self.check_field(lua, index, field, levels)?;
                }
                Ok(())
            }
            Shape::Array { element, .. } => self.check_array(lua, index, *element, levels),
            Shape::Map { key, value, .. } => self.check_map(lua, index, *key, *value, levels),
            Shape::Tuple { elements, .. } => {
                for (place, element) in (1..).zip(elements) {
                    lua.get_item(index, place);
                    self.check_on_top(lua, *element, levels, || Step::Item(place))?;
                }
                Ok(())
            }
            _ => Err(No::End("not a type of values")),
        }
    }

    /// Looks at the value on top, which is in a table, and pops it.
    fn check_on_top(
        &mut self,
        lua: &mut Stack,
        number: TypeNumber,
        levels: u32,
        step: impl FnOnce() -> Step,
    ) -> Checked {
        let found = self.check(lua, lua.top(), number, levels);
        lua.pop(1);
        found.map_err(|no| inside(no, step))
    }

    fn check_field(&mut self, lua: &mut Stack, index: i32, field: &Field, levels: u32) -> Checked {
        let is_missing = lua.get_field(index, &field.name) == Type::Nil;
        if is_missing && field.optional {
            lua.pop(1);
            return Ok(());
        }
        let found = self.check(lua, lua.top(), field.of, levels);
        lua.pop(1);
        found.map_err(|no| {
            let no = match no {
                No::Because(found) if is_missing => No::Because(Box::new(found.missing())),
                no => no,
            };
            inside(no, || Step::Field(field.name.clone()))
        })
    }

    fn check_array(
        &mut self,
        lua: &mut Stack,
        index: i32,
        element: TypeNumber,
        levels: u32,
    ) -> Checked {
        for place in 1..=length(lua, index) {
            self.check_element(lua, index, place, element, levels)?;
        }
        Ok(())
    }

    /// Looks at an element, if it is there.
    fn check_element(
        &mut self,
        lua: &mut Stack,
        index: i32,
        place: i64,
        element: TypeNumber,
        levels: u32,
    ) -> Checked {
        if lua.get_item(index, place) == Type::Nil {
            lua.pop(1);
            return Ok(());
        }
        self.check_on_top(lua, element, levels, || Step::Item(place))
    }

    /// Looks at the elements behind the first `done`; answers how many were looked at if others are to run.
    fn array_from(
        &mut self,
        lua: &mut Stack,
        index: i32,
        element: TypeNumber,
        done: i64,
    ) -> Result<Option<i64>, No> {
        let last = length(lua, index);
        for place in done + 1..=last {
            self.check_element(lua, index, place, element, MOST_LEVELS - 1)?;
            if place % PIECE == 0 {
                if lua.must_pause() {
                    return Ok(Some(place));
                }
                self.seen = self.seen.min(FEW);
            }
        }
        Ok(None)
    }

    fn check_map(
        &mut self,
        lua: &mut Stack,
        index: i32,
        key: TypeNumber,
        value: TypeNumber,
        levels: u32,
    ) -> Checked {
        if lua.is_library(index) {
            return Ok(());
        }
        let mut found = Ok(());
        lua.for_each(index, |lua| {
            found = self.check_pair(lua, key, value, levels);
            match found {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        found
    }

    /// Looks at a key and the value above it, on top.
    fn check_pair(
        &mut self,
        lua: &mut Stack,
        key: TypeNumber,
        value: TypeNumber,
        levels: u32,
    ) -> Checked {
        let top = lua.top();
        let found = match self.check(lua, top - 1, key, levels) {
            Ok(()) => self.check(lua, top, value, levels),
            Err(No::Because(found)) => Err(No::Because(Box::new(found.of_key()))),
            Err(no) => Err(no),
        };
        found.map_err(|no| inside(no, || step(lua, top - 1)))
    }
}

/// What is wrong is in a table.
fn inside(no: No, step: impl FnOnce() -> Step) -> No {
    match no {
        No::Because(found) => No::Because(Box::new(found.inside(step()))),
        no => no,
    }
}
