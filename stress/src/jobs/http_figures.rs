//! What the rounds of the HTTP jobs come to: medians, ratios, tasks that were lost.

use super::http::{Task, Who};
use crate::figures::{grouped, median};
use crate::table::{Row, Verdict};
use crate::wrk::{CONNECTIONS, Report};

/// One job of one of us, and what each round gave.
pub struct Side {
    /// What was asked.
    pub task: Task,
    /// Who answered.
    pub who: Who,
    /// Empty for who isn't installed.
    pub reports: Vec<Report>,
    /// Microseconds of CPU time that the server took for an answer, of each round: neighbours on the
    /// machine change it less than all else.
    pub cpu_us: Vec<f64>,
    /// Tasks that have run to their end, of each round; empty where there are none.
    pub ended: Vec<u64>,
}

impl Side {
    /// Before the first round.
    pub fn new(task: Task, who: Who) -> Self {
        Self {
            task,
            who,
            reports: Vec::new(),
            cpu_us: Vec::new(),
            ended: Vec::new(),
        }
    }

    fn all(&self, figure: impl Fn(&Report) -> f64) -> Vec<f64> {
        self.reports.iter().map(figure).collect()
    }

    fn row(&self) -> Row {
        let rates = self.all(|report| report.rate);
        let errors: u64 = self.reports.iter().map(|report| report.errors).sum();
        let text = format!(
            "{} /s ({}), p50 {:.2} ms, p99 {:.2} ms, CPU {:.1} µs, {errors} errors",
            grouped(median(&rates) as u64),
            listed(&rates, |rate| grouped(rate as u64)),
            median(&self.all(|report| report.p50_ms)),
            median(&self.all(|report| report.p99_ms)),
            median(&self.cpu_us),
        );
        let what = format!("{}, {}", self.task.name(), self.who.name());
        // The errors of others are theirs, and shown.
        match self.who {
            Who::Moondust => Row::new(what, "0 errors", text, Verdict::must(errors == 0)),
            Who::Nginx | Who::Go => Row::shown(what, text),
        }
    }

    /// Whether each task that was accepted has run to its end, and none twice. The load leaves its last
    /// requests alone: of these nobody knows how many were accepted, but they are one a connection at most.
    fn tasks_row(&self) -> Row {
        let counts = || self.reports.iter().zip(&self.ended);
        let lost: u64 = counts()
            .map(|(report, ended)| accepted(report).saturating_sub(*ended))
            .sum();
        let whole = counts().all(|(report, ended)| {
            let accepted = accepted(report);
            (accepted..=accepted + CONNECTIONS).contains(ended)
        });
        Row::new(
            "  of its tasks",
            "0 lost",
            format!("{} ended, {lost} lost", grouped(self.ended.iter().sum())),
            match self.who {
                Who::Moondust => Verdict::must(whole),
                Who::Nginx | Who::Go => Verdict::Shown,
            },
        )
    }
}

/// Tasks that the load was told are accepted.
fn accepted(report: &Report) -> u64 {
    report.answers - report.refused
}

/// What is asked of two sides.
struct Comparison {
    what: &'static str,
    ours: (Task, Who),
    theirs: (Task, Who),
    figure: fn(&Report) -> f64,
    bound: Bound,
    /// What it is to become one day.
    aim: Option<f64>,
}

/// What the ratio of ours to theirs must be.
#[derive(Clone, Copy)]
enum Bound {
    Least(f64),
    Most(f64),
}

const COMPARISONS: &[Comparison] = &[
    Comparison {
        what: "hello, to Go",
        ours: (Task::Hello, Who::Moondust),
        theirs: (Task::Hello, Who::Go),
        figure: |report| report.rate,
        bound: Bound::Least(1.0),
        aim: None,
    },
    Comparison {
        what: "http-async-task, to Go",
        ours: (Task::Async, Who::Moondust),
        theirs: (Task::Async, Who::Go),
        figure: |report| report.rate,
        bound: Bound::Least(1.2),
        aim: None,
    },
    Comparison {
        what: "http-async-task, to nginx",
        ours: (Task::Async, Who::Moondust),
        theirs: (Task::Async, Who::Nginx),
        figure: |report| report.rate,
        bound: Bound::Least(0.8),
        aim: Some(1.0),
    },
    Comparison {
        what: "http-async-task, p99 to nginx's",
        ours: (Task::Async, Who::Moondust),
        theirs: (Task::Async, Who::Nginx),
        figure: |report| report.p99_ms,
        bound: Bound::Most(2.0),
        aim: None,
    },
    Comparison {
        what: "http-spawn, to http-async-task",
        ours: (Task::Spawn, Who::Moondust),
        theirs: (Task::Async, Who::Moondust),
        figure: |report| report.rate,
        bound: Bound::Least(0.8),
        aim: None,
    },
];

