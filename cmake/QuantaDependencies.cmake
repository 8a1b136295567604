# Everything comes from Debian packages. Boost 1.81 conflicts with the 1.74 that other packages
# stand on, so scripts/install.sh unpacks Debian's own .debs under build/boost and it is found there.
set(Boost_USE_STATIC_LIBS ON)
set(Boost_NO_SYSTEM_PATHS ON)
set(QUANTA_BOOST "${CMAKE_SOURCE_DIR}/build/boost/usr")
set(Boost_DIR "${QUANTA_BOOST}/lib/x86_64-linux-gnu/cmake/Boost-1.81.0")
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json)

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(NLopt CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
find_package(tomlplusplus REQUIRED)

if(QUANTA_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
