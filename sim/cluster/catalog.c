/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking instance types up in the catalog. */
#include "cluster/catalog_rows.h"

#include <stdlib.h>
#include <string.h>

size_t hr_catalog_size(void)
{
    return hr_catalog_rows_n;
}

const struct hr_instance_type *hr_catalog_at(size_t i)
{
    return &hr_catalog_rows[i];
}

static int compare_name(const void *name, const void *type)
{
    return strcmp(name, ((const struct hr_instance_type *)type)->name);
}

const struct hr_instance_type *hr_catalog_find(const char *name)
{
    return bsearch(name, hr_catalog_rows, hr_catalog_rows_n, sizeof hr_catalog_rows[0],
                   compare_name);
}
