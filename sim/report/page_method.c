/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the numbers rest on: every input, how intervals are made, and what makes them again. */
#include "report/html.h"
#include "report/page.h"

#include <headroom/version.h>

#include <inttypes.h>

void hr_page_inputs(struct hr_page *page)
{
    FILE *out = page->out;
    fputs("<p>Every input of the simulation, defaults included.</p>\n<div class=\"scroll\">"
          "<table class=\"inputs\">\n<thead><tr><th scope=\"col\">Input</th>"
          "<th scope=\"col\">Value</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < page->result->n_inputs; i++) {
        const struct hr_input *input = &page->result->inputs[i];
        fputs("<tr><th scope=\"row\"><code>", out);
        hr_html_text(out, input->path);
        fputs("</code></th><td><code>", out);
        hr_html_text(out, input->value);
        fputs("</code></td><td>", out);
        hr_html_text(out, input->help);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n", out);
}

static void write_warmup(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    char warmup[HR_SHOW_SIZE];
    hr_show_duration(warmup, result->warmup_s);
    fprintf(page->out, "<p><strong>Warm-up.</strong> %s%s, %s",
            result->warmup_s > 0 ? "The first " : "Nothing",
            result->warmup_s > 0 ? warmup : " is left out",
            result->warmup_auto ? "chosen automatically" : "as the scenario says");
    if (result->warmup_why) {
        fputs(": ", page->out);
        hr_html_text(page->out, result->warmup_why);
    }
    fputs(".</p>\n", page->out);
}

/* Of one replication, which has none to compare with. */
static void write_single(FILE *out)
{
    fputs("<p><strong>Intervals</strong> are 95% confidence intervals from one replication, of its "
          "means over 4096 equal slices of the window, by N-Skart: it finds how far apart slices "
          "are nearly independent, leaves out as many at the start, besides the warm-up, and "
          "allows for the correlation and skewness that remain. Percentiles: that of the share of "
          "requests below, inverted. An end that the sample cannot bound is called unbounded. "
          "Where no distance was found independent the run is too short and there is no interval; "
          "nor is there for a load that varies with time. Several replications are surer.</p>\n",
          out);
}

static void write_intervals(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    if (result->replications == 1) {
        write_single(page->out);
        return;
    }
    fprintf(page->out, "<p><strong>Intervals</strong> are 95%% confidence intervals over %u ",
            result->replications);
    fputs("independent replications. Means: Student's t. Ratios such as availability: the ratio of "
          "sums, with the variance of a ratio estimator. Percentiles: from the pooled requests of "
          "all replications, never an average of percentiles; their interval inverts that of the "
          "share of requests below. An end that the sample cannot bound is called unbounded, and a "
          "number it cannot support is not given.</p>\n",
          page->out);
    if (result->trace_replayed)
        fputs("<p><strong>Replayed trace.</strong> The same arrivals come in every replication, "
              "so intervals cover the chance in service and failures only, not that of other "
              "days.</p>\n",
              page->out);
}

static void write_precision(struct hr_page *page)
{
    const struct hr_precision *precision = &page->result->precision;
    if (!precision->asked)
        return;
    fprintf(page->out,
            "<p><strong>Precision.</strong> Replications went on until the metrics below were "
            "known as well as asked for, looked at after fixed numbers of them; %s after %u.</p>\n"
            "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Metric</th>"
            "<th scope=\"col\">Asked for</th><th scope=\"col\">Known</th>"
            "<th scope=\"col\">Reached</th></tr></thead>\n<tbody>\n",
            precision->reached ? "that was so" : "that was <strong>not</strong> so",
            page->result->replications);
    for (size_t i = 0; i < precision->n_metrics; i++) {
        const struct hr_precision_metric *metric = &precision->metrics[i];
        char words[HR_SHOW_SIZE], within[HR_SHOW_SIZE];
        hr_show_words(words, metric->metric);
        hr_show_precision(within, metric);
        fputs("<tr><th scope=\"row\">", page->out);
        hr_html_text(page->out, words);
        fputs(" <span class=\"of\">", page->out);
        hr_html_text(page->out, metric->workload);
        fprintf(page->out, "</span></th><td>%.4g%%</td><td>%s</td><td>%s</td></tr>\n",
                100 * metric->target, within, metric->reached ? "yes" : "no");
    }
    fputs("</tbody>\n</table></div>\n", page->out);
}

static void write_words(FILE *out)
{
    fputs("<p><strong>Words.</strong> <em>Latency</em> runs from the first attempt to the answer; "
          "an objective for it counts every unanswered request as too slow. "
          "<em>Availability</em> is the share of arrived requests completed in time, "
          "<em>available time</em> the share of time with enough ready replicas. "
          "<em>Utilization</em> divides busy slot time by ready slot time, "
          "<em>paid utilization</em> by billed slot time. <em>Concurrency</em> is the mean number "
          "of requests between first attempt and outcome. Arrivals do not wait for answers unless "
          "the workload is a closed loop, so slow answers hide no load.</p>\n",
          out);
}

static void write_row(FILE *out, const char *term, const char *value)
{
    fprintf(out, "<tr><th scope=\"row\">%s</th><td><code>", term);
    hr_html_text(out, value);
    fputs("</code></td></tr>\n", out);
}

static void write_origin(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    char number[HR_SHOW_SIZE];
    fputs("<div class=\"scroll\"><table class=\"origin\">\n<caption>To make this report "
          "again</caption>\n<tbody>\n",
          page->out);
    write_row(page->out, "Scenario file", result->scenario_file);
    write_row(page->out, "Scenario SHA-256", result->scenario_sha256);
    snprintf(number, sizeof(number), "%" PRIu64, result->seed);
    write_row(page->out, "Seed", number);
    snprintf(number, sizeof(number), "%u", result->replications);
    write_row(page->out, "Replications", number);
    write_row(page->out, "Version", "headroom " HR_VERSION);
    snprintf(number, sizeof(number), "%016" PRIx64, result->fingerprint);
    write_row(page->out, "Fingerprint of all events", number);
    hr_show_count(number, result->events);
    write_row(page->out, "Events", number);
    fputs("</tbody>\n</table></div>\n", page->out);
}

void hr_page_method(struct hr_page *page)
{
    write_intervals(page);
    write_precision(page);
    write_warmup(page);
    write_words(page->out);
    write_origin(page);
}
