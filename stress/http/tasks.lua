-- What nginx's locations do: the jobs of examples/http-hello and examples/http-async-task.

local cjson = require("cjson.safe")

local STEPS = 3
local DEFAULT_DURATION = 3     -- seconds
local LONGEST_DURATION = 86400 -- a day

local tasks = {}
local number = 0 -- of tasks that this worker has begun

local function answer(status, body)
  local text = cjson.encode(body)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Content-Length"] = #text
  ngx.print(text)
end

-- LuaJIT hashes a few bytes of a string. If answers differ in none of these, as in an id in their midst,
-- it compares each new one with ten thousands. So no string holds an answer with its id, and an id ends
-- with what makes it different.
local function accept(id, body)
  local rest = cjson.encode(body):sub(2)
  ngx.status = 202
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Content-Length"] = #'{"task_id":"",' + #id + #rest
  ngx.print({ '{"task_id":"', id, '",', rest })
end

local function refuse(field, why)
  answer(400, { error = field .. " " .. why, field = field })
end

local function work(premature, duration)
  if premature then return end -- the worker is shutting down
  for _ = 1, STEPS do
    ngx.sleep(duration / STEPS)
  end
  ngx.shared.counts:incr("ended", 1, 0)
end

function tasks.submit()
  if ngx.req.get_method() ~= "POST" then return ngx.exit(405) end
  ngx.req.read_body()
  local body, err = cjson.decode(ngx.req.get_body_data() or "")
  if err then return refuse("body", "is not valid JSON: " .. err) end
  if type(body) ~= "table" then return refuse("body", "must be a JSON object") end
  local name = body.name
  if type(name) ~= "string" or name == "" then
    return refuse("name", "must be a string that is not empty")
  end
  local duration = body.duration
  if duration == nil or duration == cjson.null then duration = DEFAULT_DURATION end
  if type(duration) ~= "number" or duration % 1 ~= 0
    or duration < 0 or duration > LONGEST_DURATION then
    return refuse("duration", "must be a whole number of seconds")
  end

  number = number + 1
  local ok, why = ngx.timer.at(0, work, duration)
  if not ok then return answer(503, { error = why }) end
  accept(string.format("task_%d_%d_%08x", ngx.time(), ngx.worker.id(), number), {
    name = name,
    status = "accepted",
    message = string.format("Task will run for %d seconds in background", duration),
  })
end

function tasks.count()
  answer(200, { ended = ngx.shared.counts:get("ended") or 0 })
end

function tasks.hello()
  ngx.header["Content-Type"] = "text/plain; charset=utf-8"
  ngx.header["Content-Length"] = 14
  ngx.print("Hello, world!\n")
end

return tasks
