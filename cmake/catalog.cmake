# SPDX-License-Identifier: GPL-3.0-or-later
# hr_catalog(OUT CSV): writes a C file that defines hr_catalog_rows and hr_catalog_rows_n of
# cluster/catalog_rows.h from a table of instance types (catalog/README.md).
function(hr_catalog out csv)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${csv})
  file(STRINGS ${csv} lines)
  list(POP_FRONT lines header)
  set(columns cloud instance vcpus memory_gib gpu_model gpus gpu_memory_gib usd_per_hour_on_demand
      usd_per_hour_spot watts_idle watts_max region source date watts_source)
  string(REPLACE ";" "," expected "${columns}")
  if(NOT header STREQUAL expected)
    message(FATAL_ERROR "${csv}: the columns must be ${expected}")
  endif()
  list(LENGTH columns n_columns)
  set(rows "")
  foreach(line ${lines})
    string(REPLACE "," ";" cells "${line}")
    list(LENGTH cells n_cells)
    if(NOT n_cells EQUAL n_columns)
      message(FATAL_ERROR "${csv}: not ${n_columns} cells: ${line}")
    endif()
    foreach(name cell IN ZIP_LISTS columns cells)
      set(${name} "${cell}")
    endforeach()
    foreach(number gpu_memory_gib usd_per_hour_spot watts_idle watts_max)
      if(${number} STREQUAL "")
        set(${number} 0)
      endif()
    endforeach()
    string(APPEND rows "    { \"${cloud}/${instance}\", ${vcpus}, ${memory_gib} * GIB, ${gpus}, "
           "\"${gpu_model}\", ${gpu_memory_gib} * GIB, ${usd_per_hour_on_demand}, "
           "${usd_per_hour_spot}, ${watts_idle}, ${watts_max}, \"${region}\", \"${source}\", "
           "\"${date}\", \"${watts_source}\" },\n")
  endforeach()
  set(text "#include \"cluster/catalog_rows.h\"\n\n#define GIB 1073741824.0\n\n")
  string(APPEND text "const struct hr_instance_type hr_catalog_rows[] = {\n${rows}};\n"
         "const size_t hr_catalog_rows_n = sizeof hr_catalog_rows / sizeof hr_catalog_rows[0];\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "@text@" @ONLY)
endfunction()
