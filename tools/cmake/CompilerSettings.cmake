# Warnings, sanitizers, ccache and the linker, as one interface target that every surefoot target links.
include(CheckLinkerFlag)

add_library(surefoot_settings INTERFACE)
target_compile_options(surefoot_settings INTERFACE -Wall -Wextra -Wpedantic -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside std::string (GCC bug 105651).
  target_compile_options(surefoot_settings INTERFACE -Wno-restrict)
endif()
if(SUREFOOT_WERROR)
  target_compile_options(surefoot_settings INTERFACE -Werror)
endif()

if(SUREFOOT_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT SUREFOOT_HAVE_LTO OUTPUT output LANGUAGES C CXX)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${SUREFOOT_HAVE_LTO})
endif()

if(SUREFOOT_SANITIZE)
  add_compile_options(-fsanitize=${SUREFOOT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SUREFOOT_SANITIZE})
  if(SUREFOOT_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio uses atomic_thread_fence, which GCC's thread sanitizer cannot model.
    target_compile_options(surefoot_settings INTERFACE -Wno-tsan)
  endif()
endif()

if(SUREFOOT_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "libFuzzer is a part of clang: use `cmake --preset fuzz`. On Debian: apt-get install clang libclang-rt-dev.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(SUREFOOT_CCACHE ccache)
if(SUREFOOT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Lets ccache serve translation units that use a precompiled header, and other checkouts of the same sources.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
               CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SUREFOOT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()

check_linker_flag(CXX -fuse-ld=mold SUREFOOT_HAVE_MOLD)
if(SUREFOOT_HAVE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
