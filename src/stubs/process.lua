---@meta process
-- Who a process is, starting others, messages, events, names.

---What one process sent to another.
---@class process.Message
local Message = {}

---Answers the topic that it was sent to.
---@return string topic
function Message:topic() end

---Answers the pid of its sender, `""` if that is unknown.
---@return string pid
function Message:from() end

---Answers what was sent; `:data()` of it is the value.
---@return Payload payload
function Message:payload() end

---The channel of messages that nobody listens to.
---@class process.Inbox: Channel
local Inbox = {}

---Receives a message: waits until there is one.
---@return process.Message message
---@return boolean open
function Inbox:receive() end

---The channel of events.
---@class process.Events: Channel
local Events = {}

---Receives an event: waits until there is one.
---@return process.Event event
---@return boolean open
function Events:receive() end

---Something that happened to this process, or to one that it monitors or is linked with.
---@class process.Event
---@field kind string one of `process.event`
---@field from string the pid that it comes from, or `""`
---@field at number Unix seconds, with a fraction
---@field result? process.Result of EXIT and LINK_DOWN: how the process ended
---@field reason? string of CANCEL: why
---@field deadline? number of CANCEL: Unix seconds, if there is a deadline; nothing enforces it

---How a process ended.
---@class process.Result
---@field value? any what its function returned
---@field error? Error why it failed or was killed
---@field payload Payload the value as a payload

---What a process wants to be done with it.
---@class process.Options
---@field trap_links? boolean whether the failure of a linked process is an event, rather than the end (default false)
---@field upgradable? boolean kept, without effect

---What `process.listen` is given.
---@class process.ListenOptions
---@field message? boolean whether the channel has message objects, rather than values

---@class processlib
process = {}

---The kinds of events.
---@class processlib.event
process.event = {}

process.event.CANCEL = "pid.cancel"
process.event.EXIT = "pid.exit"
process.event.LINK_DOWN = "pid.link.down"

---Names of processes.
---@class processlib.registry
process.registry = {}

process.registry.LOCAL = 0
process.registry.EVENTUAL = 1
process.registry.CONSISTENT = 2
process.registry.STRONG = 3

---Gives a name to a process.
---@param name string
---@param pid? string default: this process's
---@param scope? integer `process.registry.LOCAL` is the only one that one machine has
---@return true? registered
---@return Error? err `AlreadyExists` if it is another process's, `Invalid`, `NotFound` if the host in the pid is none, `LimitExceeded`
function process.registry.register(name, pid, scope) end

---Answers the pid of the process that has a name.
---@param name string
---@return string? pid
---@return Error? err `NotFound`
function process.registry.lookup(name) end

---Takes a name back, and says whether somebody had it.
---@param name string
---@param scope? integer `process.registry.LOCAL`
---@return boolean was_registered
function process.registry.unregister(name, scope) end

---Answers this process's pid.
---@return string pid
function process.pid() end

---Answers the id of the entry that this process runs, such as `app:worker`.
---@return string id
function process.id() end

---Starts a process.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function process.spawn(entry, host, ...) end

---Starts a process; this one gets an EXIT event when it ends.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function process.spawn_monitored(entry, host, ...) end

---Starts a process; if one of the two fails, so does the other.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function process.spawn_linked(entry, host, ...) end

---Starts a process that is linked to this one, and monitored by it.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function process.spawn_linked_monitored(entry, host, ...) end

---Starts a process, waits for its end, and answers what its function returned.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return any value
---@return Error? err also what the process failed with
function process.exec(entry, host, ...) end

---Sends each value as a message of its own, in order; without a value, one message with nil.
---@param destination string a pid or a registered name
---@param topic string any that doesn't begin with `@`
---@param ... any the values, copied
---@return true? sent
---@return Error? err `NotFound`, `InvalidState` if the process has just ended, `LimitExceeded` if its mailbox is full
function process.send(destination, topic, ...) end

---Answers the channel of messages of all topics that nobody listens to; the same one each time.
---@return process.Inbox inbox
function process.inbox() end

---Answers the channel of events; the same one each time.
---@return process.Events events
function process.events() end

