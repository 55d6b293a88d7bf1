// What each function does is said in kernels/fft_bluestein_numbers.hpp.
#include "kernels/fft_bluestein_numbers.hpp"

#include "kernels/fft_untangle.hpp"
#include "kernels/natural_order.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Rows by whole(j, row), which may decline with false, or number by number by one(j, at); `parts`
// elements each.
template <class T, std::size_t parts, class Whole, class One>
FLIPSHIFT_INLINE void each_row(std::size_t begin, std::size_t step, std::size_t end, T* rows,
                               Whole&& whole, One&& one) {
  constexpr std::size_t W = max_width<T>;
  for (std::size_t j = begin; j < end; j += step, rows += parts * W) {
    if (j + W <= end && whole(j, rows)) continue;
    for (std::size_t i = j; i < j + W && i < end; ++i) one(i, rows + parts * (i - j));
  }
}

template <class T, bool sine>
void one(const T* x, std::size_t m, const T*, T first, std::size_t begin, std::size_t step,
         std::size_t end, T* rows) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  const T sum = sine ? T(0) : (x[0] + x[m]) * first;
  const T difference = sine ? T(0) : (x[0] - x[m]) * first;
  if constexpr (sine) --x;
  V alternating;
  for (int i = 0; i < W; ++i) alternating[i] = i % 2 ? T(-1) : T(1);
  each_row<T, 2>(
      begin, step, end, rows,
      [&](std::size_t j, T* z) __attribute__((always_inline)) {
        if (j == 0) return false;
        const V a = loadu<T, W>(x + j), b = load_down<T, W>(x + m - j);
        const V sign = j % 2 ? -alternating : alternating;
        zip<T, W>(z, sine ? a - b : a + b, (sine ? a + b : a - b) * sign);
        return true;
      },
      [&](std::size_t j, T* z) {
        const T a = j ? x[j] : T(0), b = j ? x[m - j] : T(0), im = sine ? a + b : a - b;
        z[0] = j == 0 ? sum : sine ? a - b : a + b;
        z[1] = j == 0 ? difference : j % 2 ? -im : im;
      });
}

template <class T, bool sine>
void two(const T* x, std::size_t n, const T*, T, std::size_t begin, std::size_t step,
         std::size_t end, T* rows) {
  constexpr int W = max_width<T>;
  const T odd = sine ? T(-1) : T(1);
  const auto folded = [&](std::size_t i) {
    return 2 * i < n ? x[2 * i] : odd * x[2 * (n - i) - 1];
  };
  each_row<T, 2>(
      begin, step, end, rows,
      [&](std::size_t j, T* z) __attribute__((always_inline)) {
        if (4 * (j + W) <= n) {
          storeu<T, W>(z, unzip<T, W>(x + 4 * j).re);
          storeu<T, W>(z + W, unzip<T, W>(x + 4 * j + 2 * W).re);
        } else if (4 * j >= n) {
          const T* const from = x + 2 * (n - 2 * j) - 2;
          storeu<T, W>(z, unzip_down<T, W>(from).im * broadcast<T, W>(odd));
          storeu<T, W>(z + W, unzip_down<T, W>(from - 2 * W).im * broadcast<T, W>(odd));
        } else {
          return false;
        }
        return true;
      },
      [&](std::size_t j, T* z) {
        z[0] = folded(2 * j);
        z[1] = folded(2 * j + 1);
      });
}

// Numbers k > 0 of h: those up to h / 2, and the others as their mates h - k. at(w, k, mates) makes
// w of them, number k and those after it or number h - k and those before it; `zero` makes number
// 0.
template <class T, class At, class Zero>
FLIPSHIFT_INLINE void with_mates(std::size_t h, std::size_t begin, std::size_t step,
                                 std::size_t end, T* rows, const At& at, const Zero& zero) {
  constexpr int W = max_width<T>;
  using Wide = std::integral_constant<int, W>;
  using One = std::integral_constant<int, 1>;
  each_row<T, 2>(
      begin, step, end, rows,
      [&](std::size_t k, T* z) __attribute__((always_inline)) {
        if (k > 0 && k + W <= h / 2 + 1) {
          const Complex<T, W> a = at(Wide{}, k, false);
          zip<T, W>(z, a.re, a.im);
        } else if (k > h / 2) {
          const Complex<T, W> a = at(Wide{}, h - k - W + 1, true);
          zip_down<T, W>(z + 2 * (W - 1), a.re, a.im);
        } else {
          return false;
        }
        return true;
      },
      [&](std::size_t k, T* z) {
        if (k == 0) return zero(z);
        const bool mates = k > h / 2;
        const Complex<T, 1> a = at(One{}, mates ? h - k : k, mates);
        z[0] = a.re;
        z[1] = a.im;
      });
}

