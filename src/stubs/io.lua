---@meta io
-- The terminal of a process that runs on a `terminal.host`. Elsewhere all answer `nil, err` of kind `Unavailable`.

---@class iolib
io = {}

---Writes its arguments to stdout, with tabs between and a newline behind.
---@param ... any
---@return true? written
---@return Error? err
function io.print(...) end

---Writes its arguments to stderr, with tabs between and a newline behind.
---@param ... any
---@return true? written
---@return Error? err
function io.eprint(...) end

---Writes its arguments to stdout, with nothing between or behind.
---@param ... any
---@return true? written
---@return Error? err
function io.write(...) end

---Waits until all that was written so far has left the program.
---@return true? flushed
---@return Error? err
function io.flush() end

---Waits for input, and answers what has come.
---@param count? integer the most bytes (default 4096)
---@return string? bytes at least one
---@return Error? err `NotFound` at the end of the input
function io.read(count) end

---Waits for a line, and answers it without its end.
---@return string? line
---@return Error? err `NotFound` at the end of the input; `LimitExceeded` if the line is too long
function io.readline() end

---Answers what stands behind the command.
---@return string[]? args
---@return Error? err
function io.args() end

---Turns the terminal's raw mode on or off: keys come one by one, and are not echoed.
---@param on boolean
---@return true? done
---@return Error? err
function io.raw(on) end

return io
