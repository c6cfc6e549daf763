//! What is wrong with an app, where, and what to do about it.
//!
//! Knows nothing of who finds problems. Its `Display` is the only place where they become a line of text.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// A path as the reader would type it in the app's folder, or the command-line flag that said it.
    pub file: Arc<str>,
    /// Line, from 1; 0 where there are no lines.
    pub line: u32,
    /// Column in characters, from 1; 0 where it isn't known.
    pub column: u32,
}

impl Place {
    /// A whole file, or a command-line flag.
    pub fn whole(file: &str) -> Place {
        Place {
            file: file.into(),
            line: 0,
            column: 0,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// Whether an app with the problem can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It can't.
    Error,
    /// It can, but perhaps not as meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the app can run all the same.
    pub severity: Severity,
    /// Where it is written.
    pub place: Option<Place>,
    /// The id of the entry, or what stands for it.
    pub entry: Option<String>,
    /// The field of the entry, with dots for nested ones.
    pub field: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub advice: Option<String>,
    /// The line of a program that it is in.
    pub excerpt: Option<Excerpt>,
}

/// A line of a program, to be shown below what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line.
    pub text: String,
    /// The column in it that is meant, in characters, from 1; 0 where it isn't known.
    pub column: u32,
}

/// Characters of a line that are shown on either side of what is meant.
const SHOWN: usize = 60;

/// The line, indented, and a caret below the column. Control characters are blanks.
impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = (self.column as usize).saturating_sub(1);
        let left_out = meant.saturating_sub(SHOWN);
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let shown = self.text.chars().skip(left_out).take(2 * SHOWN);
        let shown: String = shown.map(printable).collect();
        write!(f, "    {}", shown.trim_end())?;
        // Some characters take two places on a screen, some none.
        let before: String = shown.chars().take(meant - left_out).collect();
        match self.column {
            0 => Ok(()),
            _ => write!(f, "\n    {}^", " ".repeat(before.width())),
        }
    }
}

impl Problem {
    /// A problem that an app can't run with.
    pub fn error(what: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            place: None,
            entry: None,
            field: None,
            what: what.into(),
            advice: None,
            excerpt: None,
        }
    }

    /// A problem that an app can run with.
    pub fn warning(what: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(what)
        }
    }

    /// The same problem, at `place`.
    pub fn at(mut self, place: &Place) -> Problem {
        self.place = Some(place.clone());
        self
    }

    /// The same problem, in the entry `entry`.
    pub fn entry(mut self, entry: impl fmt::Display) -> Problem {
        self.entry = Some(entry.to_string());
        self
    }

    /// The same problem, in the field `field`.
    pub fn field(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }

    /// The same problem, with what to do about it.
    pub fn advice(mut self, advice: impl Into<String>) -> Problem {
        self.advice = Some(advice.into());
        self
    }

    /// The same problem, with the line of a program that it is in.
    pub fn excerpt(mut self, excerpt: Excerpt) -> Problem {
        self.excerpt = Some(excerpt);
        self
    }

    /// Whether the app can't run with it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `file:line:column: entry: field: what, and what to do`, without the parts that don't exist.
///
/// One line whatever names hold: control characters are escaped, also for the terminal's sake.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Printable(f);
        if let Some(place) = &self.place {
            write!(line, "{place}: ")?;
        }
        for part in [&self.entry, &self.field].into_iter().flatten() {
            write!(line, "{part}: ")?;
        }
        line.write_str(&self.what)?;
        match &self.advice {
            Some(advice) => write!(line, ", {advice}"),
            None => Ok(()),
        }
    }
}

/// Writes on with control characters escaped.
struct Printable<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Printable<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c.is_control() {
            true => write!(self.0, "{}", c.escape_default()),
            false => self.0.write_char(c),
        })
    }
}

/// The problems found so far. Shared by all that look at one app, hence the cell.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Notes one more.
    pub(super) fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// Whether an error was noted.
    pub(super) fn any_error(&self) -> bool {
        self.0.borrow().iter().any(Problem::is_error)
    }

    /// All, in the order of files and lines.
    pub(super) fn into_sorted(self) -> Vec<Problem> {
        let mut problems = self.0.into_inner();
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_do_not_exist_are_left_out() {
        let place = Place {
            file: "src/_index.yaml".into(),
            line: 3,
            column: 5,
        };
        let all = Problem::error("must be greater than 0")
            .at(&place)
            .entry("app:processes")
            .field("host.workers")
            .advice("leave it out");
        assert_eq!(
            all.to_string(),
            "src/_index.yaml:3:5: app:processes: host.workers: must be greater than 0, leave it out"
        );
        let little = Problem::warning("odd").at(&Place::whole("--set a=b"));
        assert_eq!(little.to_string(), "--set a=b: odd");
        assert_eq!(Problem::error("no app").to_string(), "no app");
        let odd = Problem::error("unknown `a\nb\u{1b}[1m`").to_string();
        assert_eq!(odd, "unknown `a\\nb\\u{1b}[1m`");
    }

    #[test]
    fn excerpts_point_at_a_column() {
        let excerpt = |text: &str, column| {
            let text = text.to_string();
            Excerpt { text, column }.to_string()
        };
        assert_eq!(
            excerpt("\tlocal ü = ?", 12),
            "     local ü = ?\n               ^"
        );
        assert_eq!(
            excerpt("f('日本', 'e\u{301}') ?", 15),
            "    f('日本', 'e\u{301}') ?\n                   ^"
        );
        assert_eq!(excerpt("goto x", 0), "    goto x");
        let long = excerpt(&format!("{}?{}", "a".repeat(1000), "b".repeat(1000)), 1001);
        let lines: Vec<&str> = long.lines().collect();
        assert_eq!(lines[0].len(), 4 + 2 * SHOWN);
        assert_eq!(lines[0].find('?'), lines[1].find('^'));
    }

    #[test]
    fn sorted_by_file_then_line_as_a_number() {
        let problems = Problems::default();
        for (file, line) in [("b", 1), ("a", 10), ("a", 9)] {
            let file = file.into();
            let place = Place {
                file,
                line,
                column: 1,
            };
            problems.push(Problem::error("x").at(&place));
        }
        let lines: Vec<_> = problems
            .into_sorted()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(lines, ["a:9:1: x", "a:10:1: x", "b:1:1: x"]);
    }
}
