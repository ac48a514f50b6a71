/* Runs a Lua text: `lua TEXT`. Of Lua's own commands nothing is needed but this; its libraries for
   files and the system stay out, so that the module asks its host for standard output and arguments
   only. scripts/programs.py compiles it with the sources of a crate. */
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#include <stdio.h>

int main(int argc, char **argv) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},
        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string},
        {LUA_MATHLIBNAME, luaopen_math},
    };
    lua_State *state = luaL_newstate();
    if (argc != 2 || !state)
        return 2;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(state, libraries[i].name, libraries[i].func, 1);
        lua_pop(state, 1);
    }
    if (luaL_loadstring(state, argv[1]) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(state, -1));
        return 1;
    }
    lua_call(state, 0, 0);
    lua_close(state);
    return 0;
}
