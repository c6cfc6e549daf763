//! The server through its sockets: bytes in, bytes out, connections that end.
//!
//! Each test runs an app of its own, whose functions are written beside what is asked of them.

mod addresses;
mod answers;
mod bodies;
mod client;
mod connections;
mod files;
mod folders;
mod large_files;
mod leaving;
mod overload;
mod refusals;
mod routes;
mod stopping;
mod streams;
mod time_outs;

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::running::Running;
use client::Client;

/// An app in the making that serves HTTP.
pub struct Plan {
    entries: String,
    app: App,
    count: usize,
}

/// One that runs.
pub struct Site {
    pub running: Running,
    pub address: String,
    pub folder: PathBuf,
}

/// What most tests have enough of.
const HELLO: &str = "res:write('hello')";

impl Plan {
    /// A service with these fields beside its address.
    pub fn new(fields: &str) -> Plan {
        Plan::at("127.0.0.1:0", fields)
    }

    /// The same at another address.
    pub fn at(address: &str, fields: &str) -> Plan {
        let fields = match fields {
            "" => String::new(),
            some => format!(", {some}"),
        };
        let lifecycle = match fields.contains("lifecycle") {
            true => "",
            false => ", lifecycle: {auto_start: true}",
        };
        let entries = format!(
            "  - {{name: gateway, kind: http.service, addr: '{address}'{fields}{lifecycle}}}
  - {{name: router, kind: http.router, meta: {{server: 'app:gateway'}}}}
"
        );
        Plan {
            entries,
            app: App::new(),
            count: 0,
        }
    }

    /// Answers a route, such as `GET /hello`, by running `body`, which has `req` and `res`.
    pub fn route(self, route: &str, body: &str) -> Plan {
        self.pooled(route, "max_size: 100", body)
    }

    /// The same with a pool of which `pool` are the fields.
    pub fn pooled(mut self, route: &str, pool: &str, body: &str) -> Plan {
        let (method, path) = route.split_once(' ').unwrap();
        // The root alone, and not all below it.
        let path = if path == "/" { "/{$}" } else { path };
        self.count += 1;
        let count = self.count;
        self.entries += &format!(
            "  - {{name: f{count}, kind: function.lua, source: 'file://f{count}.lua', method: main, \
                 modules: [http, time], pool: {{{pool}}}}}
  - {{name: e{count}, kind: http.endpoint, meta: {{router: 'app:router'}}, method: {method}, \
         path: '{path}', func: f{count}}}
"
        );
        let source = format!(
            "local http, time = require('http'), require('time')
            return {{ main = function()
                local req, res = http.request(), http.response()
                {body}
            end }}"
        );
        self.app = self.app.file(&format!("src/f{count}.lua"), &source);
        self
    }

    /// Adds entries, of which each is a line.
    pub fn with(mut self, entries: &str) -> Plan {
        for entry in entries.lines() {
            self.entries += &format!("  - {{{entry}}}\n");
        }
        self
    }

    /// Serves the folder `public` below `/`, with these fields beside.
    pub fn public(self, fields: &str) -> Plan {
        self.with(&format!(
            "name: files, kind: fs.directory, directory: public
name: web, kind: http.static, meta: {{server: 'app:gateway'}}, path: /, fs: 'app:files'{fields}"
        ))
    }

    /// Adds a file to the app.
    pub fn file(mut self, path: &str, text: &str) -> Plan {
        self.app = self.app.file(path, text);
        self
    }

    /// Where the app will be.
    pub fn path(&self) -> &Path {
        self.app.path()
    }

    /// The app.
    pub fn app(self) -> App {
        let index = format!("namespace: app\nentries:\n{}", self.entries);
        self.app.file("src/_index.yaml", &index)
    }

    /// Runs it until it listens.
    pub fn start(self) -> Site {
        let app = self.app();
        let mut running = app.start();
        let address = address(&mut running);
        let folder = app.path().to_owned();
        Site {
            running,
            address,
            folder,
        }
    }
}

/// The address that the next service listens at.
fn address(running: &mut Running) -> String {
    let line = running.wait_for("http service is listening");
    let (_, address) = line.split_once("\"address\": \"").expect(&line);
    address.split_once('"').expect(&line).0.to_owned()
}

impl Site {
    /// One whose only route is `route`.
    pub fn of(route: &str, body: &str) -> Site {
        Plan::new("").route(route, body).start()
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }
}
