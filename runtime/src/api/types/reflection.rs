//! What a type is made of, for programs: its methods, and its fields by name.
//!
//! Iterators know which of how many parts is next; the parts are looked up each time. Knows nothing of validation.

use crate::dialect::types::{NamedPart, TypeNumber, Types};
use crate::lua::{Answer, Function, Number, Outcome};

use super::super::{Call, Host};
use super::{this, value};

/// The methods of types.
pub(super) fn methods() -> [(&'static str, Function<Host>); 11] {
    [
        ("kind", Function::new(kind)),
        ("name", Function::new(name)),
        (
            "elem",
            Function::new(|call: &mut Call| part(call, Types::element)),
        ),
        (
            "key",
            Function::new(|call: &mut Call| {
                part(call, |types, number| Some(types.pair(number)?.0))
            }),
        ),
        (
            "val",
            Function::new(|call: &mut Call| {
                part(call, |types, number| Some(types.pair(number)?.1))
            }),
        ),
        (
            "inner",
            Function::new(|call: &mut Call| part(call, Types::inner)),
        ),
        (
            "ret",
            Function::new(|call: &mut Call| part(call, Types::result)),
        ),
        (
            "fields",
            Function::new(|call: &mut Call| iterate(call, Function::new(next_field))),
        ),
        (
            "variants",
            Function::new(|call: &mut Call| iterate(call, Function::new(next_variant))),
        ),
        (
            "params",
            Function::new(|call: &mut Call| iterate(call, Function::new(next_parameter))),
        ),
        (
            "tparams",
            Function::new(|call: &mut Call| iterate(call, Function::new(next_type_parameter))),
        ),
    ]
}

/// `X:kind()`
fn kind(call: &mut Call) -> Outcome {
    let kind = call.state.types().kind(this(call)?);
    call.answer_text(kind)
}

/// `X:name()`: nil where it has none.
fn name(call: &mut Call) -> Outcome {
    match call.state.types().name(this(call)?) {
        Some(name) => call.lua.push_bytes(name),
        None => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

/// Pushes a type, or nil.
fn push(call: &mut Call, number: Option<TypeNumber>) {
    match number {
        Some(number) => {
            let key = call.state.types().key(number);
            call.lua.push_type(value(key));
        }
        None => call.lua.push_nil(),
    }
}

/// Answers a part of the type, or nil.
fn part(call: &mut Call, of: fn(&Types, TypeNumber) -> Option<TypeNumber>) -> Outcome {
    let number = this(call)?;
    let part = of(call.state.types(), number);
    push(call, part);
    Ok(Answer::Values(1))
}

/// `X.name`: the type of the field with that name.
pub(super) fn field(call: &mut Call) -> Outcome {
    let number = this(call)?;
    let name = call.lua.bytes(2);
    let part = name.and_then(|name| call.state.types().field_of(number, name));
    push(call, part);
    Ok(Answer::Values(1))
}

/// The upvalues of iterators.
const TYPE: i32 = 1;
const NEXT: i32 = 2;

/// Answers an iterator over the parts of the type.
fn iterate(call: &mut Call, next: Function<Host>) -> Outcome {
    this(call)?;
    call.lua.push_copy(1);
    call.lua.push_integer(0);
    call.lua.push_closure(next, 2);
    Ok(Answer::Values(1))
}

/// The type of the iterator that is called, and which part is next.
fn advance(call: &mut Call) -> (TypeNumber, usize) {
    call.lua.truncate(0);
    call.lua.push_upvalue(TYPE);
    call.lua.push_upvalue(NEXT);
    let (Some(value), Some(Number::Integer(next))) =
        (call.lua.type_value(TYPE), call.lua.number(NEXT))
    else {
        unreachable!("the upvalues of an iterator")
    };
    call.lua.push_integer(next + 1);
    call.lua.set_upvalue(NEXT);
    (value.number, next as usize)
}

/// Name and type of the next field.
fn next_field(call: &mut Call) -> Outcome {
    let (number, next) = advance(call);
    let mut fields = call.state.types().fields(number).into_iter();
    let field = fields.nth(next);
    let field = field.map(|field| (Some(field.name), Some(field.of)));
    name_first(call, field)
}

/// The next part of a union, an intersection or a tuple.
fn next_variant(call: &mut Call) -> Outcome {
    let (number, next) = advance(call);
    let variant = call.state.types().variants(number).get(next).copied();
    push(call, variant);
    Ok(Answer::Values(1))
}

/// Type and name of the next parameter of a function.
fn next_parameter(call: &mut Call) -> Outcome {
    let (number, next) = advance(call);
    let parameters = call.state.types().parameters(number);
    let (name, of) = parameters.into_iter().nth(next).unwrap_or_default();
    push(call, of);
    push_name(call, name);
    Ok(Answer::Values(2))
}

/// Name and type of the next parameter of a generic type.
fn next_type_parameter(call: &mut Call) -> Outcome {
    let (number, next) = advance(call);
    let parameters = call.state.types().type_parameters(number);
    let parameter = parameters.into_iter().nth(next);
    name_first(call, parameter)
}

fn name_first(call: &mut Call, part: Option<NamedPart>) -> Outcome {
    let (name, of) = part.unwrap_or_default();
    push_name(call, name);
    push(call, of);
    Ok(Answer::Values(2))
}

fn push_name(call: &mut Call, name: Option<Box<str>>) {
    match name {
        Some(name) => call.lua.push_bytes(&*name),
        None => call.lua.push_nil(),
    }
}
