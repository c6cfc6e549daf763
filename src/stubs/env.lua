---@meta env
-- The variables that the app declares.

---@class envlib
env = {}

---Answers the value of a variable, or its default where there is none or an empty one.
---@param name string the variable's name, or its entry's id
---@return string? value
---@return Error? err `NotFound` without variable or value, `Invalid` for an empty name
function env.get(name) end

---Sets a variable.
---@param name string the variable's name, or its entry's id
---@param value string
---@return true? set
---@return Error? err `NotFound`; `PermissionDenied` if the variable or its storage is read-only
function env.set(name, value) end

---Answers all that the storages hold. Defaults are not among it.
---@return table<string, string>? values
---@return Error? err what a storage failed with
function env.get_all() end

return env
