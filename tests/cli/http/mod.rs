//! Functions that answer requests, through a socket: the module `http`, used by `handlers.lua`.

mod answers;
mod bodies;
pub mod client;

use crate::app::App;
use crate::running::Running;
use client::{Answer, Connection};

/// A running app that answers.
struct Site {
    running: Running,
    address: String,
}

/// The functions of `handlers.lua`, and the routes that they are at.
const ROUTES: [(&str, &str); 22] = [
    ("asked", "/asked/{id}/{rest...}"),
    ("echo", "/echo"),
    ("json", "/json"),
    ("small", "/small"),
    ("impatient", "/impatient"),
    ("pieces", "/pieces"),
    ("form", "/form"),
    ("status", "/status/{code}"),
    ("returns", "/returns"),
    ("nothing", "/nothing"),
    ("raises", "/raises"),
    ("fails", "/fails"),
    ("raises_late", "/raises_late"),
    ("raises_midway", "/raises_midway"),
    ("flushed", "/flushed"),
    ("short", "/short"),
    ("much", "/much"),
    ("events", "/events"),
    ("endless", "/endless"),
    ("kept", "/kept"),
    ("late", "/late"),
    ("inject", "/inject"),
];

/// The address in a line of the log.
pub fn address(line: &str) -> String {
    let at = line.find("127.0.0.1:").expect(line);
    let rest = &line[at..];
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ':');
    rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].to_owned()
}

impl Site {
    fn new() -> Site {
        let mut index = "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: gateway, kind: http.service, addr: '127.0.0.1:0', lifecycle: {auto_start: true}}
  - {name: router, kind: http.router, meta: {server: 'app:gateway'}}
"
        .to_owned();
        for (name, path) in ROUTES {
            index += &format!(
                "  - {{name: {name}, kind: function.lua, source: file://handlers.lua, method: {name}, \
                 modules: [http, logger, time, json]}}\n"
            );
            for method in ["GET", "POST"] {
                index += &format!(
                    "  - {{name: {name}_{method}, kind: http.endpoint, meta: {{router: 'app:router'}}, \
                     method: {method}, path: '{path}', func: 'app:{name}'}}\n"
                );
            }
        }
        let app = App::of(&index).file("src/handlers.lua", include_str!("handlers.lua"));
        let mut running = app.start();
        let address = address(&running.wait_for("127.0.0.1:"));
        Site { running, address }
    }

    fn connect(&self) -> Connection {
        Connection::to(&self.address)
    }

    fn get(&self, path: &str) -> Answer {
        self.connect().ask(&format!("GET {path}"), "")
    }

    fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.connect().ask(&format!("POST {path}"), body)
    }

    /// Ends it; it is to have logged nothing worse than this.
    fn ends(self, worst: &str) {
        let ended = self.running.stop();
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        for line in ended.with("ERROR") {
            assert!(!worst.is_empty() && line.contains(worst), "{line}");
        }
    }
}
