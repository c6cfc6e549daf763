-- The module registry: the entries of the app.

local test = require("test")
local registry = require("registry")

local cases = {}

-- The names of entries, in order.
local function names(entries)
    local list = {}
    for at, entry in ipairs(entries) do list[at] = registry.parse_id(entry.id).name end
    return list
end

local function found(filter) return names(assert(registry.find(filter))) end

function cases.an_entry_is_what_its_file_says()
    test.equal(registry.get("app:plate"), {
        id = "app:plate",
        kind = "registry.entry",
        meta = { type = "plate", size = 24, tags = { "flat", "white" }, made = { by = "ann", year = 2020 }, sold = false },
        data = { price = 2.5, notes = { "chipped", "old" }, nothing = {} },
    })
end

function cases.files_are_in_the_data()
    test.has(registry.get("app:test").data.source, "function test.suite(cases, others)")
end

function cases.each_answer_is_a_copy()
    registry.get("app:plate").meta.type = "changed"
    test.equal(registry.get("app:plate").meta.type, "plate")
end

function cases.an_entry_that_is_not_there_is_not_found()
    test.fails(errors.NOT_FOUND, "entry not found: app:none", registry.get("app:none"))
    test.fails(errors.NOT_FOUND, "entry not found: plate", registry.get("plate"))
    test.fails(errors.INVALID, "must not be empty", registry.get(""))
    test.raises("bad argument #1 to 'get' (string expected, got no value)", function() registry.get() end)
end

function cases.ids_are_parsed()
    test.equal(registry.parse_id("app.web:page"), { ns = "app.web", name = "page" })
    test.equal(registry.parse_id("a:b:c"), { ns = "a", name = "b:c" })
    test.equal(registry.parse_id("page"), { ns = "", name = "page" })
end

function cases.fields_of_an_entry_are_found_by_their_values()
    test.equal(found({ [".kind"] = "registry.entry" }), { "cup", "plate" })
    test.equal(found({ [".id"] = "app:plate" }), { "plate" })
    test.equal(found({ [".name"] = "cup" }), { "cup" })
    test.equal(found({ [".ns"] = "app", [".kind"] = "registry.entry", [".name"] = "plate" }), { "plate" })
    test.equal(found({ [".ns"] = "none" }), {})
    test.equal(found({ [".name"] = 5 }), {})
end

function cases.meta_is_compared_as_the_mark_of_its_key_says()
    test.equal(found({ ["meta.type"] = "plate" }), { "plate" })
    test.equal(found({ ["meta.size"] = 24 }), { "plate" })
    test.equal(found({ ["meta.size"] = 24.0 }), { "plate" })
    test.equal(found({ ["meta.sold"] = false }), { "plate" })
    test.equal(found({ ["meta.tags"] = "white" }), { "cup", "plate" })
    test.equal(found({ ["meta.made.by"] = "ann" }), { "plate" })
    test.equal(found({ ["~meta.type"] = "^(plate|bowl)$" }), { "plate" })
    test.equal(found({ ["*meta.type"] = "u" }), { "cup" })
    test.equal(found({ ["^meta.type"] = "c" }), { "cup" })
    test.equal(found({ ["$meta.type"] = "ate" }), { "plate" })
    test.equal(found({ ["meta.none"] = "x" }), {})
end

