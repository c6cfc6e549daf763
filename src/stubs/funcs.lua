---@meta funcs
-- Calls of the app's functions.

---@class funcslib
funcs = {}

---Calls a function and waits for what it returns. Other coroutines run meanwhile.
---@param id string the whole id of a `function.lua`, or of a `process.lua` with a `default_host`
---@param ... any the arguments of the function, copied
---@return any value
---@return Error? err what the function failed with; `NotFound`; `Invalid`; `LimitExceeded`
function funcs.call(id, ...) end

---Calls a function without waiting for it.
---@param id string the whole id of a `function.lua`, or of a `process.lua` with a `default_host`
---@param ... any the arguments of the function, copied
---@return funcs.Future? future
---@return Error? err `NotFound`; `Invalid`; `LimitExceeded`
function funcs.async(id, ...) end

---Begins an executor, which hands on what this process hands on.
---@return funcs.Executor executor
function funcs.new() end

---Calls functions with what was said before. Each `with_` method answers a new executor and leaves this one as it is.
---@class funcs.Executor
local Executor = {}

---Adds context; of two values for a key, the later counts.
---@param values table<string, any>
---@return funcs.Executor executor
function Executor:with_context(values) end

---Adds options, none of which has an effect.
---@param options table<string, any>
---@return funcs.Executor executor
function Executor:with_options(options) end

---Sets the actor; without security everything is allowed.
---@param actor any
---@return funcs.Executor executor
function Executor:with_actor(actor) end

---Sets the scope; without security everything is allowed.
---@param scope any
---@return funcs.Executor executor
function Executor:with_scope(scope) end

---Calls a function and waits for it, as `funcs.call` does.
---@param id string the whole id of a function
---@param ... any the arguments of the function, copied
---@return any value
---@return Error? err
function Executor:call(id, ...) end

---Calls a function without waiting for it, as `funcs.async` does.
---@param id string the whole id of a function
---@param ... any the arguments of the function, copied
---@return funcs.Future? future
---@return Error? err
function Executor:async(id, ...) end

---A call that goes on by itself.
---@class funcs.Future
local Future = {}

---Answers the channel that gets a payload with the result, or the error, and is closed then.
---@return Channel channel
function Future:channel() end

---Answers the same channel as `channel`.
---@return Channel channel
function Future:response() end

---Answers whether the call is known to be over.
---@return boolean complete
function Future:is_complete() end

---Answers whether the call was canceled.
---@return boolean canceled
function Future:is_canceled() end

---Answers what the function returned; nil while the call goes on.
---@return Payload? result
---@return Error? err what the function failed with; `Canceled`
function Future:result() end

---Answers what the function failed with, as an error of kind `Internal`.
---@return Error? err
---@return boolean failed
function Future:error() end

---Ends the call, unless it is over.
---@return true canceled
---@return Error? err
function Future:cancel() end

return funcs
