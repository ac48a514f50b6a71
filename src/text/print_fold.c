/* Nested bodies: (i32.add (local.get 0) (i32.const 1)).

   The body becomes a forest: a node for each instruction, its operands as children. Folding is only
   a way of writing: whatever is put inside still stands before the instruction in the bytes, so a
   guess about arities can make the text less pretty, never wrong. Only the nearest operands that
   give exactly one value each are taken in. */
#include "text/print_inside.h"

enum { NODE_none = 0xFFFFFFFF };

typedef struct Node {
    uint32_t offset; /* of the instruction from the body's start */
    uint32_t first;  /* operand; NODE_none */
    uint32_t next;   /* sibling */
    uint32_t body;   /* first statement of a block's part; NODE_none */
    uint32_t other;  /* the next part: else, catch; NODE_none */
    uint32_t label;  /* blocks: its name is labels[label]; NODE_none */
    bool value;      /* gives exactly one value */
    uint8_t hint;    /* 0 or 1; 2: none */
} Node;

/* An open block while the forest is built: where its statements begin on the list. */
typedef struct Open {
    uint32_t node;  /* of the part that is open: the block itself, or its else or catch */
    uint32_t block; /* the block */
    uint32_t base;  /* height of `list` */
    uint32_t results;
} Open;

typedef struct Fold {
    Printer *p;
    const uint8_t *start, *end;
    Node *nodes;
    size_t node_count, node_cap;
    uint32_t *list; /* statements of all open blocks, outermost first */
    size_t list_count, list_cap;
    Open *open;
    size_t open_count, open_cap;
    Slice *labels; /* label names, taken in the order of the code, which is not that of the text */
    size_t label_count, label_cap;
    uint32_t roots;
    bool one_line;
    bool failed;
} Fold;

static void fold_push(Fold *f, uint32_t node) {
    if (!wt_vec_grow(f->p->allocator, (void **)&f->list, &f->list_cap, f->list_count,
                     sizeof *f->list)) {
        f->failed = true;
        return;
    }
    f->list[f->list_count++] = node;
}

static uint32_t fold_node(Fold *f, const uint8_t *at) {
    if (!wt_vec_grow(f->p->allocator, (void **)&f->nodes, &f->node_cap, f->node_count,
                     sizeof *f->nodes)) {
        f->failed = true;
        return NODE_none;
    }
    f->nodes[f->node_count] = (Node){
        (uint32_t)(at - f->start), NODE_none, NODE_none, NODE_none, NODE_none, NODE_none, false, 2};
    return (uint32_t)f->node_count++;
}

/* Links list[from..] as siblings and drops them from the list; the first one, or NODE_none. */
static uint32_t fold_siblings(Fold *f, size_t from) {
    for (size_t i = from; i + 1 < f->list_count; i++)
        f->nodes[f->list[i]].next = f->list[i + 1];
    uint32_t first = from < f->list_count ? f->list[from] : NODE_none;
    f->list_count = from;
    return first;
}

/* Takes up to n single values from the top as operands. */
static uint32_t fold_operands(Fold *f, uint32_t n) {
    size_t base = f->open_count ? f->open[f->open_count - 1].base : 0, from = f->list_count;
    while (n-- && from > base && f->nodes[f->list[from - 1]].value)
        from--;
    return fold_siblings(f, from);
}

/* ---- arities ---- */

typedef struct Arity {
    uint32_t in, out;
} Arity;

static Arity type_arity(const Module *m, uint32_t type, uint32_t extra) {
    if (type >= m->type_count || m->types[type].kind != TYPE_func)
        return (Arity){extra, 0};
    return (Arity){m->types[type].param_count + extra, m->types[type].result_count};
}

static uint32_t struct_fields(const Module *m, uint32_t type) {
    return type < m->type_count && m->types[type].kind == TYPE_struct ? m->types[type].param_count
                                                                      : 0;
}

