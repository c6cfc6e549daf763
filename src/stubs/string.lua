---@meta string
-- Texts: strings of bytes. An error object may stand where a text is wanted: its message is meant.

---The library, and the methods of strings. A call answers its argument, or raises if it is no string.
---@class stringlib
---@overload fun(value: any): string
string = {}

---Answers the bytes from `from` to `to` as numbers.
---@param s string
---@param from? integer default 1
---@param to? integer default `from`
---@return integer ...
function string.byte(s, from, to) end

---Answers the string of these bytes.
---@param ... integer
---@return string s
function string.char(...) end

---Raises: programs can't be turned into bytecode.
---@param fn function
function string.dump(fn) end

---Looks for a pattern; answers where the first match begins and ends, and its captures.
---@param s string
---@param pattern string
---@param from? integer where to begin (default 1)
---@param plain? boolean whether `pattern` is a mere text
---@return integer? first
---@return integer? last
---@return any ... captures
function string.find(s, pattern, from, plain) end

---Writes values into a format. `%s` takes any value, `%d` cuts fractions off.
---@param format string
---@param ... any
---@return string s
function string.format(format, ...) end

---Walks over all matches of a pattern, as `gmatch` does.
---@param s string
---@param pattern string
---@return fun(): string, ... matches
function string.gfind(s, pattern) end

---Walks over all matches of a pattern: their captures, or the match if it has none.
---@param s string
---@param pattern string
---@param from? integer where to begin (default 1)
---@return fun(): string, ... matches
function string.gmatch(s, pattern, from) end

---Replaces the matches of a pattern; a function may wait.
---@param s string
---@param pattern string
---@param replacement string|number|table|function
---@param most? integer how many at most
---@return string s
---@return integer count
function string.gsub(s, pattern, replacement, most) end

---Answers the value if it is a string; else nil and an error. `string:is(value)` does, too.
---@param value any
---@return string? value
---@return Error? err `Invalid`
function string.is(value) end

---Answers how many bytes it has.
---@param s string
---@return integer length
function string.len(s) end

---Answers it in lower case, all of Unicode.
---@param s string
---@return string s
function string.lower(s) end

---Looks for a pattern; answers the captures of the first match, or the match if it has none.
---@param s string
---@param pattern string
---@param from? integer where to begin (default 1)
---@return any ... captures
function string.match(s, pattern, from) end

---Packs values into bytes.
---@param format string
---@param ... string|number
---@return string bytes
function string.pack(format, ...) end

---Answers how many bytes `string.pack` makes of this format.
---@param format string
---@return integer size
function string.packsize(format) end

---Answers it `count` times.
---@param s string
---@param count integer
---@param separator? string what is between (default nothing)
---@return string s
function string.rep(s, count, separator) end

---Answers its bytes in reverse.
---@param s string
---@return string s
function string.reverse(s) end

---Answers the bytes from `from` to `to`.
---@param s string
---@param from integer negative: counted from the end
---@param to? integer default -1
---@return string s
function string.sub(s, from, to) end

---Reads values from bytes.
---@param format string
---@param s string
---@param from? integer where to begin (default 1)
---@return any ... the values, and where the next would begin
function string.unpack(format, s, from) end

---Answers it in upper case, all of Unicode.
---@param s string
---@return string s
function string.upper(s) end

return string
