# `cmake --install` and CPack: the program, its licence and README, and the editors' plugins.
include(GNUInstallDirs)

install(TARGETS surefoot RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY editors/neovim editors/emacs DESTINATION ${CMAKE_INSTALL_DATADIR}/surefoot/editors
        PATTERN node_modules EXCLUDE)

set(CPACK_GENERATOR TGZ)
find_program(SUREFOOT_DPKG_SHLIBDEPS dpkg-shlibdeps)
if(SUREFOOT_DPKG_SHLIBDEPS)
  list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_PACKAGE_NAME surefoot)
set(CPACK_PACKAGE_VENDOR "surefoot contributors")
set(CPACK_PACKAGE_CONTACT "surefoot contributors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "A language server and a batch checker for code that type-checks, passes its tests, and
stalls, leaks, deadlocks or loses work in production: FastAPI, Flask, Django, SQLAlchemy, Celery, asyncio.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
