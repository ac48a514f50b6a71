/* How JavaScript sees a module that is written in C or C++: clauses (doc/bind.md) for `wattle
   pack`.

       #include "wattle_bind.h"
       WATTLE_BIND("export greet(name: string) -> own string;")

   Each becomes a piece of the custom section "wattle.bind" of the object file, which the linker
   puts together. It costs the program nothing, and other compilers than clang for wasm pass over
   it. */
#ifndef WATTLE_BIND_H
#define WATTLE_BIND_H

#if defined(__wasm__)
#define WATTLE_BIND(text)                                                                          \
    __asm__(".section .custom_section.wattle.bind,\"\",@\n"                                        \
            ".ascii " #text "\n"                                                                   \
            ".byte 10\n"                                                                           \
            ".section .text,\"\",@\n");
#else
#define WATTLE_BIND(text)
#endif

#endif
