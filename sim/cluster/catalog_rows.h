/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of catalog/instances.csv, which the build turns into C (cmake/catalog.cmake). */
#ifndef CLUSTER_CATALOG_ROWS_H
#define CLUSTER_CATALOG_ROWS_H

#include <headroom/catalog.h>

extern const struct hr_instance_type hr_catalog_rows[];
extern const size_t hr_catalog_rows_n;

#endif
