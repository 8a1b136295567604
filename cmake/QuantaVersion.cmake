# The program's version with the commit it was built from, as build/<preset>/generated/
# quanta_version.h. Included by CMakeLists.txt it defines the target quanta_version; the target runs
# this same file as a script at every build, which rewrites the header only when its text changes.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(header "${CMAKE_BINARY_DIR}/generated/quanta_version.h")
  add_custom_target(quanta_version
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DHEADER=${header}"
            "-DVERSION=${PROJECT_VERSION}"
            "-DBUILD=${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
            -P "${CMAKE_CURRENT_LIST_FILE}"
    BYPRODUCTS "${header}"
    COMMENT "Checking the version"
    VERBATIM)
  return()
endif()

cmake_minimum_required(VERSION 3.25)
set(version "${VERSION}")
if(EXISTS "${SOURCE}/.git")  # a checkout of its own, not a copy inside another repository
  execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    string(APPEND version "+g${commit}")
    execute_process(COMMAND git -C "${SOURCE}" diff-index --quiet HEAD --
      OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 1)
      string(APPEND version ".dirty")
    endif()
  endif()
endif()

file(CONFIGURE OUTPUT "${HEADER}" CONTENT
"#define QUANTA_VERSION \"@version@\"
#define QUANTA_BUILD \"@BUILD@\"
" @ONLY)
