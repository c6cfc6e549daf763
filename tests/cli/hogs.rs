//! Programs that never wait: they end when they are killed, and until then hurt nobody.

use crate::app::App;

/// The ways to run for ever, each reached through another part of the VM.
const HOGS: &str = "
local function forever() while true do end end

-- A table whose length is said to be 2^40: a border of a sparse table may be anywhere.
local function sparse()
    local t, at = table.create(0, 256), 1
    t[1] = 1
    while at < 1 << 40 do
        -- Where Lua looks for the border next.
        t[2 * at] = 1
        if #t < 2 * at then t[2 * at + 1] = 1 end
        at = #t
    end
    return t
end

local hogs = {}

function hogs.plain() forever() end
function hogs.recursing_in_pcall()
    local function again() return pcall(again) end
    while true do pcall(function() local function f() return 1 + f() end f() end) end
end
function hogs.comparator() table.sort({ 3, 1, 2 }, forever) end
function hogs.gsub_callback() string.gsub('x', '.', forever) end
function hogs.pcall_loop() while true do pcall(forever) end end
function hogs.errors_in_pcall() while true do pcall(error, 'again') end end
function hogs.coroutine_in_pcall()
    coroutine.wrap(function() while true do pcall(coroutine.wrap(forever)) end end)()
end
function hogs.spawned_task() coroutine.spawn(forever) process.inbox():receive() end
function hogs.index_metamethod() return setmetatable({}, { __index = forever }).x end
function hogs.close_metamethod() local _ <close> = setmetatable({}, { __close = forever }) end
function hogs.tostring_metamethod() return tostring(setmetatable({}, { __tostring = forever })) end
function hogs.index_in_ipairs() for _ in ipairs(setmetatable({}, { __index = forever })) do end end
function hogs.index_in_unpack() return table.unpack(setmetatable({}, { __index = forever }), 1, 2) end
function hogs.index_in_concat() return table.concat(setmetatable({}, { __index = forever }), '', 1, 2) end
function hogs.length_in_concat() return table.concat(setmetatable({}, { __len = forever })) end
function hogs.operand_of_a_string() return '10' + setmetatable({}, { __add = forever }) end
function hogs.insert_into_a_sparse_table() table.insert(sparse(), 1, 9) end
function hogs.remove_from_a_sparse_table() table.remove(sparse(), 1) end
function hogs.iterator() for _ in forever do end end
function hogs.sends_to_itself() while true do process.send(process.pid(), 'more') process.inbox():receive() end end
function hogs.pattern_in_pcall()
    local text, pattern = string.rep('a', 100000), string.rep('a-', 30) .. 'b'
    while true do pcall(string.find, text, pattern) end
end

return hogs";

/// Watches all hogs. Ignores its own cancel: its host gives it longer than theirs gives them.
const WATCHER: &str = "
local hogs = require('hogs')
local function main()
    local events, began = process.events(), process.listen('began')
    local kind_of, left, ticks = {}, 0, process.listen('tick')
    assert(process.spawn('app:ticker', 'app:processes', process.pid()))
    for kind in pairs(hogs) do
        kind_of[assert(process.spawn_monitored('app:hog', 'app:hogs', process.pid(), kind))] = kind
        left = left + 1
    end
    for _ = 1, left do began:receive() end
    for _ = 1, 20 do ticks:receive() end
    print('others tick on beside ' .. left .. ' hogs')
    while left > 0 do
        local event = events:receive()
        if event.kind == process.event.EXIT then
            left = left - 1
            print('hog ' .. kind_of[event.from] .. ' ended', event.result.error)
        end
    end
    for _ = 1, 3 do ticks:receive() end
    print('all hogs have ended')
end
return { main = main }";

const HOG: &str = "
local hogs = require('hogs')
local function main(watcher, kind)
    process.send(watcher, 'began')
    hogs[kind]()
end
return { main = main }";

const TICKER: &str = "
local time = require('time')
local function main(watcher)
    while process.send(watcher, 'tick') do time.sleep('1ms') end
end
return { main = main }";

fn hogs() -> App {
    let entry = |name: &str| {
        format!(
            "  - {{name: {name}, kind: process.lua, source: file://{name}.lua, modules: [time], \
             imports: {{hogs: app:kinds}}}}\n"
        )
    };
    App::of(&format!(
        "  - {{name: processes, kind: process.host, lifecycle: {{auto_start: true}}}}
  - {{name: hogs, kind: process.host, lifecycle: {{auto_start: true, stop_timeout: 200ms}}}}
  - {{name: kinds, kind: library.lua, source: file://kinds.lua}}
  - {{name: starter, kind: process.service, process: starter_process, host: app:processes, \
       lifecycle: {{auto_start: true, requires: [hogs]}}}}
{}{}{}{}",
        entry("starter_process"),
        entry("watcher"),
        entry("hog"),
        entry("ticker")
    ))
    .file("src/kinds.lua", HOGS)
    .file("src/watcher.lua", WATCHER)
    .file("src/hog.lua", HOG)
    .file("src/ticker.lua", TICKER)
    .file(
        "src/starter_process.lua",
        "return { main = function() assert(process.spawn('app:watcher', 'app:processes')) end }",
    )
}

#[test]
fn hogs_of_every_kind_leave_the_others_ticking_and_are_killed_by_a_shutdown() {
    let mut running = hogs().start();
    let line = running.wait_for_any(&["others tick on", "ERROR"]);
    let count: usize = line
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .expect(&line);
    running.signal("TERM");
    running.wait_for("all hogs have ended");
    let ended = running.ended();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let lines = ended.with("INFO  hog ");
    assert_eq!(lines.len(), count, "{ended:#?}");
    for line in lines {
        assert!(line.ends_with(" ended canceled"), "{line}");
    }
    assert!(ended.with("left behind").is_empty(), "{ended:#?}");
}
