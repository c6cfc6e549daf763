-- print: the arguments' texts, joined by a space, to a native function that logs one text.
-- In Lua because a metamethod `__tostring` is the program's own code.
local write = ...
local tostring, select, concat = tostring, select, table.concat

return function(...)
    local texts = { ... }
    for i = 1, select("#", ...) do
        texts[i] = tostring(texts[i])
    end
    write(concat(texts, " "))
end
