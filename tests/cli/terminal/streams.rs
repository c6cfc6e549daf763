//! What is read and written, and who waits for that.

use std::fs::File;
use std::io::{PipeWriter, Read};
use std::process::Stdio;

use super::{fed, piped, tool};
use crate::running::Running;

#[test]
fn nothing_of_the_input_is_lost_between_reads() {
    let app = tool(
        "function()
            local function show(text, failure)
                io.print(text and ('[' .. text .. ']') or failure:kind() .. ': ' .. failure:message())
            end
            show(io.readline())
            show(io.read(3))
            show(io.readline())
            show(io.readline())
            show(io.readline())
            show(io.read(0))
            show(io.readline())
            show(io.read())
        end",
    );
    let said = fed(&app, &["tool"], b"one\r\ntwo three\n\nfour\rfive\npart");
    let expected =
        "[one]\n[two]\n[ three]\n[]\n[four\rfive]\n[part]\nNotFound: EOF\nNotFound: EOF\n";
    assert_eq!(said.all(), (0, expected, ""));
}

#[test]
fn the_last_line_need_not_end() {
    let app = tool("function() for line in io.readline do io.write('<', line, '>') end end");
    assert_eq!(fed(&app, &["tool"], b"a\nb").stdout, "<a><b>");
    assert_eq!(fed(&app, &["tool"], b"a\nb\n").stdout, "<a><b>");
    assert_eq!(fed(&app, &["tool"], b"").stdout, "");
}

