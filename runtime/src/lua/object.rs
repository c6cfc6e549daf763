//! The objects that programs hold: full userdata that begin with a word saying what they are.
//!
//! An object is plain memory: no `Drop`, no finalizer. Its metatable is the VM's base metatable, shared by all
//! classes, or one of its class's own where speed asks for it (see `metatable.rs`). Knows nothing of what the classes do.

use std::any::TypeId;
use std::ffi::c_int;
use std::hash::{Hash, Hasher};

use mlua::ffi::{self, lua_State};
use rustc_hash::FxHasher;

use super::codec::{Codec, Inline, Others};
use super::{headroom, layout, metatable};

/// What sort of object it is, for messages, methods and the codec. The first byte of every object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Class {
    Error = 1,
    Payload = 2,
    Message = 3,
    Channel = 4,
    Case = 5,
    Time = 6,
    Duration = 7,
    Logger = 8,
    Spawner = 9,
    Location = 10,
    Request = 11,
    Response = 12,
    BodyStream = 13,
    FormFile = 14,
    Executor = 15,
    Future = 16,
    Snapshot = 17,
    Version = 18,
    History = 19,
}

impl Class {
    /// All classes, in the order of their numbers.
    pub const ALL: [Class; 19] = [
        Class::Error,
        Class::Payload,
        Class::Message,
        Class::Channel,
        Class::Case,
        Class::Time,
        Class::Duration,
        Class::Logger,
        Class::Spawner,
        Class::Location,
        Class::Request,
        Class::Response,
        Class::BodyStream,
        Class::FormFile,
        Class::Executor,
        Class::Future,
        Class::Snapshot,
        Class::Version,
        Class::History,
    ];

    /// The name in messages such as "Channel expected, got nil".
    pub fn name(self) -> &'static str {
        match self {
            Class::Error => "error",
            Class::Payload => "payload",
            Class::Message => "process.Message",
            Class::Channel => "channel",
            Class::Case => "channel.Case",
            Class::Time => "time",
            Class::Duration => "duration",
            Class::Logger => "logger",
            Class::Spawner => "process.Spawner",
            Class::Location => "location",
            Class::Request => "http.Request",
            Class::Response => "http.Response",
            Class::BodyStream => "http.Stream",
            Class::FormFile => "http.File",
            Class::Executor => "funcs.Executor",
            Class::Future => "funcs.Future",
            Class::Snapshot => "registry.Snapshot",
            Class::Version => "registry.Version",
            Class::History => "registry.History",
        }
    }

    /// Whether its objects are mere values, the same in whichever process they are.
    pub(super) fn is_plain(self) -> bool {
        match self {
            Class::Error
            | Class::Payload
            | Class::Time
            | Class::Duration
            | Class::Logger
            | Class::Location
            | Class::Executor
            | Class::Snapshot
            | Class::Version
            | Class::History => true,
            Class::Message
            | Class::Channel
            | Class::Case
            | Class::Spawner
            | Class::Request
            | Class::Response
            | Class::BodyStream
            | Class::FormFile
            | Class::Future => false,
        }
    }

    /// The class with this number.
    pub(super) fn from_number(number: u8) -> Option<Class> {
        Class::ALL.into_iter().find(|class| *class as u8 == number)
    }
}

/// What Rust keeps inside an object. `Copy`, because a VM's memory is freed whole, without `Drop`.
///
/// One Rust type a class, unless who asks for one asks for the others too.
pub trait Object: Copy + Send + 'static {
    /// What sort of object it is.
    const CLASS: Class;
}

/// An error object: what is behind it are the bytes of an encoded error.
#[derive(Clone, Copy)]
pub struct ErrorObject;

impl Object for ErrorObject {
    const CLASS: Class = Class::Error;
}

/// A payload object: what is behind it are the bytes of an encoded value.
#[derive(Clone, Copy, Default)]
pub struct PayloadObject {
    /// What the program had it transcoded to.
    pub format: PayloadFormat,
}

/// The format of a payload object. The bytes behind it are the same in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum PayloadFormat {
    /// That which its value has by itself.
    #[default]
    Own,
    /// A Lua value.
    Lua,
    /// Text: the value is a string.
    String,
    /// Bytes: the value is a string.
    Bytes,
    /// JSON: the value is what its text means, and the text is in the object's first place.
    Json,
}

impl Object for PayloadObject {
    const CLASS: Class = Class::Payload;
}

