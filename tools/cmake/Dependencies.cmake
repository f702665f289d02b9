# Every library by find_package. A missing one is named together with the Debian package that brings it.
function(surefoot_require package debian)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR
      "${package} was not found. On Debian: apt-get install ${debian} (or run ./tools/run, which does it). "
      "Elsewhere: use the vcpkg.json of this repository.")
  endif()
  foreach(variable IN ITEMS FOUND VERSION)
    set(${package}_${variable} "${${package}_${variable}}" PARENT_SCOPE)
  endforeach()
  set(CMAKE_MODULE_PATH ${CMAKE_MODULE_PATH} PARENT_SCOPE)  # Catch2 adds the folder of its own modules.
endfunction()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
surefoot_require(nlohmann_json nlohmann-json3-dev 3.10)
surefoot_require(Boost libboost-dev 1.74)
surefoot_require(spdlog libspdlog-dev 1.9)
surefoot_require(CLI11 libcli11-dev 2.1)
surefoot_require(tomlplusplus libtomlplusplus-dev 3.0)
if(SUREFOOT_BUILD_TESTS)
  surefoot_require(Catch2 catch2)
endif()
if(SUREFOOT_BUILD_BENCH)
  surefoot_require(benchmark libbenchmark-dev)
endif()
