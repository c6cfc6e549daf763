//! A number of bytes, as people write it.
//!
//! Knows nothing of what is that big. A KiB is 1,024 bytes.

use std::fmt;

/// Bytes; shown in the largest unit in which they are at least one, with two decimals at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// What is shown, from the largest on.
const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| self.0 >= *unit) else {
            let plural = if self.0 == 1 { "" } else { "s" };
            return write!(f, "{} byte{plural}", self.0);
        };
        // Hundredths, rounded; wide, because the largest sizes have no room for a factor.
        let hundredths = (u128::from(self.0) * 100 + u128::from(unit) / 2) / u128::from(unit);
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        match rest {
            0 => write!(f, "{whole} {name}"),
            rest if rest % 10 == 0 => write!(f, "{whole}.{} {name}", rest / 10),
            rest => write!(f, "{whole}.{rest:02} {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_the_unit_that_suits_them() {
        for (bytes, shown) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (4096, "4 KiB"),
            (16 << 10, "16 KiB"),
            (1_500_000, "1.43 MiB"),
            (16 << 20, "16 MiB"),
            ((3 << 30) / 2, "1.5 GiB"),
            ((1 << 20) + 1, "1 MiB"),
            (u64::MAX, "17179869184 GiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), shown);
        }
    }
}
