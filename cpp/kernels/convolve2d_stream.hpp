// Small kernels, all of whose taps stay in registers.
//
// R rows of outputs at a time, vector by vector along the rows. Each vector of samples is loaded
// once; those that the other columns of the kernel ask for are made from two neighbouring ones by
// lane shifts, which leave the load port to the rest. Sums are ready row by row, so that only a few
// are in registers at a time.
#pragma once

#include "kernels/convolve2d.hpp"
#include "kernels/lane_shift.hpp"
#include "kernels/shuffle.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int KR, int KC, int R>
struct Stream {
  static constexpr int W = max_width<T>;
  static constexpr int N = R + KR - 1;  // rows of samples
  using Vector = Vec<T, W>;

  // Outputs of the rows from `row` on. Vectors of samples lie at j and j + W; the last vector is
  // moved back to end with the rows, and its right neighbour, of which only the first samples may
  // be read, is put together apart.
  static __attribute__((noinline)) void run(const Convolve2dArea<T>& area, std::size_t row) {
    const std::ptrdiff_t x_stride = area.x_stride, y_stride = area.y_stride;
    const T* x = area.x + static_cast<std::ptrdiff_t>(row) * x_stride;
    T* y = area.y + static_cast<std::ptrdiff_t>(row) * y_stride;
    const std::size_t cols = area.cols, readable = cols + KC - 1;
    Vector tap[KR][KC];
    unroll<KR * KC>([&](auto k) __attribute__((always_inline)) {
      constexpr int a = k % KR, b = k / KR;
      tap[a][b] = broadcast<T, W>(area.taps[a + area.tap_stride * b]);
      keep(tap[a][b]);
    });
    Vector now[N];
    const auto load_now = [&](const T* at) __attribute__((always_inline)) {
      unroll<N>([&](auto u) __attribute__((always_inline)) {
        now[u] = loadu<T, W>(at);
        at += x_stride;
      });
    };
    alignas(64) T edge[N * W];
    load_now(x);
    for (std::size_t j = 0;;) {
      const T* next_row = x + j + W;
      std::ptrdiff_t next_stride = x_stride;
      if (j + 2 * W > readable) {
        if (j + W > cols) {
          j = cols - W;
          load_now(x + j);
        }
        for (int u = 0; u < N; ++u) {
          const auto last = loadu<T, W>(x + u * x_stride + j + KC - 1);
          storeu<T, W>(edge + u * W, shift_lanes<T, W, (W - KC + 1) % W>(last, last));
        }
        next_row = edge;
        next_stride = W;
      }
      if (area.far) {
        unroll<R>([&](auto r) __attribute__((always_inline)) {
          __builtin_prefetch(x + (N + r) * x_stride + j + W);
        });
      }
      T* out = y + j;
      Vector sum[R];
      unroll<N>([&](auto u_) __attribute__((always_inline)) {
        constexpr int u = u_;
        if constexpr (u < R) sum[u] = Vector{};
        Vector next = loadu<T, W>(next_row);
        keep(next);
        next_row += next_stride;
        unroll<KC>([&](auto b_) __attribute__((always_inline)) {
          constexpr int b = b_;
          Vector sample = now[u];
          if constexpr (b > 0) {
            sample = shift_lanes<T, W, b>(now[u], next);
            keep(sample);
          }
          unroll<KR>([&](auto a_) __attribute__((always_inline)) {
            constexpr int a = a_;
            if constexpr (u - a >= 0 && u - a < R) sum[u - a] += tap[a][b] * sample;
          });
        });
        now[u] = next;
        if constexpr (u >= KR - 1) {
          storeu<T, W>(out, sum[u - (KR - 1)]);
          out += y_stride;
        }
      });
      j += W;
      if (j >= cols) break;
    }
  }
};

// Four rows at a time: more would save loads, but rows a power of two apart, and those of the
// outputs, soon compete for the same lines of the cache.
template <class T, int KR, int KC>
bool stream_if(const Convolve2dArea<T>& area) {
  if (area.kernel_rows != KR || area.kernel_cols != KC) return false;
  constexpr std::size_t R = 4;
  std::size_t row = 0;
  for (; row + R <= area.rows; row += R) Stream<T, KR, KC, R>::run(area, row);
  if (row < area.rows && area.rows >= R) {
    Stream<T, KR, KC, R>::run(area, area.rows - R);
  } else {
    for (; row < area.rows; ++row) Stream<T, KR, KC, 1>::run(area, row);
  }
  return true;
}

// With 32 registers, and where a lane shift is one operation.
#if defined(__AVX512F__) && !defined(__SANITIZE_ADDRESS__)
template <class T>
constexpr bool streams = T(0.5) != T(0);
#else
template <class T>
constexpr bool streams = false;
#endif

// Those of the kernels with up to 16 taps, several columns and one channel that are common. (From
// 20 taps on, tiles are as fast.)
template <class T>
bool stream_small_kernel(const Convolve2dArea<T>& a) {
  if (a.step != 1 || a.kernel_rows > 5 || a.kernel_cols > 8) return false;
  return stream_if<T, 3, 3>(a) || stream_if<T, 1, 2>(a) || stream_if<T, 1, 3>(a) ||
         stream_if<T, 1, 4>(a) || stream_if<T, 1, 5>(a) || stream_if<T, 1, 6>(a) ||
         stream_if<T, 1, 7>(a) || stream_if<T, 1, 8>(a) || stream_if<T, 2, 2>(a) ||
         stream_if<T, 2, 3>(a) || stream_if<T, 3, 2>(a) || stream_if<T, 4, 4>(a) ||
         stream_if<T, 3, 5>(a) || stream_if<T, 5, 3>(a);
}

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
