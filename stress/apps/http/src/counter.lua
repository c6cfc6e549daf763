-- Counts the tasks that have run to their end, and says how many they are.

local function main()
    process.registry.register("counter")
    local ended, asked, events = process.listen("ended"), process.listen("asked"), process.events()
    local cases = { ended:case_receive(), asked:case_receive(), events:case_receive() }
    local count = 0
    while true do
        local got = channel.select(cases)
        if got.channel == ended then
            count = count + 1
        elseif got.channel == asked then
            process.send(got.value, "count", count)
        elseif got.value.kind == process.event.CANCEL then
            return
        end
    end
end

return { main = main }
