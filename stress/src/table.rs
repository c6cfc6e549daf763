//! The table that every job prints: what | must | measured | ok.

use std::fmt;

use crate::error::StressError;

/// What a figure means for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As good as it must be.
    Met,
    /// Worse than it must be; the run fails.
    Missed,
    /// Worse than it is to become; the run doesn't fail yet.
    Below,
    /// Shown for comparison.
    Shown,
}

impl Verdict {
    /// For a figure that must hold.
    pub fn must(holds: bool) -> Self {
        if holds { Self::Met } else { Self::Missed }
    }

    /// For a figure that is no gate yet.
    pub fn should(holds: bool) -> Self {
        if holds { Self::Met } else { Self::Below }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Met => "yes",
            Self::Missed => "NO",
            Self::Below => "not yet",
            Self::Shown => "",
        }
    }
}

/// One figure.
#[derive(Debug)]
pub struct Row {
    what: String,
    must: String,
    measured: String,
    verdict: Verdict,
}

impl Row {
    /// A figure and what is asked of it.
    pub fn new(
        what: impl Into<String>,
        must: impl Into<String>,
        measured: impl Into<String>,
        verdict: Verdict,
    ) -> Self {
        Self {
            what: what.into(),
            must: must.into(),
            measured: measured.into(),
            verdict,
        }
    }

    /// A figure that nothing is asked of.
    pub fn shown(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self::new(what, "", measured, Verdict::Shown)
    }

    /// A job that gave no figures.
    pub fn failed(job: &str, error: &StressError) -> Self {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        eprintln!("moondust-stress: {job}: {text}");
        Self::new(job, "a figure", first, Verdict::Missed)
    }
}

/// Rows, printed with their columns aligned.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds rows at the end.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    /// Whether no row fails the run.
    pub fn all_met(&self) -> bool {
        self.rows.iter().all(|row| row.verdict != Verdict::Missed)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![["what", "must", "measured", "ok"]];
        lines.extend(self.rows.iter().map(|row| {
            [
                row.what.as_str(),
                row.must.as_str(),
                row.measured.as_str(),
                row.verdict.word(),
            ]
        }));
        let mut widths = [0; 4];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for (at, line) in lines.iter().enumerate() {
            write_line(f, line, widths)?;
            if at == 0 {
                let rules = widths.map(|width| "-".repeat(width));
                write_line(f, &rules.each_ref().map(String::as_str), widths)?;
            }
        }
        Ok(())
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, cells: &[&str; 4], widths: [usize; 4]) -> fmt::Result {
    for (cell, width) in cells.iter().zip(widths) {
        write!(f, "| {cell:width$} ")?;
    }
    writeln!(f, "|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::default();
        table.extend([
            Row::new("spawn", "≤ 1.5 µs", "1.1 µs", Verdict::must(true)),
            Row::shown("the BEAM", "3 µs"),
        ]);
        let expected = "\
| what     | must     | measured | ok  |
| -------- | -------- | -------- | --- |
| spawn    | ≤ 1.5 µs | 1.1 µs   | yes |
| the BEAM |          | 3 µs     |     |
";
        assert_eq!(table.to_string(), expected);
        assert!(table.all_met());
    }

    #[test]
    fn only_what_must_hold_fails_the_run() {
        let mut table = Table::default();
        table.extend([Row::new("ring", "≥ 0.7 ×", "0.5 ×", Verdict::should(false))]);
        assert!(table.all_met());
        table.extend([Row::new("memory", "≤ 8 KB", "9 KB", Verdict::must(false))]);
        assert!(!table.all_met());
    }
}
