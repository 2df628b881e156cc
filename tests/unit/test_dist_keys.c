/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key tables of distributions: what each kind takes, and the rules over several keys. */
#include "hr_test.h"

#include "stats/dist_spec.h"

#include <string.h>

static const struct hr_key *find(const struct hr_key_table *table, const char *name, int kind)
{
    for (size_t i = 0; i < table->n_keys; i++) {
        const struct hr_key *key = &table->keys[i];
        if (strcmp(key->name, name) == 0 && (key->when == 0 || (key->when & HR_WHEN(kind))))
            return key;
    }
    return NULL;
}

/* Required keys in the order of the table, then optional ones, by kind. */
static void test_keys_of_each_kind(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [HR_DIST_CONSTANT] = "mean! ",
        [HR_DIST_EXPONENTIAL] = "mean! ",
        [HR_DIST_UNIFORM] = "min max! ",
        [HR_DIST_NORMAL] = "mean! cv! min max ",
        [HR_DIST_LOGNORMAL] = "mean! cv! ",
        [HR_DIST_GAMMA] = "mean! cv! ",
        [HR_DIST_WEIBULL] = "mean! cv! ",
        [HR_DIST_ERLANG] = "mean! phases! ",
        [HR_DIST_HYPEREXPONENTIAL] = "mean! cv! ",
        [HR_DIST_PARETO] = "mean! shape! ",
        [HR_DIST_EMPIRICAL] = "file! column ",
        [HR_DIST_MIXTURE] = "components! ",
    };
    for (int kind = 0; kind <= HR_DIST_MIXTURE; kind++) {
        char got[200] = "";
        for (size_t i = 0; i < hr_dist_keys.n_keys; i++) {
            const struct hr_key *key = &hr_dist_keys.keys[i];
            if (key->when == 0 || !(key->when & HR_WHEN(kind)))
                continue;
            assert_true(key->required == (key->def == NULL));
            strcat(got, key->name);
            strcat(got, key->required ? "! " : " ");
        }
        assert_string_equal(got, expected[kind]);
    }
}

static void test_choices_name_every_kind(void **state)
{
    (void)state;
    const struct hr_choice *choice = find(&hr_dist_keys, "distribution", 0)->choices;
    int n = 0;
    for (; choice[n].name != NULL; n++)
        assert_int_equal(choice[n].value, n);
    assert_int_equal(n, HR_DIST_MIXTURE + 1);
}

static void test_lifetimes_differ_in_the_default_only(void **state)
{
    (void)state;
    assert_string_equal(find(&hr_dist_keys, "distribution", 0)->def, "constant");
    assert_string_equal(find(&hr_lifetime_keys, "distribution", 0)->def, "exponential");
    assert_int_equal(hr_dist_keys.n_keys, hr_lifetime_keys.n_keys);
    for (size_t i = 1; i < hr_dist_keys.n_keys; i++)
        assert_memory_equal(&hr_dist_keys.keys[i], &hr_lifetime_keys.keys[i],
                            sizeof(struct hr_key));
    assert_string_equal(hr_dist_keys.shorthand, "mean");
    assert_string_equal(hr_lifetime_keys.shorthand, "mean");
}

static void test_components_hold_distributions(void **state)
{
    (void)state;
    const struct hr_key *components = find(&hr_dist_keys, "components", HR_DIST_MIXTURE);
    assert_int_equal(components->table->size, sizeof(struct hr_dist_component));
    assert_ptr_equal(find(components->table, "dist", 0)->table, &hr_dist_keys);
    const struct hr_key *weight = find(components->table, "weight", 0);
    assert_true(weight->min == 0 && weight->min_open);
}

/* Records the keys that a check complains of. */
struct recorder {
    struct hr_key_check check;
    char failed[100];
};

static void record(struct hr_key_check *check, const char *key, const char *message,
                   const char *hint)
{
    (void)hint;
    struct recorder *recorder = (struct recorder *)check;
    assert_true(strlen(message) > 0);
    strcat(recorder->failed, key);
}

static void test_checks(void **state)
{
    (void)state;
    static const struct {
        struct hr_dist_spec spec;
        const char *failed;
    } cases[] = {
        { { .kind = HR_DIST_CONSTANT, .mean = 0 }, "" },
        { { .kind = HR_DIST_EXPONENTIAL, .mean = 0 }, "mean" },
        { { .kind = HR_DIST_PARETO, .mean = 0, .shape = 2 }, "mean" },
        { { .kind = HR_DIST_EXPONENTIAL, .mean = 1 }, "" },
        { { .kind = HR_DIST_UNIFORM, .min = 1, .max = 2 }, "" },
        { { .kind = HR_DIST_UNIFORM, .min = 2, .max = 2 }, "min" },
        { { .kind = HR_DIST_NORMAL, .mean = 5, .cv = 1, .max = HR_TIME_NEVER }, "" },
        { { .kind = HR_DIST_NORMAL, .mean = 5, .cv = 1, .min = 3, .max = 2 }, "min" },
        { { .kind = HR_DIST_HYPEREXPONENTIAL, .mean = 5, .cv = 1 }, "" },
        { { .kind = HR_DIST_HYPEREXPONENTIAL, .mean = 5, .cv = 0.99 }, "cv" },
        { { .kind = HR_DIST_GAMMA, .mean = 5, .cv = 0.5 }, "" },
        { { .kind = HR_DIST_MIXTURE }, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recorder recorder = { .check = { .fail = record } };
        hr_lifetime_keys.check(&cases[i].spec, &recorder.check);
        assert_string_equal(recorder.failed, cases[i].failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_each_kind),
        cmocka_unit_test(test_choices_name_every_kind),
        cmocka_unit_test(test_lifetimes_differ_in_the_default_only),
        cmocka_unit_test(test_components_hold_distributions),
        cmocka_unit_test(test_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
