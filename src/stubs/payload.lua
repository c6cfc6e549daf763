---@meta payload
-- Values as they travel between processes.

---A value as it travelled: decoded only when it is asked for.
---@class Payload
local Payload = {}

---Answers the value, a new copy each time.
---@return any value
---@return Error? err if it can't be decoded
function Payload:data() end

---Answers the value, as `data` does.
---@return any value
---@return Error? err if it can't be decoded
function Payload:unmarshal() end

---Answers its format, one of `payload.format`.
---@return string format
function Payload:get_format() end

---Answers the payload in another format.
---@param format string one of `payload.format`
---@return Payload? payload
---@return Error? err `Internal` if that can't be done
function Payload:transcode(format) end

---@class payloadlib
payload = {}

---The formats that a payload can have.
---@class payloadlib.format
payload.format = {}

payload.format.JSON = "json/plain"
payload.format.YAML = "yaml/plain"
payload.format.STRING = "text/plain"
payload.format.BYTES = "application/octet-stream"
payload.format.MSGPACK = "application/msgpack"
payload.format.LUA = "lua/any"
payload.format.GOLANG = "golang/any"
payload.format.ERROR = "golang/error"

---Makes a payload of a value; raises if the value is nested too deep or too large.
---@param value any
---@return Payload payload
function payload.new(value) end

return payload
