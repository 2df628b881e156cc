# SPDX-License-Identifier: GPL-3.0-or-later
# What all plots share; the report runs it before each of the others. Every plot gets its numbers
# in settings and in the data block $data that stand before it. Names and titles never come here:
# they stand around the plot, in HTML.
set terminal svg size 520,290 font "sans-serif,13" linewidth 1 noenhanced
set output
set encoding utf8
set datafile missing "NaN"
unset key
set border 3 lw 0.8
set tics nomirror out scale 0.5
set grid ytics
set lmargin 8.5
set rmargin 2
set tmargin 0.8
set xlabel x_label offset 0,0.3
set ylabel y_label offset 1,0

# Okabe and Ito's colors, told apart by color-blind readers; the legends use the same order.
palette_8 = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9 #8C6D31 #6A51A3"
color(i) = word(palette_8, int(i - 1) % 8 + 1)

