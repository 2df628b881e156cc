/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of arrival processes: which key applies to which process, and the rules between them. */
#include "workload/arrival_keys.h"

#include "base/civil.h"

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_batch_spec, field, ctype)

static const struct hr_choice batch_law_choices[] = {
    { "constant", HR_BATCH_CONSTANT, "The same number each time." },
    { "geometric", HR_BATCH_GEOMETRIC, "Geometric from 1." },
    { NULL, 0, NULL },
};

static const struct hr_key batch_keys[] = {
    { FIELD(law, int), .type = HR_KEY_ENUM, .choices = batch_law_choices, .def = "constant",
      .help = "Distribution of the number of requests in a batch." },
    { FIELD(mean, double), .type = HR_KEY_REAL, .min = 1, .max = 1e6, .required = true,
      .help = "Mean number of requests in a batch." },
};

static void check_batch(const void *group, struct hr_key_check *check)
{
    const struct hr_batch_spec *batch = group;
    if (batch->law == HR_BATCH_CONSTANT && batch->mean != (double)(int64_t)batch->mean)
        check->fail(check, "mean", "is not a whole number, which a constant batch needs",
                    "write law = \"geometric\" for a mean with a fraction");
}

static const struct hr_key_table batch_table = {
    .name = "batch arrivals",
    .size = sizeof(struct hr_batch_spec),
    .keys = batch_keys,
    .n_keys = HR_KEY_COUNT(batch_keys),
    .check = check_batch,
};

static const struct hr_key state_keys[] = {
    { .name = "rate",
      .offset = HR_FIELD(struct hr_mmpp_state, rate, double),
      .type = HR_KEY_QUANTITY,
      .unit = HR_UNIT_RATE,
      .max = 1e9,
      .required = true,
      .help = "Arrivals per second in the state." },
    { .name = "duration",
      .offset = HR_FIELD(struct hr_mmpp_state, duration_mean, hr_time),
      .type = HR_KEY_QUANTITY,
      .unit = HR_UNIT_DURATION,
      .min_open = true,
      .max = 1e9,
      .required = true,
      .help = "Mean of the exponential stay in the state." },
};

static const struct hr_key_table state_table = {
    .name = "state of an mmpp",
    .size = sizeof(struct hr_mmpp_state),
    .keys = state_keys,
    .n_keys = HR_KEY_COUNT(state_keys),
};

static const struct hr_key point_keys[] = {
    { .name = "at",
      .offset = HR_FIELD(struct hr_rate_point, at, hr_time),
      .type = HR_KEY_QUANTITY,
      .unit = HR_UNIT_DURATION,
      .max = 3.15576e9,
      .required = true,
      .help = "Time from the start of the run." },
    { .name = "rate",
      .offset = HR_FIELD(struct hr_rate_point, rate, double),
      .type = HR_KEY_QUANTITY,
      .unit = HR_UNIT_RATE,
      .max = 1e9,
      .required = true,
      .help = "Arrivals per second from then on, or at that time." },
};

static const struct hr_key_table point_table = {
    .name = "rate point",
    .size = sizeof(struct hr_rate_point),
    .keys = point_keys,
    .n_keys = HR_KEY_COUNT(point_keys),
};

static const struct hr_choice process_choices[] = {
    { "poisson", HR_ARRIVAL_POISSON, "Independent arrivals at a constant rate." },
    { "deterministic", HR_ARRIVAL_DETERMINISTIC, "Equal gaps." },
    { "gamma", HR_ARRIVAL_GAMMA, "Independent gamma gaps." },
    { "weibull", HR_ARRIVAL_WEIBULL, "Independent Weibull gaps." },
    { "mmpp", HR_ARRIVAL_MMPP, "Poisson with a rate that changes at random; on/off with rate 0." },
    { "hawkes", HR_ARRIVAL_HAWKES, "Bursts: each request draws further ones." },
    { "diurnal", HR_ARRIVAL_DIURNAL, "Poisson with a sine of the time of day as rate." },
    { "piecewise", HR_ARRIVAL_PIECEWISE, "Poisson with a rate given by points." },
    { "calendar", HR_ARRIVAL_CALENDAR, "Poisson with weekday, weekend and holiday profiles." },
    { "closed", HR_ARRIVAL_CLOSED, "Clients that think, ask and wait for the answer." },
    { "trace", HR_ARRIVAL_TRACE, "Replay of a measured log." },
    { NULL, 0, NULL },
};

