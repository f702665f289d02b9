# Writes the registry of rules: cmake -D OUTPUT=… -D RULES=… -P GenerateRegistry.cmake
# Each rule is <tier>/<name>.cpp, which defines `const Rule <name>`, and <tier>/<name>.md, its page.
file(GLOB pages ${RULES}/*/*.md)
file(GLOB sources ${RULES}/*/*.cpp)
list(SORT pages)
foreach(source IN LISTS sources)
  string(REGEX REPLACE "\\.cpp$" ".md" page ${source})
  if(NOT EXISTS ${page})
    message(FATAL_ERROR "${source} has no page beside it (${page})")
  endif()
endforeach()

set(declarations "")
set(entries "")
foreach(page IN LISTS pages)
  string(REGEX REPLACE "\\.md$" ".cpp" source ${page})
  if(NOT EXISTS ${source})
    message(FATAL_ERROR "${page} has no rule beside it (${source})")
  endif()
  get_filename_component(name ${page} NAME_WE)
  file(READ ${page} text)
  string(APPEND declarations "extern const Rule ${name};\n")
  string(APPEND entries "      {&${name}, R\"PAGE(${text})PAGE\"},\n")
endforeach()

file(WRITE ${OUTPUT}.new "// Generated from the rules' files; see tools/cmake/GenerateRegistry.cmake.
#include \"analysis/rules/registry.hpp\"

namespace surefoot::rules {

${declarations}
std::span<const RegistryEntry> registry_entries() {
  static const RegistryEntry entries[] = {
${entries}  };
  return entries;
}

}  // namespace surefoot::rules
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
file(TOUCH ${OUTPUT})
