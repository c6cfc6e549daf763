//! A tree of supervisors and leaves, of which processes are killed all the time: who hears of it, and what is left.

use std::time::Duration;

use super::{Bench, PATIENCE, largest_resident, live};
use crate::error::StressError;
use crate::figures::{grouped, megabytes, progress};
use crate::log_line::LogLine;
use crate::table::{Row, Verdict};

/// The app with the tree.
const KILLED_TREE: &str = "stress/apps/killed-tree";

/// The share of its memory that the tree may have gained at the end.
const MUST_SHARE: f64 = 0.10;

/// Into the calms that the app keeps, each 6 s long, and how many of those there are.
const INTO_CALM: Duration = Duration::from_secs(3);
const CALM: &str = "6s";

/// The driver, and the supervisor on top.
const BESIDE: u64 = 2;

/// Kills for some seconds, then looks.
pub fn run(bench: &Bench, leaves: u64, seconds: u64) -> Result<Vec<Row>, StressError> {
    progress(&format!(
        "a tree of {} leaves, killed for {seconds} s",
        grouped(leaves)
    ));
    let sizes = [leaves, seconds].map(|number| number.to_string());
    let variables = [
        ("LEAVES", sizes[0].as_str()),
        ("SECONDS", &sizes[1]),
        ("CALM", CALM),
    ];
    let mut program = bench
        .moondust
        .start(KILLED_TREE, &[live::FLAG], &variables)?;
    program.wait_for("built", PATIENCE)?;
    program.settle(INTO_CALM)?;
    let built = largest_resident(&program)?;
    program.wait_for("begun", PATIENCE)?;
    program.settle(INTO_CALM)?;
    let begun = largest_resident(&program)?;
    let patience = PATIENCE + Duration::from_secs(seconds);
    program.wait_for("over", patience)?;
    program.settle(INTO_CALM)?;
    let over = largest_resident(&program)?;
    let result = program.wait_for("result", PATIENCE)?;
    let lines = program.settle(Duration::from_secs(1))?;
    let processes = result.figure("processes")?;
    let beside = "the tree, the one on top, the driver";
    let live = live::row(&mut program, lines, processes as u64 + BESIDE, beside)?;
    program.stop(PATIENCE)?;

    let mut rows = told(&result)?;
    let share = over / begun - 1.0;
    rows.extend([
        live,
        Row::new(
            "  memory it gained",
            format!("≤ {:.0} %", MUST_SHARE * 100.0),
            format!("{:.1} %", share * 100.0),
            Verdict::must(share <= MUST_SHARE),
        ),
        Row::shown(
            "  memory when built, when all supervisors had worked, at the end",
            [built, begun, over].map(megabytes).join(", "),
        ),
    ]);
    Ok(rows)
}

/// What the driver counted: who was killed, and who heard of it.
fn told(result: &LogLine) -> Result<Vec<Row>, StressError> {
    let kills = result.figure("kills")?;
    let whole = |name: &str| result.figure(name).map(|figure| grouped(figure as u64));
    let exact = |what: &str, name: &str, must: f64| {
        let measured = result.figure(name)?;
        Ok::<_, StressError>(Row::new(
            what,
            grouped(must as u64),
            grouped(measured as u64),
            Verdict::must(measured == must),
        ))
    };
    Ok(vec![
        Row::shown(
            "processes of a tree killed",
            format!("{} in {} rounds", whole("kills")?, whole("rounds")?),
        ),
        exact("  EXITs that their supervisors saw", "exits", kills)?,
        exact(
            "  LINK_DOWNs that their supervisors saw",
            "link_downs",
            kills,
        )?,
        exact(
            "  EXITs that the killer saw, of them and all below them",
            "own_exits",
            result.figure("own_exits_must")?,
        )?,
        exact(
            "  LINK_DOWNs of a supervisor that supervisors below it saw",
            "orphaned",
            result.figure("orphaned_must")?,
        )?,
        exact("  seen once too often", "unexpected", 0.0)?,
        exact(
            "  of the tree whole again",
            "alive",
            result.figure("processes")?,
        )?,
    ])
}
