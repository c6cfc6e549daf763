//! The object of `http.request()`: what a function was asked.
//!
//! Knows nothing of how a body is waited for.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use crate::api::{Call, Host};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Number, Object, Outcome, Raise};
use crate::request::percent;

use super::answering::Answering;
use super::{Of, form, media_type, reading, stream};

/// The object.
#[derive(Clone, Copy)]
pub(super) struct RequestObject {
    pub of: Of,
    /// What its methods may take.
    pub allowance: Allowance,
}

/// How long and how large a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Milliseconds that are waited for a body.
    pub timeout: u64,
    /// Bytes of a body.
    pub most: u64,
}

/// Five minutes, and 120 MiB.
const USUAL: Allowance = Allowance {
    timeout: 300_000,
    most: 120 << 20,
};

impl Object for RequestObject {
    const CLASS: Class = Class::Request;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Request,
        [
            ("method", Function::new(method)),
            ("path", Function::new(path)),
            ("host", Function::new(host)),
            ("remote_addr", Function::new(remote_addr)),
            ("query", Function::new(query)),
            ("query_params", Function::new(query_params)),
            ("header", Function::new(header)),
            ("content_type", Function::new(content_type)),
            ("content_length", Function::new(content_length)),
            ("param", Function::new(param)),
            ("params", Function::new(params)),
            ("has_body", Function::new(has_body)),
            ("is_content_type", Function::new(is_content_type)),
            ("accepts", Function::new(accepts)),
            ("body", Function::new(reading::body)),
            ("body_json", Function::new(reading::body_json)),
            ("stream", Function::new(stream::of_body)),
            ("parse_multipart", Function::new(form::parse)),
        ],
    );
}

/// `http.request([{timeout =, max_body =}])`
pub(super) fn new(call: &mut Call) -> Outcome {
    let Some(of) = Of::calling(call) else {
        return call.no_context();
    };
    let mut allowance = USUAL;
    if !call.lua.is_nothing(1) {
        if !call.is_table(1) {
            return Err(call.wrong_type(1, "table"));
        }
        for (name, place) in [
            ("timeout", &mut allowance.timeout),
            ("max_body", &mut allowance.most),
        ] {
            match option(call, name)? {
                Some(value @ 1..) => *place = value as u64,
                Some(0) | None => {}
                Some(..0) => return call.invalid(format!("{name} must not be negative")),
            }
        }
    }
    call.lua.push_object(RequestObject { of, allowance });
    Ok(Answer::Values(1))
}

/// A number among the options at 1, its fraction cut off.
fn option(call: &mut Call, name: &str) -> Result<Option<i64>, Raise> {
    call.lua.get_field(1, name);
    let value = match call.lua.number(-1) {
        _ if call.lua.is_nothing(-1) => None,
        Some(Number::Integer(value)) => Some(value),
        Some(Number::Float(value)) => Some(value as i64),
        None => {
            let what = format!("the field `{name}` must be a number");
            return Err(call.bad_argument(1, &what));
        }
    };
    call.lua.pop(1);
    Ok(value)
}

/// The object that a method was called on.
pub(super) fn this(call: &Call) -> Result<RequestObject, Raise> {
    match call.lua.object::<RequestObject>(1) {
        Some(object) => Ok(*object),
        None => Err(call.wrong_type(1, Class::Request.name())),
    }
}

