---@meta registry
-- The entries of the app, to read.

---@class registrylib
registry = {}

---What an app's files say of an entry.
---@class registry.Entry
---@field id string `namespace:name`
---@field kind string
---@field meta table<string, any>
---@field data table<string, any> all other fields, with the text of files

---The two parts of an id.
---@class registry.Id
---@field ns string
---@field name string

---Answers the entry with an id.
---@param id string
---@return registry.Entry? entry
---@return Error? err `NotFound`; `Invalid` for an empty id
function registry.get(id) end

---Answers the entries that are as the filter says, in the order of their ids.
---@param filter table<string, string|number|boolean> keys such as `.kind` and `meta.type`, with `~`, `*`, `^` or `$` before
---@return registry.Entry[]? entries
---@return Error? err `Invalid`
function registry.find(filter) end

---Answers the two parts of an id.
---@param id string
---@return registry.Id parts
function registry.parse_id(id) end

---Answers the entries as they are.
---@return registry.Snapshot snapshot
---@return Error? err
function registry.snapshot() end

---Answers the entries of a version.
---@param version integer|registry.Version
---@return registry.Snapshot? snapshot
---@return Error? err `NotFound`; `Invalid` for 0 and below
function registry.snapshot_at(version) end

---Answers the version that runs.
---@return registry.Version version
---@return Error? err
function registry.current_version() end

---Answers all versions, the oldest first.
---@return registry.Version[] versions
---@return Error? err
function registry.versions() end

---Answers the history.
---@return registry.History history
---@return Error? err
function registry.history() end

---Fails: the registry is read-only.
---@param version registry.Version
---@return nil
---@return Error err `PermissionDenied`
function registry.apply_version(version) end

---Fails: the registry is read-only.
---@param from any
---@param to any
---@return nil
---@return Error err `PermissionDenied`
function registry.build_delta(from, to) end

---The entries of one version.
---@class registry.Snapshot
local Snapshot = {}

---Answers the entry with an id.
---@param id string
---@return registry.Entry? entry
---@return Error? err `NotFound`; `Invalid` for an empty id
function Snapshot:get(id) end

---Answers the entries that are as the filter says, as `registry.find` does.
---@param filter table<string, string|number|boolean>
---@return registry.Entry[]? entries
---@return Error? err `Invalid`
function Snapshot:find(filter) end

---Answers all entries.
---@return registry.Entry[] entries
---@return Error? err
function Snapshot:entries() end

---Answers the entries of a namespace.
---@param namespace string
---@return registry.Entry[] entries
---@return Error? err
function Snapshot:namespace(namespace) end

---Answers its version.
---@return registry.Version version
function Snapshot:version() end

---Fails: the registry is read-only.
---@return nil
---@return Error err `PermissionDenied`
function Snapshot:changes() end

---A version of the registry.
---@class registry.Version
local Version = {}

---Answers its number.
---@return integer number
function Version:id() end

---Answers its number as text, such as `v1`.
---@return string text
function Version:string() end

---Answers the version before this one; nil if it is the first.
---@return registry.Version? version
function Version:previous() end

---Answers the version behind this one; nil if it is the last.
---@return registry.Version? version
function Version:next() end

---What versions there are.
---@class registry.History
local History = {}

---Answers all versions, the oldest first.
---@return registry.Version[] versions
---@return Error? err
function History:versions() end

---Answers the version with a number.
---@param number integer
---@return registry.Version? version
---@return Error? err `NotFound`
function History:get_version(number) end

---Answers the entries of a version.
---@param version registry.Version
---@return registry.Snapshot snapshot
---@return Error? err
function History:snapshot_at(version) end

return registry
