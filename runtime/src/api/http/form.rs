//! `req:parse_multipart()`: a form's values, and its files, which stay in the body.
//!
//! Knows nothing of how a form is written: that is `multipart/`.

use rustc_hash::FxHashMap;

use crate::api::Call;
use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, Object, Outcome, Raise, Type};

use super::multipart::{self, MultipartError, Part};
use super::request::{self, Allowance, RequestObject};
use super::{Of, reading, stream};

/// Bytes that values may have if it isn't said how many: what Go's servers take.
const USUAL_VALUES: usize = 32 << 20;

/// Bytes of the VM's that a part takes beside its texts, at most.
const PART: usize = 512;

/// A form that was read.
pub(super) struct Form {
    body: Vec<u8>,
    parts: Vec<Part>,
}

impl Form {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.body.capacity() + self.parts.capacity() * size_of::<Part>()
    }

    /// What is in a part.
    pub fn content(&self, number: u32) -> Option<&[u8]> {
        let part = self.parts.get(number as usize)?;
        Some(&self.body[part.content.clone()])
    }

    fn head(&self, number: u32) -> Option<&[u8]> {
        let part = self.parts.get(number as usize)?;
        Some(&self.body[part.head.clone()])
    }
}

/// Which file a function that was given with it is of.
#[derive(Clone, Copy)]
struct FileObject {
    of: Of,
    allowance: Allowance,
    number: u32,
}

impl Object for FileObject {
    const CLASS: Class = Class::FormFile;
}

/// `req:parse_multipart([max_mem])`
pub(super) fn parse(call: &mut Call) -> Outcome {
    let this = request::this(call)?;
    most_values(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    match (&asked.form, asked.boundary()) {
        (Some(_), _) => push(call, this),
        (None, Ok(_)) => reading::all(call, read),
        (None, Err(error)) => refuse(call, error),
    }
}

/// Bytes that values may have.
fn most_values(call: &mut Call) -> Result<usize, Raise> {
    match call.lua.is_nothing(2) {
        true => Ok(USUAL_VALUES),
        false => Ok(match usize::try_from(call.truncated(2, "max_mem")?) {
            Ok(0) | Err(_) => USUAL_VALUES,
            Ok(most) => most,
        }),
    }
}

fn refuse(call: &mut Call, error: MultipartError) -> Outcome {
    call.invalid(error.to_string())
}

/// Reads the form in a body.
fn read(call: &mut Call, body: Vec<u8>) -> Outcome {
    let this = request::this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let boundary = match asked.boundary() {
        Ok(boundary) => boundary,
        Err(error) => return refuse(call, error),
    };
    match multipart::parse(&body, &boundary) {
        Ok(parts) => {
            asked.form = Some(Form { body, parts });
            push(call, this)
        }
        Err(error) => refuse(call, error),
    }
}

/// Answers `{values, files}`.
fn push(call: &mut Call, this: RequestObject) -> Outcome {
    let most = most_values(call)?;
    let form = this
        .of
        .answering(call.state)
        .and_then(|asked| asked.form.as_ref());
    let Some(form) = form else {
        return call.no_context();
    };
    let mut bytes = 0;
    for part in &form.parts {
        bytes += part.name.len() + part.file.as_ref().map_or(part.content.len(), Vec::len);
        if bytes > most {
            let text = format!("the form's values have more than {most} bytes");
            return call.fail(Error::new(kind::INVALID, text));
        }
    }
    if !call.lua.has_room_for_mail(bytes + form.parts.len() * PART) {
        return call.fail(reading::no_room());
    }
    let lua = &mut call.lua;
    lua.push_table(0, 2);
    push_values(lua, form);
    lua.set_field(-2, "values");
    push_files(lua, form, this);
    lua.set_field(-2, "files");
    Ok(Answer::Values(1))
}

/// Pushes the values by name, those of one name joined.
fn push_values(lua: &mut crate::lua::Stack, form: &Form) {
    let mut values: FxHashMap<&[u8], Vec<u8>> = FxHashMap::default();
    for part in form.parts.iter().filter(|part| part.file.is_none()) {
        let content = &form.body[part.content.clone()];
        match values.get_mut(&*part.name) {
            None => drop(values.insert(&part.name, content.to_vec())),
            Some(value) => {
                value.push(b',');
                value.extend_from_slice(content);
            }
        }
    }
    lua.push_table(0, values.len());
    for (name, value) in values {
        lua.push_bytes(name);
        lua.push_bytes(value);
        lua.set_value(-3);
    }
}

/// Pushes a list of the files of each name.
fn push_files(lua: &mut crate::lua::Stack, form: &Form, this: RequestObject) {
    lua.push_table(0, 1);
    for (number, part) in (0..).zip(&form.parts) {
        let Some(file) = &part.file else { continue };
        push_list(lua, &part.name);
        push_file(
            lua,
            file,
            part.content.len(),
            FileObject {
                of: this.of,
                allowance: this.allowance,
                number,
            },
        );
        let place = lua.len(-2) as i64 + 1;
        lua.set_item(-2, place);
        lua.pop(1);
    }
}

/// Pushes the list that the table on top has under a name, and makes it if there is none.
fn push_list(lua: &mut crate::lua::Stack, name: &[u8]) {
    lua.push_bytes(name);
    if lua.get_value(-2) == Type::Table {
        return;
    }
    lua.pop(1);
    lua.push_bytes(name);
    lua.push_table(1, 0);
    lua.set_value(-3);
    lua.push_bytes(name);
    lua.get_value(-2);
}

/// Pushes `{name, size, header(), stream()}`.
fn push_file(lua: &mut crate::lua::Stack, name: &[u8], size: usize, file: FileObject) {
    lua.push_table(0, 4);
    lua.push_bytes(name);
    lua.set_field(-2, "name");
    lua.push_integer(size as i64);
    lua.set_field(-2, "size");
    for (name, body) in [
        ("header", Function::new(file_header)),
        ("stream", Function::new(file_stream)),
    ] {
        lua.push_object(file);
        lua.push_closure(body, 1);
        lua.set_field(-2, name);
    }
}

/// The file that the running function was given with.
fn file(call: &mut Call) -> FileObject {
    call.lua.push_upvalue(1);
    let file = call.lua.object::<FileObject>(-1).copied();
    call.lua.pop(1);
    file.expect("the function was made with it")
}

/// `file:header(name)`
fn file_header(call: &mut Call) -> Outcome {
    let file = file(call);
    call.string(2)?;
    let Some(asked) = file.of.answering(call.state) else {
        return call.no_context();
    };
    let form = asked.form.as_ref();
    let head = form
        .and_then(|form| form.head(file.number))
        .unwrap_or_default();
    let name = call.lua.text(2).unwrap_or_default().into_owned();
    match multipart::header(head, &name) {
        Some(value) => call.lua.push_bytes(value),
        None => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

/// `file:stream()`
fn file_stream(call: &mut Call) -> Outcome {
    let file = file(call);
    if file.of.answering(call.state).is_none() {
        return call.no_context();
    }
    stream::of_part(call, file.of, file.allowance, file.number)
}
