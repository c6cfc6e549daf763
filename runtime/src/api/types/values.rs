//! What a type may want to know of one value on the stack, read raw.
//!
//! Knows nothing of what is in tables.

use crate::dialect::syntax::Literal;
use crate::dialect::types::{Basic, Subject};
use crate::lua::{Class, Number, Stack, Type};

use super::failure::Step;

/// What the value at `index` is to validators.
pub(super) fn subject<'a>(lua: &'a Stack, index: i32) -> Subject<'a> {
    match (lua.kind(index), lua.number(index)) {
        (_, Some(Number::Integer(value))) => Subject::Integer(value),
        (_, Some(Number::Float(value))) => Subject::Float(value),
        (Type::Table, _) => Subject::List(lua.len(index)),
        _ => lua.bytes(index).map_or(Subject::Other, Subject::Text),
    }
}

/// Whether the value at `index` is of a basic type.
pub(super) fn is_basic(lua: &Stack, index: i32, basic: Basic) -> bool {
    let kind = lua.kind(index);
    match basic {
        Basic::Nil => matches!(kind, Type::Nil | Type::None),
        Basic::Boolean => kind == Type::Boolean,
        Basic::Number => kind == Type::Number,
        Basic::Integer => match lua.number(index) {
            Some(Number::Integer(_)) => true,
            Some(Number::Float(value)) => value.is_finite() && value.fract() == 0.0,
            None => false,
        },
        Basic::String => kind == Type::String,
        Basic::Any | Basic::Unknown => true,
        Basic::Never => false,
        Basic::Table => kind == Type::Table,
        Basic::Function => kind == Type::Function,
        Basic::Userdata => kind == Type::Userdata,
        Basic::Thread => kind == Type::Thread,
        Basic::Error => lua.class(index) == Some(Class::Error),
    }
}

/// Whether the value at `index` is a constant.
pub(super) fn is_literal(lua: &Stack, index: i32, value: &Literal) -> bool {
    match value {
        Literal::Boolean(value) => lua.kind(index) == Type::Boolean && lua.truth(index) == *value,
        Literal::String(text) => lua.bytes(index) == Some(text),
        Literal::Integer(value) => match lua.number(index) {
            Some(Number::Integer(got)) => got == *value,
            Some(Number::Float(got)) => got == *value as f64,
            None => false,
        },
        Literal::Float(value) => match lua.number(index) {
            Some(Number::Integer(got)) => got as f64 == *value,
            Some(Number::Float(got)) => got == *value,
            None => false,
        },
    }
}

/// The step to the value under the key at `index`.
pub(super) fn step(lua: &Stack, index: i32) -> Step {
    match (lua.number(index), lua.text(index)) {
        (Some(Number::Integer(place)), _) => Step::Item(place),
        (Some(Number::Float(key)), _) => Step::Other(key.to_string().into()),
        (_, Some(name)) if is_name(&name) => Step::Field(name.into()),
        (_, Some(text)) => Step::Other(format!("{text:?}").into()),
        _ => Step::Other(lua.kind(index).name().into()),
    }
}

fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(is_letter) && text.bytes().next().is_some_and(|it| !it.is_ascii_digit())
}

/// How many elements a list has; no more than there is room for, though a sparse table says that it is longer.
pub(super) fn length(lua: &Stack, index: i32) -> i64 {
    match lua.is_library(index) {
        true => 0,
        false => lua.len(index).min(lua.places(index)) as i64,
    }
}
