# Sets FLIPSHIFT_NATIVE_POSSIBLE, or FLIPSHIFT_NATIVE_WHY_NOT with the reason in words.
# Each step runs only if the one before succeeded, so that the reason is the first thing missing.
set(FLIPSHIFT_NATIVE_POSSIBLE FALSE)

if(NOT CMAKE_SYSTEM_PROCESSOR AND CMAKE_HOST_SYSTEM_PROCESSOR)
  set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_HOST_SYSTEM_PROCESSOR})
endif()
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|aarch64|arm64")
  set(FLIPSHIFT_NATIVE_WHY_NOT "there are no kernels for the processor '${CMAKE_SYSTEM_PROCESSOR}'")
  return()
endif()

include(CheckLanguage)
check_language(CXX)
if(NOT CMAKE_CXX_COMPILER)
  set(FLIPSHIFT_NATIVE_WHY_NOT "no working C++ compiler was found")
  return()
endif()
enable_language(CXX)

# The vector extensions that the kernels are written in (GCC >= 12, Clang >= 15).
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_FLAGS "-std=c++20")
check_cxx_source_compiles("
  #include <complex>
  #include <concepts>
  typedef double vec __attribute__((vector_size(32)));
  template <std::floating_point T> T id(T x) { return x; }
  int main() {
    vec a = {1, 2, 3, 4};
    a = __builtin_shufflevector(a, a, 3, 2, 1, 0);
    return static_cast<int>(id(a[0]) - 4);
  }" FLIPSHIFT_COMPILER_SUFFICES)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT FLIPSHIFT_COMPILER_SUFFICES)
  set(FLIPSHIFT_NATIVE_WHY_NOT
    "${CMAKE_CXX_COMPILER} lacks C++20 or vector extensions (GCC 12 or Clang 15 have them)")
  return()
endif()

set(PYBIND11_FINDPYTHON ON)
find_package(Python COMPONENTS Interpreter Development.Module)
if(NOT Python_Development.Module_FOUND)
  set(FLIPSHIFT_NATIVE_WHY_NOT "the headers of Python were not found")
  return()
endif()
find_package(pybind11 CONFIG)
if(NOT pybind11_FOUND)
  set(FLIPSHIFT_NATIVE_WHY_NOT "pybind11 was not found")
  return()
endif()

set(FLIPSHIFT_NATIVE_POSSIBLE TRUE)
