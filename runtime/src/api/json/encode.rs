//! A value on the stack as JSON text, with no tree in between.
//!
//! Tables are read raw. Fields are written in the order of their names, since Lua's order has no meaning and changes from
//! run to run. Knows nothing of calls.
//!
//! An encoding can't pause, because a task that ran meanwhile could change what is being walked. What it may write and walk
//! is bounded by the VM's memory: a table can hold another a thousand times, and that one a third.

use std::fmt;
use std::ops::ControlFlow;

use smallvec::SmallVec;

use crate::error::{Error, kind};
use crate::lua::{Number, Stack, Type};

use super::number::{put_float, put_integer};
use super::{MAX_DEPTH, TOO_DEEP};

/// Stack slots that a level of nesting takes.
const SLOTS: usize = 8;

/// Bytes that are written without a look at the room there is.
const CARELESS: usize = 4096;

/// What beginning a table costs, where a place in it costs one: so a text of nothing but `[]` is bounded too.
const TABLE_COST: usize = 8;

/// Bytes that are moved for the cost of one place in a table.
const MOVED_FOR_ONE: usize = 16;

/// The text of the value at `index`.
///
/// # Errors
/// Where JSON has no such value (Internal), or the VM would have no room for the text (LimitExceeded).
pub(in crate::api) fn encode(lua: &mut Stack, index: i32) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder {
        out: Vec::with_capacity(64),
        room: CARELESS,
        left: lua.memory_limit(),
        around: SmallVec::new(),
        moved: Vec::new(),
    };
    let top = lua.top();
    let index = if index < 0 { top + index + 1 } else { index };
    match encoder.value(lua, index) {
        Ok(()) => Ok(encoder.out),
        Err(failure) => {
            lua.truncate(top);
            let kind = match failure {
                Failure::TooLarge => kind::LIMIT_EXCEEDED,
                _ => kind::INTERNAL,
            };
            let mut error = Error::new(kind, failure.to_string());
            error.context = "encode failed".to_owned();
            Err(error)
        }
    }
}

/// Why a value has no text.
enum Failure {
    /// A list has no item at this place, but one behind it.
    Sparse(i64),
    /// A table has items and fields.
    Mixed,
    /// A table is inside itself.
    Cycle,
    TooDeep,
    TooLarge,
    NoStack,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Sparse(hole) => write!(f, "cannot encode sparse array: item {hole} is nil"),
            Failure::Mixed => {
                f.write_str("cannot encode mixed-key table: it has both items and fields")
            }
            Failure::Cycle => f.write_str("cannot encode recursively nested tables"),
            Failure::TooDeep => f.write_str(TOO_DEEP),
            Failure::TooLarge => f.write_str(
                "the text does not fit into the process's memory: raise its host's memory_limit",
            ),
            Failure::NoStack => f.write_str("value does not fit on the Lua stack"),
        }
    }
}

struct Encoder {
    out: Vec<u8>,
    /// Bytes of text that there is known to be room for.
    room: usize,
    /// Places in tables that may still be walked over.
    left: usize,
    /// The tables around the present value.
    around: SmallVec<[usize; 16]>,
    /// Where fields are put in order.
    moved: Vec<u8>,
}

/// Where a field is in the text: its name, in quotes, ends before a colon, and the field with a comma.
struct Field {
    start: usize,
    name_end: usize,
    end: usize,
}

impl Encoder {
    /// Appends the value at `index`.
    fn value(&mut self, lua: &mut Stack, index: i32) -> Result<(), Failure> {
        match lua.kind(index) {
            Type::Boolean if lua.truth(index) => self.out.extend_from_slice(b"true"),
            Type::Boolean => self.out.extend_from_slice(b"false"),
            Type::Number => match lua.number(index) {
                Some(Number::Integer(value)) => put_integer(&mut self.out, value),
                Some(Number::Float(value)) => put_float(&mut self.out, value),
                None => unreachable!("a number"),
            },
            Type::String => return self.string(lua, index),
            Type::Table => return self.table(lua, index),
            Type::Userdata => match lua.error(index) {
                Some(error) => {
                    let text = error.to_string();
                    self.expect_room(lua, most(text.as_bytes()))?;
                    put_text(&mut self.out, &text);
                }
                None => self.out.extend_from_slice(b"null"),
            },
            _ => self.out.extend_from_slice(b"null"),
        }
        self.expect_room(lua, 0)
    }

