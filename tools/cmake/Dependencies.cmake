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

# The same for a library that not everybody packages for CMake: NAME_INCLUDE_DIR and NAME_LIBRARIES from a header and the
# names of its libraries.
function(surefoot_require_library name header debian)
  find_path(${name}_INCLUDE_DIR ${header})
  set(libraries "")
  foreach(library IN LISTS ARGN)
    find_library(${name}_${library} ${library})
    list(APPEND libraries "${${name}_${library}}")
  endforeach()
  if(NOT ${name}_INCLUDE_DIR OR libraries MATCHES "NOTFOUND")
    message(FATAL_ERROR
      "${name} (${header}) was not found. On Debian: apt-get install ${debian}. "
      "Elsewhere: use the vcpkg.json of this repository.")
  endif()
  set(${name}_LIBRARIES "${libraries}" PARENT_SCOPE)
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
