-- The library os: times and dates in seconds.

local test = require("test")

local cases = {}

-- Wednesday, 5 June 2024, 07:08:09 in UTC.
local SUMMER = 1717571289

function cases.now_is_in_whole_seconds()
    local now = os.time()
    test.equal(math.type(now), "integer")
    assert(now > 1700000000)
    test.equal(math.type(os.time(nil)), "integer")
end

function cases.a_time_is_made_of_fields_of_the_local_zone()
    local fields = { year = 2024, month = 6, day = 5, hour = 7, min = 8, sec = 9 }
    test.equal(os.date("%Y-%m-%d %H:%M:%S", os.time(fields)), "2024-06-05 07:08:09")
    test.equal(os.date("%H:%M:%S", os.time({ year = 2024, month = 6, day = 5 })), "00:00:00")
    test.equal(os.date("%H:%M:%S", os.time({ year = 2024, month = 6, day = 5, min = 1 })), "00:01:00")
end

function cases.a_missing_year_month_or_day_is_todays()
    local before, made, after
    -- Unless midnight passes meanwhile.
    repeat
        before = os.date("*t")
        made = os.date("*t", os.time({ hour = 1 }))
        after = os.date("*t")
    until before.yday == after.yday
    test.equal({ made.year, made.month, made.day, made.hour }, { before.year, before.month, before.day, 1 })
end

function cases.fields_out_of_range_carry_over()
    local function date(fields) return os.date("%Y-%m-%d", os.time(fields)) end
    test.equal(date({ year = 2023, month = 13, day = 1 }), "2024-01-01")
    test.equal(date({ year = 2024, month = 1, day = 32 }), "2024-02-01")
    test.equal(date({ year = 2024, month = 1, day = 0 }), "2023-12-31")
    test.equal(date({ year = 2024, month = 1, day = 1, hour = 24 }), "2024-01-02")
end

function cases.only_a_table_of_integers_is_a_time()
    test.raises("bad argument #1 to 'time' (table expected, got number)", function() os.time(1) end)
    test.raises("bad argument #1 to 'time' (table expected, got string)", function() os.time("2024") end)
    test.raises("bad argument #1 to 'time' (table expected, got boolean)", function() os.time(true) end)
    test.raises("field 'month' is not an integer", function() os.time({ month = {} }) end)
    test.raises("field 'day' is not an integer", function() os.time({ day = 1.5 }) end)
    test.raises("field 'year' is out-of-bound", function() os.time({ year = 1 << 40 }) end)
    test.raises("cannot be represented", function() os.time({ year = 100000, month = 1, day = 1 }) end)
end

function cases.a_date_is_written_by_a_format()
    local function utc(format) return os.date("!" .. format, SUMMER) end
    test.equal(utc("%a %A %b %B %d"), "Wed Wednesday Jun June 05")
    test.equal(utc("%c"), "Wed Jun  5 07:08:09 2024")
    test.equal(utc("%H %I %j %m %M %p %S"), "07 07 157 06 08 AM 09")
    test.equal(utc("%U %w %W %x %X %y %Y"), "22 3 23 06/05/24 07:08:09 24 2024")
    test.equal(utc("%Z %z %% %q 100%"), "UTC +0000 % %q 100%")
    test.equal(os.date("%c", SUMMER), os.date(nil, SUMMER))
    test.has(os.date(), os.date("%Y"))
    test.equal(os.date("!%Y", -1), "1969")
    test.equal(os.date("!%S", 1.9), "01")
    test.equal(os.date("", 0), "")
end

function cases.a_date_is_a_table_of_fields()
    test.equal(os.date("!*t", SUMMER), {
        year = 2024, month = 6, day = 5, hour = 7, min = 8, sec = 9, wday = 4, yday = 157, isdst = false,
    })
    test.equal(os.time(os.date("*t", SUMMER)), SUMMER)
end

function cases.only_a_number_is_a_moment()
    test.raises("bad argument #1 to 'date' (string expected, got table)", function() os.date({}) end)
    test.raises("bad argument #2 to 'date' (number expected, got table)", function() os.date("%c", {}) end)
    test.raises("bad argument #2 to 'date' (number expected, got string)", function() os.date("%c", "x") end)
    test.raises("cannot be represented", function() os.date("%c", math.maxinteger) end)
    test.raises("cannot be represented", function() os.date("%c", 1 / 0) end)
end

function cases.the_clock_shows_seconds_since_the_start()
    local time = require("time")
    local before = os.clock()
    test.equal(math.type(before), "float")
    assert(before >= 0 and before < 3600)
    time.sleep("2ms")
    assert(os.clock() - before >= 0.002)
end

function cases.the_difference_of_times_is_in_seconds()
    test.equal(os.difftime(8, 3), 5.0)
    test.equal(os.difftime(3), 3.0)
    test.raises("bad argument #1 to 'difftime' (number expected, got no value)", function() os.difftime() end)
    test.raises("bad argument #2 to 'difftime' (number expected, got table)", function() os.difftime(1, {}) end)
end

function cases.there_is_nothing_else_in_it()
    local names = {}
    for name in pairs(os) do names[#names + 1] = name end
    table.sort(names)
    test.equal(names, { "clock", "date", "difftime", "platform", "time" })
    test.equal(os.platform, "wippy")
    test.raises("read-only", function() os.exit = print end)
end

return test.suite(cases)
