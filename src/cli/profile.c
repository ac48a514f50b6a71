/* --profile. A timer asks every millisecond where the program stands; what it answers is a path in
   a tree of calls, whose nodes count. The tree is all that is kept: the table, the folded stacks
   and the picture are read from it. Functions that call nothing and have no loop are seen only
   where they begin; time inside a call of the system is not seen at all. */
#include "cli/profile.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLE_EVERY = 1000000, /* ns */
    DEPTH_MAX = 512,        /* frames of one sample; of deeper ones the innermost */
    NODE_MAX = 1 << 20,
    TABLE_ROWS = 20,
    NAME_MAX_SHOWN = 120,
};

typedef struct CallNode {
    const wattle_module *module; /* NULL: the root */
    uint32_t func, parent, child, sibling;
    uint64_t self, total;
} CallNode;

struct Profile {
    wattle_store *store;
    wattle_timer *timer;
    CallNode *nodes; /* the first is the root */
    size_t count, cap;
    struct {
        const wattle_module *module;
        uint32_t func;
    } frames[DEPTH_MAX];
    size_t depth;
    uint64_t samples, lost;
};

/* ---- sampling ---- */

/* The child of a node for a function; 0: no memory. */
static uint32_t call_child(Profile *p, uint32_t parent, const wattle_module *module,
                           uint32_t func) {
    uint32_t last = 0;
    for (uint32_t i = p->nodes[parent].child; i; last = i, i = p->nodes[i].sibling)
        if (p->nodes[i].func == func && p->nodes[i].module == module)
            return i;
    if (p->count == p->cap) {
        size_t cap = p->cap * 2;
        CallNode *nodes = cap <= NODE_MAX ? realloc(p->nodes, cap * sizeof *nodes) : NULL;
        if (!nodes)
            return 0;
        p->nodes = nodes;
        p->cap = cap;
    }
    uint32_t i = (uint32_t)p->count++;
    p->nodes[i] = (CallNode){.module = module, .func = func, .parent = parent};
    if (last)
        p->nodes[last].sibling = i;
    else
        p->nodes[parent].child = i;
    return i;
}

static void end_sample(Profile *p) {
    uint32_t at = 0;
    for (size_t i = p->depth; i-- > 0;) {
        at = call_child(p, at, p->frames[i].module, p->frames[i].func);
        if (!at) {
            p->lost++;
            p->depth = 0;
            return;
        }
    }
    p->samples++;
    p->nodes[at].self++;
    p->depth = 0;
}

static void take_frame(void *user, const wattle_module *module, uint32_t func) {
    Profile *p = user;
    if (!module) {
        end_sample(p);
    } else if (p->depth < DEPTH_MAX) {
        p->frames[p->depth].module = module;
        p->frames[p->depth++].func = func;
    }
}

static void ask_for_sample(void *user) { wattle_store_sample(((Profile *)user)->store); }

Profile *cli_profile_start(wattle_engine *engine, wattle_store *store) {
    Profile *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->store = store;
    p->cap = 256;
    p->nodes = calloc(p->cap, sizeof *p->nodes);
    p->count = 1;
    if (p->nodes) {
        wattle_store_set_sampler(store, take_frame, p);
        p->timer = wattle_timer_start_every(engine, SAMPLE_EVERY, ask_for_sample, p);
        if (p->timer)
            return p;
        wattle_store_set_sampler(store, NULL, NULL);
    }
    cli_profile_free(p);
    return NULL;
}

void cli_profile_stop(Profile *p) {
    wattle_timer_stop(p->timer);
    p->timer = NULL;
    wattle_store_set_sampler(p->store, NULL, NULL);
}

void cli_profile_free(Profile *p) {
    if (p)
        free(p->nodes);
    free(p);
}

/* ---- names ---- */

static void node_name(const CallNode *n, char text[NAME_MAX_SHOWN]) {
    wattle_string name =
        n->module ? wattle_module_func_name(n->module, n->func) : (wattle_string){0};
    if (!n->module)
        snprintf(text, NAME_MAX_SHOWN, "all");
    else if (name.len)
        snprintf(text, NAME_MAX_SHOWN, "%.*s", (int)(name.len < 200 ? name.len : 200), name.data);
    else
        snprintf(text, NAME_MAX_SHOWN, "function %u", n->func);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
}

/* ---- the table ---- */

typedef struct FuncTotal {
    const CallNode *any; /* a node of this function */
    uint64_t self, total;
} FuncTotal;

