---@meta http
-- The request that a function answers, and its answer. Outside of a request, and once the function has returned, all fail with
-- the kind `Internal`.

---What a function is asked.
---@class http.Request
local Request = {}

---Answers the method, such as `GET`.
---@return string? method
---@return Error? err
function Request:method() end

---Answers the path, decoded, without what is behind `?`.
---@return string? path
---@return Error? err
function Request:path() end

---Answers host and port as the client names them.
---@return string? host
---@return Error? err
function Request:host() end

---Answers the client's address and port.
---@return string? address
---@return Error? err
function Request:remote_addr() end

---Answers the first value of this name behind `?`.
---@param name string
---@return string? value
---@return Error? err
function Request:query(name) end

---Answers all that is behind `?`; values of one name are joined with `,`.
---@return table<string, string>? values
---@return Error? err
function Request:query_params() end

---Answers the first header of this name, in any case.
---@param name string
---@return string? value
---@return Error? err
function Request:header(name) end

---Answers the header `Content-Type`.
---@return string? type
---@return Error? err
function Request:content_type() end

---Answers how many bytes the body has, if that is known.
---@return integer? bytes
---@return Error? err
function Request:content_length() end

---Answers what a wildcard of the route stands for.
---@param name string
---@return string? value
---@return Error? err
function Request:param(name) end

---Answers what all wildcards of the route stand for.
---@return table<string, string>? values
---@return Error? err
function Request:params() end

---Answers whether there is a body.
---@return boolean? has
---@return Error? err
function Request:has_body() end

---Answers whether the body is of this type, its parameters aside.
---@param type string such as `application/json`, or `text/*`
---@return boolean? is
---@return Error? err
function Request:is_content_type(type) end

---Answers whether the client takes this type.
---@param type string such as `application/json`
---@return boolean? accepts
---@return Error? err
function Request:accepts(type) end

---Reads the body, which can be done once. Waits for what has not come.
---@return string? body
---@return Error? err `Invalid` if it is too large, `Timeout`, `Canceled`, `LimitExceeded`
function Request:body() end

---Reads the body as JSON. Waits for what has not come.
---@return any value
---@return Error? err `Invalid` if it is no JSON, empty or too large, `Timeout`, `Canceled`, `LimitExceeded`
function Request:body_json() end

---Answers a stream of the body.
---@return http.Stream? stream
---@return Error? err
function Request:stream() end

---Reads the body as a form with files. Waits for what has not come.
---@param max_mem? integer bytes that values may have (default 33554432)
---@return http.Form? form
---@return Error? err `Invalid` if it is none or too large, `Timeout`, `Canceled`, `LimitExceeded`
function Request:parse_multipart(max_mem) end

---A form.
---@class http.Form
---@field values table<string, string> values of one name are joined with `,`
---@field files table<string, http.File[]>

---A file of a form.
---@class http.File
---@field name string what the client calls it, without folders
---@field size integer its bytes
---@field header fun(self: http.File, name: string): string?, Error? answers a header of its own
---@field stream fun(self: http.File): http.Stream?, Error? answers a stream of it

---A body, or a file, in pieces.
---@class http.Stream
local Stream = {}

---Reads what comes next. Waits if nothing has come.
---@param n? integer the most bytes (default 65536)
---@return string? piece nil at the end
---@return Error? err `Timeout`, `Canceled`, `Invalid` if there is too much, `InvalidState` if it is closed
function Stream:read(n) end

---Lets go of what was not read.
---@return true? closed
---@return Error? err
function Stream:close() end

---What a function answers. Its methods answer nothing, or an error alone.
---@class http.Response
local Response = {}

---Gives the answer a status, from 200 to 999.
---@param code integer
---@return Error? err `Invalid`
function Response:set_status(code) end

---Gives a header this value.
---@param name string
---@param value string
---@return Error? err `Invalid`, `LimitExceeded`
function Response:set_header(name, value) end

---Says of which type the body is.
---@param type string
---@return Error? err `Invalid`
function Response:set_content_type(type) end

