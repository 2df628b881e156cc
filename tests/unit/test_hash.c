/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes against published vectors: names and scenario identities must never change. */
#include "hr_test.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* FIPS 180-4 example values; the two-block message is from its appendix, a million a from NIST. */
static const struct {
    const char *text, *hex;
} vectors[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void sha256_of_short_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        struct hr_sha256 sha;
        char hex[65];

        hr_sha256_init(&sha);
        hr_sha256_add(&sha, vectors[i].text, strlen(vectors[i].text));
        hr_sha256_end(&sha, hex);
        assert_string_equal(hex, vectors[i].hex);
    }
}

/* In pieces of every size, so that each way of crossing a block is taken. */
static void sha256_of_a_million_a(void **state)
{
    char *message = malloc(1000000), hex[65];
    struct hr_sha256 sha;

    (void)state;
    assert_non_null(message);
    memset(message, 'a', 1000000);
    hr_sha256_init(&sha);
    for (size_t done = 0, piece = 0; done < 1000000; done += piece) {
        piece = piece % 200 + 1;
        if (piece > 1000000 - done)
            piece = 1000000 - done;
        hr_sha256_add(&sha, message, piece);
    }
    hr_sha256_end(&sha, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(message);
}

static void names_hash_as_fnv1a(void **state)
{
    (void)state; /* vectors of the FNV page by Landon Noll */
    assert_true(hr_hash_name("") == UINT64_C(0xcbf29ce484222325));
    assert_true(hr_hash_name("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(hr_hash_name("foobar") == UINT64_C(0x85944171f73967e8));
}

static void steps_depend_on_order(void **state)
{
    (void)state;
    const uint64_t ab = hr_hash_step(hr_hash_step(1, 2), 3);
    const uint64_t ba = hr_hash_step(hr_hash_step(1, 3), 2);
    assert_true(ab != ba);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_short_messages),
        cmocka_unit_test(sha256_of_a_million_a),
        cmocka_unit_test(names_hash_as_fnv1a),
        cmocka_unit_test(steps_depend_on_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
