// What each function does is said in kernels/fft_dct_lanes.hpp.
#include "kernels/fft_dct_lanes.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W>
void read_near(const T* x, std::ptrdiff_t stride, std::size_t n, const std::uint32_t* place,
               const T* sign, T* rows) {
  for (std::size_t j = 0; j < n; ++j, x += stride)
    store<T, W>(rows + std::size_t{W} * place[j], loadu<T, W>(x) * broadcast<T, W>(sign[j]));
}

template <class T, int W>
void write_near(const T* rows, const std::uint32_t* place, const T* sign, T scale, std::size_t n,
                T* y, std::ptrdiff_t stride) {
  for (std::size_t k = 0; k < n; ++k, y += stride)
    storeu<T, W>(y,
                 load<T, W>(rows + std::size_t{W} * place[k]) * broadcast<T, W>(scale * sign[k]));
}

template <class T, int W>
FLIPSHIFT_INLINE void read_tile(const T* const* lines, std::size_t j, const std::uint32_t* place,
                                const T* sign, T* rows) {
  Vec<T, W> v[W];
  unroll<W>([&](auto i) __attribute__((always_inline)) { v[i] = loadu<T, W>(lines[i] + j); });
  transpose<T, W>(v);
  unroll<W>([&](auto i) __attribute__((always_inline)) {
    store<T, W>(rows + std::size_t{W} * place[j + i], v[i] * broadcast<T, W>(sign[j + i]));
  });
}

template <class T, int W>
FLIPSHIFT_INLINE void write_tile(const T* rows, const std::uint32_t* place, const T* sign, T scale,
                                 std::size_t k, T* const* lines) {
  Vec<T, W> v[W];
  unroll<W>([&](auto i) __attribute__((always_inline)) {
    v[i] = load<T, W>(rows + std::size_t{W} * place[k + i]) * broadcast<T, W>(scale * sign[k + i]);
  });
  transpose<T, W>(v);
  unroll<W>([&](auto i) __attribute__((always_inline)) {
    if (lines[i]) storeu<T, W>(lines[i] + k, v[i]);
  });
}

// Tiles of W numbers, the last one moved back to overlap; fewer than W numbers one by one.
template <class T, int W>
void read_lines(const T* const* lines, std::size_t n, const std::uint32_t* place, const T* sign,
                T* rows) {
  constexpr std::size_t step = W;
  if (n < step) {
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < step; ++i) rows[step * place[j] + i] = lines[i][j] * sign[j];
    return;
  }
  for (std::size_t j = 0; j + step <= n; j += step) read_tile<T, W>(lines, j, place, sign, rows);
  if (n % step) read_tile<T, W>(lines, n - step, place, sign, rows);
}

template <class T, int W>
void write_lines(const T* rows, const std::uint32_t* place, const T* sign, T scale, std::size_t n,
                 T* const* lines) {
  constexpr std::size_t step = W;
  if (n < step) {
    for (std::size_t i = 0; i < step; ++i)
      for (std::size_t k = 0; lines[i] && k < n; ++k)
        lines[i][k] = rows[step * place[k] + i] * (scale * sign[k]);
    return;
  }
  for (std::size_t k = 0; k + step <= n; k += step)
    write_tile<T, W>(rows, place, sign, scale, k, lines);
  if (n % step) write_tile<T, W>(rows, place, sign, scale, n - step, lines);
}

template <class T, int W>
void twist(T* rows, const std::uint32_t* order, std::size_t count, const T* tw, T conj) {
  for (std::size_t k = 0; k < count; ++k) {
    T* row = rows + std::size_t{2 * W} * (order ? order[k] : k);
    const Vec<T, W> c = broadcast<T, W>(tw[k]), s = broadcast<T, W>(conj * tw[count + k]);
    const Complex<T, W> z = load_row<T, W>(row);
    store_row<T, W>(row, z.re * c - z.im * s, z.re * s + z.im * c);
  }
}

template <class T, int W>
void combine(T* rows, const std::uint32_t* order, std::size_t count, T a, T b) {
  const Vec<T, W> p = broadcast<T, W>(a), q = broadcast<T, W>(b);
  for (std::size_t k = 0; k < count; ++k) {
    T* row = rows + std::size_t{2 * W} * order[k];
    const Complex<T, W> z = load_row<T, W>(row);
    store_row<T, W>(row, z.re * p + z.im * q, z.re * p - z.im * q);
  }
}

template <class T, int W>
void extend(T* rows, std::size_t m, T sign) {
  const Vec<T, W> s = broadcast<T, W>(sign);
  for (std::size_t j = 1; j < m; ++j)
    store<T, W>(rows + W * (2 * m - j), load<T, W>(rows + W * j) * s);
}

template <class T>
void fill_table(FftDctLanesTable<T>& t) {
  constexpr int W = max_width<T>;
  t.read_near = read_near<T, W>;
  t.read_lines = read_lines<T, W>;
  t.write_near = write_near<T, W>;
  t.write_lines = write_lines<T, W>;
  t.twist = twist<T, W>;
  t.combine = combine<T, W>;
  t.extend = extend<T, W>;
}

}  // namespace

void fill(FftDctLanesTable<float>& t) { fill_table(t); }
void fill(FftDctLanesTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