function cases.keys_without_a_field_are_left_out()
    local all = #assert(registry.find({}))
    assert(all > 10)
    test.equal(#registry.find({ kind = "registry.entry" }), all)
    test.equal(#registry.find({ "app:plate" }), all)
    test.equal(found({ kind = "x", [".kind"] = "registry.entry" }), { "cup", "plate" })
end

function cases.what_cannot_be_looked_for_is_refused()
    test.fails(errors.INVALID, "filter: ~meta.type is no pattern", registry.find({ ["~meta.type"] = "(" }))
    test.fails(errors.INVALID, "filter: ^meta.size must be a string", registry.find({ ["^meta.size"] = 2 }))
    test.fails(errors.INVALID, "filter: meta.size must be a string, a number or a boolean", registry.find({ ["meta.size"] = {} }))
    test.raises("bad argument #1 to 'find' (table expected, got no value)", function() registry.find() end)
end

function cases.entries_come_in_the_order_of_their_ids()
    local before = ""
    for _, entry in ipairs(registry.snapshot():entries()) do
        assert(before < entry.id)
        before = entry.id
    end
    assert(before > "app:runner")
end

function cases.a_snapshot_has_what_the_registry_has()
    local snapshot = registry.snapshot()
    test.equal(snapshot:get("app:plate"), registry.get("app:plate"))
    test.equal(names(snapshot:find({ ["meta.tags"] = "white" })), { "cup", "plate" })
    test.equal(#snapshot:namespace("app"), #snapshot:entries())
    test.equal(snapshot:namespace("none"), {})
    test.equal(snapshot:version():id(), 1)
    test.fails(errors.NOT_FOUND, "entry not found", snapshot:get("app:none"))
end

function cases.there_are_two_versions()
    local current = registry.current_version()
    test.equal({ current:id(), current:string(), current:next() }, { 1, "v1" })
    local first = current:previous()
    test.equal({ first:id(), first:string(), first:previous(), first:next():id() }, { 0, "v0", nil, 1 })
    local function ids(versions) return { #versions, versions[1]:id(), versions[2]:id() } end
    test.equal(ids(registry.versions()), { 2, 0, 1 })
    test.equal(ids(registry.history():versions()), { 2, 0, 1 })
end

function cases.a_version_that_is_not_there_is_not_found()
    local history = registry.history()
    for _, version in ipairs({ 1, registry.current_version() }) do
        test.equal(#registry.snapshot_at(version):entries(), #registry.snapshot():entries())
    end
    for _, version in ipairs({ 0, -1, history:get_version(0) }) do
        test.fails(errors.INVALID, "version must be a positive number", registry.snapshot_at(version))
    end
    test.fails(errors.NOT_FOUND, "registry version not found: v2", registry.snapshot_at(2))
    test.fails(errors.NOT_FOUND, "registry version not found: v9000", history:get_version(9000))
    test.fails(errors.NOT_FOUND, "registry version not found: v-1", history:get_version(-1))
    test.raises("number or registry.Version expected", registry.snapshot_at, "v1")
    test.raises("registry.Version expected, got number", history.snapshot_at, history, 1)
end

function cases.before_the_app_was_loaded_there_was_nothing()
    local empty = registry.history():snapshot_at(registry.history():get_version(0))
    test.equal({ empty:entries(), empty:find({}), empty:namespace("app"), empty:version():id() }, { {}, {}, {}, 0 })
    test.fails(errors.NOT_FOUND, "entry not found", empty:get("app:plate"))
end

function cases.nothing_can_be_changed()
    local why = "the registry is read-only in this version"
    test.fails(errors.PERMISSION_DENIED, why, registry.snapshot():changes())
    test.fails(errors.PERMISSION_DENIED, why, registry.apply_version(registry.current_version()))
    test.fails(errors.PERMISSION_DENIED, why, registry.build_delta({}, {}))
end

function cases.objects_say_what_they_are()
    test.equal({ tostring(registry.current_version()), tostring(registry.history()), tostring(registry.snapshot()) },
        { "registry.Version{v1}", "registry.History", "registry.Snapshot{v1}" })
end

function cases.methods_are_called_on_their_objects()
    local snapshot, version, history = registry.snapshot(), registry.current_version(), registry.history()
    for object, others in pairs({ [snapshot] = { version, history }, [version] = { snapshot, history }, [history] = { snapshot, version } }) do
        for _, name in ipairs({ "get", "find", "entries", "namespace", "version", "changes", "id", "string", "previous", "next", "versions", "get_version", "snapshot_at" }) do
            for _, other in ipairs({ others[1], others[2], payload.new(1), {} }) do
                if object[name] then test.raises("expected, got", object[name], other, "app") end
            end
        end
    end
end

return test.suite(cases, {})
