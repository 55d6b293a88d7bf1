// What each function does is said in kernels/fft_dct_dense.hpp.
//
// Sums go by two or eight partial ones, which keeps the pipelines full and lowers the error,
// in the same order for every line.
#include "kernels/fft_dct_dense.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using Size = std::size_t;
using Step = std::ptrdiff_t;

// From here on sums go by eight partial ones.
constexpr Size many_terms = 48;

template <class T, int W>
FLIPSHIFT_INLINE void store_part(T* y, Vec<T, W> v, Size count) {
  if (count >= Size{W}) return storeu<T, W>(y, v);
  alignas(64) T part[W];
  store<T, W>(part, v);
  for (Size i = 0; i < count; ++i) y[i] = part[i];
}

// W results from each of at[0 .. K) on of L lines, by P partial sums each.
template <class T, int W, int L, int K, int P>
FLIPSHIFT_INLINE void line_blocks(const T* const* x, T* const* y, const Size* at, Size n,
                                  const T* matrix, Size pitch, T scale) {
  using V = Vec<T, W>;
  V sum[P][L][K] = {};
  const auto step = [&](auto p, Size j) __attribute__((always_inline)) {
    V m[K];
    unroll<K>([&](auto k) __attribute__((always_inline)) {
      m[k] = loadu<T, W>(matrix + pitch * j + at[k]);
      keep(m[k]);
    });
    unroll<L>([&](auto l) __attribute__((always_inline)) {
      const V a = broadcast<T, W>(x[l][j]);
      unroll<K>([&](auto k) __attribute__((always_inline)) { sum[p][l][k] += m[k] * a; });
    });
  };
  Size j = 0;
  for (; j + P <= n; j += P)
    unroll<P>([&](auto p) __attribute__((always_inline)) { step(p, j + p); });
  for (; j < n; ++j) step(std::integral_constant<int, 0>{}, j);
  const V f = broadcast<T, W>(scale);
  unroll<L>([&](auto l) __attribute__((always_inline)) {
    unroll<K>([&](auto k) __attribute__((always_inline)) {
      for (int p = P / 2; p > 0; p /= 2)
        for (int q = 0; q < p; ++q) sum[q][l][k] += sum[q + p][l][k];
      store_part<T, W>(y[l] + at[k], sum[0][l][k] * f, n - at[k]);
    });
  });
}

// Of lines longer than a vector the last vector overlaps the one before.
template <class T, int W, int L, int P>
FLIPSHIFT_INLINE void line_tile(const T* x, Step x_apart, T* y, Step y_apart, Size n,
                                const T* matrix, Size pitch, T scale) {
  const T* from[L];
  T* to[L];
  alignas(64) T copy[L][dct_longest_dense];
  const bool copied = n > Size{2 * W} && x == y;
  unroll<L>([&](auto l) __attribute__((always_inline)) {
    from[l] = x + x_apart * l;
    to[l] = y + y_apart * l;
    if (copied) {
      for (Size j = 0; j < n; ++j) copy[l][j] = from[l][j];
      from[l] = copy[l];
    }
  });
  for (Size k = 0; k < n; k += 2 * W) {
    const Size last = n < Size{W} ? 0 : n - W;
    const Size at[2] = {k < last ? k : last, k + W < last ? k + W : last};
    if (k < last)
      line_blocks<T, W, L, 2, P>(from, to, at, n, matrix, pitch, scale);
    else
      line_blocks<T, W, L, 1, P>(from, to, at, n, matrix, pitch, scale);
  }
}

template <class T, int W>
void lines_of(const T* x, Step x_apart, T* y, Step y_apart, Size count, Size n, const T* matrix,
              Size pitch, T scale) {
  constexpr int L = sizeof(T) * W == 64 ? 4 : 2;
  if (n > many_terms) {
    for (; count > 0; --count, x += x_apart, y += y_apart)
      line_tile<T, W, 1, 8>(x, 0, y, 0, n, matrix, pitch, scale);
    return;
  }
  Size i = 0;
  for (; i + L <= count; i += L, x += L * x_apart, y += L * y_apart)
    line_tile<T, W, L, 2>(x, x_apart, y, y_apart, n, matrix, pitch, scale);
  for (; i < count; ++i, x += x_apart, y += y_apart)
    line_tile<T, W, 1, 2>(x, 0, y, 0, n, matrix, pitch, scale);
}