// Number k, k + 1, ... or k, k - 1, ... of n, which are read from the end for sine.
template <class T, int W, bool sine>
FLIPSHIFT_INLINE Vec<T, W> up(const T* x, std::size_t n, std::size_t k) {
  return sine ? load_down<T, W>(x + (n - 1 - k)) : loadu<T, W>(x + k);
}
template <class T, int W, bool sine>
FLIPSHIFT_INLINE Vec<T, W> down(const T* x, std::size_t n, std::size_t k) {
  return sine ? loadu<T, W>(x + (n - 1 - k)) : load_down<T, W>(x + k);
}

// Of numbers k, k + 1, ... <= h / 2, or of h - k, h - k - 1, ... if `mates`.
template <class T, int W, bool sine>
FLIPSHIFT_INLINE Complex<T, W> three_at(const T* x, std::size_t n, const T* tw, std::size_t k,
                                        bool mates) {
  using V = Vec<T, W>;
  const std::size_t h = n / 2, count = h / 2 + 1;
  const V tr = loadu<T, W>(tw + k), ti = loadu<T, W>(tw + count + k);
  const V ur = loadu<T, W>(tw + 2 * count + k), ui = loadu<T, W>(tw + 3 * count + k);
  const V a = up<T, W, sine>(x, n, k), b = down<T, W, sine>(x, n, n - k);
  const V c = down<T, W, sine>(x, n, h - k), d = up<T, W, sine>(x, n, h + k);
  const V g = broadcast<T, W>(T(0.70710678118654752440)), qr = (c + d) * g, qi = (d - c) * g;
  const V sr = a + qr, si = b - qi, dr = a - qr, di = b + qi;
  const V pr = sr * tr - si * ti, pi = sr * ti + si * tr;
  const V er = dr * ur - di * ui, ei = dr * ui + di * ur;
  return mates ? Complex<T, W>{pr - er, pi - ei} : Complex<T, W>{pr + er, -(pi + ei)};
}

template <class T, bool sine>
void three(const T* x, std::size_t n, const T* tw, T first, std::size_t begin, std::size_t step,
           std::size_t end, T* rows) {
  const std::size_t h = n / 2;
  with_mates<T>(
      h, begin, step, end, rows,
      [&](auto w, std::size_t k, bool mates)
          __attribute__((always_inline)) { return three_at<T, w, sine>(x, n, tw, k, mates); },
      [&](T* z) {
        const T low = x[sine ? n - 1 : 0] * first;
        const T middle = x[sine ? n - 1 - h : h] * T(1.4142135623730950488);
        z[0] = low + middle;
        z[1] = low - middle;
      });
}

template <class T, int W, bool sine>
FLIPSHIFT_INLINE void four_at(const T* x, std::size_t h, const T* tw, std::size_t j, T* z) {
  const Vec<T, W> a = unzip<T, W>(x + 2 * j).re;
  const Vec<T, W> b = backwards<T, W>(unzip<T, W>(x + 2 * (h - j - W)).im);
  const Vec<T, W> re = sine ? b : a, im = sine ? a : b;
  const Vec<T, W> c = loadu<T, W>(tw + j), s = loadu<T, W>(tw + h + j);
  zip<T, W>(z, re * c - im * s, re * s + im * c);
}

template <class T, bool sine>
void four(const T* x, std::size_t n, const T* tw, T, std::size_t begin, std::size_t step,
          std::size_t end, T* rows) {
  each_row<T, 2>(
      begin, step, end, rows,
      [&](std::size_t j, T* z) __attribute__((always_inline)) {
        four_at<T, max_width<T>, sine>(x, n / 2, tw, j, z);
        return true;
      },
      [&](std::size_t j, T* z) { four_at<T, 1, sine>(x, n / 2, tw, j, z); });
}

// Even lanes of a, odd ones of b, or the other way round.
template <class T, int W, int odd>
struct MixMap {
  static constexpr int of(int i) { return i % 2 == odd ? i : W + i; }
};
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> mix(Vec<T, W> a, Vec<T, W> b, bool swapped) {
  return swapped ? shuffle<T, W, MixMap<T, W, 1>>(a, b) : shuffle<T, W, MixMap<T, W, 0>>(a, b);
}

