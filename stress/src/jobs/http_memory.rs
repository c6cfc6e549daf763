//! Resident memory a task that lives after its answer, and what of it comes back.

use std::thread;
use std::time::{Duration, Instant};

use super::http::TASKS;
use super::{Bench, largest_resident};
use crate::client::Client;
use crate::error::StressError;
use crate::figures::{KB, grouped, kilobytes, megabytes, progress};
use crate::moondust::Program;
use crate::resident::resident_bytes;
use crate::server::Server;
use crate::table::{Row, Verdict};

/// What a task may take, and what it is to take one day.
const MUST: f64 = 9.0 * KB;
const AIM: f64 = 7.0 * KB;

/// Of what the tasks took, what must be back with the system: most of it.
const BACK: f64 = 0.5;

/// When that must be, after the last task's end …
const BACK_AFTER: Duration = Duration::from_secs(10);

/// … of which the program's report tells that much later at most.
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// Connections that the tasks are posted on.
const CONNECTIONS: u64 = 16;

/// Tasks of no duration before the first measurement, so that what the program allocates once is there.
const WARM: u64 = 5_000;

/// What tasks may take beyond their duration.
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures each number of tasks, which live so many seconds.
pub fn run(bench: &Bench, sizes: &[u64], seconds: u64) -> Result<Vec<Row>, StressError> {
    let mut rows = Vec::new();
    for &tasks in sizes {
        rows.extend(measure(bench, tasks, seconds)?);
    }
    Ok(rows)
}

fn measure(bench: &Bench, tasks: u64, seconds: u64) -> Result<[Row; 3], StressError> {
    progress(&format!("memory of {} HTTP tasks", grouped(tasks)));
    let mut server = Server::ours(&bench.moondust, TASKS, "/alive")?;
    post(server.port(), WARM, 0)?;
    let warm = server.all_ended(PATIENCE)?;
    let base = largest_resident(ours(&server)?)?;

    let began = Instant::now();
    post(server.port(), tasks, seconds)?;
    let peak = largest_resident(ours(&server)?)?;
    if began.elapsed() > Duration::from_secs(seconds) {
        let why = format!("{seconds} s are too short for {tasks} tasks on this machine");
        return Err(StressError::Invalid { why });
    }
    let ended = server.all_ended(Duration::from_secs(seconds) + PATIENCE)? - warm;
    thread::sleep(BACK_AFTER - REPORT_EVERY);
    let program = ours(&server)?;
    let left = resident_bytes(program.pid())?;

    let each = (peak - base) / tasks as f64;
    let back = (peak - left) / (peak - base);
    let size = grouped(tasks);
    Ok([
        Row::new(
            format!("memory a task of http-async-task, {size} alive"),
            format!("≤ {} (aim {})", kilobytes(MUST), kilobytes(AIM)),
            kilobytes(each),
            Verdict::must(each <= MUST),
        ),
        Row::new(
            format!("  back {} s after their end", BACK_AFTER.as_secs()),
            format!("> {:.0} %", BACK * 100.0),
            format!(
                "{:.0} % ({} before, {}, {} after)",
                back * 100.0,
                megabytes(base),
                megabytes(peak),
                megabytes(left)
            ),
            Verdict::must(back > BACK),
        ),
        Row::new(
            "  run to their end",
            size,
            grouped(ended),
            Verdict::must(ended == tasks),
        ),
    ])
}

fn ours(server: &Server) -> Result<&Program, StressError> {
    server.program().ok_or_else(|| StressError::Invalid {
        why: "only moondust's memory is measured".to_owned(),
    })
}

/// Posts exactly so many tasks; each must be accepted.
fn post(port: u16, tasks: u64, seconds: u64) -> Result<(), StressError> {
    let body = format!(r#"{{"name":"generate-report","duration":{seconds}}}"#);
    let on_one = |tasks: u64| {
        let mut client = Client::connect(port)?;
        for _ in 0..tasks {
            let answer = client.post("/api/tasks", &body)?;
            if answer.status != 202 {
                let why = format!("a task was answered with {}", answer.status);
                return Err(StressError::Invalid { why });
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|at| tasks / CONNECTIONS + u64::from(at < tasks % CONNECTIONS))
            .map(|share| scope.spawn(move || on_one(share)))
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("it does not panic"))
    })
}
