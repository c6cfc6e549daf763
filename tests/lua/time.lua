-- The module time: times, locations, layouts. Timers have a suite of their own.

local test = require("test")
local time = require("time")

local cases = {}

-- A time in UTC: missing parts are those of the first moment of a year.
local function utc(year, month, day, hour, minute, second, nano)
    return time.date(year, month or 1, day or 1, hour or 0, minute or 0, second or 0, nano or 0, time.utc)
end

local function span(text)
    return assert(time.parse_duration(text))
end

local berlin = assert(time.load_location("Europe/Berlin"))
local new_york = assert(time.load_location("America/New_York"))

-- 5 June 2024, a Wednesday, in Berlin.
local function summer()
    return time.date(2024, 6, 5, 9, 8, 7, 123456789, berlin)
end

function cases.now_is_what_the_clock_shows()
    local now = time.now()
    assert(math.abs(now:unix() - os.time()) <= 1)
    test.equal(now:location():string(), "Local")
    assert(not now:is_zero())
    assert(not time.now():before(now))
end

function cases.a_date_has_its_parts()
    local t = summer()
    test.values({ 2024, 6, 5 }, t:date())
    test.values({ 9, 8, 7 }, t:clock())
    test.equal({ t:year(), t:month(), t:day() }, { 2024, time.JUNE, 5 })
    test.equal({ t:hour(), t:minute(), t:second(), t:nanosecond() }, { 9, 8, 7, 123456789 })
    test.equal({ t:weekday(), t:year_day() }, { time.WEDNESDAY, 157 })
    test.equal({ t:unix(), t:unix_nano() }, { 1717571287, 1717571287123456789 })
    test.equal(tostring(t), "2024-06-05 09:08:07.123456789 +0200 CEST")
end

function cases.a_date_is_one_of_the_local_zone_unless_it_says_otherwise()
    local t = time.date(2024, 1, 2, 3, 4, 5, 0)
    test.equal(t:location():string(), "Local")
    test.equal(t:unix(), os.time({ year = 2024, month = 1, day = 2, hour = 3, min = 4, sec = 5 }))
    assert(t:equal(time.date(2024, 1, 2, 3, 4, 5, 0, nil)))
    assert(t:equal(time.date(2024, 1, 2, 3, 4, 5, 0, time.localtz)))
end

function cases.parts_out_of_range_carry_over()
    test.equal(utc(2023, 13, 1):format(time.DATE_ONLY), "2024-01-01")
    test.equal(utc(2024, 0, 1):format(time.DATE_ONLY), "2023-12-01")
    test.equal(utc(2024, -11, 1):format(time.DATE_ONLY), "2023-01-01")
    test.equal(utc(2024, 2, 30):format(time.DATE_ONLY), "2024-03-01")
    test.equal(utc(2024, 1, 0):format(time.DATE_ONLY), "2023-12-31")
    test.equal(utc(2024, 1, 1, 24, 60, 60, 1000000000):format(time.DATE_TIME), "2024-01-02 01:01:01")
    test.equal(utc(2024, 1, 1, 0, 0, 0, -1):format(time.RFC3339NANO), "2023-12-31T23:59:59.999999999Z")
    test.equal(utc(2024.9, 1.9, 1.9):format(time.DATE_ONLY), "2024-01-01")
end

function cases.a_date_needs_seven_numbers()
    test.raises("bad argument #1 to 'date' (number expected, got no value)", function() time.date() end)
    for i = 1, 7 do
        local list = { 2024, 1, 1, 0, 0, 0, 0, time.utc }
        list[i] = "x"
        test.raises(("bad argument #%d to 'date' (number expected, got string)"):format(i),
            function() time.date(table.unpack(list, 1, 8)) end)
        list[i] = false
        test.raises(("bad argument #%d to 'date' (number expected, got boolean)"):format(i),
            function() time.date(table.unpack(list, 1, 8)) end)
    end
    test.raises("bad argument #7 to 'date' (number expected, got no value)",
        function() time.date(2024, 1, 1, 0, 0, 0) end)
    test.raises("bad argument #1 to 'date' (year is not finite)",
        function() time.date(1 / 0, 1, 1, 0, 0, 0, 0) end)
    test.raises("bad argument #8 to 'date' (location expected, got string)",
        function() time.date(2024, 1, 1, 0, 0, 0, 0, "UTC") end)
    test.raises("bad argument #8 to 'date' (location expected, got time)",
        function() time.date(2024, 1, 1, 0, 0, 0, 0, time.now()) end)
