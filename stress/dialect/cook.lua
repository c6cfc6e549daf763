-- Cook NUMBER: takes orders as messages, and tells who sent them what they come to.

local logger = require("logger")
local time = require("time")
local orders = require("orders")
local others = require("others")

type Wanted = {
    topic: "cook" | "sum" | "rest",
    reply_to: string,
    order: orders.Order?,
    after?: integer @min(0) @max(60000),
}

type Report = { cook: integer, sum: number, plates: integer, said: {string} }

local ME <const> = NUMBER

local function wait(milliseconds: integer?): boolean
    local events = process.events()
    local over = time.after((milliseconds or 1) * time.MILLISECOND)
    local got = channel.select({ events:case_receive(), over:case_receive() })
    return got.channel == over
end

local function cook(wanted: Wanted, said: {string}): (number, string?)
    local read = orders.read(wanted.order)
    if not read.ok then return 0, (read as { ok: false, why: string }).why end
    local sum, count = orders.sum({ read.value }, "friend", function(order: any, part: number): ()
        said[#said + 1] = "order " .. order.id .. " comes to " .. part
    end)
    if count == 0 then return 0, "nothing to cook" end
    return sum
end

local function report(to: string, fields: Report): nil
    local _, err = process.send(to, "report", fields)
    if err and not err:retryable() then
        logger:warn("nobody reads the report", { cook = ME, why = tostring(err) })
    end
end

local function main(guest: string, most: integer): integer
    local inbox = process.inbox()
    local left: integer = most or 10
    while left > 0 do
        local message = inbox:receive()
        local wanted = message:payload():data() :: Wanted
        if wanted.topic == "rest" then break end
        local said: string[] = {}
        if wanted.after and not wait(wanted.after) then return 1 end
        local sum, why = cook(wanted, said)
        if why then logger:warn("not cooked", { cook = ME, why = why }) end
        report(wanted.reply_to or guest, { cook = ME, sum = sum, plates = #said, said = said })
        left = left - 1
    end
    return others.served
end

return { main = main }
