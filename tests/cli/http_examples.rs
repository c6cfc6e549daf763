//! The examples that serve HTTP, through their process and a socket.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::running::Running;

/// How long an answer may take. Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// An example that answers on a free port.
struct Site {
    running: Running,
    address: String,
}

/// What came back.
struct Answer {
    status: u16,
    /// Lines as they are, without the status line.
    head: Vec<String>,
    body: String,
}

impl Site {
    fn example(name: &str) -> Site {
        let free = ["-o", "app:gateway:addr=127.0.0.1:0"];
        let mut running = Running::example(name, &free, &[]);
        let line = running.wait_for("127.0.0.1:");
        let at = line.find("127.0.0.1:").unwrap();
        let length = line[at..].find('"').expect("an address in quotes");
        let address = line[at..at + length].to_owned();
        Site { running, address }
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection(BufReader::new(stream))
    }

    fn get(&self, path: &str) -> Answer {
        self.connect().ask("GET", path, "")
    }

    /// Submits a task.
    fn post(&self, body: &str) -> Answer {
        self.connect().ask("POST", "/api/tasks", body)
    }

    /// Asserts that a task is refused, and says which field it is for.
    fn refuses(&self, body: &str, field: &str) {
        let answer = self.post(body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.field("field"), field, "{body}: {}", answer.body);
        let error = answer.field("error");
        assert!(error.starts_with(&format!("{field} ")), "{body}: {error}");
    }

    /// Asserts that what is no task is refused.
    fn refuses_what_is_no_task(&self) {
        for body in [
            "",
            "{",
            "name=sweep",
            r#"{"name": "sweep"} {}"#,
            "7",
            r#""sweep""#,
        ] {
            self.refuses(body, "body");
        }
        for name in [
            "",
            r#""name": null"#,
            r#""name": """#,
            r#""name": 7"#,
            r#""name": ["a"]"#,
        ] {
            self.refuses(&format!("{{{name}}}"), "name");
        }
        let durations = [
            "-1",
            "-0.5",
            "0.5",
            "86401",
            "1e300",
            "99999999999999999999",
            "\"5\"",
            "true",
            "false",
            "[5]",
            "{}",
        ];
        for duration in durations {
            let body = format!(r#"{{"name": "sweep", "duration": {duration}}}"#);
            self.refuses(&body, "duration");
        }
    }
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = || {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let status = line().split(' ').nth(1).unwrap().parse().unwrap();
        let head: Vec<String> =
            std::iter::from_fn(|| Some(line()).filter(|line| !line.is_empty())).collect();
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
        };
        let length = answer.header("content-length").expect("a length");
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.iter().filter_map(|line| line.split_once(": "));
        let mut values = pairs.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }

    /// A field of the JSON object in the body.
    fn field(&self, name: &str) -> String {
        assert_eq!(self.header("content-type"), Some("application/json"));
        let fields: Value = serde_json::from_str(&self.body).expect(&self.body);
        fields[name].as_str().expect(&self.body).to_owned()
    }
}

#[test]
fn hello_is_said_as_text_to_a_name_and_as_json() {
    let site = Site::example("http-hello");
    let hello = site.get("/hello");
    assert_eq!(
        (hello.status, hello.body.as_str()),
        (200, "Hello, world!\n")
    );
    assert_eq!(
        hello.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(site.get("/hello/Ada%20L%C3%B8v").body, "Hello, Ada Løv!\n");
    let json = site.get("/api/hello?name=%22Ada%22");
    assert_eq!(json.field("greeting"), "Hello, \"Ada\"!");
    assert_eq!(site.get("/api/hello").field("name"), "world");
    site.running.stop().cleanly();
}

#[test]
fn hello_answers_what_is_not_there_without_lua() {
    let site = Site::example("http-hello");
    let missing = site.get("/hello/ada/lovelace");
    assert_eq!(
        (missing.status, missing.body.as_str()),
        (404, "404 page not found\n")
    );
    let refused = site.connect().ask("POST", "/hello", "");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (405, "Method Not Allowed\n")
    );
    assert!(
        refused
            .header("allow")
            .is_some_and(|allowed| allowed.contains("GET"))
    );
    site.running.stop().cleanly();
}