---Answers the channel of what is sent to a topic; the same one each time.
---@param topic string any that doesn't begin with `@`
---@param options? process.ListenOptions
---@return Channel channel of values, or of `process.Message` if `options.message`
---@return Error? err `Invalid`, `LimitExceeded`
function process.listen(topic, options) end

---Ends listening, and closes the channel.
---@param channel Channel
---@return boolean was_listener
---@return Error? err `Invalid` if it is no listener's
function process.unlisten(channel) end

---Asks a process to end: it gets a CANCEL event, and may do as it likes.
---@param destination string a pid or a registered name
---@param deadline? string|number by when it is to have ended: milliseconds, or a duration such as `"5s"`; any other string is the reason
---@return true? asked
---@return Error? err `NotFound`; `Invalid` if the deadline is negative or endless; `LimitExceeded` if its mailbox is full
function process.cancel(destination, deadline) end

---Ends a process at once.
---@param destination string a pid or a registered name
---@return true? ended
---@return Error? err `NotFound`
function process.terminate(destination) end

---Asks for an EXIT event when a process ends.
---@param destination string a pid or a registered name
---@return true? monitored
---@return Error? err `NotFound`; `AlreadyExists` if it is monitored already
function process.monitor(destination) end

---Asks for no EXIT event any more. One that has been sent stays.
---@param destination string a pid or a registered name
---@return true? done
---@return Error? err
function process.unmonitor(destination) end

---Links this process and another: if one of the two fails, so does the other.
---@param destination string a pid or a registered name
---@return true? linked
---@return Error? err `NotFound`
function process.link(destination) end

---Takes a link back.
---@param destination string a pid or a registered name
---@return true? done
---@return Error? err
function process.unlink(destination) end

---Answers the options of this process.
---@return process.Options options
function process.get_options() end

---Sets options of this process; those that are not named stay as they are.
---@param options process.Options
---@return boolean set
---@return Error? err `Invalid`
function process.set_options(options) end

---Begins a spawner that hands on context: values that the new process reads with the module `ctx`.
---@param values table<string, any>
---@return process.Spawner spawner
function process.with_context(values) end

---Begins a spawner with options, none of which has an effect on one machine.
---@param options table<string, any>
---@return process.Spawner spawner
function process.with_options(options) end

---Goes on as another program, with the same pid, names, links and monitors. Does not return if it succeeds.
---@param entry? string the whole id of a `process.lua`; nil or empty: the same one
---@param ... any the arguments of its function, copied
---@return nil
---@return Error? err
function process.upgrade(entry, ...) end

---Starts processes with what was said before. Each method answers a new spawner and leaves this one as it is.
---@class process.Spawner
local Spawner = {}

---Adds context; of two values for a key, the later counts.
---@param values table<string, any>
---@return process.Spawner spawner
function Spawner:with_context(values) end

---Adds options.
---@param options table<string, any>
---@return process.Spawner spawner
function Spawner:with_options(options) end

---Gives the process a name. If another has it, that one's pid is the answer, and no process is started.
---@param name string
---@return process.Spawner spawner
function Spawner:with_name(name) end

---Adds a message for each value, which the process finds in its mailbox before all others.
---@param topic string any that doesn't begin with `@`
---@param ... any the values
---@return process.Spawner spawner
function Spawner:with_message(topic, ...) end

---Starts a process, as `process.spawn` does.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function Spawner:spawn(entry, host, ...) end

---Starts a process, as `process.spawn_monitored` does.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function Spawner:spawn_monitored(entry, host, ...) end

---Starts a process, as `process.spawn_linked` does.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function Spawner:spawn_linked(entry, host, ...) end

---Starts a process, as `process.spawn_linked_monitored` does.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return string? pid
---@return Error? err
function Spawner:spawn_linked_monitored(entry, host, ...) end

---Starts a process and waits for its end, as `process.exec` does.
---@param entry string the whole id of a `process.lua`
---@param host string the whole id of a `process.host`
---@param ... any the arguments of its function, copied
---@return any value
---@return Error? err
function Spawner:exec(entry, host, ...) end

return process
