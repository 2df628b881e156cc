/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes to libconfig's tree that libconfig has no function for. */
#ifndef SCENARIO_SETTING_H
#define SCENARIO_SETTING_H

#include "scenario/load.h"

/* Makes `override` the hook of the setting and of all below it. */
void hr_setting_hook(config_setting_t *setting, struct hr_override *override);

/*
 * Puts a value in the place of member `name` of a group, or of element `index` of a list (its
 * length: at the end), whatever was there. `text` is a number, true, false, a quoted string, a
 * group, list or array in libconfig syntax, and any other text is taken for a string. Everything
 * new is hooked. NULL: the text opens like a string, group, list or array but is none, or the name
 * cannot be one (the tree is unchanged); *why says so (static).
 */
config_setting_t *hr_setting_put(config_setting_t *parent, const char *name, int index,
                                 const char *text, struct hr_override *override, const char **why);

/* Puts a group in the place of a scalar, with the scalar as its member `name`. The group. */
config_setting_t *hr_setting_wrap(config_setting_t *scalar, const char *name);

#endif
