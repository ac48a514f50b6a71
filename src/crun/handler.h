/* What crun expects of a handler plug-in, in our words, and nothing of crun itself.

   crun loads every file of its folder of handlers each time it starts, asks for the symbol
   HANDLER_SYMBOL, and keeps the table that the function behind it gives. The order of the fields
   is that of crun's public header custom-handler.h since version 1.8.1; 1.27.1 and later read one
   field more (close_fds), so the table ends in fields that are NULL for what is still to come. */
#ifndef WATTLE_CRUN_HANDLER_H
#define WATTLE_CRUN_HANDLER_H

#define HANDLER_SYMBOL "run_oci_handler_get_handler"

/* Runs the program of a container: its root, user, directory, environment and descriptors are
   already those of this process, and only execve is missing. pathname is inside the root, argv[0]
   as the image has it. A program's end is exit: coming back is an error of crun's. */
typedef int (*HandlerRun)(void *cookie, void *container, const char *pathname, char *const argv[]);

/* crun's own structures are pointers to nothing here: their layout changes with its versions. */
typedef struct Handler {
    const char *name;           /* what the annotation run.oci.handler asks for */
    const char *feature_string; /* `crun --version` prints it behind a + */
    const char *alias;          /* another name */
    int (*load)(void **cookie, void *err);
    int (*unload)(void *cookie, void *err); /* called without a look whether it is there */
    HandlerRun run;
    HandlerRun exec; /* one more program in a container that runs */
    int (*configure)(void *cookie, int phase, void *context, void *container, const char *rootfs,
                     void *err);
    int (*can_handle)(void *container, void *err);
    int (*modify)(void *cookie, void *context, void *config, void *err);
    int (*close_fds)(void *cookie, void *container, int preserve, void *err);
    void *later[8];
} Handler;

/* The whole interface of the plug-in. */
Handler *run_oci_handler_get_handler(void);

#endif
