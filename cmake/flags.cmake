# SPDX-License-Identifier: GPL-3.0-or-later
# Flags of every target. Floating-point results must be the same bits for every compiler and
# optimization level: no contraction, no fast math, portable baseline instruction set.
add_library(hr_flags INTERFACE)
target_compile_definitions(hr_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(hr_flags INTERFACE
  -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion
  -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wswitch-enum)
# Measured (docs/performance.md): vectors of two counters that are also changed one by one wait for
# stores to reach the cache, and registers are given to a run loop best as a whole.
foreach(flag -fno-tree-slp-vectorize -fira-region=one)
  string(MAKE_C_IDENTIFIER HR_HAS${flag} has)
  check_c_compiler_flag(${flag} ${has})
  if(${has})
    target_compile_options(hr_flags INTERFACE ${flag})
  endif()
endforeach()
if(HR_WERROR)
  target_compile_options(hr_flags INTERFACE -Werror)
endif()
if(HR_SANITIZE)
  target_compile_options(hr_flags INTERFACE -fsanitize=${HR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hr_flags INTERFACE -fsanitize=${HR_SANITIZE})
endif()
if(HR_COVERAGE)
  target_compile_options(hr_flags INTERFACE --coverage)
  target_link_options(hr_flags INTERFACE --coverage)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT HR_SANITIZE)
  check_ipo_supported(RESULT hr_ipo LANGUAGES C OUTPUT hr_ipo_why)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${hr_ipo})
  # Objects hold code too, so that the many tests link without optimizing the library anew.
  if(hr_ipo AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(hr_flags INTERFACE -ffat-lto-objects)
    set(HR_NO_LTO -fno-lto)
  endif()
endif()
