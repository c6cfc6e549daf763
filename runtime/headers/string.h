/*
** Stands before the system's <string.h> while Lua is built, and changes what three of its files mean by a light userdata:
** a type value, `class << 32 | number` (src/lua/type_value.rs). Each of them includes this before Lua's own headers, so
** that what is defined here behind those is what the file sees. build.rs says how this is found.
*/

#include_next <string.h>

/* `==`, and nothing else in lvm.c, asks for a light userdata's bits: those of one class are equal. */
#if defined(lvm_c) && !defined(moondust_types)
#define moondust_types
#include "lobject.h"
#undef pvalue
#define pvalue(o) ((size_t)val_(o).p >> 32)
#endif

/* The names of Lua's types: a list of ours, and Lua's own under a name that nobody asks for. */
#if defined(ltm_c) && !defined(moondust_types)
#define moondust_types
#include "lstate.h"
#include "ltm.h"

LUAI_DDEF const char *const luaT_typenames_[LUA_TOTALTYPES] = {
    [LUA_TNONE + 1] = "no value",      [LUA_TNIL + 1] = "nil",
    [LUA_TBOOLEAN + 1] = "boolean",    [LUA_TLIGHTUSERDATA + 1] = "type",
    [LUA_TNUMBER + 1] = "number",      [LUA_TSTRING + 1] = "string",
    [LUA_TTABLE + 1] = "table",        [LUA_TFUNCTION + 1] = "function",
    [LUA_TUSERDATA + 1] = "userdata",  [LUA_TTHREAD + 1] = "thread",
    [LUA_TUPVAL + 1] = "upvalue",      [LUA_TPROTO + 1] = "proto",
};

static const char *moondust_type_name(int type) { return ttypename(type); }
#undef ttypename
#define ttypename(type) moondust_type_name(type)
#define luaT_typenames_ moondust_stock_type_names
#endif

/* "bad argument" has a name of its own for a light userdata, which is left to the list. */
#if defined(lauxlib_c) && !defined(moondust_types)
#define moondust_types
#include "lua.h"
#undef LUA_TLIGHTUSERDATA
#define LUA_TLIGHTUSERDATA (-2)
#endif
