/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two limit programs. Requests are served first come first served, so a ring of arrival times
 * is the queue. */
#include "limit.h"

#include "base/mem.h"
#include "base/time.h"
#include "stats/hist.h"
#include "stats/rng.h"

#include <stdlib.h>

#define RING (UINT32_C(1) << 20)

struct mmc {
    struct hr_rng gaps, works;
    double gap_ns, work_ns;
    unsigned free_servers;
    int64_t *ring; /* arrival times of waiting requests */
    uint32_t head, tail;
    struct hr_hist latency;
    uint64_t left; /* arrivals to come */
};

struct completion {
    int64_t at, arrived;
};

static void mmc_init(struct mmc *mmc, double lambda, double mu, unsigned servers, uint64_t requests,
                     uint64_t seed)
{
    *mmc = (struct mmc){
        .gap_ns = 1e9 / lambda, .work_ns = 1e9 / mu, .free_servers = servers, .left = requests
    };
    mmc->gaps = hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_GAP });
    mmc->works = hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_WORK });
    mmc->ring = HR_NEW_ARRAY(int64_t, RING);
    hr_hist_init(&mmc->latency);
}

static struct limit_answer mmc_end(struct mmc *mmc)
{
    const struct limit_answer answer = {
        .requests = mmc->latency.n,
        .latency_s_mean = (double)mmc->latency.sum / 1e9 / (double)mmc->latency.n,
    };
    hr_hist_fini(&mmc->latency);
    free(mmc->ring);
    return answer;
}

static inline int64_t draw(struct hr_rng *rng, double mean_ns)
{
    return (int64_t)(mean_ns * hr_rng_exponential(rng) + 0.5);
}

/* Time of the arrival after this one; never after the last. */
static inline int64_t next_arrival(struct mmc *mmc, int64_t arrival)
{
    return --mmc->left > 0 ? arrival + draw(&mmc->gaps, mmc->gap_ns) : HR_TIME_NEVER;
}

/* ---- 4-ary heap ---- */

struct heap {
    struct completion *nodes;
    uint32_t n;
};

static inline void heap_push(struct heap *heap, struct completion node)
{
    uint32_t i = heap->n++;
    while (i > 0 && node.at < heap->nodes[(i - 1) / 4].at) {
        heap->nodes[i] = heap->nodes[(i - 1) / 4];
        i = (i - 1) / 4;
    }
    heap->nodes[i] = node;
}

static inline void heap_sift_down(struct heap *heap, struct completion node)
{
    uint32_t i = 0;
    for (uint32_t child = 1; child < heap->n; child = 4 * i + 1) {
        uint32_t least = child;
        const uint32_t end = child + 4 < heap->n ? child + 4 : heap->n;
        for (uint32_t c = child + 1; c < end; c++)
            least = heap->nodes[c].at < heap->nodes[least].at ? c : least;
        if (node.at <= heap->nodes[least].at)
            break;
        heap->nodes[i] = heap->nodes[least];
        i = least;
    }
    heap->nodes[i] = node;
}

struct limit_answer limit_mmc_heap(double lambda, double mu, unsigned servers, uint64_t requests,
                                   uint64_t seed)
{
    struct mmc mmc;
    mmc_init(&mmc, lambda, mu, servers, requests, seed);
    struct heap heap = { .nodes = HR_NEW_ARRAY(struct completion, (size_t)servers + 1) };
    int64_t arrival = draw(&mmc.gaps, mmc.gap_ns);
    while (arrival != HR_TIME_NEVER || heap.n > 0) {
        if (heap.n == 0 || arrival < heap.nodes[0].at) {
            if (mmc.free_servers > 0) {
                mmc.free_servers--;
                heap_push(&heap,
                          (struct completion){ arrival + draw(&mmc.works, mmc.work_ns), arrival });
            } else {
                mmc.ring[mmc.tail++ % RING] = arrival;
            }
            arrival = next_arrival(&mmc, arrival);
        } else {
            const struct completion done = heap.nodes[0];
            hr_hist_record(&mmc.latency, done.at - done.arrived);
            if (mmc.head != mmc.tail) {
                const int64_t arrived = mmc.ring[mmc.head++ % RING];
                heap_sift_down(
                    &heap, (struct completion){ done.at + draw(&mmc.works, mmc.work_ns), arrived });
            } else {
                mmc.free_servers++;
                if (--heap.n > 0)
                    heap_sift_down(&heap, heap.nodes[heap.n]);
            }
        }
    }
    free(heap.nodes);
    return mmc_end(&mmc);
}

