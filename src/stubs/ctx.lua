---@meta ctx
-- Values that a process inherits from whoever started it.

---@class ctxlib
ctx = {}

---Answers the value of a key.
---@param key string
---@return any value
---@return Error? err `NotFound` if there is none, `Invalid` for an empty key
function ctx.get(key) end

---Answers a table of all keys and values, empty if there are none.
---@return table<string, any> values
---@return Error? err
function ctx.all() end

return ctx
