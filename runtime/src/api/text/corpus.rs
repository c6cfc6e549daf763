//! The tables of stock Lua's answers in `corpus/`, which `corpus/generate.lua` wrote.
//!
//! Knows nothing of what the cases mean.

/// The cases of a table: the fields of each line.
pub fn cases(table: &str) -> impl Iterator<Item = Vec<Vec<u8>>> + '_ {
    table
        .lines()
        .map(|line| line.split('\t').map(unescape).collect())
}

fn unescape(field: &str) -> Vec<u8> {
    let mut parts = field.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two hexadecimal digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// Bytes for an assertion's message.
pub fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Pseudo-random numbers, the same in every run.
pub struct Dice(u64);

impl Dice {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.bits() as usize % sides
    }

    /// 64 bits (splitmix64).
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}