end

function cases.years_may_be_far_away_but_not_too_far()
    test.equal(utc(9999, 12, 31, 23, 59, 59):format(time.RFC3339), "9999-12-31T23:59:59Z")
    test.equal(utc(10000):format(time.RFC3339), "10000-01-01T00:00:00Z")
    test.equal(utc(-44, 3, 15):format(time.DATE_ONLY), "-0044-03-15")
    test.equal(time.unix(1700000000000, 0):utc():year(), 55840)
    test.fails(errors.INVALID, "out of range", utc(math.maxinteger))
    test.fails(errors.INVALID, "out of range", utc(2024, math.mininteger))
    test.fails(errors.INVALID, "out of range", time.unix(math.maxinteger, 0))
    local last = utc(146000000000)
    repeat
        local after = last:add_date(100000000, 0, 0)
        last = after or last
    until not after
    test.fails(errors.INVALID, "out of range", last:add_date(100000000, 0, 0))
    test.fails(errors.INVALID, "out of range", last:unix_nano())
    test.fails(errors.INVALID, "1677 to 2262", utc(2263):unix_nano())
    test.fails(errors.INVALID, "1677 to 2262", utc(1677):unix_nano())
    test.equal(utc(2262, 4, 11, 23, 47, 16, 854775807):unix_nano(), math.maxinteger)
end

function cases.the_first_moment_of_year_one_is_zero()
    assert(utc(1):is_zero())
    assert(utc(1):in_location(berlin):is_zero())
    assert(not utc(1, 1, 1, 0, 0, 0, 1):is_zero())
    assert(not time.unix(0, 0):is_zero())
end

function cases.unix_seconds_are_a_time_in_the_local_zone()
    local t = time.unix(1717571287, 5)
    test.equal({ t:unix(), t:nanosecond(), t:location():string() }, { 1717571287, 5, "Local" })
    test.equal(time.unix(0, 0):utc():format(time.DATE_TIME), "1970-01-01 00:00:00")
    test.equal(time.unix(0, -1):utc():format(time.STAMP_NANO), "Dec 31 23:59:59.999999999")
    test.equal(time.unix(-1, 3e9):unix(), 2)
    test.equal(time.unix(1.9, 0):unix_nano(), 1000000000)
    test.raises("bad argument #1 to 'unix' (number expected, got no value)", function() time.unix() end)
    test.raises("bad argument #2 to 'unix' (number expected, got no value)", function() time.unix(1) end)
    test.raises("bad argument #2 to 'unix' (number expected, got string)", function() time.unix(1, "0") end)
end

function cases.times_are_moved_by_durations()
    local t = utc(2024, 2, 28, 23, 0, 0)
    test.equal(t:add("2h"):format(time.DATE_TIME), "2024-02-29 01:00:00")
    test.equal(t:add(-span("24h"):nanoseconds()):format(time.DATE_TIME), "2024-02-27 23:00:00")
    test.equal(t:add(span("1.5s")):nanosecond(), 500000000)
    test.equal(t:add(1):nanosecond(), 1)
    test.equal(t:add(3.9):nanosecond(), 3)
    test.equal(t:add("1h"):location():string(), "UTC")
    for _, wrong in ipairs({ "soon", "5", "", {}, true, t, 0 / 0 }) do
        test.raises("bad argument #1 to 'add' (", function() t:add(wrong) end)
    end
    test.raises("bad argument #1 to 'add' (duration must be number or string)", function() t:add() end)
end

