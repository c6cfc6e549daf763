-- Three ways to say hello. Each request is answered by a call of its own.

local http = require("http")

local function say(text: string)
    local response = http.response()
    response:set_content_type("text/plain; charset=utf-8")
    response:write(text .. "\n")
end

-- GET /hello
local function hello()
    say("Hello, world!")
end

-- GET /hello/{name}
local function hello_name()
    say("Hello, " .. http.request():param("name") .. "!")
end

-- GET /api/hello?name=…
local function hello_json()
    local name = http.request():query("name") or "world"
    http.response():write_json({ name = name, greeting = "Hello, " .. name .. "!" })
end

return { hello = hello, hello_name = hello_name, hello_json = hello_json }
