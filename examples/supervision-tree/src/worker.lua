-- Waits for work that never comes. It can be made to crash, and to be stubborn.

type Spec = { name: string, stubborn?: boolean }

local function main(spec: Spec, supervisor: string)
    local events = process.events()
    local crash = process.listen("crash")
    local cases = { crash:case_receive(), events:case_receive() }

    process.send(supervisor, "ready", process.pid())
    while true do
        local got = channel.select(cases)
        if got.channel == crash then
            error(spec.name .. " slipped on a banana")
        elseif got.value.kind == process.event.CANCEL and not spec.stubborn then
            return
        end
    end
end

return { main = main }
