---@meta time
-- Waiting, moments, durations, calendars.

---A number of nanoseconds, a text such as `"1.5h"` or `"100ms"`, or a duration object.
---@alias time.DurationArg number|string|time.Duration

---A length of time.
---@class time.Duration
local Duration = {}

---Answers whole nanoseconds.
---@return integer nanoseconds
function Duration:nanoseconds() end

---Answers whole microseconds, the rest cut off.
---@return integer microseconds
function Duration:microseconds() end

---Answers whole milliseconds, the rest cut off.
---@return integer milliseconds
function Duration:milliseconds() end

---Answers seconds with their fraction.
---@return number seconds
function Duration:seconds() end

---Answers minutes with their fraction.
---@return number minutes
function Duration:minutes() end

---Answers hours with their fraction.
---@return number hours
function Duration:hours() end

---A zone: what the clocks of a place show.
---@class time.Location
local Location = {}

---Answers its name.
---@return string name
function Location:string() end

---A channel of moments.
---@class time.Channel: Channel
local Moments = {}

---Receives the moment at which it struck: waits until it strikes, or is closed.
---@return time.Time? time
---@return boolean open
function Moments:receive() end

---Strikes once.
---@class time.Timer
local Timer = {}

---Answers the channel that gets the moment.
---@return time.Channel channel
function Timer:response() end

---Answers the channel that gets the moment, as `response` does.
---@return time.Channel channel
function Timer:channel() end

---Stops it and closes its channel; says whether it was pending.
---@return boolean was_pending
function Timer:stop() end

---Arms it anew, and drops a strike that nobody received; says whether it was pending.
---@param duration time.DurationArg more than zero; raises otherwise
---@return boolean was_pending
function Timer:reset(duration) end

---Strikes again and again.
---@class time.Ticker
local Ticker = {}

---Answers the channel that gets the moments.
---@return time.Channel channel
function Ticker:response() end

---Answers the channel that gets the moments, as `response` does.
---@return time.Channel channel
function Ticker:channel() end

---Stops it, and closes its channel.
---@return boolean stopped
function Ticker:stop() end

---A moment, as the clocks of a zone show it.
---@class time.Time
local Time = {}

---Answers the moment a duration later.
---@param duration time.DurationArg raises if it is none
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function Time:add(duration) end

---Answers the duration from another moment to this one.
---@param other time.Time
---@return time.Duration duration
function Time:sub(other) end

---Answers the same time of another day; days that a month doesn't have run over into the next.
---@param years integer
---@param months integer
---@param days integer
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function Time:add_date(years, months, days) end

---Says whether this moment is before another.
---@param other time.Time
---@return boolean
function Time:before(other) end

---Says whether this moment is after another.
---@param other time.Time
---@return boolean
function Time:after(other) end

---Says whether both are the same moment, whatever their zones.
---@param other time.Time
---@return boolean
function Time:equal(other) end

---Answers the moment as text.
---@param layout string how Monday, 2 January 2006, 15:04:05 would be written, such as `time.RFC3339`
---@return string text
---@return Error? err `Invalid`: the layout is longer than 4096 bytes
function Time:format(layout) end

---Answers the moment as text in the layout `time.RFC3339`.
---@return string text
function Time:format_rfc3339() end

---Answers whole seconds since 1970 in UTC.
---@return integer seconds
function Time:unix() end

---Answers nanoseconds since 1970 in UTC.
---@return integer nanoseconds
---@return Error? err `Invalid`: 64 bits of them reach from 1677 to 2262
function Time:unix_nano() end

---Answers year, month and day.
---@return integer year
---@return integer month 1 to 12
---@return integer day 1 to 31
function Time:date() end

---Answers hour, minute and second.
---@return integer hour
---@return integer minute
---@return integer second
function Time:clock() end

---Answers the year.
---@return integer year
function Time:year() end

---Answers the month.
---@return integer month 1 to 12
function Time:month() end

---Answers the day of the month.
---@return integer day 1 to 31
function Time:day() end

---Answers the hour.
---@return integer hour 0 to 23
function Time:hour() end

---Answers the minute.
---@return integer minute 0 to 59
function Time:minute() end

---Answers the second.
---@return integer second 0 to 59
function Time:second() end

---Answers the nanosecond within the second.
---@return integer nanosecond
function Time:nanosecond() end

---Answers the day of the week.
---@return integer weekday `time.SUNDAY` (0) to `time.SATURDAY` (6)
function Time:weekday() end

---Answers the day of the year.
---@return integer day 1 to 366
function Time:year_day() end

---Says whether it is the zero time: the beginning of year 1 in UTC.
---@return boolean
function Time:is_zero() end

---Answers the same moment in UTC.
---@return time.Time time
function Time:utc() end

---Answers the same moment in the local zone.
---@return time.Time time
function Time:in_local() end

