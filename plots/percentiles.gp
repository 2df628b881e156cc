# SPDX-License-Identifier: GPL-3.0-or-later
# Latency by percentile: the axis is -log10(1 - p), so that each nine takes the same room.
# Needs n, x_max, y_min (above 0: a log axis), y_max, $data (for each workload a block of x y).
set rmargin 4.5
set xrange [0:x_max]
set yrange [y_min:y_max]
if (y_min > 0) {
    set logscale y
    set format y "%g"
}
set xtics ("50%%" 0.30103, "90%%" 1, "99%%" 2, "99.9%%" 3, "99.99%%" 4, "99.999%%" 5, \
           "99.9999%%" 6, "99.99999%%" 7)
set grid xtics
plot for [i = 1 : n] $data index (i - 1) using 1:2 with lines lw 1.6 lc rgb color(i)
