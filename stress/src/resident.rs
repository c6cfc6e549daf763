//! What `/proc` says about a running program and about the machine.

use std::fs;

use crate::error::StressError;

/// Bytes in a kB as `/proc` counts them.
const PROC_KB: u64 = 1024;

/// Resident memory of a program. From `smaps_rollup`, which is counted when it is read: the figures
/// of `status` are summed lazily per core and may be off by hundreds of KB.
pub fn resident_bytes(pid: u32) -> Result<f64, StressError> {
    let text = read(&format!("/proc/{pid}/smaps_rollup"))?;
    Ok(kilobytes_at(&text, "Rss:")? as f64)
}

/// Memory that a new program could have.
pub fn available_bytes() -> Result<f64, StressError> {
    let text = read("/proc/meminfo")?;
    Ok(kilobytes_at(&text, "MemAvailable:")? as f64)
}

/// Seconds that a program's threads have run, in user mode and in the kernel.
pub fn cpu_seconds(pid: u32) -> Result<f64, StressError> {
    let text = read(&format!("/proc/{pid}/stat"))?;
    let ticks = cpu_ticks(&text).ok_or_else(|| StressError::NoFigure {
        name: "utime".to_owned(),
        text: text.clone(),
    })?;
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The programs that a program's first thread has started and that still run.
pub fn children(pid: u32) -> Result<Vec<u32>, StressError> {
    let text = read(&format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect())
}

fn read(path: &str) -> Result<String, StressError> {
    fs::read_to_string(path).map_err(StressError::io(format!("read {path}")))
}

fn kilobytes_at(text: &str, label: &str) -> Result<u64, StressError> {
    text.lines()
        .find_map(|line| {
            line.strip_prefix(label)?
                .trim()
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        })
        .map(|kilobytes: u64| kilobytes * PROC_KB)
        .ok_or_else(|| StressError::NoFigure {
            name: label.to_owned(),
            text: text.to_owned(),
        })
}

/// utime and stime of a line of `/proc/<pid>/stat`. They are the fields 14 and 15; the second is the
/// program's name in parentheses and may hold anything, so we count from its end.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_blanks_is_skipped() {
        let stat = "7 (a) (b c) S 1 7 7 0 -1 4194304 100 0 0 0 31 11 0 0 20 0 3 0 99 5 6";
        assert_eq!(cpu_ticks(stat), Some(42));
    }

    #[test]
    fn a_label_is_found_at_the_start_of_its_line() {
        let text = "00 [rollup]\nRss:              12 kB\nPss:   7 kB\n";
        assert_eq!(kilobytes_at(text, "Rss:").expect("a figure"), 12 * 1024);
        assert!(kilobytes_at(text, "Swap:").is_err());
    }

    #[test]
    fn this_program_has_memory_and_has_run() {
        let pid = std::process::id();
        assert!(resident_bytes(pid).expect("readable") > 0.0);
        assert!(cpu_seconds(pid).expect("readable") >= 0.0);
        assert!(available_bytes().expect("readable") > 0.0);
    }
}
