/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random streams. Every draw has an address (seed, replication, purpose, entity, ordinal), so that
 * adding an entity or a thread shifts no other draw.
 *
 * Rare draws (failures, start-ups) are taken at their address itself: hr_rng_at(...) gives a
 * generator for that one address. Hot draws (gap, work, size, patience, route) come from one
 * sequential generator per (seed, replication, entity, purpose), ordinal 0, and are consumed in
 * request order.
 *
 * Addresses are hashed by Philox4x64-10 (Salmon et al. 2011; Random123): key = (seed,
 * replication), counter = (0, ordinal, purpose, entity). Its four words seed a xoshiro256++
 * (Blackman, Vigna 2021).
 */
#ifndef STATS_RNG_H
#define STATS_RNG_H

#include <stdint.h>

struct hr_rng {
    uint64_t s[4];
};

enum hr_purpose { /* numbers are for ever: they are part of every seed's meaning */
                  HR_PURPOSE_GAP = 1,
                  HR_PURPOSE_WORK = 2,
                  HR_PURPOSE_PATIENCE = 3,
                  HR_PURPOSE_BATCH_SIZE = 4,
                  HR_PURPOSE_ROUTE = 5,
                  HR_PURPOSE_NETWORK = 6,
                  HR_PURPOSE_BACKOFF = 7,
                  HR_PURPOSE_THINK = 8,
                  HR_PURPOSE_FAILURE = 9,
                  HR_PURPOSE_REPAIR = 10,
                  HR_PURPOSE_STARTUP = 11,
                  HR_PURPOSE_PHASE = 12, /* states of modulated arrivals, phase of a CFS period */
                  HR_PURPOSE_SCALE = 13, /* thinning and shifts of a trace */
                  HR_PURPOSE_ATTEMPT_PATIENCE = 14,
                  HR_PURPOSE_CYCLE = 15,     /* regenerative cycles of failures and repairs */
                  HR_PURPOSE_LOAD = 16,      /* a model into memory */
                  HR_PURPOSE_ERROR = 17,     /* of a faulty version */
                  HR_PURPOSE_ENDPOINT = 18,  /* delay of load balancers */
                  HR_PURPOSE_PLACE = 19,     /* ties of the scheduler */
                  HR_PURPOSE_PROVISION = 20, /* of nodes, as the next two */
                  HR_PURPOSE_BOOT = 21,
                  HR_PURPOSE_DRIVER = 22,
                  HR_PURPOSE_LEASE = 23, /* when a node renews its lease */
                  HR_PURPOSE_NODE_FAILURE = 24,
                  HR_PURPOSE_NODE_REPAIR = 25,
                  HR_PURPOSE_SPOT = 26,
                  HR_PURPOSE_GPU_FAILURE = 27,
                  HR_PURPOSE_GPU_REPAIR = 28,
                  HR_PURPOSE_SLOW = 29,
                  HR_PURPOSE_SLOW_END = 30,
                  HR_PURPOSE_NO_NODE = 31,     /* a node asked for that never comes */
                  HR_PURPOSE_NO_CAPACITY = 32, /* the cloud has no machine left ... */
                  HR_PURPOSE_LEAD = 33,        /* ... until it has */
                  HR_PURPOSE_EXPAND = 40,      /* ties of node groups */
                  HR_PURPOSE_RUN = 41,         /* of a job's pod */
                  HR_PURPOSE_SPIKE = 42        /* which requests a spike leaves out */
};

/* The address of a stream or of one rare draw; entity is hr_hash_name() of the entity's name. */
struct hr_address {
    uint64_t seed, replication;
    enum hr_purpose purpose;
    uint64_t entity, ordinal;
};

struct hr_rng hr_rng_at(struct hr_address address);

static inline uint64_t hr_rng_rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* 64 random bits (xoshiro256++). */
static inline uint64_t hr_rng_next(struct hr_rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = hr_rng_rotl(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = hr_rng_rotl(s[3], 45);
    return result;
}

/* Uniform in (0, 1), open at both ends. */
static inline double hr_rng_uniform(struct hr_rng *rng)
{
    return ((double)(hr_rng_next(rng) >> 12) + 0.5) * 0x1p-52;
}

/* Uniform in 0 .. n-1, n > 0 (multiply-high; bias below n / 2^64). */
static inline uint32_t hr_rng_below(struct hr_rng *rng, uint32_t n)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint32_t)(((wide)hr_rng_next(rng) * n) >> 64);
}

/* Exponential of mean 1 and standard normal, by ziggurat (Marsaglia, Tsang 2000; 256 layers, index
 * and magnitude from separate bits). */
double hr_rng_exponential_tail(struct hr_rng *rng, uint64_t bits);
double hr_rng_normal(struct hr_rng *rng);

/* Tables of ziggurat_tables.c: layer edges x[0..256], and the 53-bit acceptance limit of each
 * layer. */
extern const double hr_ziggurat_exp_x[257];
extern const uint64_t hr_ziggurat_exp_k[256];
extern const double hr_ziggurat_normal_x[257];
extern const uint64_t hr_ziggurat_normal_k[256];

static inline double hr_rng_exponential(struct hr_rng *rng)
{
    const uint64_t bits = hr_rng_next(rng);
    const uint64_t layer = bits & 255, magnitude = bits >> 11;
    if (__builtin_expect(magnitude < hr_ziggurat_exp_k[layer], 1))
        return (double)magnitude * 0x1p-53 * hr_ziggurat_exp_x[layer];
    return hr_rng_exponential_tail(rng, bits);
}

#endif
