---@meta channel
-- Queues between the coroutines of one process, and waiting for several things at once.

---@class Channel
local Channel = {}

---Sends a value: waits until it is stored or received. Raises if the channel is closed already.
---@param value any nil too
---@return true? sent
---@return Error? err `InvalidState` if the channel is closed meanwhile
function Channel:send(value) end

---Receives a value: waits until there is one, or the channel is closed.
---@return any value
---@return boolean open false if the channel is closed and empty
function Channel:receive() end

---Closes the channel. What is stored can still be received. Closing twice does no harm.
function Channel:close() end

---Makes a case of `channel.select` that sends a value.
---@param value any
---@return channel.Case case
function Channel:case_send(value) end

---Makes a case of `channel.select` that receives.
---@return channel.Case case
function Channel:case_receive() end

---A case of `channel.select`. It can be used again and again.
---@class channel.Case

---@class channel.Cases
---@field [integer] channel.Case
---@field default? boolean don't wait: answer if nothing is ready

---What `channel.select` did.
---@class channel.Selected
---@field channel? Channel the channel of the case; nil for the default
---@field value? any what was received, or sent
---@field ok boolean false if the channel is closed and empty
---@field default? boolean true if nothing was ready and there is a default

---@class channellib
channel = {}

---Makes a channel that stores up to `capacity` values. With capacity 0, a send waits until somebody receives.
---@param capacity? integer default 0
---@return Channel channel
function channel.new(capacity) end

---Waits until one of the cases is ready, and does it. The first of those that are ready wins.
---@param cases channel.Cases
---@param default? boolean don't wait: answer if nothing is ready
---@return channel.Selected selected
---@return Error? err `InvalidState` if a channel that it waited to send to is closed meanwhile
function channel.select(cases, default) end

return channel
