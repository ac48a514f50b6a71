/* Linked lists: build, reverse, search, merge sort; dependent loads, unpredictable branches. */
#define KERNEL_NAME "list"
#define KERNEL_N 60
#include "../kernel.h"

struct Node {
    struct Node *next;
    u32 key, info;
};

enum { LIST_NODES = 20000 };
static struct Node pool[LIST_NODES];

static struct Node *merge(struct Node *a, struct Node *b) {
    struct Node head = {0}, *tail = &head;
    while (a && b) {
        struct Node **least = a->key <= b->key ? &a : &b;
        tail->next = *least;
        tail = *least;
        *least = tail->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static struct Node *sort_list(struct Node *list, u32 length) {
    if (length < 2) {
        if (list)
            list->next = NULL;
        return list;
    }
    struct Node *middle = list;
    for (u32 i = 0; i < length / 2; i++)
        middle = middle->next;
    struct Node *right = sort_list(middle, length - length / 2);
    return merge(sort_list(list, length / 2), right);
}

static struct Node *reverse(struct Node *list) {
    struct Node *done = NULL;
    while (list) {
        struct Node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

u64 kernel(int n) {
    u32 seed = 2463534242u;
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        for (u32 i = 0; i < LIST_NODES; i++) {
            pool[i].next = i + 1 < LIST_NODES ? &pool[i + 1] : NULL;
            pool[i].key = next_random(&seed) & 0xffff;
            pool[i].info = i;
        }
        struct Node *list = reverse(sort_list(reverse(pool), LIST_NODES));
        u32 place = 1;
        for (struct Node *p = list; p; p = p->next, place++)
            sum += (u64)p->info * place ^ p->key;
        for (u32 wanted = 0; wanted < 16; wanted++) {
            struct Node *p = list;
            while (p && p->key != wanted * 4099)
                p = p->next;
            sum = mix(sum, p ? p->info : wanted);
        }
    }
    return sum;
}