template <class T>
void lines(const T* x, Step x_apart, T* y, Step y_apart, Size count, Size n, const T* matrix,
           Size pitch, T scale) {
  constexpr int W = max_width<T>;
  if constexpr (W >= 8) {
    if (n <= W / 2)
      return lines_of<T, W / 2>(x, x_apart, y, y_apart, count, n, matrix, pitch, scale);
  }
  lines_of<T, W>(x, x_apart, y, y_apart, count, n, matrix, pitch, scale);
}

// V vectors of neighbours from `rows`, R results at a time; `count` of them go out.
template <class T, int W, int V, bool whole>
FLIPSHIFT_INLINE void columns(const T* rows, T* y, Step y_step, Size count, Size n, const T* matrix,
                              Size pitch, T scale) {
  constexpr int R = sizeof(T) * W == 64 ? 4 : 2;
  const Vec<T, W> f = broadcast<T, W>(scale);
  for (Size k = 0; k < n; k += R) {
    Vec<T, W> sum[2][R][V] = {};
    const auto step = [&](auto p, Size j) __attribute__((always_inline)) {
      Vec<T, W> a[V];
      unroll<V>([&](auto v) __attribute__((always_inline)) {
        a[v] = load<T, W>(rows + (V * j + v) * W);
        keep(a[v]);
      });
      unroll<R>([&](auto r) __attribute__((always_inline)) {
        Vec<T, W> m = broadcast<T, W>(matrix[pitch * j + k + r]);
        unroll<V>([&](auto v) __attribute__((always_inline)) { sum[p][r][v] += a[v] * m; });
      });
    };
    Size j = 0;
    for (; j + 2 <= n; j += 2) {
      step(std::integral_constant<int, 0>{}, j);
      step(std::integral_constant<int, 1>{}, j + 1);
    }
    if (j < n) step(std::integral_constant<int, 0>{}, j);
    unroll<R>([&](auto r) __attribute__((always_inline)) {
      if (k + r >= n) return;
      T* const to = y + y_step * static_cast<Step>(k + r);
      unroll<V>([&](auto v) __attribute__((always_inline)) {
        const Vec<T, W> result = (sum[0][r][v] + sum[1][r][v]) * f;
        if constexpr (whole) {
          storeu<T, W>(to + W * v, result);
        } else {
          store_part<T, W>(to + W * v, result, count);
        }
      });
    });
  }
}

template <class T, int W, int V>
FLIPSHIFT_INLINE void neighbour_tile(const T* x, Step x_step, T* y, Step y_step, Size n,
                                     const T* matrix, Size pitch, T scale) {
  alignas(64) T rows[dct_longest_dense * V * W];
  for (Size j = 0; j < n; ++j, x += x_step)
    unroll<V>([&](auto v) __attribute__((always_inline)) {
      store<T, W>(rows + (V * j + v) * W, loadu<T, W>(x + W * v));
    });
  columns<T, W, V, true>(rows, y, y_step, V * W, n, matrix, pitch, scale);
}

template <class T>
void neighbours(const T* x, Step x_step, T* y, Step y_step, Size count, Size n, const T* matrix,
                Size pitch, T scale) {
  constexpr int W = max_width<T>, H = W / 2;
  for (; count >= 2 * W; count -= 2 * W, x += 2 * W, y += 2 * W)
    neighbour_tile<T, W, 2>(x, x_step, y, y_step, n, matrix, pitch, scale);
  if (count >= W) {
    neighbour_tile<T, W, 1>(x, x_step, y, y_step, n, matrix, pitch, scale);
    count -= W, x += W, y += W;
  }
  if (count >= H) {
    neighbour_tile<T, H, 1>(x, x_step, y, y_step, n, matrix, pitch, scale);
    count -= H, x += H, y += H;
  }
  if (count == 0) return;
  alignas(64) T rows[dct_longest_dense * H];
  for (Size j = 0; j < n; ++j, x += x_step)
    for (Size i = 0; i < H; ++i) rows[H * j + i] = i < count ? x[i] : T(0);
  columns<T, H, 1, false>(rows, y, y_step, count, n, matrix, pitch, scale);
}

template <class T>
void fill_table(FftDctDenseTable<T>& t) {
  t.width = max_width<T>;
  t.lines = lines<T>;
  t.neighbours = neighbours<T>;
}

}  // namespace

void fill(FftDctDenseTable<float>& t) { fill_table(t); }
void fill(FftDctDenseTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
