-- Waits until it is asked to end, or ended.

local function main()
    process.events():receive()
end

return { main = main }
