//! Lua functions that a function in C calls and waits for, where they can't be interrupted: their processes end after a
//! while, and until then as many of them as there can be workers hold up nobody for good.

use crate::app::App;

/// More than there are workers on small machines, with all spares: unmended, that many stop the whole program.
const AT_ONCE: usize = 8;

/// Spawns `AT_ONCE` workers of each kind, says how each ended, and hears ticks of another process afterwards.
const WATCHER: &str = "
local function main()
    local events, ticks = process.events(), process.listen('tick')
    assert(process.spawn('app:worker', 'app:processes', 'tick', process.pid()))
    for _, kind in ipairs({ KINDS }) do
        for _ = 1, AT_ONCE do assert(process.spawn_monitored('app:worker', 'app:processes', kind)) end
        for _ = 1, AT_ONCE do print(kind .. ':', tostring(events:receive().result.error)) end
        for _ = 1, 3 do ticks:receive() end
    end
    print('all done')
    events:receive()
end
return { main = main }";

/// What each of `AT_ONCE` workers of each kind said at its end.
fn endings(kinds: &[&str], worker: &str) -> Vec<String> {
    let main = WATCHER.replace("AT_ONCE", &AT_ONCE.to_string());
    let worker = format!("local function forever() while true do end end\n{worker}");
    let mut running = App::of_kinds(&main, kinds, &worker).start();
    running.wait_for("INFO  all done");
    let ended = running.stop().cleanly();
    let said = ended.with("INFO  ").into_iter().map(str::to_owned);
    let is_ending = |line: &String| kinds.iter().any(|kind| line[6..].starts_with(kind));
    let said: Vec<String> = said.filter(is_ending).collect();
    assert_eq!(said.len(), kinds.len() * AT_ONCE, "{said:#?}");
    said
}

#[test]
fn what_can_not_be_left_is_given_up() {
    let said = endings(
        &["handler", "closed", "wrapped", "failing", "protected"],
        "local closing = setmetatable({}, { __close = forever })
        local function suspended()
            local _ <close> = closing
            coroutine.yield()
        end
        function kinds.handler() xpcall(error, forever) end
        function kinds.closed()
            local co = coroutine.create(suspended)
            coroutine.resume(co)
            coroutine.close(co)
        end
        function kinds.wrapped()
            coroutine.wrap(function()
                local _ <close> = closing
                error('closed')
            end)()
        end
        function kinds.failing()
            local _ <close> = closing
            error('failed')
        end
        function kinds.protected()
            while true do pcall(xpcall, error, forever) end
        end",
    );
    for line in said {
        assert!(
            line.contains("a native call did not return in time"),
            "{line}"
        );
        let is_after = line.ends_with("(in a `__close`, after: app:worker:25: failed)");
        assert_eq!(is_after, line.contains("failing:"), "{line}");
    }
}

#[test]
fn a_sparse_table_is_as_short_as_what_is_in_it() {
    let said = endings(
        &["logs", "selects", "inserts"],
        "local function sparse()
            local t, at = table.create(0, 256), 1
            t[1] = channel.new()
            while at < 1 << 40 do
                -- Where Lua looks for the border next.
                t[2 * at] = t[1]
                if #t < 2 * at then t[2 * at + 1] = t[1] end
                at = #t
            end
            return t
        end
        function kinds.logs()
            local t = sparse()
            for at in pairs(t) do t[at] = at end
            require('logger'):warn('sparse', { t = t })
            require('logger'):with({ t = t }):warn('again')
            return nil, 'logged'
        end
        function kinds.selects() channel.select(sparse(), true) end
        function kinds.inserts()
            table.insert({}, math.maxinteger, 1)
            table.insert({ [math.maxinteger] = 1 }, math.maxinteger, 1)
            table.remove({}, math.maxinteger)
            return nil, 'inserted'
        end",
    );
    let (logs, rest) = said.split_at(AT_ONCE);
    let (selects, inserts) = rest.split_at(AT_ONCE);
    assert!(logs.iter().all(|line| line.contains("logged")), "{logs:#?}");
    let text = "too many cases";
    assert!(
        selects.iter().all(|line| line.contains(text)),
        "{selects:#?}"
    );
    assert!(
        inserts.iter().all(|line| line.contains("inserted")),
        "{inserts:#?}"
    );
}
