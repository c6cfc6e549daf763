//! The examples that answer a request: the block before says what is asked, the block behind what is answered.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::blocks::{self, Served};
use crate::{App, PATIENCE};

/// An app with a function for each, behind a server on a free port.
fn write_app(folder: &Path, served: &[Served]) {
    let mut index = "namespace: app\nentries:\n\
                     \x20 - {name: gateway, kind: http.service, addr: '127.0.0.1:0', lifecycle: {auto_start: true}}\n\
                     \x20 - {name: router, kind: http.router, meta: {server: 'app:gateway'}}\n"
        .to_owned();
    fs::create_dir(folder.join("src")).unwrap();
    for Served {
        line,
        request,
        function,
        ..
    } in served
    {
        let mut words = request.split_whitespace();
        let method = words.next().unwrap();
        let path = words.next().unwrap().split('?').next().unwrap();
        index += &format!(
            "\x20 - {{name: line_{line}, kind: function.lua, source: 'file://line_{line}.lua', method: main, \
             modules: [http, time, json]}}\n\
             \x20 - {{name: route_{line}, kind: http.endpoint, meta: {{router: 'app:router'}}, \
             method: {method}, path: '{path}', func: 'app:line_{line}'}}\n"
        );
        let program = format!("return {{ main = function()\n{function}end }}\n");
        fs::write(folder.join(format!("src/line_{line}.lua")), program).unwrap();
    }
    fs::write(folder.join("src/_index.yaml"), index).unwrap();
}

/// Sends a request as it is written, with what every request has; answers all that comes back.
fn ask(address: &str, request: &str) -> String {
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let body = body.strip_suffix('\n').unwrap_or(body);
    let mut text = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for header in headers.lines() {
        text += &format!("{header}\r\n");
    }
    text += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Asserts that an answer is as it is written: its status, the headers that are named, its body.
fn compare(line: usize, expected: &str, answer: &str) {
    let (expected, body) = expected.split_once("\n\n").unwrap_or((expected, ""));
    let (head, found) = answer.split_once("\r\n\r\n").expect(answer);
    let mut wanted = expected.lines();
    let status = wanted.next().unwrap();
    let is_status = head.starts_with(&format!("HTTP/1.1 {status}"));
    assert!(is_status, "http.md, line {line}: {answer}");
    for header in wanted {
        let is_there = head.lines().any(|line| line == header);
        assert!(is_there, "http.md, line {line}: {header}: {answer}");
    }
    let found = match head.contains("Transfer-Encoding: chunked") {
        true => whole(found),
        false => found.to_owned(),
    };
    assert_eq!(found.trim_end(), body.trim_end(), "http.md, line {line}");
}

/// A body without what frames its chunks.
fn whole(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a length");
        body += &rest[..length];
        chunks = rest[length..].strip_prefix("\r\n").unwrap_or_default();
    }
    body
}

#[test]
fn every_request_is_answered_as_the_page_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let served = blocks::served(&fs::read_to_string(docs.join("http.md")).unwrap());
    assert!(served.len() >= 3, "the examples are found");
    let folder = tempfile::tempdir().unwrap();
    write_app(folder.path(), &served);
    let mut command = Command::new(env!("CARGO_BIN_EXE_moondust"));
    let command = command.arg("run").current_dir(folder.path());
    let mut app = App(command.stderr(Stdio::piped()).spawn().unwrap());
    let mut log = BufReader::new(app.0.stderr.take().unwrap()).lines();
    let address = log.by_ref().map_while(Result::ok).find_map(|line| {
        let at = line.find("127.0.0.1:")?;
        let length = line[at..].find('"')?;
        Some(line[at..at + length].to_owned())
    });
    let address = address.expect("an address in the log");
    // What nobody reads any more must not make the app wait.
    thread::spawn(move || log.for_each(drop));
    for example in &served {
        let answer = ask(&address, &example.request);
        compare(example.line, &example.answer, &answer);
    }
}
