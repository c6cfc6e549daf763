//! Typed Lua of any length: two files as authors write them, numbered and repeated.
//!
//! Knows nothing of what it is measured with.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::error::StressError;

/// A library: types of all sorts, annotations, casts.
const ORDERS: &str = include_str!("../dialect/orders.lua");

/// A process that imports such libraries.
const COOK: &str = include_str!("../dialect/cook.lua");

/// What a file has where its number is to be.
const NUMBER: &str = "NUMBER";

/// Processes, and as many libraries, that one index declares.
const IN_A_FOLDER: usize = 10;

/// What [`app`] logs when it runs.
pub const OPEN: &str = "the kitchens are open";

/// A source of this many bytes, at least: all is repeated, each time with other names.
pub fn source(bytes: usize) -> String {
    let mut source = String::with_capacity(bytes + ORDERS.len() + COOK.len());
    for number in 0.. {
        if source.len() >= bytes {
            break;
        }
        for file in [ORDERS, COOK] {
            source.push_str(&format!("do {}end\n", numbered(file, number)));
        }
    }
    source
}

/// An app of so many processes and as many libraries, each in a file of its own. A process imports two libraries, every
/// second library one.
pub fn app(processes: usize) -> Result<TempDir, StressError> {
    let folder = TempDir::new().map_err(StressError::io("make a folder"))?;
    let src = folder.path().join("src");
    write(
        &src.join("_index.yaml"),
        &format!(
            "version: \"1.0\"
namespace: app
entries:
  - {{name: processes, kind: process.host, lifecycle: {{auto_start: true}}}}
  - {{name: opener_process, kind: process.lua, modules: [logger], \
source: \"local logger = require('logger') return function() logger:info('{OPEN}') process.events():receive() end\"}}
  - {{name: opener, kind: process.service, process: app:opener_process, host: app:processes, lifecycle: {{auto_start: true}}}}
"
        ),
    )?;
    for number in 0..processes {
        let (folder, place) = (number / IN_A_FOLDER, number % IN_A_FOLDER);
        let part = src.join(format!("part_{folder}"));
        write(
            &part.join(format!("cook_{place}.lua")),
            &numbered(COOK, number),
        )?;
        write(
            &part.join(format!("orders_{place}.lua")),
            &numbered(ORDERS, number),
        )?;
    }
    for folder in 0..processes.div_ceil(IN_A_FOLDER) {
        let first = folder * IN_A_FOLDER;
        let last = processes.min(first + IN_A_FOLDER);
        let entries: String = (first..last)
            .map(|number| entries(number, processes))
            .collect();
        let index = format!("version: \"1.0\"\nnamespace: part_{folder}\nentries:\n{entries}");
        write(&src.join(format!("part_{folder}/_index.yaml")), &index)?;
    }
    Ok(folder)
}

/// A process and a library.
fn entries(number: usize, processes: usize) -> String {
    let place = number % IN_A_FOLDER;
    let orders = id(number);
    let others = id((number + IN_A_FOLDER) % processes);
    let imports = match place % 2 {
        1 => format!("\n    imports:\n      others: {}", id(number - 1)),
        _ => String::new(),
    };
    format!(
        "  - name: cook_{place}
    kind: process.lua
    source: file://cook_{place}.lua
    method: main
    modules: [logger, time]
    imports:
      orders: {orders}
      others: {others}
  - name: orders_{place}
    kind: library.lua
    source: file://orders_{place}.lua
    modules: [time]{imports}
"
    )
}

/// The id of a library.
fn id(number: usize) -> String {
    let (folder, place) = (number / IN_A_FOLDER, number % IN_A_FOLDER);
    format!("part_{folder}:orders_{place}")
}

fn numbered(file: &str, number: usize) -> String {
    file.replace(NUMBER, &number.to_string())
}

fn write(path: &Path, text: &str) -> Result<(), StressError> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text));
    written.map_err(StressError::io(format!("write {}", path.display())))
}