impl Comparison {
    /// The ratio of each round, since rounds differ more than what is compared in one; nothing if one of
    /// the two wasn't measured.
    fn row(&self, sides: &[Side]) -> Option<Row> {
        let figures = |who: (Task, Who)| {
            let side = sides.iter().find(|side| (side.task, side.who) == who);
            side.map(|side| side.all(self.figure)).unwrap_or_default()
        };
        let theirs = figures(self.theirs);
        let ratios: Vec<f64> = figures(self.ours)
            .iter()
            .zip(&theirs)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        if ratios.is_empty() {
            return None;
        }
        let ratio = median(&ratios);
        let (must, holds) = match self.bound {
            Bound::Least(least) => (format!("≥ {least} ×"), ratio >= least),
            Bound::Most(most) => (format!("≤ {most} ×"), ratio <= most),
        };
        let aim = self.aim.map(|aim| format!(" (aim {aim} ×)"));
        Some(Row::new(
            self.what,
            must + &aim.unwrap_or_default(),
            format!(
                "{ratio:.2} × ({})",
                listed(&ratios, |ratio| format!("{ratio:.2}"))
            ),
            Verdict::must(holds),
        ))
    }
}

/// Figures of all rounds, in their order.
fn listed(figures: &[f64], text: impl Fn(f64) -> String) -> String {
    let texts: Vec<String> = figures.iter().map(|figure| text(*figure)).collect();
    texts.join("; ")
}

/// First what was measured, then what it is compared.
pub fn rows(sides: &[Side]) -> Vec<Row> {
    let mut rows = Vec::new();
    for side in sides.iter().filter(|side| !side.reports.is_empty()) {
        rows.push(side.row());
        if side.task != Task::Hello {
            rows.push(side.tasks_row());
        }
    }
    rows.extend(COMPARISONS.iter().filter_map(|pair| pair.row(sides)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(rate: f64, answers: u64, errors: u64) -> Report {
        Report {
            answers,
            rate,
            p50_ms: 1.0,
            p99_ms: 2.0,
            refused: errors,
            errors,
        }
    }

    fn side(who: Who, rates: &[f64], ended: &[u64]) -> Side {
        Side {
            task: Task::Async,
            who,
            reports: rates.iter().map(|rate| report(*rate, 1000, 0)).collect(),
            cpu_us: vec![7.0; rates.len()],
            ended: ended.to_vec(),
        }
    }

    #[test]
    fn ratios_are_those_of_single_rounds() {
        let sides = [
            side(Who::Moondust, &[130.0, 60.0, 250.0], &[]),
            side(Who::Go, &[100.0, 50.0, 100.0], &[]),
        ];
        let text = format!("{:?}", rows(&sides));
        assert!(text.contains("1.30 × (1.30; 1.20; 2.50)"), "{text}");
        assert!(!text.contains("to nginx"), "{text}");
    }

    #[test]
    fn a_task_that_did_not_end_is_lost_and_one_too_many_is_no_good_either() {
        for (ended, verdict) in [
            (1000, "Met"),
            (1000 + CONNECTIONS, "Met"),
            (999, "Missed"),
            (1001 + CONNECTIONS, "Missed"),
        ] {
            let text = format!("{:?}", side(Who::Moondust, &[1.0], &[ended]).tasks_row());
            assert!(text.contains(verdict), "{ended}: {text}");
        }
        let refused = Side {
            reports: vec![report(1.0, 1000, 1)],
            ..side(Who::Moondust, &[], &[999])
        };
        let text = format!("{:?}", refused.tasks_row());
        assert!(text.contains("Met"), "{text}");
    }
}