/* What special instructions take and give; labels' values are left on the stack where they are. */
static const struct {
    uint8_t in, out;
} special_arities[OP_count] = {
    [OP_br_if] = {1, 0},
    [OP_br_table] = {1, 0},
    [OP_throw_ref] = {1, 0},
    [OP_drop] = {1, 0},
    [OP_select] = {3, 1},
    [OP_select_t] = {3, 1},
    [OP_local_get] = {0, 1},
    [OP_local_set] = {1, 0},
    [OP_local_tee] = {1, 1},
    [OP_global_get] = {0, 1},
    [OP_global_set] = {1, 0},
    [OP_table_get] = {1, 1},
    [OP_table_set] = {2, 0},
    [OP_table_size] = {0, 1},
    [OP_table_grow] = {2, 1},
    [OP_table_fill] = {3, 0},
    [OP_table_copy] = {3, 0},
    [OP_table_init] = {3, 0},
    [OP_memory_copy] = {3, 0},
    [OP_ref_null] = {0, 1},
    [OP_ref_is_null] = {1, 1},
    [OP_ref_func] = {0, 1},
    [OP_ref_eq] = {2, 1},
    [OP_ref_as_non_null] = {1, 1},
    [OP_br_on_null] = {1, 1},
    [OP_br_on_non_null] = {1, 0},
    [OP_br_on_cast] = {1, 1},
    [OP_br_on_cast_fail] = {1, 1},
    [OP_ref_test] = {1, 1},
    [OP_ref_test_null] = {1, 1},
    [OP_ref_cast] = {1, 1},
    [OP_ref_cast_null] = {1, 1},
    [OP_struct_get] = {1, 1},
    [OP_struct_get_s] = {1, 1},
    [OP_struct_get_u] = {1, 1},
    [OP_struct_set] = {2, 0},
    [OP_struct_new_default] = {0, 1},
    [OP_array_new] = {2, 1},
    [OP_array_new_default] = {1, 1},
    [OP_array_new_data] = {2, 1},
    [OP_array_new_elem] = {2, 1},
    [OP_array_get] = {2, 1},
    [OP_array_get_s] = {2, 1},
    [OP_array_get_u] = {2, 1},
    [OP_array_set] = {3, 0},
    [OP_array_len] = {1, 1},
    [OP_array_fill] = {4, 0},
    [OP_array_copy] = {5, 0},
    [OP_array_init_data] = {4, 0},
    [OP_array_init_elem] = {4, 0},
    [OP_any_convert_extern] = {1, 1},
    [OP_extern_convert_any] = {1, 1},
    [OP_ref_i31] = {1, 1},
    [OP_i31_get_s] = {1, 1},
    [OP_i31_get_u] = {1, 1},
};

static Arity insn_arity(const Fold *f, const Insn *in, uint32_t results) {
    const Module *m = f->p->m;
    const OpInfo *info = op_info(in->op);
    if (info->sig != SIG_SPECIAL)
        return (Arity){wt_sig_table[info->sig].param_count, wt_sig_table[info->sig].result_count};
    switch (in->op) {
    case OP_call:
    case OP_return_call:
        return in->a < m->func_count ? type_arity(m, m->funcs[in->a].type, 0) : (Arity){0, 0};
    case OP_call_indirect:
    case OP_return_call_indirect:
    case OP_call_ref:
    case OP_return_call_ref:
        return type_arity(m, in->a, 1);
    case OP_throw:
        return in->a < m->tag_count ? (Arity){type_arity(m, m->tags[in->a].type, 0).in, 0}
                                    : (Arity){0, 0};
    case OP_return:
        return (Arity){results, 0};
    case OP_br: {
        size_t depth = in->a;
        uint32_t n = depth < f->open_count    ? f->open[f->open_count - 1 - depth].results
                     : depth == f->open_count ? results
                                              : 0;
        return (Arity){n, 0};
    }
    case OP_struct_new:
        return (Arity){struct_fields(m, in->a), 1};
    case OP_array_new_fixed:
        return (Arity){in->b, 1};
    }
    return (Arity){special_arities[in->op].in, special_arities[in->op].out};
}

static uint32_t block_results(const Module *m, const Insn *in) {
    if (in->block == BLOCK_index)
        return type_arity(m, in->a, 0).out;
    return in->block == BLOCK_value;
}

/* ---- building ---- */

static void fold_label(Fold *f, uint32_t node) {
    Slice name = wt_print_next_label(f->p);
    if (!name.data)
        return;
    if (!wt_vec_grow(f->p->allocator, (void **)&f->labels, &f->label_cap, f->label_count,
                     sizeof *f->labels)) {
        f->failed = true;
        return;
    }
    f->nodes[node].label = (uint32_t)f->label_count;
    f->labels[f->label_count++] = name;
}

static void fold_open(Fold *f, const Insn *in, uint32_t node) {
    if (in->op == OP_if)
        f->nodes[node].first = fold_operands(f, 1);
    fold_label(f, node);
    if (!wt_vec_grow(f->p->allocator, (void **)&f->open, &f->open_cap, f->open_count,
                     sizeof *f->open)) {
        f->failed = true;
        return;
    }
    uint32_t results = block_results(f->p->m, in);
    f->open[f->open_count++] = (Open){node, node, (uint32_t)f->list_count, results};
    f->nodes[node].value = results == 1;
}

