//! Where the program runs: the variable `TZ` says which zone is the local one.

use crate::app::App;

const MAIN: &str = "
local time = require('time')
local winter, summer = time.unix(1704067200, 0), time.unix(1719792000, 0)
return { main = function()
    print(winter:format('15:04 -0700 MST'), summer:format('15:04 -0700 MST'))
    print(os.date('%H:%M %z %Z', 1719792000), os.time({ year = 2024, month = 7, day = 1 }), os.date('*t', 1719792000).isdst)
    print(time.date(2024, 7, 1, 0, 0, 0, 0):unix(), time.parse('2006-01-02', '2024-07-01'):unix(), time.localtz)
    print('all said')
    process.events():receive()
end }";

/// The zone as Lua sees it: what clocks show at two instants.
fn said_with(zone: &str) -> Vec<String> {
    let app = App::program(MAIN, "return { main = print }");
    let mut running = app.start_with(&[], &[("TZ", zone)]);
    let last = running.wait_for_any(&["INFO  all said", "ERROR"]);
    assert_eq!(last, "INFO  all said");
    let ended = running.stop().cleanly();
    let said = ended
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("INFO  "));
    said.take_while(|line| *line != "all said")
        .skip_while(|line| !line.contains(':'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_local_zone_is_that_of_tz() {
    let berlin = [
        "01:00 +0100 CET 02:00 +0200 CEST",
        "02:00 +0200 CEST 1719784800 true",
        "1719784800 1719784800 Local",
    ];
    for zone in [
        "Europe/Berlin",
        ":Europe/Berlin",
        "CET-1CEST,M3.5.0,M10.5.0/3",
    ] {
        assert_eq!(said_with(zone), berlin, "{zone}");
    }
    let kolkata = [
        "05:30 +0530 IST 05:30 +0530 IST",
        "05:30 +0530 IST 1719772200 false",
        "1719772200 1719772200 Local",
    ];
    assert_eq!(said_with("Asia/Kolkata"), kolkata);
}

#[test]
fn without_a_zone_in_tz_it_is_utc() {
    let utc = [
        "00:00 +0000 UTC 00:00 +0000 UTC",
        "00:00 +0000 UTC 1719792000 false",
        "1719792000 1719792000 Local",
    ];
    for zone in ["", "UTC", "Nowhere/Town", "\u{1}"] {
        assert_eq!(said_with(zone), utc, "{zone}");
    }
}
