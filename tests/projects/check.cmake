# Runs SUREFOOT on PROJECT and compares what it prints with PROJECT.expected.
cmake_minimum_required(VERSION 3.25)
set(expected ${CMAKE_CURRENT_LIST_DIR}/${PROJECT}.expected)
execute_process(COMMAND ${SUREFOOT} check ${PROJECT} --output-format concise
                WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}
                OUTPUT_FILE ${ACTUAL} ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result EQUAL 1 OR error)
  message(FATAL_ERROR "exit status ${result}, and 1 (findings) is expected; standard error: ${error}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${expected} ${ACTUAL} RESULT_VARIABLE different)
if(different)
  execute_process(COMMAND diff -u ${expected} ${ACTUAL} OUTPUT_VARIABLE difference)
  message(FATAL_ERROR "the findings are not those of ${expected}:\n${difference}")
endif()
