-- Functions that answer requests, one for each thing that is to be seen of them from outside.

local http = require("http")
local logger = require("logger")
local time = require("time")

local handlers = {}

-- Answers an error: its kind and its message.
local function answer_error(res, err)
    res:set_status(err:kind() == errors.TIMEOUT and 408 or 400)
    res:write(err:kind() .. ": " .. err:message())
end

function handlers.asked()
    local req, res = http.request(), http.response()
    res:write_json({
        method = req:method(), path = req:path(), host = req:host(), query = req:query_params(), x = req:query("x"),
        header = req:header("x-one"), id = req:param("id"), params = req:params(), json = req:accepts("application/json"),
        is_local = req:remote_addr():find("^127%.0%.0%.1:%d+$") ~= nil, has_body = req:has_body(), length = req:content_length(),
    })
end

function handlers.echo()
    local req, res = http.request(), http.response()
    local body, err = req:body()
    if err then return answer_error(res, err) end
    res:write(body)
end

function handlers.json()
    local req, res = http.request(), http.response()
    local value, err = req:body_json()
    if err then return answer_error(res, err) end
    res:write_json(value)
end

function handlers.small()
    local req, res = http.request({ max_body = 10 }), http.response()
    local body, err = req:body()
    if err then return answer_error(res, err) end
    res:write(body)
end

function handlers.impatient()
    local req, res = http.request({ timeout = 20 }), http.response()
    local body, err = req:body()
    if err then return answer_error(res, err) end
    res:write(body)
end

function handlers.pieces()
    local res = http.response()
    local stream, bytes, count, longest = http.request():stream(), 0, 0, 0
    while true do
        local piece, err = stream:read(10000)
        if err then return answer_error(res, err) end
        if not piece then break end
        bytes, count, longest = bytes + #piece, count + 1, math.max(longest, #piece)
    end
    stream:close()
    res:write_json({ bytes = bytes, several = count > 1, longest = longest })
end

function handlers.form()
    local req, res = http.request(), http.response()
    local form, err = req:parse_multipart()
    if err then return answer_error(res, err) end
    local file = form.files.file[1]
    res:write_json({
        title = form.values.title, name = file.name, size = file.size, kind = file:header("Content-Type"),
        begins = file:stream():read(5), files = #form.files.file,
    })
end

function handlers.status()
    local res = http.response()
    local err = res:set_status(tonumber(http.request():param("code")))
    if err then answer_error(res, err) end
end

function handlers.returns() return { a = 1 } end

function handlers.nothing() end

function handlers.raises()
    http.response():set_status(201)
    error("no plates")
end

function handlers.fails() return nil, "no cups" end

function handlers.raises_late()
    local res = http.response()
    res:set_status(201)
    res:write("written")
    error("too late")
end

function handlers.raises_midway()
    local res = http.response()
    res:write("written")
    res:flush()
    error("too late")
end

function handlers.flushed()
    local res = http.response()
    for i = 1, 3 do
        res:write("piece " .. i)
        res:flush()
        time.sleep("1ms")
    end
    local err = res:set_status(500)
    res:write(err:message())
end

function handlers.short()
    local res = http.response()
    res:set_header("Content-Length", "10")
    res:write("short")
    res:flush()
end

function handlers.much()
    local res = http.response()
    local piece = ("x"):rep(100000)
    for _ = 1, 100 do
        local err = res:write(piece)
        if err then return logger:warn("not written: " .. err:kind()) end
    end
    logger:info("all was written")
end

function handlers.events()
    local res = http.response()
    res:set_transfer(http.TRANSFER.SSE)
    res:write_event({ name = "text", data = "one\ntwo" })
    res:write_event({ name = "table", data = { n = 1 } })
end

function handlers.endless()
    local res = http.response()
    res:set_transfer("sse")
    coroutine.spawn(function()
        local step = 0
        while true do
            step = step + 1
            local err = res:write_event({ name = "step", data = step })
            if err then return logger:info("told of its end: " .. err:kind()) end
            time.sleep("1ms")
        end
    end)
    time.sleep("1h")
end

local kept = nil

function handlers.kept()
    local req, res = http.request(), http.response()
    if kept then
        local _, err = kept.req:path()
        local refused = kept.res:write("stale")
        res:write_json({ path = req:path(), read = err and err:message(), written = refused and refused:message() })
    else
        res:write("kept")
    end
    kept = { req = req, res = res }
end

function handlers.late()
    local req, res = http.request(), http.response()
    coroutine.spawn(function()
        time.sleep("1ms")
        local _, err = req:body()
        logger:info("late: " .. err .. ", " .. res:write("x"))
    end)
    res:write("early")
end

function handlers.inject()
    local res = http.response()
    local err = res:set_header("X-A", "a\r\nX-B: b")
    res:set_header("Connection", "close, X-A")
    res:set_header("Transfer-Encoding", "gzip")
    res:set_header("Content-Length", "1")
    res:write(err:kind() .. ": " .. err:message())
end

return handlers
