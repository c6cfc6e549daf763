---@meta coroutine
-- Coroutines: those that the program resumes, and those that its process schedules.

---@class coroutinelib
coroutine = {}

---Starts a coroutine that the process schedules. It runs up to its first wait, then the spawner goes on.
---@param fn function an error that it doesn't catch ends the process
---@param ... any its arguments
---@return thread thread
function coroutine.spawn(fn, ...) end

---Makes a coroutine that runs when it is resumed.
---@param fn function
---@return thread thread
function coroutine.create(fn) end

---Runs a coroutine until it yields, returns or fails.
---@param thread thread
---@param ... any the arguments of its function, or what its `yield` answers
---@return boolean ok
---@return any ... what it yields, returns or raises
function coroutine.resume(thread, ...) end

---Hands values to whoever resumes this coroutine. Where nobody does, the other coroutines of the process run first.
---@param ... any
---@return any ... what it is resumed with
function coroutine.yield(...) end

---Says how a coroutine is.
---@param thread thread
---@return "running"|"suspended"|"normal"|"dead" status
function coroutine.status(thread) end

---Makes a function that resumes a coroutine, and raises what it raises.
---@param fn function
---@return fun(...): ... resume
function coroutine.wrap(fn) end

---Answers the running coroutine.
---@return thread thread
---@return boolean main whether it is the process's first
function coroutine.running() end

---Says whether a coroutine may yield.
---@param thread? thread default: the running one
---@return boolean
function coroutine.isyieldable(thread) end

---Ends a coroutine that doesn't run, and closes its variables.
---@param thread? thread default: the running one
---@return boolean ok
---@return any err what it had failed with
function coroutine.close(thread) end

return coroutine
