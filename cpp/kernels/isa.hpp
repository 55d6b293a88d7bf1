// The instruction sets that the kernels are compiled for.
//
// A new instruction set is one name here, one line in CMakeLists.txt, its detection in
// engine/dispatch.cpp and, where vector extensions are not enough, a branch in simd.hpp.
#pragma once

#if defined(__x86_64__)
#define FLIPSHIFT_FOR_EACH_ISA(X, ...) X(v2, __VA_ARGS__) X(v3, __VA_ARGS__) X(v4, __VA_ARGS__)
#elif defined(__aarch64__)
#define FLIPSHIFT_FOR_EACH_ISA(X, ...) X(neon, __VA_ARGS__)
#endif

namespace flipshift {

#define FLIPSHIFT_NAME(isa, ...) isa,
enum class Isa { FLIPSHIFT_FOR_EACH_ISA(FLIPSHIFT_NAME) };
#undef FLIPSHIFT_NAME

}  // namespace flipshift

// For a table of function pointers (Table may hold commas): declares isa::fill(Table&) of each
// instruction set, which that set's kernel sources define, and fill(Table&, Isa), which picks one.
#define FLIPSHIFT_KERNEL_TABLE(...)                                           \
  FLIPSHIFT_FOR_EACH_ISA(FLIPSHIFT_DECLARE_FILL, __VA_ARGS__)                 \
  inline void fill(__VA_ARGS__& table, Isa isa) {                             \
    switch (isa) { FLIPSHIFT_FOR_EACH_ISA(FLIPSHIFT_CALL_FILL, __VA_ARGS__) } \
  }
#define FLIPSHIFT_DECLARE_FILL(isa, ...) \
  namespace isa {                        \
  void fill(__VA_ARGS__&);               \
  }
#define FLIPSHIFT_CALL_FILL(isa, ...) \
  case Isa::isa:                      \
    isa::fill(table);                 \
    break;
