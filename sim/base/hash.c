/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FNV-1a for names and SHA-256 (FIPS 180-4, sections 4 to 6). */
#include "base/hash.h"

#include <string.h>

uint64_t hr_hash_name(const char *name)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
    return h;
}

/* FIPS 180-4, 4.2.2: fraction bits of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Section 6.2.2, step 1: the message schedule. */
static void expand_block(uint32_t w[64], const unsigned char block[64])
{
    for (size_t t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (size_t t = 16; t < 64; t++) {
        const uint32_t a = w[t - 15], b = w[t - 2];
        const uint32_t sigma0 = rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3;
        const uint32_t sigma1 = rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10;

        w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
    }
}

/* Section 6.2.2, step 3: one round; `input` is K + W. Instead of moving all eight words on, the
 * caller names them anew: d and h are those that change. */
static inline void round_of(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f,
                            uint32_t g, uint32_t *h, uint32_t input)
{
    const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    const uint32_t choice = g ^ (e & (f ^ g));
    const uint32_t majority = (a & b) | (c & (a | b));
    const uint32_t t1 = *h + sum1 + choice + input;
    *d += t1;
    *h = t1 + sum0 + majority;
}

/* Section 6.2.2, steps 2 to 4; eight rounds bring every word back to its name. */
static void compress(uint32_t state[8], const unsigned char block[64])
{
    uint32_t w[64];
    expand_block(w, block);
    for (size_t t = 0; t < 64; t++)
        w[t] += round_constants[t];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (size_t t = 0; t < 64; t += 8) {
        round_of(a, b, c, &d, e, f, g, &h, w[t]);
        round_of(h, a, b, &c, d, e, f, &g, w[t + 1]);
        round_of(g, h, a, &b, c, d, e, &f, w[t + 2]);
        round_of(f, g, h, &a, b, c, d, &e, w[t + 3]);
        round_of(e, f, g, &h, a, b, c, &d, w[t + 4]);
        round_of(d, e, f, &g, h, a, b, &c, w[t + 5]);
        round_of(c, d, e, &f, g, h, a, &b, w[t + 6]);
        round_of(b, c, d, &e, f, g, h, &a, w[t + 7]);
    }
    const uint32_t v[8] = { a, b, c, d, e, f, g, h };
    for (size_t i = 0; i < 8; i++)
        state[i] += v[i];
}

void hr_sha256_init(struct hr_sha256 *sha)
{
    *sha = (struct hr_sha256){
        .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                   0x1f83d9ab, 0x5be0cd19 },
    };
}

void hr_sha256_add(struct hr_sha256 *sha, const void *data, size_t n)
{
    const unsigned char *bytes = data;

    while (n > 0) {
        const size_t used = (size_t)(sha->length % 64);
        const size_t take = n < 64 - used ? n : 64 - used;

        if (take == 64) {
            compress(sha->state, bytes);
        } else {
            memcpy(sha->block + used, bytes, take);
            if (used + take == 64)
                compress(sha->state, sha->block);
        }
        sha->length += take;
        bytes += take;
        n -= take;
    }
}

void hr_sha256_end(struct hr_sha256 *sha, char hex[65])
{
    static const unsigned char padding[64] = { 0x80 };
    static const char digits[] = "0123456789abcdef";
    const uint64_t bits = sha->length * 8;
    const size_t used = (size_t)(sha->length % 64);
    unsigned char tail[8];

    for (size_t i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    hr_sha256_add(sha, padding, used < 56 ? 56 - used : 120 - used);
    hr_sha256_add(sha, tail, sizeof(tail));
    for (size_t i = 0; i < 64; i++)
        hex[i] = digits[sha->state[i / 8] >> (28 - 4 * (i % 8)) & 0xF];
    hex[64] = '\0';
}
