# surefoot_toml and surefoot_spdlog: the libraries that the program links. With SUREFOOT_STATIC it needs no shared library
# at all: to load them takes longer than a check of a small project that is in the cache. Debian has some of them as
# shared libraries alone; those are compiled from their headers then.
include(CheckCXXSourceCompiles)

add_library(surefoot_toml INTERFACE)
add_library(surefoot_spdlog INTERFACE)
add_library(surefoot_linking INTERFACE)  # for executables

if(SUREFOOT_STATIC)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie)
  check_cxx_source_compiles("
    #include <iostream>
    #ifndef __PIE__
    #error
    #endif
    int main() { std::cout << 1; }" SUREFOOT_HAVE_STATIC_PIE)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static)
  check_cxx_source_compiles("#include <iostream>\nint main() { std::cout << 1; }" SUREFOOT_HAVE_STATIC)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()

if(SUREFOOT_HAVE_STATIC AND NOT SUREFOOT_SANITIZE)
  target_link_options(surefoot_linking INTERFACE $<IF:$<BOOL:${SUREFOOT_HAVE_STATIC_PIE}>,-static-pie,-static>)
  set(SUREFOOT_FMT_SOURCE ${CMAKE_CURRENT_LIST_DIR}/fmt_library.cpp)
  foreach(library IN ITEMS fmt::fmt spdlog::spdlog)
    target_include_directories(surefoot_spdlog SYSTEM INTERFACE
      $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
  target_include_directories(surefoot_toml SYSTEM INTERFACE
    $<TARGET_PROPERTY:tomlplusplus::tomlplusplus,INTERFACE_INCLUDE_DIRECTORIES>)
  target_compile_definitions(surefoot_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
  target_compile_definitions(surefoot_toml INTERFACE TOML_HEADER_ONLY=1)
else()
  target_link_libraries(surefoot_spdlog INTERFACE spdlog::spdlog)
  target_link_libraries(surefoot_toml INTERFACE tomlplusplus::tomlplusplus)
endif()
