/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of a pod: it leaves the counts at once and the load balancer's list after a while;
 * preStop runs, SIGTERM is sent, the container ends what it holds, and at the end of its grace it
 * is killed. Its node's room is free when it is gone.
 */
#include "cluster/state.h"

#include "base/minmax.h"

#define AFTER_PRE_STOP_MIN (2 * HR_NS_PER_S) /* of the grace, that is left for SIGTERM */

static void leave_counts(struct hr_cluster *cluster, struct hr_pod *pod)
{
    struct hr_set *set = &cluster->sets[pod->set];
    struct hr_set_revision *revision = &set->revisions[pod->revision];
    revision->pods--;
    revision->ready -= pod->ready;
    revision->available -= pod->available;
    set->pending -= pod->stage == HR_POD_PENDING;
}

/* preStop runs first; it may take all of the grace but a little. */
static void wind_down(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const hr_time now = cluster->engine->now;
    const hr_time pre_stop = cluster->sets[pod->set].config->pods->pre_stop;
    hr_probes_end(cluster, i, false);
    hr_event_set(cluster, &pod->step, hr_time_add(now, hr_min(pre_stop, pod->grace)),
                 HR_EV_POD_TERMINATE_RANK, HR_EV_POD_TERMINATE, i);
    const hr_time least = pre_stop > 0 ? hr_min(pre_stop, pod->grace) + AFTER_PRE_STOP_MIN : 0;
    hr_event_set(cluster, &pod->end, hr_time_add(now, hr_max(pod->grace, least)),
                 HR_EV_POD_KILL_RANK, HR_EV_POD_KILL, i);
}

static void delete (struct hr_cluster *cluster, uint32_t i, hr_time grace, bool preempted)
{
    struct hr_pod *pod = &cluster->pods[i];
    const hr_time now = cluster->engine->now;
    if (pod->deleted != HR_TIME_NEVER) {
        if (now + grace < pod->deleted + pod->grace && pod->end != HR_EVENT_NONE) {
            pod->grace = now + grace - pod->deleted;
            hr_event_set(cluster, &pod->end, now + grace, HR_EV_POD_KILL_RANK, HR_EV_POD_KILL, i);
        }
        return;
    }
    leave_counts(cluster, pod);
    pod->deleted = now;
    pod->grace = grace;
    hr_note(cluster, "SuccessfulDelete", pod->set, i, pod->node, "Deleted pod");
    hr_set_touch(cluster, pod->set);
    hr_endpoint_want(cluster, i, false);
    if (pod->stage == HR_POD_PENDING && hr_has_nodes(cluster))
        hr_placing_remove(cluster, i);
    if (pod->node != HR_NODE_NONE) {
        hr_scheduler_terminate(&cluster->scheduler, i, preempted);
        hr_placing_wake(cluster, HR_WAKE_POD_ENDING);
    }
    if (pod->silent)
        return; /* until its node is back, or gone */
    if (pod->stage == HR_POD_LOADING || pod->stage == HR_POD_SERVING)
        wind_down(cluster, i);
    else
        hr_pod_gone(cluster, i);
}

void hr_pod_delete(struct hr_cluster *cluster, uint32_t i, hr_time grace)
{
    delete (cluster, i, grace, false);
}

void hr_pod_preempt(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    hr_note(cluster, "Preempted", pod->set, i, pod->node, "Preempted by a pod of higher priority");
    cluster->sets[pod->set].counts[HR_SET_PREEMPTED]++;
    delete (cluster, i, cluster->sets[pod->set].config->pods->termination_grace_period, true);
}

void hr_pod_terminate(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_note(cluster, "Killing", pod->set, i, pod->node, "Stopping container");
    if (pod->stage != HR_POD_SERVING || cluster->hooks.held(cluster->hooks.ctx, pod->tag) == 0) {
        hr_pod_gone(cluster, i);
        return;
    }
    pod->stage = HR_POD_DRAINING;
    hr_event_cancel(cluster, &pod->crash);
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_DRAINS);
}

void hr_cluster_drained(struct hr_cluster *cluster, uint32_t i)
{
    hr_pod_gone(cluster, i);
}

void hr_pod_kill(struct hr_cluster *cluster, uint32_t i)
{
    hr_pod_gone(cluster, i);
}

/* Its room and its share of the price are free. */
static void leave_node(struct hr_cluster *cluster, uint32_t i)
{
    const uint32_t node = cluster->pods[i].node;
    if (node == HR_NODE_NONE)
        return;
    hr_node_charge_requests(cluster, i, -1);
    hr_pod_pays_no_more(cluster, i);
    hr_scheduler_unbind(&cluster->scheduler, i);
    hr_node_split_price(cluster, node);
    hr_placing_wake(cluster, HR_WAKE_POD_GONE);
    const struct hr_node *left = &cluster->nodes[node];
    if ((left->retires || left->stage == HR_NODE_DELETED) &&
        hr_node_first_pod(cluster, node) == HR_POD_NONE)
        hr_node_delete(cluster, node);
}

static void leave_set(struct hr_cluster *cluster, struct hr_set *set, const struct hr_pod *pod)
{
    *(pod->prev == HR_POD_NONE ? &set->first : &cluster->pods[pod->prev].next) = pod->next;
    *(pod->next == HR_POD_NONE ? &set->last : &cluster->pods[pod->next].prev) = pod->prev;
}

void hr_pod_forget(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    cluster->hooks.removed(cluster->hooks.ctx, pod->tag);
    pod->stage = HR_POD_FREE;
    pod->next = cluster->pod_free;
    cluster->pod_free = i;
}

/* Requests that the load balancer goes on to send are refused until it hears of the end. */
void hr_pod_gone(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_event_cancel(cluster, &pod->step);
    hr_event_cancel(cluster, &pod->crash);
    hr_event_cancel(cluster, &pod->end);
    hr_event_cancel(cluster, &pod->list);
    hr_event_cancel(cluster, &pod->availability);
    hr_event_cancel(cluster, &pod->toleration);
    hr_probes_end(cluster, i, true);
    if (pod->deleted == HR_TIME_NEVER)
        leave_counts(cluster, pod);
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_DOWN);
    leave_node(cluster, i);
    cluster->sets[pod->set].revisions[pod->revision].existing--;
    leave_set(cluster, &cluster->sets[pod->set], pod);
    hr_set_touch(cluster, pod->set);
    if (cluster->sets[pod->set].config->job != NULL && !pod->succeeded)
        hr_job_pod_lost(cluster, pod->set, pod->revision);
    pod->stage = HR_POD_ENDED;
    if (!pod->listed || pod->unlist == HR_EVENT_NONE) {
        hr_endpoint_now(cluster, i, false);
        if (pod->stage == HR_POD_ENDED)
            hr_pod_forget(cluster, i);
    }
}
