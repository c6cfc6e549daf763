---@meta errors
-- Errors with a kind: what functions answer as `nil, err`.

---The kind of an error. A program may have its own.
---@alias errors.Kind "NotFound"|"AlreadyExists"|"Invalid"|"PermissionDenied"|"Unavailable"|"Internal"|"Canceled"|"Conflict"|"Timeout"|"RateLimited"|"LimitExceeded"|"InvalidState"|""|string

---An error object. It may stand where a text is wanted: its message is meant.
---@class Error
---@operator concat(any): string
local Error = {}

---Answers the message, as `tostring` does.
---@return string message
function Error:message() end

---Answers the kind, `""` if it is unknown.
---@return errors.Kind kind
function Error:kind() end

---Says whether trying again may help; nil where nobody said.
---@return boolean? retryable
function Error:retryable() end

---Answers what else is known of it: a new table each time.
---@return table<string, any>? details
function Error:details() end

---Answers `context: message`, then a line for each frame.
---@return string stack
function Error:stack() end

---What `errors.new` is given.
---@class errors.Fields
---@field message string
---@field kind? errors.Kind
---@field retryable? boolean
---@field details? table<string, any>

---Where an error was made.
---@class errors.Stack
---@field thread string
---@field frames errors.Frame[]

---One call.
---@class errors.Frame
---@field level integer
---@field source string the entry's id
---@field line integer
---@field name? string the function's name, where it has one
---@field type string

---@class errorslib
errors = {}

errors.NOT_FOUND = "NotFound"
errors.ALREADY_EXISTS = "AlreadyExists"
errors.INVALID = "Invalid"
errors.PERMISSION_DENIED = "PermissionDenied"
errors.UNAVAILABLE = "Unavailable"
errors.INTERNAL = "Internal"
errors.CANCELED = "Canceled"
errors.CONFLICT = "Conflict"
errors.TIMEOUT = "Timeout"
errors.RATE_LIMITED = "RateLimited"
errors.UNKNOWN = ""

---Makes an error.
---@param message string|errors.Fields
---@return Error err
function errors.new(message) end

---Answers the same error with what was being done kept beside its message.
---@param err Error|string
---@param context string|Error what was being done
---@return Error err
function errors.wrap(err, context) end

---Says whether a value is an error of that kind.
---@param value any
---@param kind errors.Kind
---@return boolean
function errors.is(value, kind) end

---Answers where an error was made, or nil where nothing is known of it.
---@param err any
---@return errors.Stack? stack
function errors.call_stack(err) end

return errors