function cases.the_difference_of_times_is_a_duration()
    local t = utc(2024)
    test.equal(tostring(t:add("1h30m"):sub(t)), "1h30m0s")
    test.equal(tostring(t:sub(t:add("1ms"))), "-1ms")
    test.equal(utc(9999):sub(utc(1)):nanoseconds(), math.maxinteger)
    test.equal(utc(1):sub(utc(9999)):nanoseconds(), math.mininteger)
    test.equal(tostring(utc(2024):sub(utc(2024):in_location(berlin))), "0s")
    for _, wrong in ipairs({ 5, "1h", {}, span("1h"), false }) do
        test.raises("bad argument #1 to 'sub' (time expected, got ", function() t:sub(wrong) end)
    end
end

function cases.times_are_moved_on_the_calendar()
    local function moved(t, ...) return t:add_date(...):format(time.DATE_ONLY) end
    test.equal(moved(utc(2024, 1, 31), 0, 1, 0), "2024-03-02")
    test.equal(moved(utc(2023, 1, 31), 0, 1, 0), "2023-03-03")
    test.equal(moved(utc(2024, 2, 29), 1, 0, 0), "2025-03-01")
    test.equal(moved(utc(2024, 3, 1), 0, 0, -1), "2024-02-29")
    test.equal(moved(utc(2024, 3, 31), 0, -1, 0), "2024-03-02")
    test.equal(moved(utc(2024), -1, -1, -1), "2022-11-30")
    test.equal(summer():add_date(0, 0, 1):nanosecond(), 123456789)
    -- The clock is set forward in the night: the same time of day is 23 hours away.
    local before = time.date(2024, 3, 30, 12, 0, 0, 0, berlin)
    local after = before:add_date(0, 0, 1)
    test.equal({ after:hour(), after:sub(before):hours() }, { 12, 23.0 })
    test.equal(before:add("24h"):hour(), 13)
    test.raises("bad argument #1 to 'add_date' (number expected, got no value)", function() before:add_date() end)
    test.raises("bad argument #2 to 'add_date' (number expected, got string)", function() before:add_date(1, "1", 1) end)
    test.raises("bad argument #3 to 'add_date' (number expected, got no value)", function() before:add_date(1, 1) end)
end

function cases.times_are_compared_wherever_they_are()
    local t = utc(2024)
    local same, later = t:in_location(berlin), t:add(1)
    assert(t:equal(same) and same:equal(t) and not t:before(same) and not t:after(same))
    assert(t:before(later) and later:after(same) and not later:before(t) and not t:equal(later))
    assert(utc(1):before(utc(9999)) and utc(-5):before(utc(1)))
    for got, wrong in pairs({ number = 5, string = "x", duration = span("1s"), location = berlin, table = {} }) do
        local why = "(time expected, got " .. got .. ")"
        test.raises("bad argument #1 to 'before' " .. why, function() t:before(wrong) end)
        test.raises("bad argument #1 to 'after' " .. why, function() t:after(wrong) end)
        test.raises("bad argument #1 to 'equal' " .. why, function() t:equal(wrong) end)
    end
    test.raises("bad argument #1 to 'equal' (time expected, got no value)", function() t:equal() end)
end

function cases.times_are_rounded_and_cut_off_by_durations()
    local t = utc(2024, 6, 5, 12, 30, 45, 678000000)
    local function shown(t) return t:format("15:04:05.999") end
    test.equal(shown(t:truncate(span("1s"))), "12:30:45")
    test.equal(shown(t:round(span("1s"))), "12:30:46")
    test.equal(shown(t:truncate(span("1h"))), "12:00:00")
    test.equal(shown(t:round(span("1h"))), "13:00:00")
    test.equal(shown(t:round(span("1ms"))), "12:30:45.678")
    test.equal(shown(t:round(span("0s"))), "12:30:45.678")
    test.equal(shown(t:truncate(span("-1h"))), "12:30:45.678")
    -- A day is one of UTC, wherever the time is.
    test.equal(t:in_location(berlin):truncate(span("24h")):format(time.DATE_TIME), "2024-06-05 02:00:00")
    for got, wrong in pairs({ number = 5, string = "1h", time = t, table = {} }) do
        local why = "(duration expected, got " .. got .. ")"
        test.raises("bad argument #1 to 'round' " .. why, function() t:round(wrong) end)
        test.raises("bad argument #1 to 'truncate' " .. why, function() t:truncate(wrong) end)
    end
    test.raises("bad argument #1 to 'round' (duration expected, got no value)", function() t:round() end)
