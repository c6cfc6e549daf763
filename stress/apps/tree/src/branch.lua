-- A leaf sends its number to its parent, a branch the sum of its ten children.

local CHILDREN = 10

local function main(parent, first, size)
    local sum = first
    if size > 1 then
        local me = process.pid()
        local part = size // CHILDREN
        for i = 0, CHILDREN - 1 do
            local pid, err =
                process.spawn("app:branch", "app:processes", me, first + i * part, part)
            if not pid then error(err) end
        end
        sum = 0
        local inbox = process.inbox()
        for _ = 1, CHILDREN do
            sum = sum + inbox:receive():payload():data()
        end
    end
    process.send(parent, "sum", sum)
end

return { main = main }