// In order of what v is made of (kernels/fft_dct.cpp), t from one end, h = n / 2:
//   v[t] = s(t) x[h+t] for even t, s(t) x[h-t] for odd t,
//   v[n-1-t] = -s(t) x[h-1-t] for odd t, -s(t) x[h+1+t] for even t,
// s(2i) = (-1)^i and s(2i+1) = (-1)^(h+i) in the first and each other's in the second.
template <class T, bool sine>
void odd_four(const T* x, std::size_t n, const T*, T, std::size_t begin, std::size_t step,
              std::size_t end, T* rows) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  const std::size_t h = n / 2;
  const auto sign = [&](std::size_t t, bool behind) {
    const bool alternates = (t % 2 == 1) != behind;
    return ((t / 2 + (alternates ? h : 0)) % 2 == 1) != behind ? T(-1) : T(1);
  };
  V low[4], high[4];  // signs of lanes by the first number of a row modulo 4
  for (std::size_t c = 0; c < 4; ++c) {
    for (std::size_t i = 0; i < W; ++i) {
      low[c][i] = sign(c + i, false);
      high[c][i] = sign(n - 1 + 4 * W - c - i, true);
    }
  }
  each_row<T, 1>(
      begin, step, end, rows,
      [&](std::size_t j, T* v) __attribute__((always_inline)) {
        if (j + W <= h + 1) {
          const V a = up<T, W, sine>(x, n, h + j), b = down<T, W, sine>(x, n, h - j);
          storeu<T, W>(v, mix<T, W>(a, b, j % 2 == 1) * low[j % 4]);
        } else if (j > h) {
          // t = n - 1 - j falls: x[h+1+t] goes down from number n + h - j, the other one up.
          const std::size_t t = n - 1 - j;
          const V a = down<T, W, sine>(x, n, h + 1 + t), b = up<T, W, sine>(x, n, h - 1 - t);
          storeu<T, W>(v, mix<T, W>(a, b, t % 2 == 1) * high[j % 4]);
        } else {
          return false;
        }
        return true;
      },
      [&](std::size_t j, T* v) {
        const bool behind = j > h;
        const std::size_t t = behind ? n - 1 - j : j;
        const std::size_t k = (t % 2 == 1 ? h - t : h + t) + (behind ? (t % 2 == 1 ? -1 : 1) : 0);
        *v = x[sine ? n - 1 - k : k] * sign(t, behind);
      });
}

template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> tangled(const T* x, std::size_t h, const T* tw, std::size_t k,
                                       T conj, bool mates) {
  using V = Vec<T, W>;
  const Complex<T, W> a = unzip<T, W>(x + 2 * k), b = unzip_down<T, W>(x + 2 * (h - k));
  const Complex<T, W> v = unzip<T, W>(tw + 2 * k);
  const Ends<V> y = ends<V>(a.re, a.im, b.re, b.im, v.re, v.im * broadcast<T, W>(-conj),
                            broadcast<T, W>(T(2)), broadcast<T, W>(2 * conj));
  return mates ? Complex<T, W>{y.high_re, y.high_im} : Complex<T, W>{y.low_re, y.low_im};
}

template <class T>
void tangle(const T* x, std::size_t n, const T* tw, T conj, std::size_t begin, std::size_t step,
            std::size_t end, T* rows) {
  const std::size_t h = n / 2;
  with_mates<T>(
      h, begin, step, end, rows,
      [&](auto w, std::size_t k, bool mates)
          __attribute__((always_inline)) { return tangled<T, w>(x, h, tw, k, conj, mates); },
      [&](T* z) {
        z[0] = x[0] + x[2 * h];
        z[1] = x[0] - x[2 * h];
      });
}

template <class T>
void fill_table(FftBluesteinNumbersTable<T>& t) {
  t.one[0] = one<T, false>;
  t.one[1] = one<T, true>;
  t.two[0] = two<T, false>;
  t.two[1] = two<T, true>;
  t.three[0] = three<T, false>;
  t.three[1] = three<T, true>;
  t.four[0] = four<T, false>;
  t.four[1] = four<T, true>;
  t.odd_four[0] = odd_four<T, false>;
  t.odd_four[1] = odd_four<T, true>;
  t.tangle = tangle<T>;
}

}  // namespace

void fill(FftBluesteinNumbersTable<float>& t) { fill_table(t); }
void fill(FftBluesteinNumbersTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
