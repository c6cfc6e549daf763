-- What differs between a value and what arrived of it; nothing if that is as it should be.
local sent, arrived = ...

-- A metatable with one of these stays behind.
local function functional(meta)
  for key, value in next, meta do
    if type(key) == "function" or type(value) == "function" or key == "__gc" then return true end
  end
  return false
end

local of = {}
local same

-- The key of `arrived` that `key` became.
local function key_of(arrived, key)
  if type(key) ~= "table" then return key end
  for other in next, arrived do
    if type(other) == "table" and rawget(other, "id") == rawget(key, "id") then return other end
  end
end

local function same_tables(sent, arrived)
  if type(arrived) ~= "table" then return "no table" end
  if of[sent] then return not rawequal(of[sent], arrived) and "another table" or nil end
  of[sent] = arrived
  local count = 0
  for key, value in next, sent do
    if type(key) ~= "function" and type(value) ~= "function" then
      count = count + 1
      local other = key_of(arrived, key)
      if other == nil then return "a missing key" end
      local difference = same(key, other) or same(value, rawget(arrived, other))
      if difference then return difference end
    end
  end
  for _ in next, arrived do count = count - 1 end
  if count ~= 0 then return "keys too many" end
  local meta, other = debug.getmetatable(sent), debug.getmetatable(arrived)
  if meta and functional(meta) then meta = nil end
  return same(meta, other)
end

function same(sent, arrived)
  if type(sent) == "function" then sent = nil end
  if type(sent) == "table" then return same_tables(sent, arrived) end
  if type(sent) ~= type(arrived) or math.type(sent or false) ~= math.type(arrived or false) then return "another type" end
  if sent ~= sent then return arrived == arrived and "no NaN" or nil end
  if sent ~= arrived or sent == 0 and 1 / sent ~= 1 / arrived then return "another value" end
end

return same(sent, arrived)
