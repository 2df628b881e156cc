/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of the command line: the table and the code that walks it. */
#include "cli/options.h"

#include "base/diag.h"
#include "base/key.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "base/str.h"
#include "base/suggest.h"

#include <headroom/scenario.h>

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX         4096
#define REPLICATIONS_MAX 100000 /* as the key has it */

/* The field type that an option writes to. */
enum hr_option_kind {
    HR_OPTION_FLAG,    /* bool */
    HR_OPTION_TEXT,    /* const char * */
    HR_OPTION_COUNT,   /* unsigned, from 1 to `max` */
    HR_OPTION_AMOUNT,  /* double above 0 in the base unit of `unit`; a share: at most 1 */
    HR_OPTION_CHOICE,  /* int, one of `choices`; the first is the default */
    HR_OPTION_WORD,    /* struct hr_words, the value is appended ... */
    HR_OPTION_OVERRIDE /* ... as KEY=value */
};

struct hr_option {
    const char *name;  /* without the dashes */
    const char *value; /* what the value is called; NULL: a flag, or one of `choices` */
    unsigned verbs;
    enum hr_option_kind kind;
    size_t offset;
    const char *help;
    enum hr_unit unit;
    unsigned max;
    const char *key;
    const struct hr_choice *choices;
};

static const struct hr_choice run_formats[] = {
    { "text", HR_FORMAT_TEXT, NULL },
    { "json", HR_FORMAT_JSON, NULL },
    { "csv", HR_FORMAT_CSV, NULL },
    { NULL, 0, NULL },
};

static const struct hr_choice sweep_formats[] = {
    { "csv", HR_FORMAT_CSV, NULL },
    { "json", HR_FORMAT_JSON, NULL },
    { NULL, 0, NULL },
};

static const struct hr_choice keys_formats[] = {
    { "text", HR_KEYS_TEXT, NULL },
    { "md", HR_KEYS_MARKDOWN, NULL },
    { "man", HR_KEYS_MAN, NULL },
    { "json", HR_KEYS_JSON, NULL },
    { NULL, 0, NULL },
};

#define FIELD(field, ctype) HR_FIELD(struct hr_options, field, ctype)
#define PRECISE             (HR_VERB_RUN | HR_VERB_SWEEP | HR_VERB_THEORY)
#define SIMULATING          (PRECISE | HR_VERB_COMPARE | HR_VERB_DRILL)

