# SPDX-License-Identifier: GPL-3.0-or-later
# Up to eight series over simulated time; what belongs to the warm-up is shaded.
# Needs n, x_max, x_step, x_warmup, y_max, targets (a string: heights of dashed lines),
# $data (x y1 ... yn).
set xrange [0:x_max]
set xtics x_step
set yrange [0:y_max]
if (x_warmup > 0) {
    set object 1 rectangle from 0, graph 0 to x_warmup, graph 1 behind \
        fillcolor rgb "#808080" fillstyle transparent solid 0.15 noborder
}
do for [height in targets] {
    set arrow from graph 0, first real(height) to graph 1, first real(height) nohead \
        lt black lw 1 dt (10, 6)
}
plot for [i = n : 1 : -1] $data using 1:(column(i + 1)) with lines lw 1.6 lc rgb color(i)
