# SPDX-License-Identifier: GPL-3.0-or-later
# Latency histogram of each workload: share of requests in bins of equal width on a log axis.
# Needs n, x_min, x_max, fine (1 when few decades are shown), $data (bin start, share 1 ... n).
set logscale x
set xrange [x_min:x_max]
set yrange [0:*]
set format x "%g"
if (fine) {
    set xtics add ("" 1)
    do for [k = -7 : 7] {
        set xtics add (sprintf("%g", 2 * 10.0**k) 2 * 10.0**k, sprintf("%g", 5 * 10.0**k) 5 * 10.0**k)
        set xtics add (sprintf("%g", 10.0**k) 10.0**k)
    }
}
plot for [i = 1 : n] $data using 1:(column(i + 1)) with fillsteps \
         fillstyle transparent solid 0.18 noborder lc rgb color(i), \
     for [i = 1 : n] $data using 1:(column(i + 1)) with steps lw 1.4 lc rgb color(i)
