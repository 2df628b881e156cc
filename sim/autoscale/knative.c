/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions of the Knative pod autoscaler. */
#include "autoscale/knative.h"

#include "base/key.h"
#include "base/minmax.h"

#include <math.h>

/* A revision that is not ready after this time is given up (progress deadline and 10 s). */
#define ACTIVATION_TIMEOUT (610 * HR_NS_PER_S)

struct hr_knative_config hr_knative_config_default(void)
{
    return (struct hr_knative_config){
        .replicas_max = HR_UNLIMITED,
        .activation_scale = 1,
        .capacity = 100,
        .utilization = 0.7,
        .burst = 200,
        .panic_threshold = 2,
        .scale_up_rate_max = 1000,
        .scale_down_rate_max = 2,
        .stable_window = 60 * HR_NS_PER_S,
        .panic_window = 6 * HR_NS_PER_S,
        .scale_to_zero_grace = 30 * HR_NS_PER_S,
    };
}

void hr_knative_init(struct hr_knative *knative, const struct hr_knative_config *config,
                     hr_time now, int64_t ready)
{
    *knative = (struct hr_knative){
        .config = *config,
        .panicking_since = ready > 1 ? now : HR_TIME_NEVER,
        .replicas_panic = ready,
        .phase = ready > 0 ? HR_KNATIVE_ACTIVE : HR_KNATIVE_INACTIVE,
        .phase_since = now,
        .proxied_since = ready > 0 ? HR_TIME_NEVER : now,
    };
    hr_window_init(&knative->load, (size_t)(config->stable_window / HR_NS_PER_S));
    hr_count_log_init(&knative->decisions);
}

void hr_knative_fini(struct hr_knative *knative)
{
    hr_window_fini(&knative->load);
    hr_count_log_fini(&knative->decisions);
}

void hr_knative_observe(struct hr_knative *knative, double load)
{
    hr_window_put(&knative->load, load);
}

/* Down to six decimals, so that a load of just n targets is not taken for a trace more. */
static double mean_load(const struct hr_knative *knative, hr_time window)
{
    return floor(hr_window_mean(&knative->load, (size_t)(window / HR_NS_PER_S)) * 1e6) / 1e6;
}

/* Replicas due for the load, before and within the rates of change. */
struct due {
    double raw;
    int64_t replicas;
};

static struct due due_for(const struct hr_knative_config *config, double load, double ready)
{
    const double raw = ceil(load / (config->capacity * config->utilization));
    const double top = ceil(config->scale_up_rate_max * ready);
    const double bottom = floor(ready / config->scale_down_rate_max);
    const double within = fmin(fmax(raw, bottom), top);
    struct due due = { raw, within < INT32_MAX ? (int64_t)within : INT32_MAX };
    if (raw > 0)
        due.replicas = hr_max(due.replicas, config->activation_scale);
    return due;
}

/* Panic lasts until the load has been below the threshold for a stable window. */
static void update_panic(struct hr_knative *knative, hr_time now, double due_panic, double ready)
{
    if (due_panic / ready >= knative->config.panic_threshold) {
        knative->panicking_since = now;
    } else if (hr_knative_panics(knative) &&
               now - knative->panicking_since > knative->config.stable_window) {
        knative->panicking_since = HR_TIME_NEVER;
        knative->replicas_panic = 0;
    }
}

/* In panic the replicas only grow. */
static int64_t scale(struct hr_knative *knative, hr_time now, double panic_load, int64_t ready)
{
    const struct hr_knative_config *config = &knative->config;
    const double pods = ready > 0 ? (double)ready : 1;
    const struct due stable = due_for(config, mean_load(knative, config->stable_window), pods);
    const struct due panic = due_for(config, panic_load, pods);
    int64_t desired = stable.replicas;
    update_panic(knative, now, panic.raw, pods);
    if (hr_knative_panics(knative)) {
        desired = hr_max(desired, hr_max(panic.replicas, knative->replicas_panic));
        knative->replicas_panic = desired;
    }
    if (config->scale_down_delay == 0)
        return desired;
    hr_count_log_put(&knative->decisions, now, desired, config->scale_down_delay);
    return hr_count_log_highest(&knative->decisions, now, config->scale_down_delay, desired);
}

static void enter(struct hr_knative *knative, hr_time now, enum hr_knative_phase phase)
{
    if (knative->phase != phase)
        knative->phase_since = now;
    knative->phase = phase;
}

/*
 * Nothing is due. What has been active for a stable window becomes inactive: the activator takes
 * its place in the path, and after the grace period (which has passed already if it was there
 * before, for want of room for bursts) the last replicas go.
 */
static int64_t towards_zero(struct hr_knative *knative, hr_time now, int64_t replicas)
{
    const hr_time in_phase = now - knative->phase_since;
    if (knative->phase == HR_KNATIVE_ACTIVATING) {
        if (in_phase < ACTIVATION_TIMEOUT)
            return replicas;
        enter(knative, now, HR_KNATIVE_INACTIVE);
        return 0;
    }
    if (knative->phase == HR_KNATIVE_ACTIVE && in_phase < knative->config.stable_window)
        return 1;
    enter(knative, now, HR_KNATIVE_INACTIVE);
    if (!hr_knative_is_proxied(knative))
        knative->proxied_since = now;
    const bool graced = now - knative->proxied_since >= knative->config.scale_to_zero_grace;
    return graced ? 0 : replicas;
}

/* Whether the ready replicas lack room for a burst. */
static bool lacks_room(const struct hr_knative_config *config, double load, int64_t ready)
{
    return config->burst > 0 && floor((double)ready * config->capacity - config->burst - load) < 0;
}

int64_t hr_knative_decide(struct hr_knative *knative, hr_time now, int64_t replicas, int64_t ready)
{
    const struct hr_knative_config *config = &knative->config;
    if (knative->load.n == 0)
        return replicas;
    const double panic_load = mean_load(knative, config->panic_window);
    const int64_t desired = hr_min(
        hr_max(scale(knative, now, panic_load, ready), config->replicas_min), config->replicas_max);
    if (desired > 0 || knative->phase != HR_KNATIVE_INACTIVE)
        enter(knative, now, ready > 0 ? HR_KNATIVE_ACTIVE : HR_KNATIVE_ACTIVATING);
    const int64_t next = desired > 0 ? desired : towards_zero(knative, now, replicas);
    const bool proxied = knative->phase == HR_KNATIVE_INACTIVE || ready == 0 ||
                         lacks_room(config, panic_load, ready);
    if (proxied != hr_knative_is_proxied(knative))
        knative->proxied_since = proxied ? now : HR_TIME_NEVER;
    return next;
}
