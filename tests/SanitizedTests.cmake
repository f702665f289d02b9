# The unit and session tests as the asan and tsan presets built them, one test a layer.
set(asan_environment ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1)
set(tsan_environment TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1)
# Thread sanitizers of this age cannot start where addresses are randomised by more than 28 bits.
set(tsan_launcher sh -c "if setarch -R true 2>/dev/null\nthen exec setarch -R \"$@\"\nelse exec \"$@\"\nfi" sh)

foreach(preset IN ITEMS asan tsan)
  foreach(layer IN ITEMS protocol analysis server)
    if(TARGET surefoot_${layer}_tests)
      set(test "${preset}: ${layer}")
      add_test(NAME ${test}
               COMMAND ${${preset}_launcher} ${SUREFOOT_OTHER_BUILDS}/${preset}/bin/surefoot_${layer}_tests)
      set_tests_properties(${test} PROPERTIES ENVIRONMENT "${${preset}_environment}" COST 50 TIMEOUT 2400)
    endif()
  endforeach()
endforeach()
