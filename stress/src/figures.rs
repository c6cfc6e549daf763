//! Small arithmetic on figures, and how they are written.

use std::io::{self, Write};

/// Bytes in a KB, as everywhere in this project.
pub const KB: f64 = 1024.0;

/// The middle one of some figures, or the mean of the middle two. There must be one at least.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

/// A whole number with commas: `1,111,111`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate with its size: `1.43 M/s`.
pub fn rate(per_second: f64) -> String {
    match per_second {
        rate if rate >= 1e6 => format!("{:.2} M/s", rate / 1e6),
        rate if rate >= 1e3 => format!("{:.0} k/s", rate / 1e3),
        rate => format!("{rate:.0} /s"),
    }
}

/// Bytes as `5.63 KB`.
pub fn kilobytes(bytes: f64) -> String {
    format!("{:.2} KB", bytes / KB)
}

/// Bytes as `70.1 MB`.
pub fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / KB / KB)
}

/// Bytes as `5.42 GB`.
pub fn gigabytes(bytes: f64) -> String {
    format!("{:.2} GB", bytes / KB / KB / KB)
}

/// Says on stderr what is being done, for whoever waits.
pub fn progress(text: &str) {
    // Nobody reads it: that is no reason to stop measuring.
    let _ = writeln!(io::stderr(), "… {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_ignores_order() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn commas_stand_every_three_digits() {
        assert_eq!(grouped(500), "500");
        assert_eq!(grouped(10_000), "10,000");
        assert_eq!(grouped(1_111_111), "1,111,111");
    }
}
