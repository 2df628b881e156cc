#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# compare_builds.sh SOURCE WORK HEADROOM: builds the program with gcc and clang at -O0 and -O3 and compares the
# fingerprint of everything.cfg with that of HEADROOM, also with FMA and AVX switched off in the C library.
set -euo pipefail
source=$1 work=$2 headroom=$3
scenario=$source/tests/determinism/everything.cfg

fingerprint() { # PROGRAM: fingerprint, events and requests in one line
    "$1" run "$scenario" --format json --quiet |
        python3 -c 'import json, sys; run = json.load(sys.stdin)["run"]; print(run["fingerprint"], run["events"], run["requests"])'
}

failed=0
compare() { # NAME FINGERPRINT
    if [ "$2" = "$expected" ]; then
        echo "same       $1"
    else
        echo "DIFFERENT  $1: $2"
        failed=1
    fi
}

expected=$(fingerprint "$headroom")
echo "expected   $expected"
compare "without FMA and AVX2" "$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX,-AVX512F fingerprint "$headroom")"
compilers=0
for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || { echo "skipped    $compiler is not installed"; continue; }
    compilers=$((compilers + 1))
    for level in -O0 -O3; do
        build=$work/$compiler$level
        cmake -S "$source" -B "$build" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None \
            -DCMAKE_C_FLAGS="$level" -DBUILD_TESTING=OFF >/dev/null
        cmake --build "$build" >/dev/null
        compare "$compiler $level" "$(fingerprint "$build/headroom")"
    done
done
[ "$compilers" -gt 0 ] || exit 77
exit $failed
