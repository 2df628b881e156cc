/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program headroom: the table of verbs, and the way from the command line to one of them. */
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/verb.h"

#include "base/diag.h"
#include "base/suggest.h"

#include <headroom/version.h>

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#define NO_LIMIT SIZE_MAX

struct verb {
    const char *name;
    const char *arguments;
    const char *summary;
    enum hr_verb_bit bit;
    size_t operands_min, operands_max;
    int (*run)(const struct hr_options *options);
};

static const struct verb verbs[] = {
    { "run", "SCENARIO...", "simulate scenarios and print what came of them", HR_VERB_RUN, 1,
      NO_LIMIT, hr_verb_run },
    { "sweep", "SCENARIO --vary PATH=VALUES...", "simulate the grid of all varied values",
      HR_VERB_SWEEP, 1, 1, hr_verb_sweep },
    { "compare", "A [B]", "say what B changes, on random numbers in common with A", HR_VERB_COMPARE,
      1, 2, hr_verb_compare },
    { "drill", "SCENARIO", "lose each node, zone and pool at the peak, rank the damage",
      HR_VERB_DRILL, 1, 1, hr_verb_drill },
    { "theory", "SCENARIO", "closed forms beside the simulation", HR_VERB_THEORY, 1, 1,
      hr_verb_theory },
    { "check", "SCENARIO...", "find the mistakes in scenarios without running them", HR_VERB_CHECK,
      1, NO_LIMIT, hr_verb_check },
    { "keys", "[PATTERN]", "list what may stand in a scenario, and what it means", HR_VERB_KEYS, 0,
      1, hr_verb_keys },
    { "instances", "[PATTERN]", "list the instance types of the catalog, with sizes and prices",
      HR_VERB_INSTANCES, 0, 1, hr_verb_instances },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static void print_overview(FILE *out)
{
    fputs("headroom: simulate a machine-learning serving cluster before paying for it\n\n"
          "Usage: headroom VERB ARGUMENT... [OPTION]...\n\nVerbs:\n",
          out);
    for (size_t i = 0; i < N_VERBS; i++)
        fprintf(out, "  %-10s%-32s%s\n", verbs[i].name, verbs[i].arguments, verbs[i].summary);
    fputs("  help      [VERB]                          print this, or the options of a verb\n"
          "\n`headroom --version` prints the version.\n",
          out);
}

static void print_exit_codes(FILE *out)
{
    fputs("\nExit codes:\n"
          "  0    done, and every SLO met\n"
          "  1    done, but an SLO is missed, a deployment is unstable or a precision not reached\n"
          "  2    a mistake in the command line or a scenario (the good scenarios still run)\n"
          "  3    reading or writing failed\n"
          "  70   internal error\n"
          "  130  interrupted; what was finished is kept\n",
          out);
}

static void print_verb_help(const struct verb *verb)
{
    printf("headroom %s %s [OPTION]...: %s\n\nOptions:\n", verb->name, verb->arguments,
           verb->summary);
    hr_options_help(verb->bit, stdout);
    puts("\n`headroom --help` lists the exit codes.");
}

/* The verb of this name; on a miss NULL, and standard error says which there are. */
static const struct verb *find_verb(const char *name)
{
    struct hr_suggest near = { .word = name };
    for (size_t i = 0; i < N_VERBS; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
        hr_suggest_offer(&near, verbs[i].name);
    }
    fprintf(stderr, "headroom: unknown verb \"%s\"", name);
    if (near.best)
        fprintf(stderr, " (did you mean \"%s\"?)", near.best);
    fputs("; the verbs are", stderr);
    for (size_t i = 0; i < N_VERBS; i++)
        fprintf(stderr, " %s,", verbs[i].name);
    fputs(" help\n", stderr);
    return NULL;
}

/* headroom help [VERB], headroom --help */
static int help(const char *name)
{
    if (!name) {
        print_overview(stdout);
        print_exit_codes(stdout);
        return 0;
    }
    const struct verb *verb = find_verb(name);
    if (!verb)
        return hr_status_exit_code(HR_ERR_INPUT);
    print_verb_help(verb);
    return 0;
}

static void limit_memory(const char *where, double bytes, struct hr_diag *diag)
{
    const rlim_t limit = bytes < 9e18 ? (rlim_t)bytes : RLIM_INFINITY;
    if (bytes > 0.0 && setrlimit(RLIMIT_AS, &(struct rlimit){ limit, limit }) != 0)
        hr_diag_add(diag, HR_ERROR, &(struct hr_place){ .file = where, .path = "--max-memory" },
                    NULL, "%s", strerror(errno));
}

/* Mistakes that the options as a whole can have. */
static void check_options(const struct verb *verb, const char *where,
                          const struct hr_options *options, struct hr_diag *diag)
{
    const size_t n = options->operands.n;
    if (n < verb->operands_min || n > verb->operands_max)
        hr_diag_add(diag, HR_ERROR, &(struct hr_place){ .file = "usage" }, NULL,
                    "%s %s [OPTION]...; --help lists the options", where, verb->arguments);
    if (hr_diag_errors(diag) == 0)
        limit_memory(where, options->memory_bytes_max, diag);
}

static int run_verb(const struct verb *verb, size_t n, char *const *arguments)
{
    char where[32];
    snprintf(where, sizeof where, "headroom %s", verb->name);
    struct hr_diag *diag = hr_diag_new();
    struct hr_options options;
    hr_options_init(&options, verb->bit, where, n, arguments, diag);
    if (!options.help)
        check_options(verb, where, &options, diag);
    const bool good = hr_diag_errors(diag) == 0;
    hr_verb_diag_take(diag, false);
    int code = hr_status_exit_code(HR_ERR_INPUT);
    if (good && options.help) {
        print_verb_help(verb);
        code = 0;
    } else if (good) {
        code = verb->run(&options);
    }
    hr_options_fini(&options);
    return code;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return hr_status_exit_code(HR_ERR_INPUT);
    }
    const char *word = argv[1];
    if (is_help(word) || strcmp(word, "help") == 0)
        return help(argv[2]);
    if (strcmp(word, "--version") == 0) {
        puts("headroom " HR_VERSION);
        return 0;
    }
    if (word[0] == '-') {
        fprintf(stderr, "headroom: \"%s\": the verb comes first; see headroom --help\n", word);
        return hr_status_exit_code(HR_ERR_INPUT);
    }
    const struct verb *verb = find_verb(word);
    if (!verb)
        return hr_status_exit_code(HR_ERR_INPUT);
    return run_verb(verb, (size_t)argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    hr_output_guard();
    hr_interrupt_install();
    return hr_output_finish(dispatch(argc, argv));
}
