# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -P cmake/pgo.cmake: builds headroom into build/pgo, optimized with the profile of a training
# run. The simulated results are the same bytes as those of any other build.
get_filename_component(source ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(binary ${source}/build/pgo)
set(flags "-O3 -DNDEBUG")

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${source} OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE code)
endfunction()

function(build)
  run(${CMAKE_COMMAND} -S ${source} -B ${binary} -DCMAKE_BUILD_TYPE=Release ${ARGN})
  run(${CMAKE_COMMAND} --build ${binary} --target headroom-cli hr-bench --parallel)
endfunction()

file(REMOVE_RECURSE ${binary})
build("-DCMAKE_C_FLAGS_RELEASE=${flags} -fprofile-generate -fprofile-update=atomic")
run(${binary}/headroom run scenarios/mmc.cfg --replications 2 --quiet)
run(${binary}/headroom run scenarios/mmc.cfg --replications 2 --set deployments.d.replicas=1 --set workloads.w.arrivals.rate=0.8/s --quiet)
run(${binary}/headroom run scenarios/mmc.cfg --replications 2 --set deployments.d.load_balancing=least_outstanding --set workloads.w.network_latency=10ms --quiet)
run(${binary}/headroom run scenarios/mmc.cfg --replications 2 --set workloads.w.timeout=60s --quiet)
run(${binary}/headroom run scenarios/trace-replay.cfg scenarios/worked-example-outages.cfg --set replications=1 --quiet)
run(${binary}/headroom run scenarios/ecommerce.cfg --set duration=1h --replications 1 --quiet)
build("-DCMAKE_C_FLAGS_RELEASE=${flags} -fprofile-use -fprofile-correction -Wno-missing-profile")
message(STATUS "built ${binary}/headroom")
