/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scaling to zero, or to the idle replicas, and back. */
#include "autoscale/keda.h"

#include "base/minmax.h"

void hr_keda_init(struct hr_keda *keda, const struct hr_keda_config *config, hr_time now)
{
    *keda = (struct hr_keda){ .config = *config, .started = now, .last_active = HR_TIME_NEVER };
}

static bool has_cooled_down(const struct hr_keda *keda, hr_time now)
{
    if (keda->last_active == HR_TIME_NEVER)
        return now - keda->started > keda->config.initial_cooldown;
    return now - keda->last_active > keda->config.cooldown;
}

int64_t hr_keda_poll(struct hr_keda *keda, hr_time now, int64_t replicas, bool active)
{
    const struct hr_keda_config *config = &keda->config;
    const bool has_idle = config->replicas_idle != HR_KEDA_NO_IDLE;
    const int64_t rest = has_idle ? config->replicas_idle : 0;
    if (active) {
        keda->last_active = now;
        const bool rests = replicas == 0 || (has_idle && replicas < config->replicas_min);
        return rests ? hr_max(config->replicas_min, 1) : replicas;
    }
    if ((has_idle || config->replicas_min == 0) && replicas > rest)
        return has_cooled_down(keda, now) ? rest : replicas;
    return has_idle ? replicas : hr_max(replicas, config->replicas_min);
}
