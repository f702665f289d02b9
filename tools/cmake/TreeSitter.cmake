# The tree-sitter core and the Python grammar as one static library. Their sources come from npm, pinned by
# tools/grammar/package-lock.json; -DSUREFOOT_TREE_SITTER_DIR=<dir> names a node_modules folder that is already there.
set(SUREFOOT_TREE_SITTER_DIR "" CACHE PATH "A node_modules folder that holds tree-sitter and tree-sitter-python")
set(modules "${SUREFOOT_TREE_SITTER_DIR}")

if(NOT modules)
  set(grammar_dir ${PROJECT_BINARY_DIR}/grammar)
  set(modules ${grammar_dir}/node_modules)
  set(lock ${PROJECT_SOURCE_DIR}/tools/grammar/package-lock.json)
  file(SHA256 ${lock} lock_hash)
  set(stamp ${grammar_dir}/${lock_hash})
  if(NOT EXISTS ${stamp})
    find_program(SUREFOOT_NPM npm)
    if(NOT SUREFOOT_NPM)
      message(FATAL_ERROR "npm was not found; it fetches the pinned tree-sitter sources. On Debian: apt-get install npm. "
        "Or set SUREFOOT_TREE_SITTER_DIR to a node_modules folder that holds them.")
    endif()
    foreach(name IN ITEMS package.json package-lock.json .npmrc)
      configure_file(${PROJECT_SOURCE_DIR}/tools/grammar/${name} ${grammar_dir}/${name} COPYONLY)
    endforeach()
    execute_process(COMMAND ${SUREFOOT_NPM} ci --ignore-scripts --no-audit --no-fund
                    WORKING_DIRECTORY ${grammar_dir} RESULT_VARIABLE result
                    OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "`npm ci` in ${grammar_dir} failed:\n${output}")
    endif()
    file(TOUCH ${stamp})
  endif()
endif()

set(core ${modules}/tree-sitter/vendor/tree-sitter/lib)
set(python ${modules}/tree-sitter-python/src)
foreach(file IN ITEMS ${core}/src/lib.c ${python}/parser.c ${python}/scanner.c)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: the tree-sitter sources are incomplete. Remove ${modules} and configure again.")
  endif()
endforeach()

add_library(surefoot_tree_sitter STATIC ${core}/src/lib.c ${python}/parser.c ${python}/scanner.c)
target_include_directories(surefoot_tree_sitter SYSTEM PUBLIC ${core}/include)
target_include_directories(surefoot_tree_sitter PRIVATE ${core}/src ${python})
target_compile_options(surefoot_tree_sitter PRIVATE -w)
# The grammar's tables cost nothing to optimise, and an unoptimised parser makes every debug run slow.
target_compile_options(surefoot_tree_sitter PRIVATE $<IF:$<CONFIG:Release>,-O3,-O2>)
target_compile_definitions(surefoot_tree_sitter PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE $<$<NOT:$<CONFIG:Debug>>:NDEBUG>)
set_target_properties(surefoot_tree_sitter PROPERTIES C_STANDARD 11)
set(SUREFOOT_NODE_TYPES ${python}/node-types.json)
