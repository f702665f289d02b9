# Runs SUREFOOT over the CORPUS and compares what it prints with baseline.txt: every change of what is found shows in a
# diff that is reviewed. The baseline names the package versions it is of; of a package that has another version now only
# the differences are shown, since its lines have moved for no fault of ours.
#
# To renew it: cmake -D SUREFOOT=$PWD/build/dev/bin/surefoot -D CORPUS=$HOME/.cache/surefoot/corpus -D RENEW=ON -P tests/corpus/check.cmake
cmake_minimum_required(VERSION 3.25)
set(baseline ${CMAKE_CURRENT_LIST_DIR}/baseline.txt)
file(STRINGS ${CORPUS}/VERSIONS versions)

execute_process(COMMAND ${SUREFOOT} check . --output-format concise
                WORKING_DIRECTORY ${CORPUS} OUTPUT_VARIABLE output ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result MATCHES "^[012]$")
  message(FATAL_ERROR "surefoot ended with ${result}:\n${error}")
endif()
list(TRANSFORM versions PREPEND "# " OUTPUT_VARIABLE header)
list(JOIN header "\n" header)
set(actual "${header}\n${error}${output}")

if(RENEW)
  file(WRITE ${baseline} "${actual}")
  return()
endif()
file(READ ${baseline} expected)
if(actual STREQUAL expected)
  return()
endif()

# Lines of packages with the version of the baseline must be equal.
function(lines_of package text output)
  string(REGEX MATCHALL "[^\n]*${package}/[^\n]*\n" lines "${text}")
  set(${output} "${lines}" PARENT_SCOPE)
endfunction()
set(failed OFF)
foreach(version IN LISTS versions)
  string(REGEX REPLACE " .*" "" package "${version}")
  lines_of(${package} "${expected}" before)
  lines_of(${package} "${actual}" now)
  if(before STREQUAL now)
    continue()
  endif()
  string(FIND "${expected}" "# ${version}\n" same_version)
  if(same_version EQUAL -1)
    message(STATUS "${version} is another version than that of the baseline; its findings differ")
  else()
    set(failed ON)
  endif()
endforeach()

file(WRITE ${WORK}/corpus.actual "${actual}")
execute_process(COMMAND diff -u ${baseline} ${WORK}/corpus.actual OUTPUT_VARIABLE difference)
message(STATUS "${difference}")
if(failed)
  message(FATAL_ERROR "the findings in the corpus have changed; if that is meant, renew the baseline (see the top of check.cmake)")
endif()