static const struct hr_option option_table[] = {
    { .name = "vary",
      .value = "PATH=VALUES",
      .verbs = HR_VERB_SWEEP,
      .kind = HR_OPTION_WORD,
      .offset = FIELD(vary, struct hr_words),
      .help = "vary a key over A,B,C or LO:HI:STEP; several give the grid" },
    { .name = "set",
      .value = "PATH=VALUE",
      .verbs = SIMULATING | HR_VERB_CHECK,
      .kind = HR_OPTION_WORD,
      .offset = FIELD(overrides, struct hr_words),
      .help = "set a key of the scenario, such as deployments.web.replicas=4" },
    { .name = "set-b",
      .value = "PATH=VALUE",
      .verbs = HR_VERB_COMPARE,
      .kind = HR_OPTION_WORD,
      .offset = FIELD(overrides_b, struct hr_words),
      .help = "set a key of B only; without a second scenario, B is A with this" },
    { .name = "seed",
      .value = "N",
      .verbs = SIMULATING,
      .kind = HR_OPTION_OVERRIDE,
      .key = "seed",
      .offset = FIELD(overrides, struct hr_words),
      .help = "seed of the random streams" },
    { .name = "replications",
      .value = "N",
      .verbs = SIMULATING,
      .kind = HR_OPTION_OVERRIDE,
      .key = "replications",
      .offset = FIELD(overrides, struct hr_words),
      .help = "independent repetitions behind each interval" },
    { .name = "precision",
      .value = "SHARE",
      .verbs = PRECISE,
      .kind = HR_OPTION_AMOUNT,
      .unit = HR_UNIT_SHARE,
      .offset = FIELD(precision, double),
      .help = "more replications until every SLO metric is known so well, such as 2%" },
    { .name = "replications-max",
      .value = "N",
      .verbs = PRECISE,
      .kind = HR_OPTION_COUNT,
      .max = REPLICATIONS_MAX,
      .offset = FIELD(replications_max, unsigned),
      .help = "with a precision: stop after so many (default: 1000)" },
    { .name = "jobs",
      .value = "N",
      .verbs = SIMULATING,
      .kind = HR_OPTION_COUNT,
      .max = JOBS_MAX,
      .offset = FIELD(jobs, unsigned),
      .help = "threads (default: all cores); the result is the same for any number" },
    { .name = "out",
      .value = "DIR",
      .verbs = HR_VERB_RUN,
      .kind = HR_OPTION_TEXT,
      .offset = FIELD(out, const char *),
      .help = "also write a RESULT folder; of several scenarios, DIR/NAME each" },
    { .name = "out",
      .value = "DIR",
      .verbs = HR_VERB_SWEEP,
      .kind = HR_OPTION_TEXT,
      .offset = FIELD(out, const char *),
      .help = "also write the rows to DIR/sweep.csv (or sweep.jsonl)" },
    { .name = "out",
      .value = "DIR",
      .verbs = HR_VERB_COMPARE,
      .kind = HR_OPTION_TEXT,
      .offset = FIELD(out, const char *),
      .help = "also write DIR/compare.json" },
    { .name = "events",
      .value = "FILE",
      .verbs = HR_VERB_RUN,
      .kind = HR_OPTION_TEXT,
      .offset = FIELD(events, const char *),
      .help = "write every event of replication 0, requests too, as JSON Lines" },
    { .name = "format",
      .verbs = HR_VERB_RUN,
      .kind = HR_OPTION_CHOICE,
      .choices = run_formats,
      .offset = FIELD(format, int),
      .help = "what to print; json of several: an object a line" },
    { .name = "format",
      .verbs = HR_VERB_COMPARE,
      .kind = HR_OPTION_CHOICE,
      .choices = run_formats,
      .offset = FIELD(format, int),
      .help = "what to print; csv: a row a metric" },
    { .name = "format",
      .verbs = HR_VERB_THEORY,
      .kind = HR_OPTION_CHOICE,
      .choices = run_formats,
      .offset = FIELD(format, int),
      .help = "what to print; csv: a row a number" },
    { .name = "format",
      .verbs = HR_VERB_SWEEP,
      .kind = HR_OPTION_CHOICE,
      .choices = sweep_formats,
      .offset = FIELD(format, int),
      .help = "what to print, a line a point" },
    { .name = "format",
      .verbs = HR_VERB_KEYS,
      .kind = HR_OPTION_CHOICE,
      .choices = keys_formats,
      .offset = FIELD(format, int),
      .help = "what to print" },
    { .name = "format",
      .verbs = HR_VERB_INSTANCES,
      .kind = HR_OPTION_CHOICE,
      .choices = run_formats,
      .offset = FIELD(format, int),
      .help = "what to print; csv: a row an instance" },
    { .name = "format",
      .verbs = HR_VERB_DRILL,
      .kind = HR_OPTION_CHOICE,
      .choices = run_formats,
      .offset = FIELD(format, int),
      .help = "what to print; csv: a row a loss" },
    { .name = "duration",
      .value = "DURATION",
      .verbs = HR_VERB_DRILL,
      .kind = HR_OPTION_AMOUNT,
      .unit = HR_UNIT_DURATION,
      .offset = FIELD(loss_s, double),
      .help = "how long what is lost stays away (default: 20min)" },
    { .name = "at",
      .value = "DURATION",
      .verbs = HR_VERB_DRILL,
      .kind = HR_OPTION_AMOUNT,
      .unit = HR_UNIT_DURATION,
      .offset = FIELD(at_s, double),
      .help = "simulated time of the losses (default: when the most requests arrive)" },
    { .name = "each",
      .verbs = HR_VERB_DRILL,
      .kind = HR_OPTION_FLAG,
      .offset = FIELD(each, bool),
      .help = "lose every node in turn, not one of those of a pool and zone" },
    { .name = "rare",
      .verbs = HR_VERB_RUN,
      .kind = HR_OPTION_FLAG,
      .offset = FIELD(rare, bool),
      .help = "also simulate what is too rare for the run: availability in the long run" },
    { .name = "print",
      .verbs = HR_VERB_CHECK,
      .kind = HR_OPTION_FLAG,
      .offset = FIELD(print, bool),
      .help = "print the canonical scenario, with every default filled in" },
    { .name = "max-wall",
      .value = "DURATION",
      .verbs = SIMULATING,
      .kind = HR_OPTION_AMOUNT,
      .unit = HR_UNIT_DURATION,
      .offset = FIELD(wall_s_max, double),
      .help = "stop after so much time, such as 30s, and keep what is finished" },
    { .name = "max-memory",
      .value = "BYTES",
      .verbs = SIMULATING,
      .kind = HR_OPTION_AMOUNT,
      .unit = HR_UNIT_BYTES,
      .offset = FIELD(memory_bytes_max, double),
      .help = "address space the program may take, such as 2Gi" },
    { .name = "quiet",
      .verbs = SIMULATING,
      .kind = HR_OPTION_FLAG,
      .offset = FIELD(quiet, bool),
      .help = "no progress bar, warnings and notes on standard error" },
    { .name = "help",
      .verbs = SIMULATING | HR_VERB_CHECK | HR_VERB_KEYS | HR_VERB_INSTANCES,
      .kind = HR_OPTION_FLAG,
      .offset = FIELD(help, bool),
      .help = "print this" },
};

