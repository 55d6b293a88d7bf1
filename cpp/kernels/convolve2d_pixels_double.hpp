// Sums of pixels in double precision, by rows from the first sample to the last, each product
// rounded before it is added.
//
// A tile is R rows by V vectors. Rows of samples, which have been widened, as each takes part in
// the sums of several columns, pass by from above to below; a row of sums is complete and leaves
// its registers as soon as the last kernel row of a chunk has met it, so no more of them are held
// than there are kernel rows.
#pragma once

#include "kernels/convolve2d_pixels.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

constexpr int DW = max_width<double>;
using D = Vec<double, DW>;

#if defined(__SANITIZE_ADDRESS__)
constexpr int DQ = 2;  // unrolled tiles would take minutes to compile
#else
constexpr int DQ = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 7 : 4;  // kernel rows of a chunk
#endif

// Pins a value to a register and to its place in the program: GCC would make all products of a tile
// first, and spill them.
FLIPSHIFT_INLINE void pin(D& v) {
#if defined(__AVX512F__)
  asm volatile("" : "+v"(v));
#elif defined(__x86_64__)
  asm volatile("" : "+x"(v));
#else
  asm volatile("" : "+w"(v));
#endif
}

// Adds Q kernel rows to the sums of a tile, which are R rows of V DW; the first of all to 0.
// B: columns of the kernel, if it is all of it and its taps are to stay in registers, or 0. Then
// sums begin with their first product, so that they may be -0.
template <int R, int V, int Q, int B>
__attribute__((noinline)) void double_rows(const double* x, ptrdiff_t x_stride, ptrdiff_t step,
                                           const double* taps, size_t kernel_cols, double* sums,
                                           [[maybe_unused]] bool first) {
  D sum[R][V], held[B ? Q * B : 1];
  if constexpr (B > 0)
    unroll<Q * B>(FLIPSHIFT_STEP(t) { held[t] = broadcast<double, DW>(taps[t]); });
  unroll<R + Q - 1>(FLIPSHIFT_STEP(u) {
    if constexpr (u < R && B == 0) {
      unroll<V>(FLIPSHIFT_STEP(v) { sum[u][v] = D{}; });
      if (!first)
        unroll<V>(FLIPSHIFT_STEP(v) { sum[u][v] = loadu<double, DW>(sums + (u * V + v) * DW); });
    }
    const auto column = [&](const double* sample, auto b, auto tap) __attribute__((always_inline)) {
      D s[V];
      unroll<V>(FLIPSHIFT_STEP(v) {
        s[v] = loadu<double, DW>(sample + v * DW);
        keep(s[v]);
      });
      unroll<Q>(FLIPSHIFT_STEP(q) {
        if constexpr (u - q >= 0 && u - q < R) {
          const D t = tap(q);
          unroll<V>(FLIPSHIFT_STEP(v) {
            D product = t * s[v];
            pin(product);  // no fused multiply-add
            if constexpr (B > 0 && q == 0 && b == 0)
              sum[u][v] = product;
            else
              sum[u - q][v] += product;
            pin(sum[u - q][v]);
          });
        }
      });
    };
    if constexpr (B > 0) {
      unroll<B>(FLIPSHIFT_STEP(b) {
        column(x + b * step, b,
               [&](auto q) __attribute__((always_inline)) { return held[q * B + b]; });
      });
    } else {
      const double *sample = x, *tap = taps;
#pragma GCC unroll 1
      for (size_t b = 0; b < kernel_cols; ++b, sample += step, ++tap)
        column(sample, b, [&](auto q) __attribute__((always_inline)) {
          return broadcast<double, DW>(tap[static_cast<size_t>(q) * kernel_cols]);
        });
    }
    if constexpr (u >= Q - 1)
      unroll<V>(FLIPSHIFT_STEP(v) {
        storeu<double, DW>(sums + ((u - Q + 1) * V + v) * DW, sum[u - Q + 1][v]);
      });
    x += x_stride;
  });
}

template <int R, int V, int Q>
FLIPSHIFT_INLINE void double_chunk(size_t q, const double* x, ptrdiff_t x_stride, ptrdiff_t step,
                                   const double* taps, size_t kernel_cols, double* sums,
                                   bool first) {
  if (q == Q) {
    double_rows<R, V, Q, 0>(x, x_stride, step, taps, kernel_cols, sums, first);
  } else if constexpr (Q > 1) {
    double_chunk<R, V, Q - 1>(q, x, x_stride, step, taps, kernel_cols, sums, first);
  }
}

// All kernel rows.
template <int R, int V>
FLIPSHIFT_INLINE void double_sums(const double* x, ptrdiff_t x_stride, ptrdiff_t step,
                                  const double* taps, size_t kernel_rows, size_t kernel_cols,
                                  double* sums, bool first) {
  if constexpr (DQ >= 3)
    if (kernel_rows == 3 && kernel_cols == 3 && first)
      return double_rows<R, V, 3, 3>(x, x_stride, step, taps, 3, sums, true);
  for (size_t a = 0, q; a < kernel_rows; a += q, first = false) {
    q = chunk_rows(kernel_rows - a, DQ);
    double_chunk<R, V, DQ>(q, x + static_cast<ptrdiff_t>(a) * x_stride, x_stride, step,
                           taps + a * kernel_cols, kernel_cols, sums, first);
  }
}

// The sums of R rows under samples of any type, to `Parts` tiles side by side. V > 1.
template <class X, int R, int V, int Parts>
__attribute__((noinline)) void widened_sums(const PixelRectangle<X>& p, const double* taps,
                                            const X* x, double* sums) {
  constexpr size_t part = size_t{V} * DW,
                   margin = 72;  // samples of a part, and to the right of all
  constexpr ptrdiff_t stride = Parts * part + margin;
  constexpr size_t most_rows = 2 * DQ;
  alignas(FLIPSHIFT_VECTOR_BYTES) double wide[(R + most_rows - 1) * stride];
  const auto step = static_cast<size_t>(p.step), n = p.kernel_cols;
  // A kernel that is too wide goes row after row, in pieces.
  const bool fits = (n - 1) * step <= margin;
  const size_t piece = fits ? n : step <= margin ? 1 + margin / step : 1;
  bool first = true;
  for (size_t a = 0, q; a < p.kernel_rows; a += q) {
    q = fits ? chunk_rows(p.kernel_rows - a, most_rows) : 1;
    for (size_t b = 0; b < n; b += piece, first = false) {
      const size_t some = n - b < piece ? n - b : piece, width = Parts * part + (some - 1) * step;
      const X* from = x + static_cast<ptrdiff_t>(a) * p.x_stride + b * step;
      double* to = wide;
      for (size_t i = 0; i < R + q - 1; ++i, from += p.x_stride, to += stride) {
        unroll<Parts * V>(FLIPSHIFT_STEP(v) {
          storeu<double, DW>(to + v * DW, to_double<X, DW>(from + v * DW));
        });
        for (size_t j = Parts * part; j + DW < width; j += DW)
          storeu<double, DW>(to + j, to_double<X, DW>(from + j));
        storeu<double, DW>(to + width - DW, to_double<X, DW>(from + width - DW));
      }
      for (size_t k = 0; k < Parts; ++k)
        double_sums<R, V>(wide + k * part, stride, p.step, taps + a * n + b, q, some,
                          sums + k * R * part, first);
    }
  }
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
