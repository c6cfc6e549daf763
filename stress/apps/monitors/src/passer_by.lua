-- Monitors a process, and ends.

local function main(target)
    assert(process.monitor(target))
end

return { main = main }
