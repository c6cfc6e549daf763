local tostring, select, concat, pcall, error = tostring, select, table.concat, pcall, error
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  if ok then error("it did not fail: " .. text, 2) end
  message = tostring(message)
  if not message:find(text, 1, true) then error("expected '" .. text .. "', got '" .. message .. "'", 2) end
end
local function same(expected, ...)
  local got = {}
  for i = 1, select("#", ...) do got[i] = tostring((select(i, ...))) end
  got = concat(got, ",")
  if expected ~= got then error("expected '" .. expected .. "', got '" .. got .. "'", 2) end
end
local function line_after(count)
  local _, message = pcall(function() error("", 4) end)
  return "test:source:" .. message:match("(%d+): $") + count .. ": "
end