#define N_OPTIONS (sizeof(option_table) / sizeof(option_table[0]))

/* One reading of a command line. */
struct parse {
    struct hr_options *options;
    enum hr_verb_bit verb;
    const char *where;
    struct hr_diag *diag;
};

static __attribute__((format(printf, 4, 5))) void fail(const struct parse *parse, const char *path,
                                                       const char *hint, const char *format, ...)
{
    const struct hr_place place = { .file = parse->where, .path = path };
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    hr_diag_add(parse->diag, HR_ERROR, &place, hint, "%s", message);
}

/* The option of this name and verb; on a miss NULL, and the nearest name goes to diag. */
static const struct hr_option *find_option(const struct parse *parse, const char *name)
{
    struct hr_suggest near = { .word = name };
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct hr_option *option = &option_table[i];
        if (!(option->verbs & (unsigned)parse->verb))
            continue;
        if (strcmp(option->name, name) == 0)
            return option;
        hr_suggest_offer(&near, option->name);
    }
    char hint[64];
    snprintf(hint, sizeof hint, near.best ? "did you mean \"--%s\"?" : "%s --help lists them",
             near.best ? near.best : parse->where);
    fail(parse, NULL, hint, "unknown option \"--%s\"", name);
    return NULL;
}

static void set_count(const struct parse *parse, const char *name, unsigned max, const char *text,
                      unsigned *out)
{
    char *end;
    errno = 0;
    const unsigned long n = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || errno || n < 1 || n > max)
        fail(parse, name, NULL, "must be a whole number from 1 to %u", max);
    else
        *out = (unsigned)n;
}

static void set_amount(const struct parse *parse, const char *name, enum hr_unit unit,
                       const char *text, double *out)
{
    const char *why = NULL;
    double x;
    if (!hr_quantity_parse(text, unit, &x, &why))
        fail(parse, name, hr_unit_example(unit), "%s", why);
    else if (!(x > 0.0))
        fail(parse, name, NULL, "must be above 0");
    else if (unit == HR_UNIT_SHARE && x > 1.0)
        fail(parse, name, NULL, "must be at most 100%%");
    else
        *out = x;
}

static void add_choices(struct hr_str *s, const struct hr_choice *choices, const char *separator)
{
    for (const struct hr_choice *c = choices; c->name; c++)
        hr_str_addf(s, "%s%s", c == choices ? "" : separator, c->name);
}

static void set_choice(const struct parse *parse, const char *name, const struct hr_choice *choices,
                       const char *text, int *out)
{
    for (const struct hr_choice *c = choices; c->name; c++) {
        if (strcmp(c->name, text) == 0) {
            *out = c->value;
            return;
        }
    }
    struct hr_str names;
    hr_str_init(&names);
    add_choices(&names, choices, ", ");
    fail(parse, name, NULL, "\"%s\" is not one of %s", text, names.text);
    hr_str_fini(&names);
}

/* Words have room for every argument from the start. */
static void append(struct hr_words *words, const char *text)
{
    words->items[words->n++] = text;
}

static const char *override_text(struct hr_arena *arena, const char *key, const char *value)
{
    struct hr_str s;
    hr_str_init(&s);
    hr_str_addf(&s, "%s=%s", key, value);
    const char *text = hr_arena_strdup(arena, s.text);
    hr_str_fini(&s);
    return text;
}