    /// An error where `bytes` more would leave the program too little room.
    fn expect_room(&mut self, lua: &mut Stack, bytes: usize) -> Result<(), Failure> {
        let wanted = self.out.len().saturating_add(bytes);
        if wanted <= self.room {
            return Ok(());
        }
        // Twice as much as is needed, so that there are few looks.
        for room in [wanted.saturating_mul(2), wanted] {
            if lua.has_room_for_mail(room) {
                self.room = room;
                return Ok(());
            }
        }
        Err(Failure::TooLarge)
    }

    /// An error where too much has been walked over.
    fn charge(&mut self, cost: usize) -> Result<(), Failure> {
        self.left = self.left.checked_sub(cost).ok_or(Failure::TooLarge)?;
        Ok(())
    }

    /// Appends the string at `index`.
    fn string(&mut self, lua: &mut Stack, index: i32) -> Result<(), Failure> {
        self.expect_room(lua, lua.bytes(index).map_or(0, most))?;
        let bytes = lua.bytes(index).unwrap_or_default();
        put_text(&mut self.out, &String::from_utf8_lossy(bytes));
        Ok(())
    }

    /// Appends the table at `index`.
    fn table(&mut self, lua: &mut Stack, index: i32) -> Result<(), Failure> {
        let identity = lua.identity(index);
        if self.around.contains(&identity) {
            return Err(Failure::Cycle);
        }
        if self.around.len() >= MAX_DEPTH {
            return Err(Failure::TooDeep);
        }
        if !lua.reserve(SLOTS) {
            return Err(Failure::NoStack);
        }
        self.charge(TABLE_COST + lua.places(index))?;
        self.around.push(identity);
        match lua.len(index) {
            0 => self.fields(lua, index)?,
            length => self.list(lua, index, length)?,
        }
        self.around.pop();
        self.expect_room(lua, 0)
    }

    /// Appends the list of `length` items at `index`.
    fn list(&mut self, lua: &mut Stack, index: i32, length: usize) -> Result<(), Failure> {
        if !lua.is_only_items(index, length) {
            check_list(lua, index, length)?;
        }
        self.out.push(b'[');
        for item in 1..=length {
            if lua.get_item(index, item as i64) == Type::Nil {
                return Err(Failure::Sparse(item as i64));
            }
            let at = lua.top();
            self.value(lua, at)?;
            lua.pop(1);
            self.out.push(b',');
        }
        self.close(b']');
        Ok(())
    }

