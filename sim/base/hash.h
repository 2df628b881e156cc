/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes: a fast 64-bit one for names and fingerprints, SHA-256 for scenario identity. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* One step of a running hash (multiply and xor-shift, 64-bit); order matters. */
static inline uint64_t hr_hash_step(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

/* 64-bit FNV-1a of a name: the address of an entity in random streams; stable for ever. */
uint64_t hr_hash_name(const char *name);

struct hr_sha256 { /* FIPS 180-4 */
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
};
void hr_sha256_init(struct hr_sha256 *sha);
void hr_sha256_add(struct hr_sha256 *sha, const void *data, size_t n);
void hr_sha256_end(struct hr_sha256 *sha, char hex[65]);

#endif