/// The first word of an object: class in the lowest byte, then bits that tell the Rust type.
fn mark<T: Object>() -> u64 {
    let mut hasher = FxHasher::default();
    TypeId::of::<T>().hash(&mut hasher);
    (hasher.finish() & !0xff) | T::CLASS as u64
}

// The class is read as the first byte of the word.
const _: () = assert!(cfg!(target_endian = "little") && cfg!(target_pointer_width = "64"));

/// Bytes before the `T`.
const HEADER: usize = size_of::<u64>();

/// The `T` of the object at `index`, counted from 1, or `None` if there is none, or one of another type.
///
/// # Safety
/// `state` runs or is left as it ran, and every full userdata of the VM came from [`push`]. The answer is valid while the
/// value is reachable.
pub(super) unsafe fn read<T: Object>(state: *mut lua_State, index: c_int) -> Option<*mut T> {
    const { assert!(align_of::<T>() <= 8) };
    // SAFETY: a full userdata has at least the header's word, 8-byte aligned.
    unsafe {
        let start = layout::userdata_at(state, index)?.cast::<u64>();
        (start.read() == mark::<T>()).then(|| start.add(1).cast::<T>())
    }
}

/// The bytes that the `T` at `index` was pushed with.
///
/// # Safety
/// The object at `index`, counted from 1, is a `T`; the answer is valid while the value is reachable.
pub(super) unsafe fn bytes<'a, T: Object>(state: *mut lua_State, index: c_int) -> &'a [u8] {
    // SAFETY: the object is `HEADER`, a `T`, and the bytes up to its length.
    unsafe {
        let object = layout::userdata_at(state, index).expect("an object");
        &(&*object)[HEADER + size_of::<T>()..]
    }
}

/// The class of the object at `index`, counted from 1.
///
/// # Safety
/// As [`read`].
pub(super) unsafe fn class(state: *mut lua_State, index: c_int) -> Option<Class> {
    // SAFETY: a full userdata has at least the header's word.
    unsafe { Class::from_number(layout::userdata_at(state, index)?.cast::<u8>().read()) }
}

/// Pushes a new object. Uses 5 stack slots: its own, and those for its metatable.
///
/// # Safety
/// `state` is a state of ours with 5 free slots, and its arena is lenient.
pub(super) unsafe fn push<T: Object>(state: *mut lua_State, value: T, bytes: &[u8], slots: c_int) {
    const { assert!(align_of::<T>() <= 8) };
    // SAFETY: the userdata is as large as what is written, and 8-byte aligned.
    unsafe {
        let size = HEADER + size_of::<T>() + bytes.len();
        let start = ffi::lua_newuserdatauv(state, size, slots).cast::<u64>();
        start.write(mark::<T>());
        start.add(1).cast::<T>().write(value);
        let behind = start.cast::<u8>().add(HEADER + size_of::<T>());
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), behind, bytes.len());
        metatable::push(state, T::CLASS as c_int);
        ffi::lua_setmetatable(state, -2);
    }
}

/// How the values of a VM travel that may have so many bytes: what is larger than the VM may be is a mistake (a table can
/// hold one string a thousand times), and would not fit into another.
pub(super) fn codec(memory_limit: usize) -> Codec {
    Codec {
        limit: MAX_ENCODED.min(memory_limit),
        ..CODEC
    }
}

/// How values travel between our VMs: error objects as errors, payload objects as the value in them.
pub(super) const CODEC: Codec = Codec {
    inline,
    push_error,
    room: headroom::for_mail,
    others: Others::Nil,
    limit: MAX_ENCODED,
};

/// Bytes of the largest value that travels. A message must fit into memory twice, and its length into 32 bits.
const MAX_ENCODED: usize = 1 << 30;

fn inline(userdata: &[u8]) -> Option<Inline<'_>> {
    let (mark, inside) = userdata.split_first_chunk::<HEADER>()?;
    let mark_read = u64::from_ne_bytes(*mark);
    if mark_read == self::mark::<ErrorObject>() {
        Some(Inline::Error(inside))
    } else if mark_read == self::mark::<PayloadObject>() {
        Some(Inline::Value(&inside[size_of::<PayloadObject>()..]))
    } else {
        None
    }
}

unsafe fn push_error(state: *mut lua_State, encoded: &[u8]) {
    // SAFETY: the codec decodes with a lenient arena and room for five values.
    unsafe { push(state, ErrorObject, encoded, 0) }
}
