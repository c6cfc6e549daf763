-- Washes five plates, tells the keeper of each, and goes home. Now and then it drops one, and that is its end.
local time = require("time")

local function main(keeper: string, name: string)
    local events = process.events()
    for plate = 1, 5 do
        local washed = time.after(math.random(400, 1200) * time.MILLISECOND)
        local got = channel.select({ events:case_receive(), washed:case_receive() })
        if got.channel == events then
            return -- told to stop
        end
        if math.random(10) == 1 then
            error("dropped plate " .. plate)
        end
        process.send(keeper, "washed", { name = name, plate = plate })
    end
end

return { main = main }
