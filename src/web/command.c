/* The command as cli.wasm under node: its current folder is the one that the wrapper says.
   wasi-libc knows none but the root. */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void go_to_folder(void) {
    const char *folder = getenv("WATTLE_FOLDER");
    if (folder)
        (void)chdir(folder);
}
