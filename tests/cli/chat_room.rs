//! `examples/chat-room`: who joins hears all that is said until it leaves; rooms begin and end with their members.

use crate::app::App;
use crate::running::{Ended, Running};

/// The example, whose users hardly ever pause.
fn town(variables: &[(&str, &str)]) -> Running {
    Running::example("chat-room", &[], &[&[("PAUSE", "1ms")], variables].concat())
}

/// Waits until all have gone; answers the line that says so. Nobody may have missed anything.
fn gone(running: &mut Running) -> String {
    let line = running.wait_for_any(&["all users have gone", "service failed"]);
    assert!(line.contains("\"missed\": 0, "), "{line}");
    line
}

/// Asserts that nothing is in the log that should not be. Of users that crash the room is told.
fn quietly(running: Running) -> Ended {
    running.stop().cleanly()
}

#[test]
fn five_hundred_users_chat_in_twenty_rooms_and_nobody_misses_a_word() {
    let mut running = town(&[("USERS", "500"), ("ROOMS", "20"), ("WATCH", "none")]);
    let line = gone(&mut running);
    // Every fifth crashes, and doesn't tell how often it spoke; the others say two things each.
    assert!(line.contains("\"crashed\": 100, "), "{line}");
    assert!(line.contains("\"said\": 800, \"users\": 500}"), "{line}");
    quietly(running);
}

#[test]
fn a_room_knows_who_is_there_until_it_is_empty() {
    let mut running = town(&[("USERS", "60"), ("ROOMS", "2"), ("WATCH", "room-2")]);
    gone(&mut running);
    let ended = quietly(running);
    let mut here = 0;
    for line in ended.with("\"room\": \"room-2\"") {
        match line.split("  ").nth(1).unwrap() {
            "joined" => here += 1,
            "left" | "crashed" => here -= 1,
            "said" => assert!(here > 0, "{ended:#?}"),
            _ => assert_eq!(here, 0, "{line}: {ended:#?}"),
        }
    }
    let count = |text| ended.with(text).len();
    assert_eq!(count("INFO  joined"), 30, "{ended:#?}");
    assert_eq!(count("INFO  said"), 60, "{ended:#?}");
    assert_eq!(count("INFO  crashed"), 6, "{ended:#?}");
    assert_eq!(count("INFO  left"), 24, "{ended:#?}");
    assert!(count("the room is empty: it ends") >= 1, "{ended:#?}");
}

#[test]
fn whoever_asks_for_a_room_that_is_about_to_end_gets_into_the_next_one() {
    let mut running = town(&[
        ("USERS", "2000"),
        ("ROOMS", "1000"),
        ("SAYS", "0"),
        ("PAUSE", "0s"),
        ("CRASH_EVERY", "0"),
        ("WATCH", "none"),
    ]);
    let line = gone(&mut running);
    let (_, rest) = line.split_once("\"rooms_opened\": ").unwrap();
    let opened: u32 = rest.split_once(',').unwrap().0.parse().unwrap();
    assert!((1000..=2000).contains(&opened), "{line}");
    quietly(running);
}

#[test]
fn told_to_end_all_say_goodbye_first() {
    let mut running = town(&[("USERS", "200"), ("ROOMS", "20"), ("PAUSE", "1h")]);
    running.wait_for_many(10, "INFO  joined");
    let ended = quietly(running);
    assert_eq!(ended.with("closing time").len(), 1, "{ended:#?}");
    assert_eq!(ended.with("INFO  left").len(), 10, "{ended:#?}");
    let line = ended.with("all users have gone")[0];
    let expected = "\"missed\": 0, \"rooms_opened\": 20, \"said\": 0, \"users\": 200}";
    assert!(line.ends_with(expected), "{line}");
}

#[test]
fn a_wrong_value_ends_it_with_its_name() {
    for (name, value) in [
        ("USERS", "many"),
        ("ROOMS", "0"),
        ("SAYS", "-1"),
        ("PAUSE", "long"),
        ("CRASH_EVERY", "0.5"),
    ] {
        let ended = town(&[(name, value)]).ended();
        assert_eq!(ended.code, Some(1), "{name}={value}: {ended:#?}");
        let error = ended.with("service failed for good")[0];
        assert!(error.contains(name), "{error}");
        assert!(
            error.contains(&format!("and is \\\"{value}\\\"")),
            "{error}"
        );
    }
}

/// Rooms and users, and a `main` and an `app:guest` of the test's own. One process runs at a time.
fn programs(main: &str, guest: &str) -> Running {
    App::of(
        "  - {name: processes, kind: process.host, host: {workers: 1}, lifecycle: {auto_start: true}}
  - {name: room, kind: process.lua, source: file://room.lua, modules: [logger]}
  - {name: user, kind: process.lua, source: file://user.lua, modules: [time]}
  - {name: guest, kind: process.lua, source: file://guest.lua}
  - {name: main_process, kind: process.lua, source: file://main.lua, modules: [logger]}
  - {name: main, kind: process.service, process: main_process, host: app:processes, \
       lifecycle: {auto_start: true, restart: {max_attempts: 1}}}
",
    )
    .file(
        "src/room.lua",
        include_str!("../../examples/chat-room/src/room.lua"),
    )
    .file(
        "src/user.lua",
        include_str!("../../examples/chat-room/src/user.lua"),
    )
    .file("src/guest.lua", guest)
    .file("src/main.lua", main)
    .start()
}

#[test]
fn a_user_whose_room_ends_before_it_is_welcome_asks_again() {
    let mut running = programs(
        "return function()
            local named = process.with_options({}):with_name('room')
            assert(named:spawn('app:guest', 'app:processes'))
            local config = { says = 1, pause = 0, watch = 'room' }
            process.spawn_monitored('app:user', 'app:processes', 'ada', 'room', process.pid(), config, false)
            local result = process.events():receive().result
            assert(not result.error, result.error)
            require('logger'):info('ada has gone', result.value)
        end",
        // It has the name of a room, and ends when it is asked.
        "return function() process.inbox():receive() end",
    );
    let line = running.wait_for_any(&["ada has gone", "service failed"]);
    assert!(line.contains("\"missed\": 0, \"said\": 1"), "{line}");
    running.stop().cleanly();
}

#[test]
fn what_was_said_just_before_a_crash_is_said() {
    let mut running = programs(
        "return function()
            local guest = assert(process.spawn('app:guest', 'app:processes'))
            local asked = process.with_options({}):with_message('join', { pid = guest, name = 'ada' })
            assert(asked:spawn('app:room', 'app:processes', 'room', process.pid(), true))
        end",
        "return function()
            local room = process.listen('welcome'):receive()
            for word = 1, 3 do process.send(room, 'say', { pid = process.pid(), text = word }) end
            error('gone')
        end",
    );
    let line = running.wait_for("the room is empty");
    assert!(
        line.ends_with("{\"guests\": 1, \"room\": \"room\", \"said\": 3}"),
        "{line}"
    );
    running.stop().cleanly();
}