/* Stores one option; `name` with its dashes. */
static void set_option(const struct parse *parse, const struct hr_option *option, const char *name,
                       const char *text)
{
    void *field = (char *)parse->options + option->offset;
    switch (option->kind) {
    case HR_OPTION_FLAG:
        *(bool *)field = true;
        break;
    case HR_OPTION_TEXT:
        *(const char **)field = text;
        break;
    case HR_OPTION_COUNT:
        set_count(parse, name, option->max, text, field);
        break;
    case HR_OPTION_AMOUNT:
        set_amount(parse, name, option->unit, text, field);
        break;
    case HR_OPTION_CHOICE:
        set_choice(parse, name, option->choices, text, field);
        break;
    case HR_OPTION_WORD:
        append(field, text);
        break;
    case HR_OPTION_OVERRIDE:
        append(field, override_text(parse->options->arena, option->key, text));
        break;
    }
}

/*
 * Reads `--name`, `--name=value` or `--name value`; `next` is the argument after it or NULL.
 * Returns how many arguments it took. A next argument that looks like an option is no value: it
 * is more likely that the value was forgotten.
 */
static size_t parse_option(const struct parse *parse, const char *argument, const char *next)
{
    char *name = hr_arena_strdup(parse->options->arena, argument);
    char *equals = strchr(name, '=');
    if (equals)
        *equals = '\0';
    const struct hr_option *option = find_option(parse, name + 2);
    if (!option)
        return 1;
    if (option->kind == HR_OPTION_FLAG) {
        if (equals)
            fail(parse, name, NULL, "takes no value");
        else
            set_option(parse, option, name, NULL);
        return 1;
    }
    const char *value = equals ? equals + 1 : next;
    if (!value || (!equals && strncmp(value, "--", 2) == 0)) {
        fail(parse, name, option->value, "needs a value");
        return 1;
    }
    set_option(parse, option, name, value);
    return equals ? 1 : 2;
}

static void parse_all(const struct parse *parse, size_t n, char *const *arguments)
{
    bool only_operands = false;
    for (size_t i = 0; i < n && !parse->options->help;) {
        const char *argument = arguments[i];
        if (only_operands || argument[0] != '-') {
            append(&parse->options->operands, argument);
            i++;
        } else if (strcmp(argument, "--") == 0) {
            only_operands = true;
            i++;
        } else if (strcmp(argument, "-") == 0) {
            fail(parse, "-", "name a file", "standard input is not read");
            i++;
        } else if (argument[1] == '-') {
            i += parse_option(parse, argument, i + 1 < n ? arguments[i + 1] : NULL);
        } else if (strcmp(argument, "-h") == 0) {
            parse->options->help = true;
        } else {
            fail(parse, argument, "options begin with two dashes", "unknown option");
            i++;
        }
    }
}

void hr_options_init(struct hr_options *options, enum hr_verb_bit verb, const char *where, size_t n,
                     char *const *arguments, struct hr_diag *diag)
{
    struct hr_arena *arena = hr_arena_new();
    *options = (struct hr_options){
        .arena = arena,
        .operands.items = hr_arena_alloc(arena, n + 1, sizeof(char *)),
        .overrides.items = hr_arena_alloc(arena, n + 1, sizeof(char *)),
        .overrides_b.items = hr_arena_alloc(arena, n + 1, sizeof(char *)),
        .vary.items = hr_arena_alloc(arena, n + 1, sizeof(char *)),
    };
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct hr_option *option = &option_table[i];
        if (option->kind == HR_OPTION_CHOICE && (option->verbs & (unsigned)verb))
            options->format = option->choices[0].value;
    }
    const struct parse parse = { options, verb, where, diag };
    parse_all(&parse, n, arguments);
}

void hr_options_fini(struct hr_options *options)
{
    hr_arena_free(options->arena);
}

/* "--format text|json|csv" */
static void add_synopsis(struct hr_str *s, const struct hr_option *option)
{
    hr_str_addf(s, "--%s", option->name);
    if (option->value)
        hr_str_addf(s, " %s", option->value);
    if (option->choices) {
        hr_str_add(s, " ");
        add_choices(s, option->choices, "|");
    }
}

void hr_options_help(enum hr_verb_bit verb, FILE *out)
{
    struct hr_str synopsis;
    hr_str_init(&synopsis);
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct hr_option *option = &option_table[i];
        if (!(option->verbs & (unsigned)verb))
            continue;
        hr_str_clear(&synopsis);
        add_synopsis(&synopsis, option);
        fprintf(out, "  %-26s  %s", synopsis.text, option->help);
        if (option->choices)
            fprintf(out, " (default: %s)", option->choices[0].name);
        fputc('\n', out);
    }
    hr_str_fini(&synopsis);
}
