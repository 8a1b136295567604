# quanta_module(NAME [TOGETHER] [USES module ...] [LINK target ...])
#
# Builds src/NAME as the library quanta_NAME from every .cc below it; with QUANTA_TESTS its
# *_test.cc files as NAME_test; with QUANTA_FUZZ each *_fuzz.cc as a libFuzzer program. Its
# *_bench.cc files belong to bench/CMakeLists.txt. USES names the modules it may include; the
# arrow test checks that no include goes elsewhere. TOGETHER: where no tests are built, the sources
# of a folder are compiled as one (15 at a time), which saves the reading of their headers; the
# names in the anonymous namespaces of a folder must then be unique.
function(quanta_module NAME)
  cmake_parse_arguments(ARG "TOGETHER" "" "USES;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${NAME}/*.cc")
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")

  quanta_arrows(${NAME} ${ARG_USES})
  list(TRANSFORM ARG_USES PREPEND quanta_)
  if(NOT sources)  # nothing there yet: only the arrows
    add_library(quanta_${NAME} INTERFACE)
    target_link_libraries(quanta_${NAME} INTERFACE ${ARG_USES} ${ARG_LINK})
    return()
  endif()
  quanta_kernels(${sources})
  add_library(quanta_${NAME} STATIC ${sources})
  target_link_libraries(quanta_${NAME} PUBLIC ${ARG_USES} ${ARG_LINK} PRIVATE quanta_build_flags)
  target_include_directories(quanta_${NAME} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  if(ARG_TOGETHER AND NOT QUANTA_TESTS)
    quanta_together(quanta_${NAME} ${sources})
  endif()

  if(QUANTA_TESTS AND tests)
    quanta_test(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE quanta_${NAME})
  endif()
  if(QUANTA_FUZZ)
    foreach(source IN LISTS fuzzers)
      get_filename_component(target "${source}" NAME_WE)
      add_executable(${target} "${source}")
      target_link_libraries(${target} PRIVATE quanta_${NAME} quanta_build_flags)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers ${target})
    endforeach()
  endif()
endfunction()

# quanta_together(TARGET source ...): compiles the sources of a folder as one, 15 at a time.
function(quanta_together TARGET)
  target_link_libraries(${TARGET} PRIVATE quanta_together_flags)
  set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source IN LISTS ARGN)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY "${CMAKE_SOURCE_DIR}/src")
    string(MAKE_C_IDENTIFIER "${folder}" folder)
    list(APPEND seen_${folder} "${source}")
    list(LENGTH seen_${folder} n)
    math(EXPR batch "(${n} - 1) / 15")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${folder}_${batch}")
  endforeach()
endfunction()

# quanta_arrows(NAME module ...): what the files of a module may include beside their own. All arrows
# together, as "name=module,module|name=…", are what tests/arrows checks the includes against.
function(quanta_arrows NAME)
  list(JOIN ARGN "," uses)
  get_property(arrows GLOBAL PROPERTY QUANTA_ARROWS)
  set_property(GLOBAL PROPERTY QUANTA_ARROWS "${arrows}|${NAME}=${uses}")
endfunction()

# quanta_kernels(source ...): files named *_kernels.cc are optimised in every preset, and multiply
# and add may fuse there; all other code gives the same bits on every instruction set.
function(quanta_kernels)
  set(kernels ${ARGN})
  list(FILTER kernels INCLUDE REGEX "_kernels\\.cc$")
  set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS "-O3;-ffp-contract=fast")
endfunction()

# quanta_test(NAME source ...): a GoogleTest program whose cases ctest lists one by one.
function(quanta_test NAME)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${NAME} ${ARGN})
  target_link_libraries(${NAME} PRIVATE GTest::gtest_main rapidcheck quanta_build_flags)
  target_compile_definitions(${NAME} PRIVATE QUANTA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
endfunction()