static int by_function(const void *a, const void *b) {
    const CallNode *x = *(const CallNode *const *)a, *y = *(const CallNode *const *)b;
    if (x->module != y->module)
        return (uintptr_t)x->module < (uintptr_t)y->module ? -1 : 1;
    return (x->func > y->func) - (x->func < y->func);
}

static int by_self(const void *a, const void *b) {
    const FuncTotal *x = a, *y = b;
    if (x->self != y->self)
        return x->self < y->self ? 1 : -1;
    return x->total < y->total ? 1 : x->total > y->total ? -1 : by_function(&x->any, &y->any);
}

/* Children come behind their parents. */
static void add_up(Profile *p) {
    for (size_t i = 0; i < p->count; i++)
        p->nodes[i].total = p->nodes[i].self;
    for (size_t i = p->count; i-- > 1;)
        p->nodes[p->nodes[i].parent].total += p->nodes[i].total;
}

/* A node below another of the same function: its time is in that one's total. */
static bool is_recursion(const Profile *p, const CallNode *n) {
    for (uint32_t up = n->parent; up; up = p->nodes[up].parent)
        if (p->nodes[up].func == n->func && p->nodes[up].module == n->module)
            return true;
    return false;
}

/* The functions by their own time; NULL: out of memory. */
static FuncTotal *total_functions(const Profile *p, size_t *count) {
    const CallNode **nodes = calloc(p->count, sizeof *nodes);
    FuncTotal *totals = calloc(p->count, sizeof *totals);
    *count = 0;
    if (nodes && totals) {
        for (size_t i = 1; i < p->count; i++)
            nodes[i - 1] = &p->nodes[i];
        qsort(nodes, p->count - 1, sizeof *nodes, by_function);
        for (size_t i = 0; i + 1 < p->count; i++) {
            if (i == 0 || by_function(&nodes[i - 1], &nodes[i]) != 0)
                totals[(*count)++].any = nodes[i];
            totals[*count - 1].self += nodes[i]->self;
            if (!is_recursion(p, nodes[i]))
                totals[*count - 1].total += nodes[i]->total;
        }
        qsort(totals, *count, sizeof *totals, by_self);
        free(nodes);
        return totals;
    }
    free(nodes);
    free(totals);
    return NULL;
}

static bool print_table(const Profile *p, const Options *o) {
    size_t count;
    FuncTotal *totals = total_functions(p, &count);
    if (!totals)
        return false;
    fprintf(stderr, "%s: %llu samples of %s, one each millisecond and thread", o->command,
            (unsigned long long)p->samples, o->files[0]);
    if (p->lost)
        fprintf(stderr, " (%llu more had no room)", (unsigned long long)p->lost);
    fprintf(stderr, "\n   self           total          function\n");
    for (size_t i = 0; i < count && i < TABLE_ROWS; i++) {
        char name[NAME_MAX_SHOWN];
        node_name(totals[i].any, name);
        fprintf(stderr, "%7llu %5.1f%% %7llu %5.1f%%  %s\n", (unsigned long long)totals[i].self,
                100.0 * (double)totals[i].self / (double)p->samples,
                (unsigned long long)totals[i].total,
                100.0 * (double)totals[i].total / (double)p->samples, name);
    }
    if (count > TABLE_ROWS)
        fprintf(stderr, "  and %zu more functions\n", count - TABLE_ROWS);
    free(totals);
    return true;
}

/* ---- files ---- */

static void put(wattle_output *out, const char *text) {
    (void)wattle_output_write(out, text, strlen(text)); /* errors are told when it is closed */
}

/* "main;work;inner 42", what flame graph tools read. */
static void write_folded(const Profile *p, wattle_output *out) {
    uint32_t path[DEPTH_MAX];
    for (size_t i = 1; i < p->count; i++) {
        size_t depth = 0;
        if (!p->nodes[i].self)
            continue;
        for (uint32_t up = (uint32_t)i; up && depth < DEPTH_MAX; up = p->nodes[up].parent)
            path[depth++] = up;
        char text[NAME_MAX_SHOWN + 32];
        while (depth-- > 0) {
            node_name(&p->nodes[path[depth]], text);
            for (char *c = text; *c; c++)
                *c = *c == ';' ? ':' : *c;
            put(out, text);
            put(out, depth ? ";" : "");
        }
        snprintf(text, sizeof text, " %llu\n", (unsigned long long)p->nodes[i].self);
        put(out, text);
    }
}

