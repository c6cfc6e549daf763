-- Makes the texts of a list of values, in place and by `tostring`: in Lua so that a `__tostring` can be preempted and may
-- wait.

return function(tostring, values)
  for i = 1, #values do
    values[i] = tostring(values[i])
  end
  return values
end
