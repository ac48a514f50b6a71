/* SHA-256 against the examples of FIPS 180-4 and NIST's, and in pieces of every
 * size. */
#include "base/sha256.h"
#include "check.h"

#include <stdlib.h>

static const char *hex_of(const uint8_t digest[32]) {
    static char text[65];
    for (unsigned i = 0; i < 32; i++)
        snprintf(text + (size_t)2 * i, 3, "%02x", digest[i]);
    return text;
}

/* The digest of a text that is repeated, added in pieces of `step` bytes. */
static const char *digest_of(const char *text, size_t times, size_t step) {
    size_t len = strlen(text) * times;
    char *bytes = malloc(len + 1);
    Sha256 s;
    uint8_t digest[32];
    wt_sha256_begin(&s);
    for (size_t i = 0; i < times; i++)
        memcpy(bytes + i * strlen(text), text, strlen(text));
    for (size_t at = 0; at < len; at += step)
        wt_sha256_add(&s, bytes + at, len - at < step ? len - at : step);
    wt_sha256_end(&s, digest);
    free(bytes);
    return hex_of(digest);
}

static void published_examples(void) {
    CHECK_EQ_STR(digest_of("", 1, 1),
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_EQ_STR(digest_of("abc", 1, 64),
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_EQ_STR(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, 64),
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_EQ_STR(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                           "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                           1, 200),
                 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK_EQ_STR(digest_of("a", 1000000, 1000),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void pieces_are_the_whole(void) {
    for (size_t times = 0; times < 200; times += 7) {
        char whole[65];
        strcpy(whole, digest_of("x", times, 1000));
        for (size_t step = 1; step < 130; step += 9)
            CHECK_EQ_STR(digest_of("x", times, step), whole);
    }
}

int main(void) {
    CHECK_CASE(published_examples);
    CHECK_CASE(pieces_are_the_whole);
    return check_done();
}