#[test]
fn each_line_goes_to_one_of_all_who_read() {
    let app = tool(
        "function(parent)
            local seen = {}
            local function read_all()
                for line in io.readline do seen[#seen + 1] = line end
            end
            if parent then
                read_all()
                process.send(parent, 'seen', seen)
                return process.events():receive()
            end
            for _ = 1, 3 do assert(process.spawn('app:tool', 'app:terminal', process.pid())) end
            local done = channel.new(2)
            for _ = 1, 2 do coroutine.spawn(function() read_all() done:send(true) end) end
            done:receive()
            done:receive()
            for _ = 1, 3 do
                for _, line in ipairs(process.inbox():receive():payload():data()) do seen[#seen + 1] = line end
            end
            table.sort(seen)
            io.print(table.concat(seen, ' '))
        end",
    );
    let lines: Vec<String> = (0..5000).map(|number| format!("{number:05}")).collect();
    let said = fed(&app, &["tool"], lines.join("\n").as_bytes());
    assert_eq!(said.all(), (0, &*format!("{}\n", lines.join(" ")), ""));
}

#[test]
fn a_line_without_end_is_an_error_and_can_be_taken_in_parts() {
    let app = tool(
        "function()
            local line, failure = io.readline()
            io.print(line, failure:kind(), failure:message():match('more than the (%d+) bytes'))
            local bytes = 0
            while true do
                local part = io.read(1 << 40)
                if not part then break end
                bytes = bytes + #part
            end
            io.print(bytes)
        end",
    );
    let limit = ["-o", "app:terminal:host.memory_limit=1MiB", "tool"];
    let said = fed(&app, &limit, &vec![b'x'; 5 << 20]);
    let expected = format!("nil\tLimitExceeded\t{}\n{}\n", (1 << 20) / 3, 5 << 20);
    assert_eq!(said.all(), (0, &*expected, ""));
}

#[test]
fn who_waits_for_input_holds_up_nobody() {
    let app = tool(
        "function(parent)
            if parent then return io.readline() end
            for _ = 1, 64 do assert(process.spawn('app:tool', 'app:terminal', process.pid())) end
            local read = false
            coroutine.spawn(function() io.readline() read = true end)
            for _ = 1, 20 do time.sleep('1ms') end
            io.print('nothing read', read)
            process.events():receive()
            return 4
        end",
    );
    let impatient = ["-o", "app:terminal:lifecycle.stop_timeout=50ms", "tool"];
    let mut child = piped(&app, &impatient);
    let stdin = child.stdin.take().unwrap();
    let mut running = Running::of_child(child);
    running.wait_for("nothing read\tfalse");
    running.signal("INT");
    // The reader is in a read that does not return, and nobody waits for it.
    assert_eq!(running.ended().code, Some(4));
    drop(stdin);
}

#[test]
fn who_waits_for_input_can_be_killed() {
    let app = tool("function() io.print('reads') io.readline() end");
    let impatient = ["-o", "app:terminal:lifecycle.stop_timeout=50ms", "tool"];
    let mut child = piped(&app, &impatient);
    let stdin = child.stdin.take().unwrap();
    let mut running = Running::of_child(child);
    running.wait_for("reads");
    running.signal("INT");
    let ended = running.ended();
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.with("moondust"), ["moondust: process terminated"]);
    drop(stdin);
}

/// Writes much more than a pipe holds, from several processes, and says in the log when others run nevertheless.
const FLOOD: &str = "function(parent)
        if parent then
            for _ = 1, 300 do io.write(('x'):rep(1023), '\\n') end
            return process.send(parent, 'done', true) and process.events():receive()
        end
        for _ = 1, 8 do assert(process.spawn('app:tool', 'app:terminal', process.pid())) end
        for _ = 1, 20 do time.sleep('1ms') end
        local none = { process.inbox():case_receive(), default = true }
        require('logger'):info('alive', { done = not channel.select(none).default })
        local events = process.events()
        for _ = 1, 8 do
            local got = channel.select({ process.inbox():case_receive(), events:case_receive() })
            if got.channel == events then return 5 end
        end
    end";

#[test]
fn a_reader_that_stalls_holds_up_only_who_writes_and_gets_it_all() {
    let app = tool(FLOOD);
    let mut child = piped(&app, &["-v", "tool"]);
    let mut stdout = child.stdout.take().unwrap();
    let mut running = Running::of_child(child);
    // More is written than is kept, so that nobody is done.
    let line = running.wait_for("alive");
    assert!(line.contains("\"done\": false"), "{line}");
    let mut read = Vec::new();
    stdout.read_to_end(&mut read).unwrap();
    assert_eq!(running.ended().code, Some(0));
    assert_eq!(read.len(), 8 * 300 * 1024);
    assert!(
        read.split(|byte| *byte == b'\n')
            .all(|line| [0, 1023].contains(&line.len()))
    );
}

#[test]
fn a_command_that_is_told_to_end_leaves_a_reader_that_stalls() {
    let app = tool(FLOOD);
    let mut child = piped(
        &app,
        &[
            "-v",
            "-o",
            "app:terminal:lifecycle.stop_timeout=50ms",
            "tool",
        ],
    );
    let stdout = child.stdout.take().unwrap();
    let mut running = Running::of_child(child);
    running.wait_for("alive");
    running.signal("TERM");
    let ended = running.ended();
    // Its first process that ended has said 5, or was killed.
    assert!(matches!(ended.code, Some(1 | 5)), "{ended:?}");
    assert_eq!(ended.with("nobody").len(), 1, "{ended:?}");
    drop(stdout);
}

#[test]
fn what_is_written_at_once_is_bounded() {
    let app = tool(
        "function()
            local part, parts = ('x'):rep(4096), {}
            for place = 1, 1000 do parts[place] = part end
            local done, failure = io.write(table.unpack(parts))
            io.print(done, failure:kind())
            local large, ended = part:rep(20), channel.new(100)
            for _ = 1, 100 do coroutine.spawn(function() ended:send(io.write(large)) end) end
            for _ = 1, 100 do assert(ended:receive()) end
        end",
    );
    let limit = ["-o", "app:terminal:host.memory_limit=1MiB", "tool"];
    let said = fed(&app, &limit, b"");
    assert_eq!((said.code, &*said.stderr), (0, ""));
    let rest = said.stdout.strip_prefix("nil\tLimitExceeded\n").unwrap();
    assert_eq!(rest.len(), 100 * 20 * 4096);
}

#[test]
fn both_streams_keep_one_order() {
    let app = tool(
        "function()
            for number = 1, 2000 do
                if number % 3 == 0 then io.eprint(number) else io.print(number) end
            end
            error('torn')
        end",
    );
    let (mut reader, out): (_, PipeWriter) = std::io::pipe().unwrap();
    let mut command = app.command(&["tool"], &[]);
    let mut child = command
        .stderr(out.try_clone().unwrap())
        .stdout(out)
        .spawn()
        .unwrap();
    drop(command);
    let mut read = String::new();
    reader.read_to_string(&mut read).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let numbers: String = (1..=2000).map(|number| format!("{number}\n")).collect();
    assert_eq!(read, numbers + "moondust: app:tool:6: torn\n");
}

#[test]
fn what_cannot_be_written_is_told_and_not_done() {
    let app = tool(
        "function()
            io.write('lost')
            local flushed, failure = io.flush()
            io.eprint(flushed, failure:kind(), failure:message())
            io.eprint(io.write('more'))
        end",
    );
    let run = |stdout: Stdio| {
        let mut command = app.command(&["tool"], &[]);
        let child = command.stdout(stdout).stderr(Stdio::piped()).spawn();
        let output = child.unwrap().wait_with_output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let full = File::options().write(true).open("/dev/full").unwrap();
    let why = "cannot write to stdout: No space left on device (os error 28)";
    let told = format!("nil\tInternal\t{why}\nnil\t{why}\nmoondust: {why}\n");
    assert_eq!(run(full.into()), (Some(1), told));
    let (reader, gone) = std::io::pipe().unwrap();
    drop(reader);
    let why = "cannot write to stdout: Broken pipe (os error 32)";
    let told = format!("nil\tInternal\t{why}\nnil\t{why}\n");
    assert_eq!(run(gone.into()), (Some(0), told));
}

#[test]
fn a_pipe_has_no_raw_mode() {
    let app =
        tool("function() local done, failure = io.raw(true) io.print(done, failure:kind()) end");
    assert_eq!(fed(&app, &["tool"], b"").all(), (0, "nil\tInvalid\n", ""));
}
