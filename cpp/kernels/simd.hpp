// Vectors for the kernels: GCC and Clang vector extensions, the same text on every instruction set.
//
// Included only by kernel sources, which define FLIPSHIFT_ISA_NAMESPACE. Everything has internal
// linkage: a function that two instruction sets shared could be the one that the older processor
// cannot run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__AVX512F__)
#include <immintrin.h>
#define FLIPSHIFT_VECTOR_BYTES 64
#elif defined(__AVX2__)
#include <immintrin.h>
#define FLIPSHIFT_VECTOR_BYTES 32
#else
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#define FLIPSHIFT_VECTOR_BYTES 16
#endif

#if defined(__AVX512F__) || defined(__aarch64__)
#define FLIPSHIFT_VECTOR_REGISTERS 32
#else
#define FLIPSHIFT_VECTOR_REGISTERS 16
#endif

#define FLIPSHIFT_INLINE inline __attribute__((always_inline))

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Lanes of T in the widest vector.
template <class T>
constexpr int max_width = FLIPSHIFT_VECTOR_BYTES / static_cast<int>(sizeof(T));

// Vec<T, W>: W lanes of T; plain T for W = 1, so that every template also has a scalar form.
template <class T, int W>
struct VecOf {
  typedef T type __attribute__((vector_size(W * sizeof(T))));
  typedef T unaligned __attribute__((vector_size(W * sizeof(T)), aligned(sizeof(T)), may_alias));
};
template <class T>
struct VecOf<T, 1> {
  typedef T type;
  typedef T unaligned;
};
template <class T, int W>
using Vec = typename VecOf<T, W>::type;

template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> load(const T* p) {  // p aligned to the vector
  return *reinterpret_cast<const Vec<T, W>*>(p);
}
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> loadu(const T* p) {
  return *reinterpret_cast<const typename VecOf<T, W>::unaligned*>(p);
}
template <class T, int W>
FLIPSHIFT_INLINE void store(T* p, Vec<T, W> v) {  // p aligned to the vector
  *reinterpret_cast<Vec<T, W>*>(p) = v;
}
template <class T, int W>
FLIPSHIFT_INLINE void storeu(T* p, Vec<T, W> v) {
  *reinterpret_cast<typename VecOf<T, W>::unaligned*>(p) = v;
}
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> broadcast(T a) {
  if constexpr (W == 1) {
    return a;
  } else {
    return a - Vec<T, W>{};  // a - 0 and not a + 0, which would turn -0 into 0
  }
}

// Stores past the caches, for results that are too many to be found there again; p aligned to the
// vector. end_streams() orders such stores before all later ones.
template <class T, int W>
FLIPSHIFT_INLINE void stream(T* p, Vec<T, W> v) {
#if defined(__AVX512F__)
  if constexpr (W * sizeof(T) == 64) return _mm512_stream_si512((__m512i*)p, (__m512i)v);
#endif
#if defined(__AVX2__)
  if constexpr (W * sizeof(T) == 32) return _mm256_stream_si256((__m256i*)p, (__m256i)v);
#endif
#if defined(__SSE2__)
  if constexpr (W * sizeof(T) == 16) return _mm_stream_si128((__m128i*)p, (__m128i)v);
#endif
  store<T, W>(p, v);
}
FLIPSHIFT_INLINE void end_streams() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

// Whether V can be pinned to a register: Clang has no constraint for vectors of half a register.
template <class V>
#if defined(__clang__)
constexpr bool has_register = sizeof(V) >= 16 || std::is_floating_point_v<V>;
#else
constexpr bool has_register = true;
#endif

// Pins a loaded value to a register. GCC otherwise folds the load into each use and loads again.
template <class V>
FLIPSHIFT_INLINE void keep([[maybe_unused]] V& v) {
  if constexpr (has_register<V>) {
#if defined(__AVX512F__)
    asm("" : "+v"(v));
#elif defined(__x86_64__)
    asm("" : "+x"(v));
#else
    asm("" : "+w"(v));
#endif
  }
}

// i v, for interleaved complex numbers.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> times_i(Vec<T, W> v) {
  Vec<T, W> sign, swapped;
  for (int l = 0; l < W; ++l) {
    sign[l] = l % 2 ? T(1) : T(-1);
    swapped[l] = v[l ^ 1];
  }
  return swapped * sign;
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
