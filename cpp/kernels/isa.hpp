// The instruction sets that the kernels are compiled for.
//
// A new instruction set is one name here, one line in CMakeLists.txt, its detection in
// engine/dispatch.cpp and, where vector extensions are not enough, a branch in simd.hpp.
#pragma once

#if defined(__x86_64__)
#define FLIPSHIFT_FOR_EACH_ISA(X) X(v2) X(v3) X(v4)
#elif defined(__aarch64__)
#define FLIPSHIFT_FOR_EACH_ISA(X) X(neon)
#endif
