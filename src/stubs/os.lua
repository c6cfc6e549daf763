---@meta os
-- The clock and the calendar; there is nothing else of Lua's `os`.

---A date: what `os.date("*t")` answers.
---@class os.Date
---@field year integer
---@field month integer 1 to 12
---@field day integer 1 to 31
---@field hour integer 0 to 23
---@field min integer 0 to 59
---@field sec integer 0 to 60
---@field wday integer 1 to 7, Sunday is 1
---@field yday integer 1 to 366
---@field isdst boolean

---What `os.time` is given. Year, month and day are today's where they are missing, the others 0.
---@class os.DateFields
---@field year? integer
---@field month? integer
---@field day? integer
---@field hour? integer
---@field min? integer
---@field sec? integer
---@field isdst? boolean

---@class oslib
os = {}

---The name of the platform that programs are written for.
---@type string
os.platform = "wippy"

---Answers the seconds since 1970 in UTC: now, or at a date in the local zone.
---@param date? os.DateFields
---@return integer seconds
function os.time(date) end

---Answers a date as text, or as a table.
---@param format? string as in C's `strftime`; `"*t"`: a table; `!` in front: in UTC
---@param seconds? number since 1970 in UTC (default: now)
---@return string|os.Date date
function os.date(format, seconds) end

---Answers the seconds since the runtime started, with their fraction.
---@return number seconds
function os.clock() end

---Answers the seconds from `b` to `a`.
---@param a number
---@param b number
---@return number seconds
function os.difftime(a, b) end

return os
