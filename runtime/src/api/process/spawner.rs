//! The spawner object of `process.with_context` and `process.with_options`: what a process is to be started with.
//!
//! It never changes: each method makes another. Knows nothing of how processes are started.

use std::sync::Arc;

use crate::api::context::Context;
use crate::api::parts::{put, put_count, take, take_count, take_text};
use crate::api::{Call, Host};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise};
use crate::process::Message;

use super::names::check_name;
use super::send::check_topic;
use super::spawn;

/// The object; its plan is the bytes behind it.
#[derive(Clone, Copy)]
struct Spawner;

impl Object for Spawner {
    const CLASS: Class = Class::Spawner;
}

/// What a process is to be started with.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub context: Option<Arc<Context>>,
    pub name: Option<String>,
    pub messages: Vec<Message>,
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(Class::Spawner, spawn::methods());
    libraries.class(
        Class::Spawner,
        [
            ("with_context", Function::new(with_context)),
            ("with_options", Function::new(with_options)),
            ("with_name", Function::new(with_name)),
            ("with_message", Function::new(with_message)),
        ],
    );
}

/// The plan of the spawner that a method was called on, if it was called on one.
pub(super) fn this(call: &Call) -> Option<Plan> {
    call.lua.object_bytes::<Spawner>(1).map(Plan::read)
}

/// The plan that a `with_` function starts from, and where its arguments begin.
fn begin(call: &Call) -> (Plan, i32) {
    match this(call) {
        Some(plan) => (plan, 2),
        None => (Plan::of(call.state.context().cloned()), 1),
    }
}

fn answer(call: &mut Call, plan: &Plan) -> Outcome {
    call.lua.push_object_with(Spawner, &plan.written(), 0);
    Ok(Answer::Values(1))
}

/// `process.with_context(values)`, `spawner:with_context(values)`: more values, of which the later win.
pub(super) fn with_context(call: &mut Call) -> Outcome {
    let (mut plan, at) = begin(call);
    let context = call.with_values(plan.context.take(), at)?;
    plan.context = Some(context);
    answer(call, &plan)
}

/// `process.with_options(options)`, `spawner:with_options(options)`: none of them has an effect here.
pub(super) fn with_options(call: &mut Call) -> Outcome {
    let (plan, at) = begin(call);
    if !call.is_table(at) {
        return Err(call.wrong_type(at, "table"));
    }
    answer(call, &plan)
}

/// The plan of the spawner that a method was called on; raises if it was called on something else.
pub(super) fn own(call: &Call) -> Result<Plan, Raise> {
    this(call).ok_or_else(|| call.wrong_type(1, "process.Spawner"))
}

/// `spawner:with_name(name)`
fn with_name(call: &mut Call) -> Outcome {
    let mut plan = own(call)?;
    let name = check_name(call.string(2)?);
    plan.name = Some(name.map_err(|error| call.bad_argument(2, &error.message))?);
    answer(call, &plan)
}

/// `spawner:with_message(topic, …)`: a message for each value; one without a value where there is none.
fn with_message(call: &mut Call) -> Outcome {
    let mut plan = own(call)?;
    let topic = call.string(2)?.to_vec();
    if let Err(error) = check_topic(&topic) {
        return Err(call.bad_argument(2, &error.message));
    }
    let count = call.lua.top();
    let mut encoded = Vec::new();
    for index in 3..=count.max(3) {
        encoded.clear();
        if index <= count
            && let Err(error) = call.lua.encode(index, &mut encoded)
        {
            return Err(Raise::Object(Box::new(error)));
        }
        plan.messages.push(Message::new(None, &topic, &encoded));
    }
    answer(call, &plan)
}

impl Plan {
    /// A plan with nothing but what the caller hands on anyway.
    pub(super) fn of(context: Option<Arc<Context>>) -> Plan {
        Plan {
            context,
            ..Plan::default()
        }
    }

    /// The plan as bytes: texts, each behind its length, and how many there are of each sort.
    fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        Context::write(self.context.as_deref(), &mut out);
        put(
            &mut out,
            self.name.as_deref().unwrap_or_default().as_bytes(),
        );
        put_count(&mut out, self.messages.len());
        for message in &self.messages {
            put(&mut out, message.topic());
            put(&mut out, message.payload());
        }
        out
    }

    /// Reads what [`Plan::written`] wrote.
    fn read(mut bytes: &[u8]) -> Plan {
        let from = &mut bytes;
        let context = Context::read(from);
        let name = take_text(from);
        let messages = (0..take_count(from)).map(|_| {
            let topic = take(from);
            Message::new(None, topic, take(from))
        });
        Plan {
            messages: messages.collect(),
            context,
            name: (!name.is_empty()).then_some(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;

    #[test]
    fn a_plan_comes_out_as_it_was_written() {
        let payload = |text: &str| Payload::from_encoded(text.into());
        let values = [("user", payload("1")), ("", payload(""))];
        let context = Context(values.map(|(key, value)| (key.to_owned(), value)).into());
        let plan = Plan {
            context: Some(Arc::new(context)),
            name: Some("keeper".to_owned()),
            messages: vec![Message::new(None, b"a", b"1"), Message::new(None, b"", b"")],
        };
        let read = Plan::read(&plan.written());
        assert_eq!((read.context, read.name), (plan.context, plan.name));
        let texts = |list: &[Message]| -> Vec<_> {
            let text = |it: &Message| (it.topic().to_vec(), it.payload().to_vec());
            list.iter().map(text).collect()
        };
        assert_eq!(texts(&read.messages), texts(&plan.messages));
        let empty = Plan::read(&Plan::default().written());
        assert!(empty.context.is_none() && empty.name.is_none() && empty.messages.is_empty());
    }
}