/* else, catch, catch_all: the part before is whole. */
static void fold_part(Fold *f, uint32_t node) {
    if (!f->open_count)
        return;
    Open *o = &f->open[f->open_count - 1];
    f->nodes[o->node].body = fold_siblings(f, o->base);
    f->nodes[o->node].other = node;
    o->node = node;
}

static void fold_close(Fold *f, uint32_t delegate) {
    Open *o = &f->open[f->open_count - 1];
    f->nodes[o->node].body = fold_siblings(f, o->base);
    f->nodes[o->node].other = delegate;
    uint32_t block = o->block;
    f->open_count--;
    fold_push(f, block);
}

/* false: the body is malformed. */
static bool fold_build(Fold *f, Reader *r, uint32_t results) {
    Insn in;
    while (r->at != r->end && !f->failed) {
        const uint8_t *at = r->at;
        if (!insn_read(r, &in))
            return false;
        uint8_t imm = op_info(in.op)->imm;
        if (in.op == OP_end) {
            if (!f->open_count) {
                f->roots = fold_siblings(f, 0);
                return r->at == r->end;
            }
            fold_close(f, NODE_none);
            continue;
        }
        uint32_t node = fold_node(f, at);
        if (f->failed)
            return false;
        if (f->p->hints.bytes.data && (in.op == OP_if || in.op == OP_br_if))
            f->nodes[node].hint = (uint8_t)wt_print_take_hint(f->p, (uint32_t)(at - f->p->body));
        if (imm == IMM_BLOCK || imm == IMM_TRY_TABLE) {
            fold_open(f, &in, node);
        } else if (in.op == OP_else || in.op == OP_catch || in.op == OP_catch_all) {
            if (!f->open_count)
                break;
            fold_part(f, node);
        } else if (in.op == OP_delegate) {
            if (!f->open_count)
                break;
            fold_close(f, node);
        } else {
            Arity a = insn_arity(f, &in, results);
            f->nodes[node].first = fold_operands(f, a.in);
            f->nodes[node].value = a.out == 1;
            fold_push(f, node);
        }
    }
    if (!r->error && !f->failed)
        wt_reader_fail(r, READ_end, r->end);
    return false;
}

/* ---- printing ---- */

/* What is left to print, as a stack: a list of siblings, or closing parentheses. */
typedef struct Todo {
    uint32_t node;
    uint8_t what;
} Todo;
enum { TODO_nodes, TODO_close, TODO_part, TODO_body, TODO_label, TODO_scope };

typedef struct TodoStack {
    Todo *items;
    size_t count, cap;
} TodoStack;

static void todo(Fold *f, TodoStack *s, uint32_t node, uint8_t what) {
    if (node == NODE_none && what != TODO_close && what != TODO_label)
        return;
    if (!wt_vec_grow(f->p->allocator, (void **)&s->items, &s->cap, s->count, sizeof *s->items)) {
        f->failed = true;
        return;
    }
    s->items[s->count++] = (Todo){node, what};
}

static Slice read_node(const Fold *f, uint32_t node, Insn *in) {
    const uint8_t *at = f->start + f->nodes[node].offset;
    Reader r = reader_of(at, (size_t)(f->end - at));
    insn_read(&r, in);
    return slice(at, (size_t)(r.at - at));
}

static void new_line(Fold *f) {
    if (f->one_line && !f->p->comment_open)
        print_char(f->p, ' ');
    else
        wt_print_line(f->p);
}

static Slice node_label(const Fold *f, const Node *n) {
    return n->label == NODE_none ? slice(NULL, 0) : f->labels[n->label];
}

/* "(i32.add" with what stands before it. */
static void open_node(Fold *f, const Insn *in, Slice raw, const Node *n) {
    Printer *p = f->p;
    new_line(f);
    if (WT_UNLIKELY(p->o->offsets))
        wt_print_offset(p, raw.data);
    if (WT_UNLIKELY(n->hint < 2 || insn_annotated(p, in)))
        wt_print_annotations(p, in, raw, n->hint);
    print_char(p, '(');
    if (!wt_print_common(p, raw.data))
        wt_print_insn(p, in, node_label(f, n));
}

/* An instruction without operands is closed at once, others when the stack comes back to it. */
static void print_node(Fold *f, TodoStack *s, uint32_t node) {
    const Node n = f->nodes[node];
    Insn in;
    Slice raw = read_node(f, node, &in);
    open_node(f, &in, raw, &n);
    bool block = insn_opens(&in);
    if (!block && n.first == NODE_none) {
        print_char(f->p, ')');
        return;
    }
    f->p->depth++;
    todo(f, s, NODE_none, TODO_close);
    if (!block) {
        todo(f, s, n.first, TODO_nodes);
        return;
    }
    todo(f, s, NODE_none, TODO_label);
    todo(f, s, n.other, TODO_part);
    if (in.op == OP_if || in.op == OP_try)
        todo(f, s, node, TODO_body);
    else
        todo(f, s, n.body, TODO_nodes);
    if (n.first == NODE_none)
        return;
    /* The condition of an if stands inside of it, but not in the scope of its label. */
    f->p->label_count--;
    todo(f, s, node, TODO_scope);
    todo(f, s, n.first, TODO_nodes);
}

