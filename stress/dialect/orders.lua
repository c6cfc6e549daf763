-- Orders of kitchen NUMBER: what they are, how they are read, and what they come to.

local time = require("time")

type Plate = {
    name: string @min_len(1) @max_len(64),
    price: number @min(0),
    size: "small" | "large",
    tags?: {string},
}

type Order_NUMBER = {
    id: integer,
    guest: string?,
    plates: {Plate},
    notes: {[string]: any},
}

type Read<T> = { ok: true, value: T } | { ok: false, why: string }

interface Till
    function add(plate: Plate): Till
    function sum(): (number, integer)
end

local LARGE: number = 1.5
local DISCOUNTS: {[string]: number} = { friend = 0.1, staff = 0.25, ["late\x20guest"] = 0.05 }

local orders = { Order = Order_NUMBER, served = 0 }

local function price_of(plate: Plate): number
    local price = plate.price :: number
    return plate.size == "large" and price * LARGE or price
end

function orders.read(body: any): Read<Order_NUMBER>
    if type(body) ~= "table" then return { ok = false, why = "must be an object, and is a " .. type(body) } end
    local order = body as Order_NUMBER
    for i = 1, #order.plates do
        i = i + 0 -- may be assigned
        local tags: string[] = order.plates[i].tags or {}
        if #tags > 8 then return { ok = false, why = "plate " .. i .. " has more than eight tags" } end
    end
    return { ok = true, value = order }
end

function orders.sum<T: Order_NUMBER>(list: {T}, discount: string?, each: ((order: T, sum: number) -> ())?): (number, integer)
    local total: number, count: integer = 0, 0
    for _, order in ipairs(list) do
        local sum = 0
        for _, plate in ipairs((order as any).plates) do sum = sum + price_of(plate) end
        if each then each(order, sum) end
        if sum == 0 then goto continue end
        total, count = total + sum, count + 1
        ::continue::
    end
    return total * (1 - (DISCOUNTS[discount or ""] or 0)), count
end

function orders:serve(order: Order_NUMBER): string
    self.served = self.served + 1
    time.sleep("1ms")
    return string.format("%s: %d plates", (order.guest!) :: string, #order.plates)
end

return orders
