//! The log of an app as READMEs show it: what matters is how often each message comes.

use std::collections::BTreeMap;

/// A line's level and message; `None` for a line of a stack.
pub fn message(line: &str) -> Option<&str> {
    let levels = ["DEBUG", "INFO", "WARN", "ERROR"];
    let is_record = levels.iter().any(|level| line.starts_with(level));
    is_record.then(|| line.split("  {").next().unwrap_or(line))
}

/// How often each message is in a log.
pub fn messages(log: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for message in log.lines().filter_map(message) {
        *counts.entry(message.to_owned()).or_default() += 1;
    }
    counts
}

/// Takes the line's message off what is still to come.
pub fn cross_off(missing: &mut BTreeMap<String, usize>, line: &str) {
    if let Some(message) = message(line)
        && let Some(count) = missing.get_mut(message)
    {
        *count -= 1;
        if *count == 0 {
            missing.remove(message);
        }
    }
}