/* ---- calendar: buckets of 2^shift ns, each a short list; the earliest of the current bucket is
 * searched for ---- */

#define NONE UINT32_MAX

struct entry {
    struct completion node;
    uint32_t next;
};

struct calendar {
    struct entry *entries;
    uint32_t *buckets;
    uint32_t free, n, mask;
    unsigned shift;
    int64_t day; /* number of the current bucket, not wrapped */
};

static void calendar_init(struct calendar *calendar, unsigned servers, double lambda)
{
    uint32_t n_buckets = 16;
    while (n_buckets < 4 * servers)
        n_buckets *= 2;
    *calendar = (struct calendar){ .mask = n_buckets - 1 };
    while ((double)(UINT64_C(2) << calendar->shift) < 1e9 / lambda)
        calendar->shift++;
    calendar->entries = HR_NEW_ARRAY(struct entry, (size_t)servers + 1);
    calendar->buckets = HR_NEW_ARRAY(uint32_t, n_buckets);
    for (uint32_t i = 0; i < n_buckets; i++)
        calendar->buckets[i] = NONE;
    for (uint32_t i = 0; i <= servers; i++)
        calendar->entries[i].next = i == servers ? NONE : i + 1;
}

static inline void calendar_push(struct calendar *calendar, struct completion node)
{
    const uint32_t i = calendar->free;
    uint32_t *bucket = &calendar->buckets[(uint64_t)(node.at >> calendar->shift) & calendar->mask];
    calendar->free = calendar->entries[i].next;
    calendar->entries[i] = (struct entry){ node, *bucket };
    *bucket = i;
    calendar->n++;
}

/* The link to the earliest completion before `limit`; NULL when there is none. Moves on over empty
 * days. */
static inline uint32_t *calendar_least(struct calendar *calendar, int64_t limit)
{
    const int64_t last = limit >> calendar->shift;
    for (; calendar->n > 0; calendar->day++) {
        uint32_t *least = NULL;
        uint32_t *link = &calendar->buckets[(uint64_t)calendar->day & calendar->mask];
        for (; *link != NONE; link = &calendar->entries[*link].next) {
            const int64_t at = calendar->entries[*link].node.at;
            if (at >> calendar->shift == calendar->day &&
                (least == NULL || at < calendar->entries[*least].node.at))
                least = link;
        }
        if (least != NULL)
            return calendar->entries[*least].node.at < limit ? least : NULL;
        if (calendar->day >= last)
            return NULL;
    }
    calendar->day = last;
    return NULL;
}

static inline struct completion calendar_take(struct calendar *calendar, uint32_t *link)
{
    const uint32_t i = *link;
    *link = calendar->entries[i].next;
    calendar->entries[i].next = calendar->free;
    calendar->free = i;
    calendar->n--;
    return calendar->entries[i].node;
}

struct limit_answer limit_mmc_calendar(double lambda, double mu, unsigned servers,
                                       uint64_t requests, uint64_t seed)
{
    struct mmc mmc;
    struct calendar calendar;
    mmc_init(&mmc, lambda, mu, servers, requests, seed);
    calendar_init(&calendar, servers, lambda);
    int64_t arrival = draw(&mmc.gaps, mmc.gap_ns);
    while (arrival != HR_TIME_NEVER || calendar.n > 0) {
        uint32_t *link = calendar_least(&calendar, arrival);
        if (link == NULL) {
            if (mmc.free_servers > 0) {
                mmc.free_servers--;
                calendar_push(&calendar, (struct completion){
                                             arrival + draw(&mmc.works, mmc.work_ns), arrival });
            } else {
                mmc.ring[mmc.tail++ % RING] = arrival;
            }
            arrival = next_arrival(&mmc, arrival);
        } else {
            const struct completion done = calendar_take(&calendar, link);
            hr_hist_record(&mmc.latency, done.at - done.arrived);
            if (mmc.head != mmc.tail) {
                const int64_t arrived = mmc.ring[mmc.head++ % RING];
                calendar_push(&calendar, (struct completion){
                                             done.at + draw(&mmc.works, mmc.work_ns), arrived });
            } else {
                mmc.free_servers++;
            }
        }
    }
    free(calendar.entries);
    free(calendar.buckets);
    return mmc_end(&mmc);
}