---Answers the same moment in a zone.
---@param location time.Location
---@return time.Time time
function Time:in_location(location) end

---Answers its zone.
---@return time.Location location
function Time:location() end

---Answers the moment rounded to the nearest multiple of a duration, counted from year 1 in UTC.
---@param duration time.Duration
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function Time:round(duration) end

---Answers the moment cut off to a multiple of a duration, counted from year 1 in UTC.
---@param duration time.Duration
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function Time:truncate(duration) end

---@class timelib
time = {}

time.NANOSECOND = 1
time.MICROSECOND = 1000
time.MILLISECOND = 1000000
time.SECOND = 1000000000
time.MINUTE = 60000000000
time.HOUR = 3600000000000

time.RFC3339 = "2006-01-02T15:04:05Z07:00"
time.RFC3339NANO = "2006-01-02T15:04:05.999999999Z07:00"
time.RFC822 = "02 Jan 06 15:04 MST"
time.RFC822Z = "02 Jan 06 15:04 -0700"
time.RFC850 = "Monday, 02-Jan-06 15:04:05 MST"
time.RFC1123 = "Mon, 02 Jan 2006 15:04:05 MST"
time.RFC1123Z = "Mon, 02 Jan 2006 15:04:05 -0700"
time.KITCHEN = "3:04PM"
time.STAMP = "Jan _2 15:04:05"
time.STAMP_MILLI = "Jan _2 15:04:05.000"
time.STAMP_MICRO = "Jan _2 15:04:05.000000"
time.STAMP_NANO = "Jan _2 15:04:05.000000000"
time.DATE_TIME = "2006-01-02 15:04:05"
time.DATE_ONLY = "2006-01-02"
time.TIME_ONLY = "15:04:05"

time.JANUARY = 1
time.FEBRUARY = 2
time.MARCH = 3
time.APRIL = 4
time.MAY = 5
time.JUNE = 6
time.JULY = 7
time.AUGUST = 8
time.SEPTEMBER = 9
time.OCTOBER = 10
time.NOVEMBER = 11
time.DECEMBER = 12

time.SUNDAY = 0
time.MONDAY = 1
time.TUESDAY = 2
time.WEDNESDAY = 3
time.THURSDAY = 4
time.FRIDAY = 5
time.SATURDAY = 6

---The zone UTC.
---@type time.Location
time.utc = nil

---The zone of this machine.
---@type time.Location
time.localtz = nil

---Waits. Zero or less lets the other coroutines run.
---@param duration time.DurationArg
---@return nil
---@return Error? err `Invalid` if that is no duration
function time.sleep(duration) end

---Answers a channel that gets one moment, and is closed then.
---@param duration time.DurationArg more than zero
---@return time.Channel channel
---@return Error? err `Invalid`: there is no channel then
function time.after(duration) end

---Makes a timer: it strikes once, and can be stopped and reset.
---@param duration time.DurationArg more than zero
---@return time.Timer timer
---@return Error? err `Invalid`: there is no timer then
function time.timer(duration) end

---Makes a ticker: it strikes again and again.
---@param duration time.DurationArg more than zero
---@return time.Ticker ticker
---@return Error? err `Invalid`: there is no ticker then
function time.ticker(duration) end

---Answers the present moment.
---@return time.Time time
function time.now() end

---Answers the moment of a date. What is out of range runs over: month 13 is the January after.
---@param year integer
---@param month integer
---@param day integer
---@param hour integer
---@param minute integer
---@param second integer
---@param nanosecond integer
---@param location? time.Location default: the local zone
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function time.date(year, month, day, hour, minute, second, nanosecond, location) end

---Answers the moment so long after 1970 began in UTC.
---@param seconds integer
---@param nanoseconds integer
---@return time.Time time
---@return Error? err `Invalid`: it is too far away
function time.unix(seconds, nanoseconds) end

---Reads a moment from text.
---@param layout string how Monday, 2 January 2006, 15:04:05 would be written, such as `time.RFC3339`
---@param text string
---@param location? time.Location the zone where the text names none (default: the local one)
---@return time.Time? time
---@return Error? err `Invalid`
function time.parse(layout, text, location) end

---Reads a duration.
---@param duration time.DurationArg
---@return time.Duration? duration
---@return Error? err `Invalid`
function time.parse_duration(duration) end

---Answers a zone by its name, such as `Europe/Berlin`.
---@param name string
---@return time.Location? location
---@return Error? err `NotFound`; `Invalid` for an empty name
function time.load_location(name) end

---Makes a zone that is always so far from UTC.
---@param name string
---@param offset integer seconds to the east
---@return time.Location location
---@return Error? err `Invalid`: the name is longer than 255 bytes, or the offset than 32 bits
function time.fixed_zone(name, offset) end

return time