static const struct hr_choice interpolation_choices[] = {
    { "constant", HR_INTERPOLATE_CONSTANT, "A rate holds until the next point." },
    { "linear", HR_INTERPOLATE_LINEAR, "Straight lines between the points." },
    { NULL, 0, NULL },
};

static const struct hr_choice format_choices[] = {
    { "timestamps", HR_TRACE_TIMESTAMPS, "One arrival time a row." },
    { "counts", HR_TRACE_COUNTS, "Numbers of arrivals in intervals of equal length." },
    { NULL, 0, NULL },
};

static const struct hr_choice scale_by_choices[] = {
    { "requests", HR_SCALE_REQUESTS, "Requests are left out or copied." },
    { "compress", HR_SCALE_COMPRESS, "The clock of the trace runs faster or slower." },
    { NULL, 0, NULL },
};

static const struct hr_choice origin_choices[] = {
    { "auto", HR_ORIGIN_AUTO, "First for ISO 8601 times, else zero." },
    { "zero", HR_ORIGIN_ZERO, "The times of the trace count from the start of the run." },
    { "first", HR_ORIGIN_FIRST, "The first row is at the start of the run." },
    { "start", HR_ORIGIN_START, "The scenario's start is at the start of the run." },
    { NULL, 0, NULL },
};

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_arrival_spec, field, ctype)

#define RENEWAL (HR_WHEN(HR_ARRIVAL_GAMMA) | HR_WHEN(HR_ARRIVAL_WEIBULL))
#define RATED                                                                                      \
    (RENEWAL | HR_WHEN(HR_ARRIVAL_POISSON) | HR_WHEN(HR_ARRIVAL_DETERMINISTIC) |                   \
     HR_WHEN(HR_ARRIVAL_HAWKES) | HR_WHEN(HR_ARRIVAL_DIURNAL) | HR_WHEN(HR_ARRIVAL_CALENDAR))
#define OPEN      (RATED | HR_WHEN(HR_ARRIVAL_MMPP) | HR_WHEN(HR_ARRIVAL_PIECEWISE))
#define MMPP      HR_WHEN(HR_ARRIVAL_MMPP)
#define HAWKES    HR_WHEN(HR_ARRIVAL_HAWKES)
#define DIURNAL   HR_WHEN(HR_ARRIVAL_DIURNAL)
#define PIECEWISE HR_WHEN(HR_ARRIVAL_PIECEWISE)
#define CALENDAR  HR_WHEN(HR_ARRIVAL_CALENDAR)
#define CLOSED    HR_WHEN(HR_ARRIVAL_CLOSED)
#define TRACE     HR_WHEN(HR_ARRIVAL_TRACE)

#define PROFILE(field, text)                                                                       \
    {                                                                                              \
        FIELD(field, struct hr_list), .type = HR_KEY_ARRAY, .element = HR_KEY_REAL, .max = 1e6,    \
                                      .n_min = 1, .n_max = 96, .when = CALENDAR, .help = (text)    \
    }