    /// Appends what the table at `index`, which has no item 1, holds.
    fn fields(&mut self, lua: &mut Stack, index: i32) -> Result<(), Failure> {
        self.out.push(b'{');
        let mut fields: SmallVec<[Field; 8]> = SmallVec::new();
        let mut has_items = false;
        let mut failed = None;
        lua.for_each(index, |lua| {
            let (key, value) = (lua.top() - 1, lua.top());
            if is_item(lua, key) {
                has_items = true;
                return ControlFlow::Continue(());
            }
            let start = self.out.len();
            match self.field(lua, key, value) {
                Ok(Some(name_end)) => fields.push(Field {
                    start,
                    name_end,
                    end: self.out.len(),
                }),
                Ok(None) => {}
                Err(failure) => {
                    failed = Some(failure);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        match (failed, has_items, fields.is_empty()) {
            (Some(failure), _, _) => return Err(failure),
            (None, true, false) => return Err(Failure::Mixed),
            (None, true, true) => return Err(Failure::Sparse(1)),
            (None, false, true) => {
                self.out.pop();
                self.out.extend_from_slice(b"[]");
            }
            (None, false, false) => {
                self.order(&mut fields)?;
                self.close(b'}');
            }
        }
        Ok(())
    }

    /// Appends a field; answers where its name ends, or nothing if JSON has no such name.
    fn field(&mut self, lua: &mut Stack, key: i32, value: i32) -> Result<Option<usize>, Failure> {
        match lua.kind(key) {
            Type::String => self.string(lua, key)?,
            Type::Boolean => put_text(&mut self.out, if lua.truth(key) { "true" } else { "false" }),
            Type::Number => {
                self.out.push(b'"');
                match lua.number(key) {
                    Some(Number::Integer(key)) => put_integer(&mut self.out, key),
                    Some(Number::Float(key)) if key.is_infinite() => {
                        self.out.extend_from_slice(key.to_string().as_bytes());
                    }
                    Some(Number::Float(key)) => put_float(&mut self.out, key),
                    None => unreachable!("a number"),
                }
                self.out.push(b'"');
            }
            _ => return Ok(None),
        }
        let name_end = self.out.len();
        self.out.push(b':');
        self.value(lua, value)?;
        self.out.push(b',');
        Ok(Some(name_end))
    }

    /// Puts the fields at the end of the text in the order of their names.
    fn order(&mut self, fields: &mut [Field]) -> Result<(), Failure> {
        let out = &self.out;
        // Two keys can have one name, as 1.5 and "1.5" do: then their values decide.
        let named = |field: &Field| {
            let name = &out[field.start + 1..field.name_end - 1];
            (name, &out[field.name_end..field.end])
        };
        if fields.is_sorted_by_key(named) {
            return Ok(());
        }
        let start = fields[0].start;
        fields.sort_unstable_by(|one, other| named(one).cmp(&named(other)));
        self.moved.clear();
        for field in &*fields {
            self.moved.extend_from_slice(&out[field.start..field.end]);
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&self.moved);
        self.charge(self.moved.len() / MOVED_FOR_ONE)
    }

    /// Ends a list or an object, in place of the last comma.
    fn close(&mut self, end: u8) {
        if let Some(last) = self.out.last_mut() {
            *last = end;
        }
    }
}

/// Whether the key at `index` is that of an item.
fn is_item(lua: &Stack, index: i32) -> bool {
    matches!(lua.number(index), Some(Number::Integer(1..)))
}

/// An error unless the table at `index` has items up to `length` and nothing else that has a place in JSON.
fn check_list(lua: &mut Stack, index: i32, length: usize) -> Result<(), Failure> {
    let mut beyond = false;
    let mut mixed = false;
    lua.for_each(index, |lua| {
        match lua.number(-2) {
            Some(Number::Integer(key @ 1..)) => beyond |= key as usize > length,
            Some(_) => mixed = true,
            None => mixed |= matches!(lua.kind(-2), Type::String | Type::Boolean),
        }
        ControlFlow::Continue(())
    });
    match (mixed, beyond) {
        (true, _) => Err(Failure::Mixed),
        (_, true) => Err(Failure::Sparse(length as i64 + 1)),
        _ => Ok(()),
    }
}

/// Most bytes of the text of a string.
fn most(bytes: &[u8]) -> usize {
    /// A string this short becomes less than [`CARELESS`] bytes.
    const SHORT: usize = 64;
    /// Bytes that `\u0000` and U+FFFD have more than what they stand for.
    const ESCAPE: usize = 5;
    const REPLACED: usize = 2;
    if bytes.len() <= SHORT {
        return 6 * bytes.len() + 2;
    }
    let is_escaped = |byte: &&u8| **byte < b' ' || matches!(**byte, b'"' | b'\\');
    let escapes = bytes.iter().filter(is_escaped).count();
    let invalid = match std::str::from_utf8(bytes) {
        Ok(_) => 0,
        Err(_) => bytes.iter().filter(|byte| !byte.is_ascii()).count(),
    };
    bytes.len() + 2 + ESCAPE * escapes + REPLACED * invalid
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a vector takes all");
}