---Has each piece of the body sent when it is written.
---@param transfer "chunked"|"sse"
---@return Error? err `Invalid`
function Response:set_transfer(transfer) end

---Writes a piece of the body. Waits for a client that is slow.
---@param text string
---@return Error? err `Canceled` if the client has left
function Response:write(text) end

---Writes a value as JSON. Waits for a client that is slow.
---@param value any
---@return Error? err `Invalid` if it is none, `Canceled` if the client has left
function Response:write_json(value) end

---Writes a server-sent event, its data as JSON. Waits for a client that is slow.
---@param event http.Event
---@return Error? err `Invalid`, `Canceled` if the client has left
function Response:write_event(event) end

---Sends what was written. Waits for a client that is slow.
---@return Error? err `Canceled` if the client has left
function Response:flush() end

---What `write_event` writes.
---@class http.Event
---@field name string one line
---@field data any

---What a request may take.
---@class http.RequestOptions
---@field timeout? integer milliseconds that are waited for the body (default 300000)
---@field max_body? integer bytes of the body (default 125829120)

---@class httplib
http = {}

---Answers the request.
---@param options? http.RequestOptions
---@return http.Request? request
---@return Error? err
function http.request(options) end

---Answers its response.
---@return http.Response? response
---@return Error? err
function http.response() end

---Methods.
http.METHOD = {}
http.METHOD.GET = "GET"
http.METHOD.POST = "POST"
http.METHOD.PUT = "PUT"
http.METHOD.DELETE = "DELETE"
http.METHOD.PATCH = "PATCH"
http.METHOD.HEAD = "HEAD"
http.METHOD.OPTIONS = "OPTIONS"

---Statuses.
http.STATUS = {}
http.STATUS.OK = 200
http.STATUS.CREATED = 201
http.STATUS.ACCEPTED = 202
http.STATUS.NO_CONTENT = 204
http.STATUS.PARTIAL_CONTENT = 206
http.STATUS.MOVED_PERMANENTLY = 301
http.STATUS.FOUND = 302
http.STATUS.SEE_OTHER = 303
http.STATUS.NOT_MODIFIED = 304
http.STATUS.TEMPORARY_REDIRECT = 307
http.STATUS.PERMANENT_REDIRECT = 308
http.STATUS.BAD_REQUEST = 400
http.STATUS.UNAUTHORIZED = 401
http.STATUS.PAYMENT_REQUIRED = 402
http.STATUS.FORBIDDEN = 403
http.STATUS.NOT_FOUND = 404
http.STATUS.METHOD_NOT_ALLOWED = 405
http.STATUS.NOT_ACCEPTABLE = 406
http.STATUS.CONFLICT = 409
http.STATUS.GONE = 410
http.STATUS.UNPROCESSABLE = 422
http.STATUS.TOO_MANY_REQUESTS = 429
http.STATUS.INTERNAL_ERROR = 500
http.STATUS.INTERNAL_SERVER_ERROR = 500
http.STATUS.NOT_IMPLEMENTED = 501
http.STATUS.BAD_GATEWAY = 502
http.STATUS.SERVICE_UNAVAILABLE = 503
http.STATUS.GATEWAY_TIMEOUT = 504
http.STATUS.VERSION_NOT_SUPPORTED = 505

---Media types.
http.CONTENT = {}
http.CONTENT.JSON = "application/json"
http.CONTENT.FORM = "application/x-www-form-urlencoded"
http.CONTENT.MULTIPART = "multipart/form-data"
http.CONTENT.TEXT = "text/plain"
http.CONTENT.STREAM = "application/octet-stream"

---What `set_transfer` takes.
http.TRANSFER = {}
http.TRANSFER.CHUNKED = "chunked"
http.TRANSFER.SSE = "sse"

---Names for failures.
http.ERROR = {}
http.ERROR.PARSE_FAILED = "PARSE_FAILED"
http.ERROR.INVALID_STATE = "INVALID_STATE"
http.ERROR.WRITE_FAILED = "WRITE_FAILED"
http.ERROR.STREAM_ERROR = "STREAM_ERROR"

return http
