/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logarithmic buckets of non-negative integers from the bits of the number, without a logarithm.
 * With `bits` = b values below 2^(b+1) have a bucket each; above, every octave [2^e, 2^(e+1)) has
 * 2^b equal ones, so that a bucket is at most 2^-b of its values wide. Buckets are numbered in
 * order; 2^b of them make a page: page 0 is [0, 2^b), page p the octave from 2^(b+p-1).
 */
#ifndef STATS_LOG_BUCKET_H
#define STATS_LOG_BUCKET_H

#include <stdint.h>

/* Pages that cover int64. */
#define HR_LOG_PAGES(bits) (64u - (bits))

static inline unsigned hr_log_bucket(int64_t value, unsigned bits)
{
    /* Octave 2^bits, whose buckets are one wide, takes all values below it as well. */
    const unsigned octave = 63u - (unsigned)__builtin_clzll((uint64_t)value | UINT64_C(1) << bits);
    const unsigned shift = octave - bits;
    return (shift << bits) + (unsigned)((uint64_t)value >> shift);
}

/* The bucket at `bits` of a value whose bucket at `fine` > bits is known: cheaper for all but small
 * values. */
static inline unsigned hr_log_bucket_coarser(int64_t value, unsigned bucket, unsigned fine,
                                             unsigned bits)
{
    if (__builtin_expect(bucket >> fine == 0, 0))
        return hr_log_bucket(value, bits);
    return (bucket >> (fine - bits)) + ((fine - bits) << bits);
}

/* The smallest value of a bucket; the next bucket starts where it ends. */
static inline int64_t hr_log_bucket_from(unsigned bucket, unsigned bits)
{
    const uint64_t size = UINT64_C(1) << bits;
    const unsigned page = bucket >> bits;
    const uint64_t slot = bucket & (size - 1);
    return (int64_t)(page == 0 ? slot : (size + slot) << (page - 1));
}

#endif
