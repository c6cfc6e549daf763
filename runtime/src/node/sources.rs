//! Where programs are written: stacks name entries, the log names files.
//!
//! Knows nothing of who logs.

use std::collections::BTreeMap;

use crate::app::{App, LuaSource};

/// The sources of an app by the id of their entry.
#[derive(Debug, Default)]
pub struct Sources(BTreeMap<String, LuaSource>);

impl Sources {
    /// Those of all programs: processes, functions and libraries.
    pub fn new(app: &App) -> Sources {
        let processes = app.processes.iter().map(|(id, it)| (id, &it.lua));
        let functions = app.functions.iter().map(|(id, it)| (id, &it.lua));
        let libraries = app.libraries.iter().map(|(id, it)| (id, &it.lua));
        let all = processes.chain(functions).chain(libraries);
        Sources(
            all.map(|(id, lua)| (id.to_string(), lua.source.clone()))
                .collect(),
        )
    }

    /// A stack, a frame on a line, with `src/worker.lua:12` for `app:worker:12`.
    pub fn locate(&self, stack: &str) -> String {
        let frames: Vec<String> = stack
            .lines()
            .map(|frame| self.located(frame).unwrap_or_else(|| frame.to_owned()))
            .collect();
        frames.join("\n")
    }

    /// `entry:line: name` with the place of the line; `None` for a frame in no source.
    fn located(&self, frame: &str) -> Option<String> {
        let (place, name) = frame.split_once(": ")?;
        let (entry, line) = place.rsplit_once(':')?;
        let place = self.0.get(entry)?.place(line.parse().ok()?, 0);
        Some(format!("{}:{}: {name}", place.file, place.line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::EntryId;

    #[test]
    fn frames_in_sources_are_located_and_others_stay() {
        let source = |entry: &str, file: &str, first_line| LuaSource {
            entry: EntryId::new("app", entry),
            text: "".into(),
            file: file.into(),
            first_line,
            indent: 4,
        };
        let sources = [
            source("worker", "src/worker.lua", 1),
            source("inline", "src/_index.yaml", 7),
        ];
        let sources = sources.map(|source| (source.entry.to_string(), source));
        let sources = Sources(sources.into());
        assert_eq!(
            sources.locate("[native]: error\napp:worker:12: f\napp:inline:2: g\napp:none:3: h"),
            "[native]: error\nsrc/worker.lua:12: f\nsrc/_index.yaml:8: g\napp:none:3: h"
        );
    }
}