/// Answers bytes that are found in the request, or nil.
fn found(
    call: &mut Call,
    find: impl for<'a> FnOnce(&'a Answering) -> Option<Cow<'a, [u8]>>,
) -> Outcome {
    let this = this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    match find(asked) {
        Some(bytes) => call.lua.push_bytes(bytes),
        None => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

/// The same for what has the name that is the argument.
fn named(
    call: &mut Call,
    find: impl for<'a> FnOnce(&'a Answering, &[u8]) -> Option<Cow<'a, [u8]>>,
) -> Outcome {
    let this = this(call)?;
    call.string(2)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    match find(asked, call.lua.bytes(2).unwrap_or_default()) {
        Some(bytes) => call.lua.push_bytes(bytes),
        None => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

/// `req:method()`
fn method(call: &mut Call) -> Outcome {
    found(call, |asked| Some(asked.request.method().as_bytes().into()))
}

/// `req:path()`
fn path(call: &mut Call) -> Outcome {
    found(call, |asked| {
        Some(percent::decode(asked.request.path().as_bytes()))
    })
}

/// `req:host()`
fn host(call: &mut Call) -> Outcome {
    found(call, |asked| Some(asked.request.host()?.as_bytes().into()))
}

/// `req:remote_addr()`
fn remote_addr(call: &mut Call) -> Outcome {
    found(call, |asked| {
        Some(asked.client.to_string().into_bytes().into())
    })
}

/// `req:query(name)`
fn query(call: &mut Call) -> Outcome {
    named(call, |asked, name| {
        let mut pairs = pairs(asked);
        pairs
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| value)
    })
}

fn pairs(asked: &Answering) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    percent::pairs(asked.request.query().unwrap_or_default().as_bytes())
}

/// `req:query_params()`
fn query_params(call: &mut Call) -> Outcome {
    let this = this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let mut all: FxHashMap<Cow<[u8]>, Cow<[u8]>> = FxHashMap::default();
    for (key, value) in pairs(asked) {
        match all.entry(key) {
            Entry::Vacant(place) => drop(place.insert(value)),
            Entry::Occupied(mut place) => {
                let joined = place.get_mut().to_mut();
                joined.push(b',');
                joined.extend_from_slice(&value);
            }
        }
    }
    let lua = &mut call.lua;
    lua.push_table(0, all.len());
    for (key, value) in all {
        lua.push_bytes(key);
        lua.push_bytes(value);
        lua.set_value(-3);
    }
    Ok(Answer::Values(1))
}

/// `req:header(name)`
fn header(call: &mut Call) -> Outcome {
    named(call, |asked, name| {
        let value = asked.request.headers.get(std::str::from_utf8(name).ok()?)?;
        Some(value.into())
    })
}

/// `req:content_type()`
fn content_type(call: &mut Call) -> Outcome {
    found(call, |asked| {
        Some(asked.request.headers.get("Content-Type")?.into())
    })
}

/// `req:content_length()`
fn content_length(call: &mut Call) -> Outcome {
    let this = this(call)?;
    match this.of.answering(call.state) {
        None => return call.no_context(),
        Some(asked) => match asked.length() {
            Some(length) => call.lua.push_integer(length as i64),
            None => call.lua.push_nil(),
        },
    }
    Ok(Answer::Values(1))
}

/// `req:param(name)`
fn param(call: &mut Call) -> Outcome {
    named(call, |asked, name| {
        let mut parameters = asked.parameters.iter();
        let (_, value) = parameters.find(|(key, _)| key.as_bytes() == name)?;
        Some((&**value).into())
    })
}

/// `req:params()`
fn params(call: &mut Call) -> Outcome {
    let this = this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let lua = &mut call.lua;
    lua.push_table(0, asked.parameters.len());
    for (name, value) in &asked.parameters {
        lua.push_bytes(value);
        lua.set_field(-2, name);
    }
    Ok(Answer::Values(1))
}

/// `req:has_body()`
fn has_body(call: &mut Call) -> Outcome {
    let this = this(call)?;
    match this.of.answering(call.state) {
        Some(asked) => call.lua.push_boolean(asked.body.was_there()),
        None => return call.no_context(),
    }
    Ok(Answer::Values(1))
}

/// `req:is_content_type(type)`
fn is_content_type(call: &mut Call) -> Outcome {
    holds(call, |asked, wanted| {
        let said = asked.request.headers.get("Content-Type");
        said.is_some_and(|said| media_type::is(said, wanted))
    })
}

/// `req:accepts(type)`
fn accepts(call: &mut Call) -> Outcome {
    holds(call, |asked, offered| {
        let mut ranges = asked.request.headers.all("Accept").peekable();
        ranges.peek().is_none() || media_type::accepts(ranges, offered)
    })
}

/// Answers whether something is so of the request and the argument.
fn holds(call: &mut Call, holds: impl FnOnce(&Answering, &[u8]) -> bool) -> Outcome {
    let this = this(call)?;
    call.string(2)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let so = holds(asked, call.lua.bytes(2).unwrap_or_default());
    call.lua.push_boolean(so);
    Ok(Answer::Values(1))
}
