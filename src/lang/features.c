/* Which features a module uses: those of the rows of its instructions, and what
 * stands around them.
 */
#include "lang/inside.h"

#include "wasm/insn.h"

#define USES(ident) ((uint32_t)FEATURE_BIT(ident))
_Static_assert(FEATURE_count <= 32, "a set fits a word");

/* The features on which a type depends, with none switched on. */
static uint32_t type_uses(const Module *bare, ValType t) {
    Feature f = wt_type_feature(bare, t);
    return f == FEATURE_mvp ? 0 : (uint32_t)1 << f;
}

static uint32_t insn_uses(const Module *bare, const Insn *in) {
    const OpInfo *info = op_info(in->op);
    uint32_t set = info->feature == FEATURE_mvp ? 0 : (uint32_t)1 << info->feature;
    switch ((Imm)info->imm) {
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
        if (in->block == BLOCK_index)
            return set | USES(multi_value);
        return in->block == BLOCK_value ? set | type_uses(bare, in->type) : set;
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
    case IMM_MEM:
        return in->a ? set | USES(multi_memory) : set;
    case IMM_TYPE_TABLE:
        return in->b ? set | USES(reference_types) : set;
    case IMM_SELECT:
    case IMM_HEAP:
        return set | type_uses(bare, in->type);
    default: /* the row says it */
        return set;
    }
}

static uint32_t code_uses(const Module *bare, Reader r, bool locals) {
    uint32_t set = 0;
    LocalRun run;
    for (uint32_t n = locals ? wt_insn_local_runs(&r) : 0; n > 0 && wt_insn_next_run(&r, &run); n--)
        set |= type_uses(bare, run.type);
    Insn in;
    while (r.at != r.end && insn_read(&r, &in))
        set |= insn_uses(bare, &in);
    return set;
}

/* Arithmetic in a constant expression. */
static uint32_t expr_uses(const Module *bare, Slice code) {
    Reader r = reader_of(code.data, code.len);
    Insn in;
    uint32_t set = 0;
    while (code.data && r.at != r.end && insn_read(&r, &in))
        set |=
            insn_uses(bare, &in) | (op_info(in.op)->kind == KIND_PURE ? USES(extended_const) : 0);
    return set;
}

void wt_lang_note_features(Version *v, const Version *before) {
    Module bare = v->m;
    bare.features = 0;
    const Module *m = &v->m;
    bool same = before->checked && v->checked && before->around == v->around;
    for (uint32_t i = m->func_imports; i < m->func_count; i++) {
        uint32_t k = i - m->func_imports;
        const Func *f = &m->funcs[i], *old = same ? &before->m.funcs[i] : NULL;
        if (old && same_body(f, old))
            v->used[k] = before->used[k];
        else
            v->used[k] = code_uses(&bare, reader_of(f->code, f->code_size), true);
    }
}

static uint32_t types_use(const Module *bare) {
    uint32_t set = 0;
    for (uint32_t i = 0; i < bare->type_count; i++) {
        const TypeDef *t = &bare->types[i];
        set |= t->result_count > 1 ? USES(multi_value) : 0;
        set |= t->kind == TYPE_cont ? USES(stack_switching) : 0;
        set |= t->kind == TYPE_struct || t->kind == TYPE_array || t->rec_count != 1 ||
                       t->super != TYPE_none || !t->final
                   ? USES(gc)
                   : 0;
        set |=
            t->describes != TYPE_none || t->descriptor != TYPE_none ? USES(custom_descriptors) : 0;
        for (uint32_t k = 0; t->kind == TYPE_func && k < t->param_count + t->result_count; k++)
            set |= type_uses(bare, t->params[k]);
    }
    return set;
}

static uint32_t limits_use(const Limits *l) {
    return (l->is64 ? USES(memory64) : 0) | (l->shared ? USES(threads) : 0) |
           (l->has_page_size ? USES(custom_page_sizes) : 0);
}

uint64_t wt_lang_features(const Version *v) {
    Module bare = v->m;
    bare.features = 0;
    const Module *m = &bare;
    uint32_t set = types_use(m);
    for (uint32_t i = 0; i < m->func_count - m->func_imports; i++)
        set |= v->used[i];
    for (uint32_t i = 0; i < m->table_count; i++) {
        const Table *t = &m->tables[i];
        set |= limits_use(&t->limits) | expr_uses(m, t->init.code) |
               (t->type == VAL_funcref ? 0 : type_uses(m, t->type));
        set |= t->init.code.data ? USES(function_references) : 0;
    }
    set |= m->table_count > 1 ? USES(reference_types) : 0;
    for (uint32_t i = 0; i < m->memory_count; i++)
        set |= limits_use(&m->memories[i].limits);
    set |= m->memory_count > 1 ? USES(multi_memory) : 0;
    set |= m->tag_count ? USES(exceptions) : 0;
    for (uint32_t i = 0; i < m->global_count; i++) {
        const Global *g = &m->globals[i];
        set |= type_uses(m, g->type) | expr_uses(m, g->init.code);
        set |= i < m->global_imports && g->mutable_ ? USES(mutable_globals) : 0;
    }
    for (uint32_t i = 0; i < m->export_count; i++)
        set |= m->exports[i].kind == EXTERN_global && m->exports[i].item < m->global_count &&
                       m->globals[m->exports[i].item].mutable_
                   ? USES(mutable_globals)
                   : 0;
    for (uint32_t i = 0; i < m->elem_count; i++) {
        set |= expr_uses(m, m->elems[i].offset.code);
        set |= m->elems[i].exprs ? USES(reference_types) : 0;
        set |= m->elems[i].mode != SEGMENT_active ? USES(bulk_memory) : 0;
    }
    for (uint32_t i = 0; i < m->data_count; i++) {
        set |= expr_uses(m, m->datas[i].offset.code);
        set |= m->datas[i].mode != SEGMENT_active ? USES(bulk_memory) : 0;
    }
    for (uint32_t i = 0; i < m->import_count; i++)
        set |= m->imports[i].form != IMPORT_plain ? USES(compact_imports) : 0;
    for (uint32_t i = 0; i < m->custom_count; i++)
        set |= slice_is(m->customs[i].name, "metadata.code.branch_hint") ? USES(branch_hints) : 0;
    return set;
}