enum { SVG_WIDTH = 1200, SVG_ROW = 17, SVG_LETTER = 7, SVG_LEAST = 1 };

static void put_escaped(wattle_output *out, const char *text, size_t most) {
    for (size_t i = 0; text[i] && i < most; i++) {
        char one[2] = {text[i], 0};
        put(out, text[i] == '<'   ? "&lt;"
                 : text[i] == '>' ? "&gt;"
                 : text[i] == '&' ? "&amp;"
                 : text[i] == '"' ? "&quot;"
                                  : one);
    }
}

/* The same function has the same colour everywhere: warm ones. */
static unsigned node_colour(const CallNode *n) {
    unsigned h = n->func * 2654435761u;
    unsigned red = 205 + (h >> 8) % 50, green = 80 + (h >> 16) % 130, blue = (h >> 24) % 60;
    return red << 16 | green << 8 | blue;
}

typedef struct SvgPlace {
    double x; /* in samples */
    unsigned row;
} SvgPlace;

static void write_box(const Profile *p, wattle_output *out, const CallNode *n, SvgPlace at,
                      unsigned rows) {
    double scale = (double)SVG_WIDTH / (double)p->nodes[0].total;
    double x = at.x * scale, width = (double)n->total * scale;
    unsigned y = (rows - 1 - at.row) * SVG_ROW + 30;
    char name[NAME_MAX_SHOWN], text[256];
    if (width < (double)SVG_LEAST)
        return;
    node_name(n, name);
    put(out, "<g><title>");
    put_escaped(out, name, sizeof name);
    snprintf(text, sizeof text,
             ": %llu samples, %.1f%%</title><rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" "
             "height=\"%u\" fill=\"#%06x\" rx=\"1\"/>",
             (unsigned long long)n->total, 100.0 * (double)n->total / (double)p->nodes[0].total, x,
             y, width, SVG_ROW - 1, node_colour(n));
    put(out, text);
    if (width > 3 * SVG_LETTER) {
        snprintf(text, sizeof text, "<text x=\"%.1f\" y=\"%u\">", x + 3, y + 12);
        put(out, text);
        put_escaped(out, name, (size_t)width / SVG_LETTER);
        put(out, "</text>");
    }
    put(out, "</g>\n");
}

/* The tree from its root upwards, children side by side. places is room for each node. */
static void write_svg(const Profile *p, wattle_output *out, SvgPlace *places) {
    unsigned rows = 1;
    for (size_t i = 0; i < p->count; i++) {
        double x = places[i].x;
        for (uint32_t c = p->nodes[i].child; c; c = p->nodes[c].sibling) {
            places[c] = (SvgPlace){x, places[i].row + 1};
            x += (double)p->nodes[c].total;
            if (places[c].row + 1 > rows)
                rows = places[c].row + 1;
        }
    }
    char text[400];
    snprintf(text, sizeof text,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
             "font-family=\"monospace\" font-size=\"11\">\n"
             "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff8ec\"/>\n"
             "<text x=\"8\" y=\"18\">%llu samples, one each millisecond; the width of a box is the "
             "time in it and in what it calls</text>\n",
             SVG_WIDTH, rows * SVG_ROW + 40, (unsigned long long)p->samples);
    put(out, text);
    for (size_t i = 0; i < p->count; i++)
        write_box(p, out, &p->nodes[i], places[i], rows);
    put(out, "</svg>\n");
}

static bool write_file(const Profile *p, const Options *o, wattle_output *out) {
    const char *path = o->profile, *why = "out of memory";
    size_t len = strlen(path);
    bool svg = len > 4 && strcmp(path + len - 4, ".svg") == 0;
    SvgPlace *places = calloc(p->count, sizeof *places);
    if (places && svg)
        write_svg(p, out, places);
    else if (places)
        write_folded(p, out);
    const char *failed = wattle_output_close(out, places != NULL);
    if (places)
        why = failed;
    free(places);
    if (why)
        cli_say(o, "%s: %s", path, why);
    return !why;
}

bool cli_profile_tell(Profile *p, const Options *o, wattle_output *file) {
    bool tells = p->samples > 0, told = true;
    if (!tells) {
        cli_say(o, "no sample: the program ran for less than a millisecond, or only waited");
    } else {
        add_up(p);
        told = print_table(p, o);
        if (!told)
            cli_say(o, "out of memory");
    }
    if (file && tells && told)
        return write_file(p, o, file);
    if (file)
        (void)wattle_output_close(file, false);
    return told;
}
