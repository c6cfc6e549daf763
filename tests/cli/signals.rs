//! Ctrl-C, once and twice.

use crate::app::App;

/// Spawns for ever, and looks at its events as mass-spawn does.
const SPAWNER: &str = "local function main()
    local events, count = process.events(), 0
    while true do
        assert(process.spawn_monitored('app:worker', 'app:processes'))
        count = count + 1
        if count == 2000 then print('spawning') end
        if count % 100 == 0 then
            local ready = channel.select({ events:case_receive(), default = true })
            if ready.value and ready.value.kind == process.event.CANCEL then
                print('cancelled: ' .. ready.value.reason)
                return
            end
        end
    end
end
return { main = main }";

#[test]
fn ctrl_c_while_spawning_ends_everything_in_order() {
    for signal in ["INT", "TERM"] {
        let app = App::program(
            SPAWNER,
            "return { main = function() process.events():receive() end }",
        );
        let mut running = app.start();
        running.wait_for("spawning");
        running.signal(signal);
        running.wait_for("INFO  shutting down (press Ctrl+C again to force exit)");
        running.wait_for("cancelled: service stopping");
        running.ended().cleanly();
    }
}

#[test]
fn the_second_ctrl_c_ends_at_once_with_status_1() {
    let app = App::program(
        "return { main = function() print('deaf'); process.inbox():receive() end }",
        "return {}",
    );
    let mut running = app.start();
    running.wait_for("deaf");
    running.signal("INT");
    running.wait_for("shutting down");
    running.signal("INT");
    let ended = running.ended();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.with("did not stop in time").is_empty(), "{ended:#?}");
}

#[test]
fn calls_that_wait_in_masses_for_a_place_end_with_the_app() {
    let app = App::of(
        "  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: waits, kind: function.lua, method: main, pool: {size: 1}, \
       source: 'return {main = function() process.events():receive() end}'}
  - {name: calls, kind: process.lua, source: file://calls.lua, modules: [funcs]}
  - {name: main, kind: process.service, process: calls, host: app:processes, lifecycle: {auto_start: true}}
",
    )
    .file(
        "src/calls.lua",
        "return { main = function()
            for _ = 1, 100000 do require('funcs').async('app:waits') end
            print('called')
            process.events():receive()
        end }",
    );
    let mut running = app.start();
    running.wait_for("called");
    running.stop().cleanly();
}
