//! What names a process: a slot and a generation, and the text form that programs see.
//!
//! Knows nothing of what a process is, nor which hosts and entries exist.

use std::fmt;
use std::num::NonZeroU64;

/// Bits of a key that name the slot; the rest is the generation, so that a reused slot gives a new pid.
const SLOT_BITS: u32 = 24;

/// Names a process for as long as the program runs; never reused.
///
/// Equality, order and hash look at the key alone. The origin says which host and entry the process came from, so
/// that its text form can be written when the process itself is long gone.
#[derive(Clone, Copy)]
pub struct Pid {
    key: NonZeroU64,
    origin: u32,
}

impl Pid {
    /// The most processes that can live at once.
    pub const MAX_SLOTS: u32 = 1 << SLOT_BITS;

    /// The pid of the `generation`-th process in `slot` (below [`Pid::MAX_SLOTS`], not 0 in generation 0).
    pub fn new(slot: u32, generation: u64, origin: u32) -> Pid {
        debug_assert!(slot < Pid::MAX_SLOTS);
        let key = generation << SLOT_BITS | u64::from(slot);
        Pid {
            key: NonZeroU64::new(key).expect("slot 0 starts at generation 1"),
            origin,
        }
    }

    /// The pid behind a key that was read from text; its origin is not known.
    pub fn from_key(key: NonZeroU64) -> Pid {
        Pid {
            key,
            origin: u32::MAX,
        }
    }

    /// The same pid, with the origin known.
    pub fn with_origin(self, origin: u32) -> Pid {
        Pid { origin, ..self }
    }

    /// Slot and generation in one number; what the text form shows in hex.
    pub fn key(self) -> u64 {
        self.key.get()
    }

    /// The place in the process table.
    pub fn slot(self) -> u32 {
        (self.key.get() & u64::from(Pid::MAX_SLOTS - 1)) as u32
    }

    /// How often the slot had been used before this process.
    pub fn generation(self) -> u64 {
        self.key.get() >> SLOT_BITS
    }

    /// Which host and entry the process came from: an index that the process table gave out.
    pub fn origin(self) -> u32 {
        self.origin
    }
}

impl PartialEq for Pid {
    fn eq(&self, other: &Pid) -> bool {
        self.key == other.key
    }
}

impl Eq for Pid {}

impl std::hash::Hash for Pid {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// The unique part of the text form: `0x0002a`.
impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#07x}", self.key)
    }
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A pid as programs write it: `{node@host|ns:name|0x0002a}`, `{host|ns:name|0x0002a}` or `{host|0x0002a}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The machine, where one is named.
    pub node: Option<&'a str>,
    /// The id of the host entry.
    pub host: &'a str,
    /// The id of the process entry, where one is named.
    pub entry: Option<&'a str>,
    /// The part after the last bar; a pid of this runtime if it is `0x` and a hex number.
    pub unique: &'a str,
}

impl<'a> Address<'a> {
    /// Reads the text form; `None` if `text` isn't one, and then it may be a registered name.
    pub fn parse(text: &'a str) -> Option<Address<'a>> {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?;
        let (front, rest) = split_at(inner, b'|')?;
        let (node, host) = match split_at(front, b'@') {
            Some((node, host)) => (Some(node), host),
            None => (None, front),
        };
        let (entry, unique) = match split_at(rest, b'|') {
            Some((entry, unique)) => (Some(entry), unique),
            None => (None, rest),
        };
        Some(Address {
            node,
            host,
            entry,
            unique,
        })
    }

    /// The pid of this runtime that the unique part names, if it has that form.
    pub fn pid(&self) -> Option<Pid> {
        let digits = self.unique.strip_prefix("0x")?;
        if digits.is_empty() || digits.starts_with('+') {
            return None;
        }
        let key = u64::from_str_radix(digits, 16).ok()?;
        NonZeroU64::new(key).map(Pid::from_key)
    }
}

/// What is before the first `mark`, an ASCII character, and what is behind it. Pids are read at every send, and a search
/// for a `char` takes three times as long.
fn split_at(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(mark, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reused_slot_gives_another_pid() {
        let (first, second) = (Pid::new(42, 0, 7), Pid::new(42, 1, 7));
        assert_ne!(first, second);
        assert_eq!((second.slot(), second.generation()), (42, 1));
        assert_eq!(first.to_string(), "0x0002a");
    }

    #[test]
    fn all_text_forms_parse() {
        let two = Address::parse("{app:processes|0x0002a}").unwrap();
        assert_eq!((two.host, two.entry), ("app:processes", None));
        let three = Address::parse("{app:processes|app:worker|0x0002a}").unwrap();
        assert_eq!(
            (three.host, three.entry),
            ("app:processes", Some("app:worker"))
        );
        let four = Address::parse("{here@app:processes|app:worker|0x0002a}").unwrap();
        assert_eq!((four.node, four.host), (Some("here"), "app:processes"));
        for address in [two, three, four] {
            assert_eq!(address.pid(), Some(Pid::new(42, 0, 0)));
        }
    }

    #[test]
    fn what_is_no_pid_is_none() {
        for text in ["", "worker1", "{}", "{app:processes}", "{a|b", "a|b}"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
        for text in [
            "{a|proc1}",
            "{a|b|0x}",
            "{a|b|0x+1}",
            "{a|b|0x0}",
            "{a|b|0x10000000000000000}",
        ] {
            assert_eq!(Address::parse(text).unwrap().pid(), None, "{text}");
        }
    }
}
