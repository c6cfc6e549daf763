---@meta json
-- Values as JSON text, text as values, and schemas.

---@class jsonlib
json = {}

---Writes a value as JSON, its fields in the order of their names.
---@param value any
---@return string? text
---@return Error? err `Internal` if JSON has no such value, `LimitExceeded` if the text doesn't fit into memory
function json.encode(value) end

---Reads JSON. `null` is nil: such fields are not there, and arrays have holes.
---@param text string
---@return any value
---@return Error? err `Internal` with line and column, `Invalid` if it is empty or no string, `LimitExceeded`
function json.decode(text) end

---Holds a value against a JSON schema.
---@param schema table|string the schema, or its text
---@param data any
---@return boolean valid
---@return Error? err `Invalid`; its details list the violations
function json.validate(schema, data) end

---Holds JSON text against a JSON schema.
---@param schema table|string the schema, or its text
---@param text string
---@return boolean valid
---@return Error? err `Invalid`; its details list the violations
function json.validate_string(schema, text) end

return json