static const struct hr_key arrival_keys[] = {
    { FIELD(process, int), .type = HR_KEY_ENUM, .choices = process_choices, .def = "poisson",
      .help = "Law of the arrivals." },
    { FIELD(rate, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_RATE, .min_open = true,
      .max = 1e9, .required = true, .when = RATED,
      .help = "Long-run mean of requests per second; for a calendar that at multiplier 1." },
    { FIELD(cv, double), .type = HR_KEY_REAL, .min = 0.01, .max = 100, .required = true,
      .when = RENEWAL, .help = "Standard deviation of the gaps divided by their mean." },
    { FIELD(batch, struct hr_batch_spec *), .type = HR_KEY_GROUP, .table = &batch_table,
      .when = OPEN, .help = "Requests that arrive together; one at a time when absent." },
    { FIELD(states, struct hr_list), .type = HR_KEY_LIST, .table = &state_table, .required = true,
      .n_min = 2, .n_max = 1000, .when = MMPP, .help = "States, visited in a ring." },
    { FIELD(branching, double), .type = HR_KEY_REAL, .max = 1, .max_open = true, .required = true,
      .when = HAWKES, .help = "Mean number of further requests that a request draws directly." },
    { FIELD(decay_time, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION,
      .min_open = true, .max = 1e9, .required = true, .when = HAWKES,
      .help = "Mean delay of a request that another one drew." },
    { FIELD(amplitude, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .def = "50%", .when = DIURNAL,
      .help = "Height of the peak above the mean, as share of the mean." },
    { FIELD(peak_at, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 86400,
      .def = "14h", .when = DIURNAL, .help = "Local time of day of the peak." },
    { FIELD(period, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min_open = true,
      .max = 3.15576e9, .def = "24h", .when = DIURNAL, .help = "Period of the sine." },
    { FIELD(points, struct hr_list), .type = HR_KEY_LIST, .table = &point_table, .required = true,
      .n_min = 1, .n_max = 100000, .when = PIECEWISE,
      .help = "Points of the rate, the first at 0s." },
    { FIELD(interpolation, int), .type = HR_KEY_ENUM, .choices = interpolation_choices,
      .def = "constant", .when = PIECEWISE, .help = "What the rate is between points." },
    { FIELD(period, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min_open = true,
      .max = 3.15576e9, .def = "never", .word = "never", .word_value = HR_UNLIMITED,
      .when = PIECEWISE,
      .help = "Time after which the points are repeated; never holds the last rate." },
    PROFILE(weekday, "Multipliers of the rate over a weekday, for equal parts of the day; 1 when "
                     "absent."),
    PROFILE(saturday, "Multipliers over a Saturday; as on a weekday when absent."),
    PROFILE(sunday, "Multipliers over a Sunday; as on a Saturday when absent."),
    PROFILE(holiday, "Multipliers over a holiday; as on a Sunday when absent."),
    { FIELD(holidays, struct hr_list), .type = HR_KEY_ARRAY, .element = HR_KEY_TEXT, .n_max = 10000,
      .when = CALENDAR, .help = "Dates of holidays, such as \"2026-12-25\"." },
    { FIELD(open, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 86400,
      .def = "0s", .when = CALENDAR, .help = "Local time of day at which the market opens." },
    { FIELD(close, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 86400,
      .def = "24h", .when = CALENDAR, .help = "Local time of day at which the market closes." },
    { FIELD(closed_share, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .def = "0%", .when = CALENDAR,
      .help = "Share of the rate that remains while the market is closed." },
    { FIELD(clients, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e7, .required = true,
      .when = CLOSED, .help = "Number of clients." },
    { FIELD(think_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .required = true, .when = CLOSED,
      .help = "Time from an answer to the next request of the same client." },
    { FIELD(trace, const char *), .type = HR_KEY_PATH, .required = true, .when = TRACE,
      .help = "File to replay: CSV, JSON Lines or plain numbers, also as gzip." },
    { FIELD(format, int), .type = HR_KEY_ENUM, .choices = format_choices, .def = "timestamps",
      .when = TRACE, .help = "What the numbers in the file are." },
    { FIELD(column, const char *), .type = HR_KEY_TEXT, .def = "", .when = TRACE,
      .help = "CSV column or JSON key to read; empty takes the only or first one, or the key "
              "timestamp." },
    { FIELD(time_unit, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION,
      .min_open = true, .max = 1e9, .def = "1s", .when = TRACE,
      .help = "Unit of timestamps that are numbers." },
    { FIELD(interval, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min_open = true,
      .max = 1e9, .def = "1s", .when = TRACE,
      .help = "Length of the interval that each count is for." },
    { FIELD(scale, double), .type = HR_KEY_REAL, .min_open = true, .max = 1e6, .def = "1",
      .when = TRACE, .help = "Factor by which the load of the trace is multiplied." },
    { FIELD(scale_by, int), .type = HR_KEY_ENUM, .choices = scale_by_choices, .def = "requests",
      .when = TRACE, .help = "How the load is multiplied." },
    { FIELD(repeat, bool), .type = HR_KEY_BOOL, .def = "false", .when = TRACE,
      .help = "Whether the trace starts anew at its end." },
    { FIELD(origin, int), .type = HR_KEY_ENUM, .choices = origin_choices, .def = "auto",
      .when = TRACE, .help = "Which time of the trace is the start of the run." },
};

static void check_states(const struct hr_arrival_spec *spec, struct hr_key_check *check)
{
    const struct hr_mmpp_state *states = spec->states.items;
    for (size_t i = 0; i < spec->states.n; i++)
        if (states[i].rate > 0)
            return;
    check->fail(check, "states", "no state has a rate above 0", NULL);
}

static void check_points(const struct hr_arrival_spec *spec, struct hr_key_check *check)
{
    const struct hr_rate_point *points = spec->points.items;
    if (points[0].at != 0)
        check->fail(check, "points", "the first point is not at 0s", NULL);
    double rate_max = points[0].rate;
    for (size_t i = 1; i < spec->points.n; i++) {
        rate_max = points[i].rate > rate_max ? points[i].rate : rate_max;
        if (points[i].at > points[i - 1].at)
            continue;
        check->fail(check, "points", "the times of the points do not rise", NULL);
        return;
    }
    if (rate_max <= 0)
        check->fail(check, "points", "no point has a rate above 0", NULL);
    if (spec->period <= points[spec->points.n - 1].at)
        check->fail(check, "period", "ends before the last point", NULL);
}

static void check_profile(const struct hr_list *profile, const char *key,
                          struct hr_key_check *check)
{
    if (profile->n > 0 && HR_NS_PER_DAY / HR_NS_PER_S % (int64_t)profile->n != 0)
        check->fail(check, key, "does not divide the day into whole seconds",
                    "write 1, 24, 48 or 96 multipliers");
}

static void check_calendar(const struct hr_arrival_spec *spec, struct hr_key_check *check)
{
    check_profile(&spec->weekday, "weekday", check);
    check_profile(&spec->saturday, "saturday", check);
    check_profile(&spec->sunday, "sunday", check);
    check_profile(&spec->holiday, "holiday", check);
    const char *const *dates = spec->holidays.items;
    struct hr_date date;
    for (size_t i = 0; i < spec->holidays.n; i++)
        if (!hr_date_parse(dates[i], &date))
            check->fail(check, "holidays", "holds text that is no date",
                        "write dates such as \"2026-12-25\"");
    if (spec->open >= spec->close)
        check->fail(check, "close", "is not after open", NULL);
}

static void check_arrivals(const void *group, struct hr_key_check *check)
{
    const struct hr_arrival_spec *spec = group;
    if (spec->process == HR_ARRIVAL_MMPP)
        check_states(spec, check);
    if (spec->process == HR_ARRIVAL_PIECEWISE)
        check_points(spec, check);
    if (spec->process == HR_ARRIVAL_CALENDAR)
        check_calendar(spec, check);
    if (spec->process == HR_ARRIVAL_TRACE && spec->format == HR_TRACE_COUNTS &&
        spec->origin == HR_ORIGIN_START)
        check->fail(check, "origin", "counts have no date that could be set against start", NULL);
}

const struct hr_key_table hr_arrival_keys = {
    .name = "arrival process",
    .size = sizeof(struct hr_arrival_spec),
    .keys = arrival_keys,
    .n_keys = HR_KEY_COUNT(arrival_keys),
    .selector = "process",
    .check = check_arrivals,
};
