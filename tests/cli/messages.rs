//! Extreme messages and arguments.

use crate::app::App;

#[test]
fn ten_thousand_arguments_and_fifty_megabytes_arrive_intact() {
    let app = App::program(
        "local function main()
            local numbers = {}
            for i = 1, 10000 do numbers[i] = i end
            local pid = assert(process.spawn_monitored('app:worker', 'app:processes', table.unpack(numbers)))
            local text = string.rep('moondust!', 50 * 1024 * 1024 // 9)
            assert(process.send(pid, 'text', text .. 'end'))
            local event = process.events():receive()
            assert(event.result.error == nil, event.result.error)
            print('arrived', event.result.value)
            process.events():receive()
        end
        return { main = main }",
        "local function main(...)
            local count, sum = select('#', ...), 0
            for i = 1, count do
                local argument = select(i, ...)
                sum = (sum * 31 + argument) % 1000003
            end
            local text = process.inbox():receive():payload():data()
            local bytes = 0
            for at = 1, #text, 4099 do bytes = (bytes * 31 + text:byte(at)) % 1000003 end
            return string.format('%d %d %d %d %s', count, sum, #text, bytes, text:sub(-5))
        end
        return { main = main }",
    );
    let arguments = (1..=10_000_u64).fold(0, |sum, next| (sum * 31 + next) % 1_000_003);
    let mut text = b"moondust!".repeat(50 * 1024 * 1024 / 9);
    text.extend_from_slice(b"end");
    let bytes = text
        .iter()
        .step_by(4099)
        .fold(0, |sum, next| (sum * 31 + u64::from(*next)) % 1_000_003);
    let mut running = app.start();
    let line = running.wait_for_any(&["arrived", "ERROR"]);
    let expected = format!(
        "INFO  arrived 10000 {arguments} {} {bytes} t!end",
        text.len()
    );
    assert_eq!(line, expected);
    running.stop().cleanly();
}

#[test]
fn fifty_megabytes_arrive_again_and_again() {
    let app = App::program(
        "local function main()
            local inbox, values = process.inbox(), process.listen('value')
            local pid = assert(process.spawn_monitored('app:worker', 'app:processes', process.pid()))
            local function check(text)
                assert(#text == 50 * 1024 * 1024 and text:sub(1, 3) == 'xyz' and text:sub(-3) == 'end')
                assert(process.send(pid, 'next'))
            end
            for _ = 1, 4 do
                check(inbox:receive():payload():data())
                check(inbox:receive():payload():data().text)
                check(values:receive())
                check(values:receive().text)
            end
            print('all arrived')
            process.events():receive()
        end
        return { main = main }",
        "local function main(to)
            local inbox = process.inbox()
            local text = 'xyz' .. string.rep('x', 50 * 1024 * 1024 - 6) .. 'end'
            for _ = 1, 4 do
                for _, topic in ipairs({ 'object', 'value' }) do
                    assert(process.send(to, topic, text))
                    inbox:receive()
                    assert(process.send(to, topic, { text = text }))
                    inbox:receive()
                end
            end
        end
        return { main = main }",
    );
    let mut running = app.start();
    let line = running.wait_for_any(&["all arrived", "ERROR"]);
    assert_eq!(line, "INFO  all arrived");
    running.stop().cleanly();
}
