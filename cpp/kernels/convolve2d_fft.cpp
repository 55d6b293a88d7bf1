// What each function does is said in kernels/convolve2d_fft.hpp.
#include "kernels/convolve2d_fft.hpp"

#include "kernels/fft_butterflies.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <class T, int W>
FLIPSHIFT_INLINE Pair<Vec<T, W>> times_factor(Vec<T, W> re, Vec<T, W> im, const T* tw) {
  return times(re, im, broadcast<T, W>(tw[0]), broadcast<T, W>(tw[1]));
}

template <class T, int W, int R, bool is_complex>
void first(const T* x, ptrdiff_t stride, size_t begin, size_t end, size_t m, const T* tw,
           const T* fold, T* rows) {
  using V = Vec<T, W>;
  constexpr int numbers = is_complex ? 2 : 1;  // of a sample
  alignas(64) const T zeros[2 * W]{};
  const auto at = [&](size_t j) __attribute__((always_inline)) {
    return j - begin < end - begin ? x + numbers * static_cast<ptrdiff_t>(j) * stride : zeros;
  };
  const size_t length = m / R;
  for (size_t j = 0; j < length; ++j, rows += 2 * W, tw += 2 * (R - 1)) {
    butterfly<T, V, R>(
        [&](int k) __attribute__((always_inline)) {
          const size_t q = j + static_cast<size_t>(k) * length;
          if constexpr (is_complex) {
            const Complex<T, W> v = load_split<T, W>(at(q));
            return Pair<V>{v.re, v.im};
          } else {
            V a = loadu<T, W>(at(q)), b = loadu<T, W>(at(q + m));
            keep(a);
            keep(b);
            return times_factor<T, W>(a, b, fold + 2 * q);
          }
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          T* const row = rows + 2 * W * (static_cast<size_t>(k) * length);
          if (k == 0) return store_row<T, W>(row, re, im);
          const Pair<V> v = times_factor<T, W>(re, im, tw + 2 * (k - 1));
          store_row<T, W>(row, v.re, v.im);
        });
  }
}

template <class T, int W>
FLIPSHIFT_INLINE Pair<Vec<T, W>> load_scaled(const T* row, int k, const T* tw) {
  Vec<T, W> re = load<T, W>(row), im = load<T, W>(row + W);
  keep(re);
  keep(im);
  if (k == 0) return {re, im};
  return times_factor<T, W>(re, im, tw + 2 * (k - 1));
}

template <class T, int W, int R, bool is_complex>
void last(const T* rows, size_t m, const T* tw, const T* fold, size_t count, T* y, ptrdiff_t stride,
          T scale) {
  using V = Vec<T, W>;
  const V factor = broadcast<T, W>(scale);
  const size_t length = m / R;
  for (size_t j = 0; j < length; ++j, rows += 2 * W, tw += 2 * (R - 1)) {
    butterfly<T, V, R>(
        [&](int k) __attribute__((always_inline)) {
          return load_scaled<T, W>(rows + 2 * W * (static_cast<size_t>(k) * length), k, tw);
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          const size_t q = j + static_cast<size_t>(k) * length;
          if constexpr (is_complex) {
            if (q < count)
              store_interleaved<T, W>(y + 2 * static_cast<ptrdiff_t>(q) * stride, re * factor,
                                      -(im * factor));
          } else {
            const Pair<V> v = times_factor<T, W>(re * factor, im * factor, fold + 2 * q);
            if (q < count) storeu<T, W>(y + static_cast<ptrdiff_t>(q) * stride, v.re);
            if (q + m < count) storeu<T, W>(y + static_cast<ptrdiff_t>(q + m) * stride, -v.im);
          }
        });
  }
}

template <class T, int W, int R>
void back(T* rows, size_t blocks, size_t m, const T* tw) {
  using V = Vec<T, W>;
  for (size_t b = 0; b < blocks; ++b, rows += 2 * W * R * m) {
    const T* w = tw;
    T* base = rows;
    for (size_t j = 0; j < m; ++j, base += 2 * W, w += 2 * (R - 1)) {
      butterfly<T, V, R>(
          [&](int k) __attribute__((always_inline)) {
            return load_scaled<T, W>(base + 2 * W * (static_cast<size_t>(k) * m), k, w);
          },
          [&](int k, V re, V im) __attribute__((always_inline)) {
            store_row<T, W>(base + 2 * W * (static_cast<size_t>(k) * m), re, im);
          });
    }
  }
}

template <class T, int W, int R>
void product(T* rows, const T* h, size_t n) {
  using V = Vec<T, W>;
  for (size_t j = 0; j < n; j += R, rows += 2 * W * R, h += 2 * W * R) {
    Pair<V> v[R];
    butterfly<T, V, R>(
        [&](int k) __attribute__((always_inline)) {
          Pair<V> a = {load<T, W>(rows + 2 * W * k), load<T, W>(rows + 2 * W * k + W)};
          keep(a.re);
          keep(a.im);
          return a;
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          V c = load<T, W>(h + 2 * W * k), s = load<T, W>(h + 2 * W * k + W);
          keep(c);
          keep(s);
          v[k] = {re * c - im * s, -(re * s) - im * c};
        });
    butterfly<T, V, R>([&](int k) __attribute__((always_inline)) { return v[k]; },
                       [&](int k, V re, V im) __attribute__((always_inline)) {
                         store_row<T, W>(rows + 2 * W * k, re, im);
                       });
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
void turn(const T* rows, size_t m, const std::uint32_t* to, T* out, size_t slot) {
  using V = Vec<T, W>;
  for (; m >= W; m -= W, rows += 2 * W * W, out += 2 * W * slot) {
    for (int part = 0; part < 2 * W; part += W)
      transposed<T, W>(
          [&](auto i)
              __attribute__((always_inline)) { return load<T, W>(rows + 2 * W * i + part); },
          [&](auto i, V v) __attribute__((always_inline)) {
            store<T, W>(out + size_t{2} * W * to[i] + part, v);
          });
  }
  if (m == 0) return;
  for (int part = 0; part < 2 * W; part += W)
    transposed<T, W>(
        [&](auto i) __attribute__((always_inline)) {
          return static_cast<size_t>(i) < m ? load<T, W>(rows + 2 * W * i + part) : V{};
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

template <class T, int W, int R>
void fill_radix(Convolve2dFftTable<T>& t) {
  t.first_real[R] = first<T, W, R, false>;
  t.first_complex[R] = first<T, W, R, true>;
  t.last_real[R] = last<T, W, R, false>;
  t.last_complex[R] = last<T, W, R, true>;
  t.back[R] = back<T, W, R>;
  t.product[R] = product<T, W, R>;
}

template <class T>
void fill_table(Convolve2dFftTable<T>& t) {
  constexpr int W = max_width<T>;
  t.width = W;
  fill_radix<T, W, 2>(t);
  fill_radix<T, W, 3>(t);
  fill_radix<T, W, 4>(t);
  fill_radix<T, W, 5>(t);
  fill_radix<T, W, 7>(t);
  fill_radix<T, W, 8>(t);
  fill_radix<T, W, 16>(t);
  t.turn = turn<T, W>;
  t.turn_back = turn_back<T, W>;
  t.finite = finite<T, W>;
}

}  // namespace

void fill(Convolve2dFftTable<float>& t) { fill_table(t); }
void fill(Convolve2dFftTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
