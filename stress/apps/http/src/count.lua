-- GET /api/count: how many tasks have run to their end.

local http = require("http")

local function handler()
    local count = process.listen("count")
    assert(process.send("counter", "asked", process.pid()))
    http.response():write_json({ ended = count:receive() })
end

return { handler = handler }
