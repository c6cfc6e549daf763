-- The module env.

local test = require("test")
local env = require("env")

local cases = {}

function cases.declared_variables_are_read_by_name_or_id()
    test.equal(env.get("HOME_SWEET_HOME"), "here")
    test.equal(env.get("app:home"), "here")
    test.equal(env.get("home"), "here")
    test.equal(env.get("FIXED"), "stone")
end

function cases.what_is_not_declared_or_has_no_value_is_not_found()
    test.fails(errors.NOT_FOUND, "environment variable not found", env.get("UNDECLARED"))
    test.fails(errors.NOT_FOUND, "environment variable not found", env.get("BARE"))
    test.fails(errors.NOT_FOUND, "environment variable not found", env.set("UNDECLARED", "x"))
    test.fails(errors.INVALID, "empty key", env.get(""))
    test.raises("bad argument #1 to 'get' (string expected, got table)", function() env.get({}) end)
end

function cases.a_value_that_is_set_wins_over_the_default()
    test.equal(env.get("GIVEN"), "fallback")
    test.equal(env.set("GIVEN", "mine"), true)
    test.equal(env.get("GIVEN"), "mine")
    test.equal(env.set("GIVEN", ""), true)
    test.equal(env.get("GIVEN"), "fallback")
end

function cases.what_is_read_only_is_refused()
    test.fails(errors.PERMISSION_DENIED, "storage is read-only", env.set("HOME_SWEET_HOME", "x"))
    test.fails(errors.PERMISSION_DENIED, "storage is read-only", env.set("FIXED", "x"))
    test.fails(errors.PERMISSION_DENIED, "environment variable is read-only", env.set("LOCKED", "x"))
    test.raises("bad argument #2 to 'set' (string expected, got table)", function() env.set("GIVEN", {}) end)
end

function cases.get_all_lists_what_the_storages_hold()
    local all = env.get_all()
    test.equal({ all.HOME_SWEET_HOME, all.FIXED, all.LOCKED }, { "here", "stone" })
end

return test.suite(cases)