#[test]
fn an_async_task_is_accepted_before_it_is_done_and_goes_on_in_the_log() {
    let mut site = Site::example("http-async-task");
    let answer = site.post(r#"{"name": "generate-report", "duration": 86400}"#);
    assert_eq!(answer.status, 202);
    assert_eq!(answer.field("name"), "generate-report");
    assert_eq!(answer.field("status"), "accepted");
    assert_eq!(
        answer.field("message"),
        "Task will run for 86400 seconds in background"
    );

    let id = site
        .post(r#"{"name": "sweep", "duration": 1.0}"#)
        .field("task_id");
    let unreserved = |c: char| c.is_ascii_alphanumeric() || c == '_';
    assert!(
        id.starts_with("task_") && id.chars().all(unreserved),
        "{id}"
    );
    for step in ["\"step\": 1,", "\"step\": 2,", "\"step\": 3,"] {
        let line = site.running.wait_for("step done");
        assert!(line.contains(&id) && line.contains(step), "{line}");
    }
    let line = site.running.wait_for("task done");
    assert!(
        line.contains(&id) && line.contains("\"seconds\": 1,"),
        "{line}"
    );
    site.running.stop().cleanly();
}

#[test]
fn async_tasks_of_one_second_have_ids_of_their_own() {
    let site = Site::example("http-async-task");
    let mut connection = site.connect();
    let mut submit = |_| {
        let answer = connection.ask("POST", "/api/tasks", r#"{"name": "a", "duration": 0}"#);
        answer.field("task_id")
    };
    let ids: HashSet<String> = (0..500).map(&mut submit).collect();
    assert_eq!(ids.len(), 500);
    site.running.stop().cleanly();
}

#[test]
fn an_async_task_that_is_none_is_refused_with_the_field_that_is_wrong() {
    let site = Site::example("http-async-task");
    site.refuses_what_is_no_task();
    let default = site.post(r#"{"name": "sweep", "duration": null}"#);
    assert_eq!(
        default.field("message"),
        "Task will run for 3 seconds in background"
    );
    site.running.stop().cleanly();
}

#[test]
fn each_task_has_a_process_of_its_own_which_ends() {
    let mut site = Site::example("http-spawn");
    let long = site.post(r#"{"name": "alpha", "duration": 86400}"#);
    assert_eq!(
        (long.status, long.field("status")),
        (202, "spawned".to_owned())
    );
    let pid = long.field("pid");
    assert!(pid.starts_with("{app:processes|app:task_worker|"), "{pid}");
    let message = format!("Process {pid} will run for 86400 seconds");
    assert_eq!(long.field("message"), message);

    let tasks = [
        r#"{"name": "beta", "duration": 0}"#,
        r#"{"name": "gamma", "duration": 0}"#,
    ];
    let pids: Vec<String> = tasks
        .iter()
        .map(|task| site.post(task).field("pid"))
        .collect();
    assert_eq!(HashSet::from([&pid, &pids[0], &pids[1]]).len(), 3);
    let done = site.running.wait_for_many(2, "task done");
    for pid in &pids {
        assert!(
            done.iter().any(|line| line.contains(pid)),
            "{pid} in {done:#?}"
        );
    }
    site.running.stop().cleanly();
}

#[test]
fn a_task_for_a_process_that_is_none_is_refused_with_the_field_that_is_wrong() {
    let site = Site::example("http-spawn");
    site.refuses_what_is_no_task();
    let default = site.post(r#"{"name": "sweep"}"#).field("message");
    assert!(default.ends_with(" will run for 3 seconds"), "{default}");
    site.running.stop().cleanly();
}