end

function cases.times_are_seen_from_elsewhere()
    local t = summer()
    test.equal(t:utc():format(time.RFC3339), "2024-06-05T07:08:07Z")
    test.equal(t:in_location(new_york):format(time.RFC1123), "Wed, 05 Jun 2024 03:08:07 EDT")
    test.equal(t:in_local():location():string(), "Local")
    test.equal(t:utc():location():string(), "UTC")
    test.equal(t:location():string(), "Europe/Berlin")
    assert(t:equal(t:utc()) and t:equal(t:in_local()) and t:equal(t:in_location(t:location())))
    for got, wrong in pairs({ string = "UTC", boolean = false, time = t, number = 3600 }) do
        test.raises("bad argument #1 to 'in_location' (location expected, got " .. got,
            function() t:in_location(wrong) end)
    end
end

function cases.a_time_is_written_by_a_layout()
    local t = summer()
    for layout, text in pairs({
        [time.RFC3339] = "2024-06-05T09:08:07+02:00",
        [time.RFC3339NANO] = "2024-06-05T09:08:07.123456789+02:00",
        [time.RFC822] = "05 Jun 24 09:08 CEST",
        [time.RFC822Z] = "05 Jun 24 09:08 +0200",
        [time.RFC850] = "Wednesday, 05-Jun-24 09:08:07 CEST",
        [time.RFC1123] = "Wed, 05 Jun 2024 09:08:07 CEST",
        [time.RFC1123Z] = "Wed, 05 Jun 2024 09:08:07 +0200",
        [time.KITCHEN] = "9:08AM",
        [time.STAMP] = "Jun  5 09:08:07",
        [time.STAMP_MILLI] = "Jun  5 09:08:07.123",
        [time.STAMP_MICRO] = "Jun  5 09:08:07.123456",
        [time.STAMP_NANO] = "Jun  5 09:08:07.123456789",
        [time.DATE_TIME] = "2024-06-05 09:08:07",
        [time.DATE_ONLY] = "2024-06-05",
        [time.TIME_ONLY] = "09:08:07",
        ["06 01 1 Jan January"] = "24 06 6 Jun June",
        ["02 2 _2 002 __2"] = "05 5  5 157 157",
        ["Mon Monday"] = "Wed Wednesday",
        ["15 03 3 04 4 05 5 PM pm"] = "09 09 9 08 8 07 7 AM am",
        [".000 ,000 .999999 ,9"] = ".123 ,123 .123456 ,1",
        ["-0700 -07:00 -07 -070000 -07:00:00"] = "+0200 +02:00 +02 +020000 +02:00:00",
        ["Z0700 Z07:00 Z07"] = "+0200 +02:00 +02",
        ["é\0 %Y"] = "é\0 %Y",
        [""] = "",
    }) do
        test.equal(t:format(layout), text)
    end
    test.equal(t:utc():format("Z0700 Z07:00 Z07 -0700 MST"), "Z Z Z +0000 UTC")
    test.equal(t:format_rfc3339(), "2024-06-05T09:08:07+02:00")
    test.equal(t:format(2006), "2024")
    test.equal(tostring(utc(2024)), "2024-01-01 00:00:00 +0000 UTC")
    test.raises("bad argument #1 to 'format' (string expected, got no value)", function() t:format() end)
    test.raises("bad argument #1 to 'format' (string expected, got table)", function() t:format({}) end)
    test.equal(#t:format(("2006"):rep(1024)), 4096)
    test.fails(errors.INVALID, "longer than 4096 bytes", t:format(("x"):rep(4097)))
end

function cases.a_time_is_read_by_a_layout()
    local t = assert(time.parse(time.RFC3339, "2024-06-05T09:08:07.5+02:00"))
    test.equal({ t:unix(), t:nanosecond(), t:hour() }, { 1717571287, 500000000, 9 })
    t = assert(time.parse(time.RFC3339, "2024-06-05T09:08:07Z"))
    test.equal({ t:location():string(), t:hour() }, { "UTC", 9 })
    t = assert(time.parse(time.DATE_TIME, "2024-06-05 09:08:07", berlin))
    test.equal({ t:unix(), t:location():string() }, { 1717571287, "Europe/Berlin" })
    t = assert(time.parse(time.RFC1123, "Wed, 05 Jun 2024 09:08:07 CEST", berlin))
    test.equal({ t:unix(), t:location():string() }, { 1717571287, "Europe/Berlin" })
    t = assert(time.parse(time.KITCHEN, "3:04PM", time.utc))
    test.equal({ t:year(), t:hour(), t:minute() }, { 0, 15, 4 })
    t = assert(time.parse("2006 002", "2024 060", time.utc))
    test.equal(t:format(time.DATE_ONLY), "2024-02-29")
end

function cases.a_time_without_a_zone_is_one_of_the_local_zone()
    local t = assert(time.parse(time.DATE_ONLY, "2024-06-05"))
    test.equal(t:location():string(), "Local")
    assert(t:equal(time.date(2024, 6, 5, 0, 0, 0, 0)))
end

function cases.a_zone_that_nobody_knows_has_its_name_and_no_offset()
    local t = assert(time.parse("2006 MST", "2024 XYZ", time.utc))
    test.equal({ t:location():string(), t:format("-0700 MST") }, { "XYZ", "+0000 XYZ" })
    t = assert(time.parse("2006 -0700", "2024 +0530", time.utc))
    test.equal({ t:location():string(), t:format("-0700 MST") }, { "", "+0530 +0530" })
end

function cases.what_is_no_time_of_a_layout_is_an_error()
    for _, wrong in ipairs({
        { time.DATE_ONLY, "2024-13-01", "month out of range" },
        { time.DATE_ONLY, "2024-02-30", "day out of range" },
        { time.DATE_ONLY, "2023-02-29", "day out of range" },
        { time.TIME_ONLY, "24:00:00", "hour out of range" },
        { time.TIME_ONLY, "23:60:00", "minute out of range" },
        { time.TIME_ONLY, "23:59:60", "second out of range" },
        { time.DATE_ONLY, "2024-01-01T", 'extra text "T"' },
        { time.DATE_ONLY, "tomorrow", '"tomorrow" doesn\'t fit "2006"' },
        { time.DATE_ONLY, "", '"" doesn\'t fit "2006"' },
        { time.RFC3339, "2024-06-05", 'doesn\'t fit "T"' },
        { "Jan", "Foo", 'doesn\'t fit "Jan"' },
        { "PM", "XM", 'doesn\'t fit "PM"' },
        { "-0700", "+2500", "time zone offset hour out of range" },
        { "2006 002", "2023 366", "day of the year out of range" },
        { "2006-01 002", "2024-01 032", "day of the year does not match the month" },
    }) do
        local layout, value, why = table.unpack(wrong)
        test.fails(errors.INVALID, why, time.parse(layout, value))
    end
    test.fails(errors.INVALID, '"\\0\\u{1}é�" is no "2006"', time.parse("2006", "\0\1é\xff"))
    local none, err = time.parse(time.DATE_ONLY, ("9"):rep(100000))
    assert(none == nil and #err:message() < 300)
    test.fails(errors.INVALID, "longer than 4096 bytes", time.parse((" "):rep(4097), ""))
    assert(time.parse("2006 ", "2024" .. (" "):rep(100000)))
end

function cases.only_strings_are_read()
    test.raises("bad argument #1 to 'parse' (string expected, got no value)", function() time.parse() end)
    test.raises("bad argument #2 to 'parse' (string expected, got no value)", function() time.parse("2006") end)
    test.raises("bad argument #2 to 'parse' (string expected, got table)", function() time.parse("2006", {}) end)
    test.raises("bad argument #2 to 'parse' (string expected, got time)", function() time.parse("2006", time.now()) end)
    test.raises("bad argument #3 to 'parse' (location expected, got string)",
        function() time.parse("2006", "2024", "UTC") end)
    test.equal(time.parse("2006", 2024, time.utc):year(), 2024)
end

function cases.locations_have_names()
    test.equal({ time.utc:string(), tostring(time.utc) }, { "UTC", "UTC" })
    test.equal({ time.localtz:string(), tostring(time.localtz) }, { "Local", "Local" })
    test.equal({ berlin:string(), tostring(berlin) }, { "Europe/Berlin", "Europe/Berlin" })
    test.equal({ type(time.utc), time.utc == time.utc, time.localtz == time.localtz }, { "userdata", true, true })
    test.equal(time.load_location("UTC"):string(), "UTC")
    test.equal(time.load_location("Local"):string(), "Local")
    test.raises("location expected, got table", function() berlin.string({}) end)
    test.raises("location expected, got no value", function() berlin.string() end)
end

function cases.a_location_that_nobody_knows_is_not_found()
    for _, name in ipairs({ "Nowhere/Town", "europe/berlin", "../../etc/passwd", "/etc/localtime", "\0", "Europe/Berlin\0", "é" }) do
        test.fails(errors.NOT_FOUND, "", time.load_location(name))
    end
    test.fails(errors.INVALID, "empty location name", time.load_location(""))
    test.raises("bad argument #1 to 'load_location' (string expected, got no value)", function() time.load_location() end)
    test.raises("bad argument #1 to 'load_location' (string expected, got table)", function() time.load_location({}) end)
end

function cases.a_fixed_zone_has_its_name_and_offset()
    local zone = time.fixed_zone("XST", -12600)
    test.equal({ zone:string(), tostring(zone) }, { "XST", "XST" })
    test.equal(utc(2024):in_location(zone):format(time.RFC1123Z .. " MST"), "Sun, 31 Dec 2023 20:30:00 -0330 XST")
    test.equal(time.date(2024, 1, 1, 0, 0, 0, 0, zone):unix(), utc(2024):unix() + 12600)
    test.equal(utc(2024):in_location(time.fixed_zone("", 3600)):format("MST Z07:00"), "+0100 +01:00")
    test.equal(time.fixed_zone("é", 1.9):string(), "é")
    test.raises("bad argument #1 to 'fixed_zone' (string expected, got no value)", function() time.fixed_zone() end)
    test.raises("bad argument #1 to 'fixed_zone' (string expected, got table)", function() time.fixed_zone({}, 1) end)
    test.raises("bad argument #2 to 'fixed_zone' (number expected, got no value)", function() time.fixed_zone("X") end)
    test.raises("bad argument #2 to 'fixed_zone' (number expected, got string)", function() time.fixed_zone("X", "1") end)
    test.fails(errors.INVALID, "out of range", time.fixed_zone("X", 1 << 31))
    test.fails(errors.INVALID, "longer than 255 bytes", time.fixed_zone(("x"):rep(256), 0))
end

function cases.fixed_zones_are_collected()
    local made, left = setmetatable({}, { __mode = "v" }), 0
    for i = 1, 20000 do made[i] = utc(2024):in_location(time.fixed_zone("zone " .. i, i)):location() end
    for _ in pairs(made) do left = left + 1 end
    assert(left < 10000, left)
end

function cases.clocks_skip_an_hour_and_show_one_twice()
    local function at(...) return time.date(2024, ...):utc():format(time.DATE_TIME) end
    test.equal(at(3, 31, 1, 59, 59, 0, berlin), "2024-03-31 00:59:59")
    test.equal(at(3, 31, 2, 30, 0, 0, berlin), "2024-03-31 01:30:00")
    test.equal(at(3, 31, 3, 0, 0, 0, berlin), "2024-03-31 01:00:00")
    test.equal(at(10, 27, 1, 59, 59, 0, berlin), "2024-10-26 23:59:59")
    test.equal(at(10, 27, 3, 0, 0, 0, berlin), "2024-10-27 02:00:00")
end

function cases.constants_are_integers()
    test.equal({ time.NANOSECOND, time.MICROSECOND, time.MILLISECOND }, { 1, 1000, 1000000 })
    test.equal({ time.SECOND, time.MINUTE, time.HOUR }, { 1000000000, 60000000000, 3600000000000 })
    for i, name in ipairs({ "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
        "OCTOBER", "NOVEMBER", "DECEMBER" }) do
        test.equal(time[name], i)
    end
    for i, name in ipairs({ "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY" }) do
        test.equal(time[name], i - 1)
    end
    test.raises("read-only", function() time.SECOND = 1 end)
end

function cases.durations_have_units_and_a_text()
    local d = span("-1h30m45.5s")
    test.equal({ d:nanoseconds(), d:microseconds(), d:milliseconds() }, { -5445500000000, -5445500000, -5445500 })
    test.equal({ d:seconds(), d:minutes() * 60, span("90m"):hours() }, { -5445.5, -5445.5, 1.5 })
    test.equal({ span("1.9us"):microseconds(), span("-1.9us"):microseconds() }, { 1, -1 })
    test.equal({ tostring(d), tostring(span("0")), tostring(span("1500us")) }, { "-1h30m45.5s", "0s", "1.5ms" })
    test.equal(tostring(assert(time.parse_duration(d))), tostring(d))
    test.equal(time.parse_duration(1.9):nanoseconds(), 1)
    for _, name in ipairs({ "nanoseconds", "microseconds", "milliseconds", "seconds", "minutes", "hours" }) do
        test.raises("duration expected, got table", function() d[name]({}) end)
        test.raises("duration expected, got time", function() d[name](time.now()) end)
    end
end

function cases.what_is_no_duration_is_an_error()
    for _, text in ipairs({ "", "-", "5", "1 s", " 1s", "1s ", "s", "1x", "1d", "1.s.", "--1s" }) do
        test.fails(errors.INVALID, "time: ", time.parse_duration(text))
    end
    test.fails(errors.INVALID, "invalid duration", time.parse_duration("soon"))
    test.fails(errors.INVALID, "missing unit", time.parse_duration("5"))
    test.fails(errors.INVALID, "unknown unit", time.parse_duration("5d"))
    test.fails(errors.INVALID, "out of range", time.parse_duration("300000000h"))
    test.fails(errors.INVALID, "must be finite", time.parse_duration(1 / 0))
    for _, wrong in ipairs({ {}, true, print, time.now(), time.utc }) do
        test.fails(errors.INVALID, "duration must be number or string", time.parse_duration(wrong))
    end
    test.fails(errors.INVALID, "duration must be number or string", time.parse_duration())
end

function cases.methods_want_a_time()
    local t = time.now()
    for _, name in ipairs({ "add", "sub", "add_date", "round", "truncate", "before", "after", "equal", "format",
        "format_rfc3339", "utc", "in_local", "in_location", "location", "year", "month", "day", "hour", "minute", "second",
        "nanosecond", "weekday", "year_day", "date", "clock", "unix", "unix_nano", "is_zero" }) do
        for _, wrong in ipairs({ {}, 5, "x", span("1s"), berlin }) do
            test.raises("time expected, got ", function() t[name](wrong) end)
        end
    end
    test.raises("bad argument #1 to 'year' (time expected, got no value)", function() t.year() end)
    test.equal(t.nothing, nil)
end

function cases.it_all_works_inside_coroutines()
    local make = coroutine.wrap(function()
        local t = utc(2024)
        while true do
            coroutine.yield(t)
            time.sleep("1ms")
            t = t:add_date(0, 1, 0)
        end
    end)
    local months = {}
    for i = 1, 3 do months[i] = make():month() end
    test.equal(months, { 1, 2, 3 })
    local fine, err = coroutine.resume(coroutine.create(function() return time.now():sub(5) end))
    assert(not fine)
    test.has(err, "time expected, got number")
end

return test.suite(cases)
