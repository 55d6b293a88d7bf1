// What each function does is said in kernels/convolve2d_fft.hpp.
#include "kernels/convolve2d_fft.hpp"

#include <type_traits>

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <class T, int W>
void fold_real(const T* x, ptrdiff_t stride, size_t begin, size_t end, size_t m, const T* tw,
               T* rows) {
  using V = Vec<T, W>;
  const auto row = [&](size_t j) __attribute__((always_inline)) {
    return j >= begin && j < end ? loadu<T, W>(x + static_cast<ptrdiff_t>(j) * stride) : V{};
  };
  for (size_t j = 0; j < m; ++j, rows += 2 * W) {
    V a = row(j), b = row(j + m);
    keep(a);
    keep(b);
    const V c = broadcast<T, W>(tw[2 * j]), s = broadcast<T, W>(tw[2 * j + 1]);
    store_row<T, W>(rows, a * c - b * s, a * s + b * c);
  }
}

template <class T, int W>
void fold_complex(const T* x, ptrdiff_t stride, size_t begin, size_t end, size_t m, const T*,
                  T* rows) {
  for (size_t j = 0; j < m; ++j, rows += 2 * W) {
    Complex<T, W> v{};
    if (j >= begin && j < end) v = load_split<T, W>(x + 2 * static_cast<ptrdiff_t>(j) * stride);
    store_row<T, W>(rows, v.re, v.im);
  }
}

template <class T, int W>
void unfold_real(const T* rows, const std::uint32_t* order, size_t m, const T* tw, size_t count,
                 T* y, ptrdiff_t stride, T scale) {
  using V = Vec<T, W>;
  const V factor = broadcast<T, W>(scale);
  T* second = y + static_cast<ptrdiff_t>(m) * stride;
  const size_t both = count > m ? count - m : 0;
  for (size_t j = 0; j < m && j < count; ++j, y += stride, second += stride) {
    const Complex<T, W> v = load_row<T, W>(rows + size_t{2} * W * order[j]);
    const V c = broadcast<T, W>(tw[2 * j]) * factor, s = broadcast<T, W>(tw[2 * j + 1]) * factor;
    storeu<T, W>(y, v.re * c - v.im * s);
    if (j < both) storeu<T, W>(second, -(v.re * s) - v.im * c);
  }
}

template <class T, int W>
void unfold_complex(const T* rows, const std::uint32_t* order, size_t, const T*, size_t count, T* y,
                    ptrdiff_t stride, T scale) {
  const Vec<T, W> factor = broadcast<T, W>(scale);
  for (size_t j = 0; j < count; ++j, y += 2 * stride) {
    const Complex<T, W> v = load_row<T, W>(rows + size_t{2} * W * order[j]);
    store_interleaved<T, W>(y, v.re * factor, -(v.im * factor));
  }
}

// W x W numbers from the real or the imaginary parts of rows to those of others.
template <class T, int W, class From, class To>
FLIPSHIFT_INLINE void transposed(From&& from, To&& to) {
  Vec<T, W> v[W];
  unroll<W>([&](auto i) __attribute__((always_inline)) { v[i] = from(i); });
  transpose<T, W>(v);
  unroll<W>([&](auto i) __attribute__((always_inline)) { to(i, v[i]); });
}

template <class T, int W>
void turn(const T* rows, const std::uint32_t* order, size_t m, const std::uint32_t* to, T* out,
          size_t slot) {
  using V = Vec<T, W>;
  for (; m >= W; m -= W, order += W, out += 2 * W * slot) {
    for (int part = 0; part < 2 * W; part += W)
      transposed<T, W>(
          [&](auto i) __attribute__((always_inline)) {
            return load<T, W>(rows + size_t{2} * W * order[i] + part);
          },
          [&](auto i, V v) __attribute__((always_inline)) {
            store<T, W>(out + size_t{2} * W * to[i] + part, v);
          });
  }
  if (m == 0) return;
  for (int part = 0; part < 2 * W; part += W)
    transposed<T, W>(
        [&](auto i) __attribute__((always_inline)) {
          return static_cast<size_t>(i) < m ? load<T, W>(rows + size_t{2} * W * order[i] + part)
                                            : V{};
        },
        [&](auto i, V v)
            __attribute__((always_inline)) { store<T, W>(out + size_t{2} * W * to[i] + part, v); });
}

template <class T, int W>
void turn_back(const T* in, size_t slot, const std::uint32_t* from, size_t m, T* rows) {
  using V = Vec<T, W>;
  for (; m > 0; in += 2 * W * slot) {
    const size_t count = m < W ? m : W;
    for (int part = 0; part < 2 * W; part += W)
      transposed<T, W>(
          [&](auto i) __attribute__((always_inline)) {
            return load<T, W>(in + size_t{2} * W * from[i] + part);
          },
          [&](auto i, V v) __attribute__((always_inline)) {
            if (static_cast<size_t>(i) < count) store<T, W>(rows + 2 * W * i + part, v);
          });
    m -= count;
    rows += 2 * W * count;
  }
}

template <class T, int W>
void product(const T* x, const std::uint32_t* order, const T* h, T* to, size_t n) {
  for (size_t k = 0; k < n; ++k, h += 2 * W, to += 2 * W) {
    const Complex<T, W> a = load_row<T, W>(x + size_t{2} * W * order[k]), b = load_row<T, W>(h);
    store_row<T, W>(to, a.re * b.re - a.im * b.im, -(a.re * b.im) - a.im * b.re);
  }
}

// Infinity and NaN times zero is NaN, which stays.
template <class T, int W>
bool finite(const T* x, size_t n) {
  using V = Vec<T, W>;
  constexpr int K = 4;
  V sums[K]{};
  size_t i = 0;
  for (; i + K * W <= n; i += K * W)
    unroll<K>([&](auto k)
                  __attribute__((always_inline)) { sums[k] += loadu<T, W>(x + i + k * W) * V{}; });
  for (; i + W <= n; i += W) sums[0] += loadu<T, W>(x + i) * V{};
  T rest = 0;
  for (; i < n; ++i) rest += x[i] * T(0);
  const V sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  T lanes[W];
  storeu<T, W>(lanes, sum);
  for (int k = 0; k < W; ++k) rest += lanes[k];
  return rest == 0;
}

template <class T>
void fill_table(Convolve2dFftTable<T>& t) {
  constexpr int W = max_width<T>;
  t.width = W;
  t.fold_real = fold_real<T, W>;
  t.fold_complex = fold_complex<T, W>;
  t.unfold_real = unfold_real<T, W>;
  t.unfold_complex = unfold_complex<T, W>;
  t.turn = turn<T, W>;
  t.turn_back = turn_back<T, W>;
  t.product = product<T, W>;
  t.finite = finite<T, W>;
}

}  // namespace

void fill(Convolve2dFftTable<float>& t) { fill_table(t); }
void fill(Convolve2dFftTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
