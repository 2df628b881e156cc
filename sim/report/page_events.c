/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of the cluster, as a table that can be filtered by reason without any script. */
#include "report/html.h"
#include "report/page.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* More reasons than this share the choice "all". */
#define CHOICES_MAX 40

static size_t n_choices(const struct hr_cluster_events *events)
{
    return events->n_reasons < CHOICES_MAX ? events->n_reasons : CHOICES_MAX;
}

void hr_page_events_style(struct hr_page *page)
{
    const struct hr_cluster_events *events = page->result->cluster_events;
    for (size_t i = 0; events && i < n_choices(events); i++)
        fprintf(page->out, "#e%zu:checked~.events tbody tr:not(.e%zu){display:none}\n", i, i);
}

/* One button a reason, "all" at first; the style sheet hides the rows of the others. */
static void write_choices(FILE *out, const struct hr_cluster_events *events)
{
    fputs("<input type=\"radio\" name=\"reason\" id=\"e-all\" checked>"
          "<label for=\"e-all\">all</label>\n",
          out);
    for (size_t i = 0; i < n_choices(events); i++) {
        char n[HR_SHOW_SIZE];
        hr_show_count(n, events->reasons[i].n);
        fprintf(out, "<input type=\"radio\" name=\"reason\" id=\"e%zu\"><label for=\"e%zu\">", i,
                i);
        hr_html_text(out, events->reasons[i].text);
        fprintf(out, " <span class=\"of\">%s</span></label>\n", n);
    }
}

static size_t reason_of(const struct hr_cluster_events *events,
                        const struct hr_cluster_event *event)
{
    size_t i = 0;
    while (events->reasons[i].text != event->reason)
        i++;
    return i;
}

/* What the list does not hold, so that nobody misses it unawares. */
static void write_left_out(FILE *out, const struct hr_cluster_events *events)
{
    bool any = false;
    for (size_t i = 0; i < events->n_reasons; i++) {
        const struct hr_event_reason *reason = &events->reasons[i];
        char left[HR_SHOW_SIZE];
        if (reason->n == reason->kept)
            continue;
        hr_show_count(left, reason->n - reason->kept);
        fputs(any ? ", "
                  : "<p class=\"note\">Of each reason the first events are listed; later "
                    "ones that are left out: ",
              out);
        hr_html_text(out, reason->text);
        fprintf(out, " %s", left);
        any = true;
    }
    if (any)
        fputs(". The file events.jsonl has all.</p>\n", out);
}

/* Simulated time as a clock shows it: "1:02:03.250". */
static void write_time(FILE *out, double time_s)
{
    const uint64_t ms = (uint64_t)llround(time_s * 1e3);
    fprintf(out, "%" PRIu64 ":%02u:%02u.%03u", ms / 3600000, (unsigned)(ms / 60000 % 60),
            (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
}

static bool same(const char *a, const char *b)
{
    return (a == NULL && b == NULL) || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Events that differ by nothing but their pod and its node share a row. */
static bool alike(const struct hr_cluster_event *a, const struct hr_cluster_event *b)
{
    return a->time_s <= b->time_s && a->time_s >= b->time_s && a->reason == b->reason &&
           a->pod != NULL && b->pod != NULL && same(a->deployment, b->deployment) &&
           same(a->message, b->message);
}

static void write_object(FILE *out, const struct hr_cluster_event *event, size_t n)
{
    const char *object = event->pod          ? event->pod
                         : event->deployment ? event->deployment
                                             : event->node;
    if (object != NULL)
        hr_html_text(out, object);
    if (n > 1)
        fprintf(out, " <span class=\"of\">and %zu more</span>", n - 1);
    if (n == 1 && event->node != NULL && object != event->node) {
        fputs(" <span class=\"of\">on ", out);
        hr_html_text(out, event->node);
        fputs("</span>", out);
    }
}

static void write_rows(FILE *out, const struct hr_cluster_events *events)
{
    for (size_t i = 0, n; i < events->n; i += n) {
        const struct hr_cluster_event *event = &events->events[i];
        for (n = 1; i + n < events->n && alike(event, &events->events[i + n]); n++)
            continue;
        fprintf(out, "<tr class=\"e%zu\"><th scope=\"row\">", reason_of(events, event));
        write_time(out, event->time_s);
        fputs("</th><td>", out);
        hr_html_text(out, event->reason);
        fputs("</td><td>", out);
        write_object(out, event, n);
        fputs("</td><td>", out);
        hr_html_text(out, event->message ? event->message : "");
        fputs("</td></tr>\n", out);
    }
}

void hr_page_events(struct hr_page *page)
{
    const struct hr_cluster_events *events = page->result->cluster_events;
    FILE *out = page->out;
    if (events == NULL || events->n == 0) {
        fputs("<p class=\"note\">No events were kept.</p>\n", out);
        return;
    }
    fputs("<p>What happened to pods and nodes in replication 0, worded as Kubernetes does.</p>\n",
          out);
    write_left_out(out, events);
    fputs("<div class=\"filtered\">\n", out);
    write_choices(out, events);
    fputs("<div class=\"scroll events\"><table>\n<thead><tr><th scope=\"col\">Time</th>"
          "<th scope=\"col\">Reason</th><th scope=\"col\">Object</th><th scope=\"col\">Message</th>"
          "</tr></thead>\n<tbody>\n",
          out);
    write_rows(out, events);
    fputs("</tbody>\n</table></div>\n</div>\n", out);
}
