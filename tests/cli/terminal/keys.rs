//! A terminal with somebody at its keyboard: both ends of a pseudo-terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::tool;
use crate::app::App;
use crate::running::Running;

/// A pseudo-terminal.
struct Pty {
    keyboard: File,
    /// What a program on it has open.
    inner: File,
    screen: Receiver<Vec<u8>>,
    /// What was seen on the screen, less what was waited for.
    seen: String,
}

impl Pty {
    fn new() -> Pty {
        let outer = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&outer).unwrap();
        unlockpt(&outer).unwrap();
        let name = ptsname(&outer, Vec::new()).unwrap();
        let inner = open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let keyboard = File::from(outer);
        let mut outer = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            // It fails once nobody has the other end any more.
            while let Ok(count) = outer.read(&mut chunk) {
                if sender.send(chunk[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Pty {
            keyboard,
            inner: inner.into(),
            screen,
            seen: String::new(),
        }
    }

    /// Starts the command `tool` on it.
    fn start(&self, app: &App) -> Running {
        let stream = || Stdio::from(self.inner.try_clone().unwrap());
        let mut command = app.command(&["tool"], &[]);
        let command = command.stdin(stream()).stdout(stream());
        Running::of(command.stderr(stream()))
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows `text`; answers what it showed before.
    fn wait_for(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                let mut before = std::mem::replace(&mut self.seen, rest);
                before.truncate(at);
                return before;
            }
            let patience = std::time::Duration::from_secs(60);
            let Ok(more) = self.screen.recv_timeout(patience) else {
                panic!("no {text:?}: {:?}", self.seen)
            };
            self.seen += std::str::from_utf8(&more).unwrap();
        }
    }

    /// Whether keys are echoed and kept until the line ends.
    fn is_raw(&self) -> bool {
        let modes = tcgetattr(&self.inner).unwrap().local_modes;
        !modes.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}

/// Goes raw, shows keys by their numbers, and ends as the key `e` or `q` says; Ctrl-C is a key.
const KEYS: &str = "function()
        io.print(io.raw(true))
        io.write('ready')
        while true do
            local key = io.read(1)
            if key == 'e' then error('torn') end
            if key == 'q' then return 3 end
            if key == 'c' then io.print(io.raw(false)) end
            io.write('<', key:byte(), '>')
        end
    end";

#[test]
fn in_raw_mode_each_key_comes_at_once_and_the_mode_ends_with_the_program() {
    let app = tool(KEYS);
    for (key, status) in [("e", 1), ("q", 3)] {
        let mut pty = Pty::new();
        assert!(!pty.is_raw());
        let running = pty.start(&app);
        pty.wait_for("ready");
        assert!(pty.is_raw());
        pty.press("a\u{3}");
        assert_eq!(pty.wait_for("<97><3>"), "");
        pty.press(key);
        assert_eq!(running.ended().code, Some(status));
        assert!(!pty.is_raw());
    }
}

#[test]
fn raw_mode_is_left_when_the_program_says_so_or_is_told_to_end() {
    let app = tool(KEYS);
    let mut pty = Pty::new();
    let running = pty.start(&app);
    pty.wait_for("ready");
    pty.press("c");
    pty.wait_for("<99>");
    assert!(!pty.is_raw());
    running.signal("TERM");
    running.signal("TERM");
    assert_eq!(running.ended().code, Some(1));

    let mut pty = Pty::new();
    let running = pty.start(&app);
    pty.wait_for("ready");
    running.signal("INT");
    running.signal("TERM");
    assert_eq!(running.ended().code, Some(1));
    assert!(!pty.is_raw());
}

#[test]
fn lines_are_read_from_a_terminal_which_may_have_more_behind_its_end() {
    let app = tool(
        "function()
            io.write('name? ')
            local name = io.readline()
            io.print('hello ' .. name)
            io.print(io.readline())
            io.print('and ' .. io.readline())
        end",
    );
    let mut pty = Pty::new();
    let running = pty.start(&app);
    pty.wait_for("name? ");
    pty.press("Ada\n");
    pty.wait_for("hello Ada");
    pty.press("\u{4}");
    pty.wait_for("nil\tEOF");
    pty.press("on\n");
    pty.wait_for("and on");
    assert_eq!(running.ended().code, Some(0));
}
