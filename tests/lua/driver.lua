-- Runs the cases of a suite one after the other, and logs how each of them ended.

local logger = require("logger")
local funcs = require("funcs")

-- Each runs one case, and answers the error that it failed with.
local ways = {}

function ways.process(name)
    assert(process.spawn_monitored("app:suite", "app:processes", "case", name))
    return process.events():receive().result.error
end

ways["function"] = function(name)
    local _, failure = funcs.call("app:function", "case", name)
    return failure
end

return {
    main = function(way, left_out)
        local is_left_out, count = {}, 0
        for _, name in ipairs(left_out) do is_left_out[name] = true end
        local names = assert(process.exec("app:suite", "app:processes", "names"))
        for _, name in ipairs(names) do
            if not is_left_out[name] then
                count = count + 1
                logger:info("case " .. name)
                local failure = ways[way](name)
                if failure then
                    logger:warn("case failed", { name = name, why = tostring(failure), stack = failure:stack() })
                else
                    logger:info("case passed", { name = name })
                end
            end
            is_left_out[name] = nil
        end
        assert(not next(is_left_out), "a case that is left out is there")
        logger:info("all cases have run", { cases = count })
        process.events():receive()
    end,
}