/* (else …), (catch $e …), (catch_all …), (delegate 0) */
static void print_part(Fold *f, TodoStack *s, uint32_t node) {
    Printer *p = f->p;
    const Node n = f->nodes[node];
    Insn in;
    Slice raw = read_node(f, node, &in);
    if (in.op == OP_delegate) {
        /* Its label counts from outside of the try. */
        Slice own = p->labels[p->label_count - 1];
        p->label_count--;
        open_node(f, &in, raw, &n);
        print_char(p, ')');
        p->labels[p->label_count++] = own;
        return;
    }
    open_node(f, &in, raw, &n);
    p->depth++;
    todo(f, s, n.other, TODO_part);
    todo(f, s, NODE_none, TODO_close);
    todo(f, s, n.body, TODO_nodes);
}

/* (then …), (do …) */
static void print_first_part(Fold *f, TodoStack *s, uint32_t block) {
    Insn in;
    read_node(f, block, &in);
    new_line(f);
    print_str(f->p, in.op == OP_if ? "(then" : "(do");
    f->p->depth++;
    todo(f, s, NODE_none, TODO_close);
    todo(f, s, f->nodes[block].body, TODO_nodes);
}

static void print_forest(Fold *f) {
    TodoStack s = {0};
    Printer *p = f->p;
    todo(f, &s, f->roots, TODO_nodes);
    while (s.count && !f->failed && !p->out->failed && !p->d->out_of_memory) {
        Todo t = s.items[--s.count];
        switch (t.what) {
        case TODO_nodes:
            todo(f, &s, f->nodes[t.node].next, TODO_nodes);
            print_node(f, &s, t.node);
            break;
        case TODO_close:
            p->depth--;
            wt_print_close(p);
            break;
        case TODO_label:
            p->label_count--;
            break;
        case TODO_scope:
            p->labels[p->label_count++] = node_label(f, &f->nodes[t.node]);
            break;
        case TODO_body:
            print_first_part(f, &s, t.node);
            break;
        case TODO_part:
            print_part(f, &s, t.node);
            break;
        }
    }
    allocator_free(p->allocator, s.items, s.cap * sizeof *s.items);
}

static void print_fold(Printer *p, Reader r, uint32_t results, bool one_line) {
    Fold f = {.p = p, .start = r.at, .end = r.end, .roots = NODE_none, .one_line = one_line};
    if (fold_build(&f, &r, results))
        print_forest(&f);
    else if (!f.failed)
        wt_print_malformed(p, &r);
    if (f.failed)
        wt_diag_oom(p->d);
    allocator_free(p->allocator, f.nodes, f.node_cap * sizeof *f.nodes);
    allocator_free(p->allocator, f.list, f.list_cap * sizeof *f.list);
    allocator_free(p->allocator, f.open, f.open_cap * sizeof *f.open);
    allocator_free(p->allocator, f.labels, f.label_cap * sizeof *f.labels);
}

void wt_print_folded(Printer *p, Reader r) {
    const TypeDef *t = print_func_type(p->m, p->m->funcs[p->body_item].type);
    print_fold(p, r, t ? t->result_count : 0, false);
}

/* Nearly all are one instruction. */
void wt_print_expr(Printer *p, Slice code, const char *word) {
    Reader r = reader_of(code.data, code.len);
    Insn in;
    p->body = code.data;
    p->body_item = UINT32_MAX;
    p->label_count = 0;
    wt_print_push_label(p, slice(NULL, 0));
    wt_print_label_names(p, UINT32_MAX);
    bool plain = insn_read(&r, &in) && code.data + code.len - r.at == 1 && in.op != OP_end &&
                 !insn_opens(&in) && !insn_annotated(p, &in);
    if (WT_LIKELY(plain) && *r.at == OP_end) {
        print_str(p, " (");
        if (!wt_print_common(p, code.data))
            wt_print_insn(p, &in, slice(NULL, 0));
        wt_print_close(p);
        return;
    }
    if (word) {
        print_str(p, " (");
        print_str(p, word);
    }
    print_fold(p, reader_of(code.data, code.len), 1, true);
    if (word)
        print_char(p, ')');
}
