# SPDX-License-Identifier: GPL-3.0-or-later
# Several plots above each other on one axis of time; what belongs to the warm-up is shaded.
# Needs panels, height (of all), x_max, x_step, x_warmup; for each panel k label_k, n_k lines from
# column first_k of $data on, in colors from color_k on, nested_k (they are often alike), y_max_k,
# step_k of its axis, targets_k (heights of dashed lines); and $data (x, then all columns).
set terminal svg size 520,height font "sans-serif,13" linewidth 1 noenhanced
top = 20.0
bottom = 36.0
gap = 26.0
pitch = (height - top - bottom) / panels
of(name, k) = value(sprintf("%s_%d", name, k))
set multiplot
set lmargin at screen 0.135
set rmargin at screen 0.975
set xrange [0:x_max]
set xtics x_step
set ylabel offset 0,0
do for [k = 1 : panels] {
    set tmargin at screen 1 - (top + (k - 1) * pitch) / height
    set bmargin at screen 1 - (top + k * pitch - gap) / height
    unset object
    unset arrow
    set yrange [0:of("y_max", k)]
    set ytics of("step", k)
    set xlabel (k == panels ? x_label : "")
    set format x (k == panels ? "%g" : "")
    caption = of("label", k)
    set label 1 caption at graph 0.012, graph 1 offset 0,0.55 front
    if (x_warmup > 0) {
        set object 1 rectangle from 0, graph 0 to x_warmup, graph 1 behind \
            fillcolor rgb "#808080" fillstyle transparent solid 0.15 noborder
    }
    do for [level in of("targets", k)] {
        set arrow from graph 0, first real(level) to graph 1, first real(level) nohead \
            lt black lw 1 dt (10, 6)
    }
    first = of("first", k)
    from = of("color", k)
    last = of("n", k) - 1
    # Lines that often lie on each other: the later, the thinner.
    plot for [i = 0 : last] $data using 1:(column(first + i)) with lines \
        lw 1.6 + (of("nested", k) ? 1.4 * (last - i) : 0) lc rgb color(from + i)
}
unset multiplot
