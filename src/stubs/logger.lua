---@meta logger
-- The runtime's log.

---Writes lines to the runtime's log; no process waits for whoever reads it.
---@class Logger
local Logger = {}

---Logs at DEBUG, which `-v` shows.
---@param message string
---@param fields? table<string, any> what is shown beside it
function Logger:debug(message, fields) end

---Logs at INFO.
---@param message string
---@param fields? table<string, any> what is shown beside it
function Logger:info(message, fields) end

---Logs at WARN.
---@param message string
---@param fields? table<string, any> what is shown beside it
function Logger:warn(message, fields) end

---Logs at ERROR.
---@param message string
---@param fields? table<string, any> what is shown beside it; `error` comes first
function Logger:error(message, fields) end

---Makes a logger that adds these fields to every line.
---@param fields table<string, any>
---@return Logger logger
function Logger:with(fields) end

---Makes a logger of that name, behind the name of this one and a dot.
---@param name string
---@return Logger logger
function Logger:named(name) end

---@type Logger
logger = nil

return logger
