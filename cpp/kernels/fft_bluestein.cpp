// What each function does is said in kernels/fft_bluestein.hpp.
#include "kernels/fft_bluestein.hpp"

#include "kernels/fft_composite.hpp"
#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Numbers at x[k] .. x[k + W - 1] times t.
template <class T, int W>
FLIPSHIFT_INLINE void product(const Complex<T, W>& t, const T* x, T* out, T in_im, T re, T im) {
  const Complex<T, W> a = load_split<T, W>(x);
  const Vec<T, W> ai = a.im * broadcast<T, W>(in_im);
  store_interleaved<T, W>(out, (a.re * t.re - ai * t.im) * broadcast<T, W>(re),
                          (a.re * t.im + ai * t.re) * broadcast<T, W>(im));
}

template <class T>
void mirrored(const T* t, const T* x, T* out, std::size_t n, std::size_t begin, std::size_t end,
              T in_im, T sign, T out_im) {
  constexpr int W = max_width<T>;
  const T im = sign * out_im;
  if (begin == 0) {
    product<T, 1>({t[0], t[1]}, x, out, in_im, T(1), out_im);
    if (n % 2 == 0) product<T, 1>({t[n], t[n + 1]}, x + n, out + n, in_im, T(1), out_im);
  }
  // W numbers and their mates.
  std::size_t k = 1 + begin;
  for (; k + W <= end + 1; k += W) {
    const Complex<T, W> z = load_split<T, W>(t + 2 * k);
    const std::size_t mate = n - k - W + 1;
    product<T, W>(z, x + 2 * k, out + 2 * k, in_im, T(1), out_im);
    product<T, W>(reverse<T, W>(z), x + 2 * mate, out + 2 * mate, in_im, sign, im);
  }
  for (; k <= end; ++k) {
    const Complex<T, 1> z = {t[2 * k], t[2 * k + 1]};
    product<T, 1>(z, x + 2 * k, out + 2 * k, in_im, T(1), out_im);
    product<T, 1>(z, x + 2 * (n - k), out + 2 * (n - k), in_im, sign, im);
  }
}

template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> complex_times(const Complex<T, W>& a, const Complex<T, W>& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> complex_scalar(T re, T im) {
  return {broadcast<T, W>(re), broadcast<T, W>(im)};
}

// Calls row(r, j, chirp, count) for rows of the numbers j ... of first + step r < end, which are
// `count`, a constant W but for those that have fewer, and returns how many rows they are.
template <class T, int W, class Row>
FLIPSHIFT_INLINE std::size_t each_row(const T* t, std::size_t n, std::size_t end, T sign,
                                      std::size_t first, std::size_t step, Row&& row) {
  using Whole = std::integral_constant<std::size_t, W>;
  const std::size_t half = n / 2, up = half + 1 < end ? half + 1 : end;
  std::size_t r = 0, j = first;
  const auto part = [&] {
    alignas(64) T line[2 * W] = {};
    std::size_t i = 0;
    for (; i < W && j + i < end; ++i) {
      const bool mate = j + i > half;
      const T* const z = t + 2 * (mate ? n - j - i : j + i);
      line[2 * i] = mate ? sign * z[0] : z[0];
      line[2 * i + 1] = mate ? sign * z[1] : z[1];
    }
    row(r, j, load_split<T, W>(line), i);
  };
  for (; j + W <= up; ++r, j += step) row(r, j, load_split<T, W>(t + 2 * j), Whole{});
  for (; j < up; ++r, j += step) part();
  const Vec<T, W> signs = broadcast<T, W>(sign);
  for (; j + W <= end; ++r, j += step) {
    const Complex<T, W> z = reverse<T, W>(load_split<T, W>(t + 2 * (n - j - W + 1)));
    row(r, j, Complex<T, W>{z.re * signs, z.im * signs}, Whole{});
  }
  for (; j < end; ++r, j += step) part();
  return r;
}

// Where a row of `count` numbers, each of `parts` elements, may be read and written as if there
// were W of them.
template <class T, int W, int parts, class Count>
struct Place {
  static constexpr bool whole = !std::is_same_v<Count, std::size_t>;
  alignas(64) T line[whole ? 1 : parts * W];

  FLIPSHIFT_INLINE const T* from(const T* p, Count count) {
    if constexpr (whole) return p;
    for (std::size_t i = 0; i < parts * W; ++i) line[i] = i < parts * count ? p[i] : T(0);
    return line;
  }
  FLIPSHIFT_INLINE T* to(T* p) { return whole ? p : line; }
  FLIPSHIFT_INLINE void done(T* p, Count count) {
    if constexpr (!whole)
      for (std::size_t i = 0; i < parts * count; ++i) p[i] = line[i];
  }
};

enum Numbers { complex_numbers, real_numbers, folded, rotated };

// Numbers i .. i + W - 1 of x in Makhoul's order (FftDctTable::fold).
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> load_folded(const T* x, std::size_t n, std::size_t i, std::size_t count,
                                       T odd_sign) {
  if (count == W && 2 * (i + W) <= n) return load_split<T, W>(x + 2 * i).re;
  if (count == W && 2 * i > n)
    return reverse<T, W>(load_split<T, W>(x + 2 * (n - i - W) + 1)).re * broadcast<T, W>(odd_sign);
  alignas(64) T line[W] = {};
  for (std::size_t l = 0; l < count; ++l) {
    const std::size_t k = i + l;
    line[l] = 2 * k < n ? x[2 * k] : odd_sign * x[2 * (n - k) - 1];
  }
  return load_adjacent<T, W>(line);
}

// The conjugates of numbers k .. k + W - 1 of what FftDctTable::unrotate makes of x, but for number
// 0; of an odd sequence, x is the other way round.
template <class T, int W>
FLIPSHIFT_INLINE Complex<T, W> load_rotated(const T* x, std::size_t n, std::size_t k,
                                            std::size_t count, const T* tw, bool odd) {
  const T* const up = odd ? x - 1 : x;
  const T* const down = odd ? x + n - 1 : x + n;
  const T* const sines = tw + n / 2 + 1;
  Vec<T, W> p, q, c, s;
  if (count == W && k > 0) {
    const Vec<T, W> v = load_adjacent<T, W>(down - k - (W - 1));
    p = load_adjacent<T, W>(up + k);
    q = reverse<T, W>(Complex<T, W>{v, v}).re;
    c = load_adjacent<T, W>(tw + k);
    s = load_adjacent<T, W>(sines + k);
  } else {
    alignas(64) T line[4][W] = {};
    for (std::size_t l = k == 0; l < count; ++l) {
      line[0][l] = up[k + l];
      line[1][l] = *(down - k - l);
      line[2][l] = tw[k + l];
      line[3][l] = sines[k + l];
    }
    p = load_adjacent<T, W>(line[0]);
    q = load_adjacent<T, W>(line[1]);
    c = load_adjacent<T, W>(line[2]);
    s = load_adjacent<T, W>(line[3]);
  }
  const Vec<T, W> low = odd ? q : p, high = odd ? p : q;
  return {low * c - high * s, low * s + high * c};
}

template <class T, bool turned, Numbers kind, bool add>
FLIPSHIFT_INLINE void enter_rows(const T* x, std::ptrdiff_t shift, std::size_t end, const T* chirp,
                                 std::size_t n, T sign, T in_im, const T* tw, std::size_t first,
                                 std::size_t step, std::size_t count, std::ptrdiff_t x_step,
                                 const T* turn, const T* more, T* rows) {
  constexpr int W = max_width<T>;
  constexpr std::ptrdiff_t parts = kind == complex_numbers ? 2 : 1;
  const Vec<T, W> im = broadcast<T, W>(in_im);
  const T c = more[0], s = more[1];
  const std::ptrdiff_t x_first = static_cast<std::ptrdiff_t>(first) + shift;
  std::size_t r = each_row<T, W>(
      chirp, n, end, sign, first, step,
      [&](std::size_t i, std::size_t, const Complex<T, W>& z, auto numbers)
          __attribute__((always_inline)) {
            const std::ptrdiff_t number = x_first + static_cast<std::ptrdiff_t>(i) * x_step;
            const auto k = static_cast<std::size_t>(number);
            [[maybe_unused]] Place<T, W, parts, decltype(numbers)> place;
            Complex<T, W> a;
            if constexpr (kind == folded) {
              const Vec<T, W> v = load_folded<T, W>(x, n, k, numbers, in_im);
              a = {v * z.re, v * z.im};
            } else if constexpr (kind == rotated) {
              a = complex_times<T, W>(load_rotated<T, W>(x, n, k, numbers, tw, in_im < 0), z);
            } else if constexpr (kind == real_numbers) {
              const Vec<T, W> v = load_adjacent<T, W>(place.from(x + number, numbers));
              a = {v * z.re, v * z.im};
            } else {
              a = load_split<T, W>(place.from(x + 2 * number, numbers));
              a.im *= im;
              a = complex_times<T, W>(a, z);
            }
            if constexpr (turned) {
              const T u = turn[2 * i], v = turn[2 * i + 1];
              a = complex_times<T, W>(a, complex_scalar<T, W>(u * c - v * s, u * s + v * c));
            }
            T* const row = rows + 2 * W * i;
            if constexpr (add) {
              const Complex<T, W> b = load_row<T, W>(row);
              a = {a.re + b.re, a.im + b.im};
            }
            store_row<T, W>(row, a.re, a.im);
          });
  if constexpr (!add)
    for (; r < count; ++r) store_row<T, W>(rows + 2 * W * r, Vec<T, W>{}, Vec<T, W>{});
}

template <class T, Numbers kind>
void enter(const T* x, std::ptrdiff_t shift, std::size_t end, const T* chirp, std::size_t n, T sign,
           T in_im, const T* tw, std::size_t first, std::size_t step, std::size_t count,
           std::ptrdiff_t x_step, const T* turn, const T* more, bool add, T* rows) {
  const auto with = [&](auto turned, auto adding) __attribute__((always_inline)) {
    enter_rows<T, turned(), kind, adding()>(x, shift, end, chirp, n, sign, in_im, tw, first, step,
                                            count, x_step, turn, more, rows);
  };
  constexpr std::bool_constant<true> yes;
  constexpr std::bool_constant<false> no;
  if (add) return turn ? with(yes, yes) : with(no, yes);
  turn ? with(yes, no) : with(no, no);
}

// What FftDctTable::rotate makes of the frequencies k .. k + W - 1, to y or added.
template <class T, int W, bool add>
FLIPSHIFT_INLINE void store_rotated(const Complex<T, W>& v, std::size_t k, std::size_t count,
                                    std::size_t n, const T* tw, bool odd, T* y) {
  T* const up = odd ? y - 1 : y;
  T* const down = odd ? y + n - 1 : y + n;
  const T* const sines = tw + n / 2 + 1;
  const bool whole = count == W && k > 0;
  alignas(64) T line[4][W] = {};
  if (!whole) {
    for (std::size_t l = 0; l < count; ++l) {
      line[0][l] = tw[k + l];
      line[1][l] = sines[k + l];
    }
  }
  const Vec<T, W> c = load_adjacent<T, W>(whole ? tw + k : line[0]),
                  s = load_adjacent<T, W>(whole ? sines + k : line[1]);
  const Vec<T, W> low = v.re * c - v.im * s, high = -(v.re * s + v.im * c);
  Vec<T, W> p = odd ? high : low, q = odd ? low : high;
  if (whole) {
    T* const from = down - k - (W - 1);
    q = reverse<T, W>(Complex<T, W>{q, q}).re;
    if constexpr (add) {
      p += load_adjacent<T, W>(up + k);
      q += load_adjacent<T, W>(from);
    }
    store_adjacent<T, W>(up + k, p);
    return store_adjacent<T, W>(from, q);
  }
  store_adjacent<T, W>(line[2], p);
  store_adjacent<T, W>(line[3], q);
  for (std::size_t l = 0; l < count; ++l) {
    if (k + l == 0) {
      T& first = y[odd ? n - 1 : 0];
      first = line[odd ? 3 : 2][0] + (add ? first : T(0));
      continue;
    }
    T &a = up[k + l], &b = *(down - k - l);
    a = line[2][l] + (add ? a : T(0));
    b = line[3][l] + (add ? b : T(0));
  }
}

template <class T, bool turned, Numbers kind>
FLIPSHIFT_INLINE void leave_rows(const T* rows, const std::uint32_t* order, const T* chirp,
                                 std::size_t n, T sign, std::size_t first, std::size_t step,
                                 const T* turn, const T* more, T re_scale, T im_scale, const T* tw,
                                 T* y, std::ptrdiff_t shift, std::size_t end) {
  constexpr int W = max_width<T>;
  constexpr std::ptrdiff_t parts = kind == complex_numbers ? 2 : 1;
  const T c = more[0], s = more[1];
  const Vec<T, W> rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  each_row<T, W>(chirp, n, end, sign, first, step,
                 [&](std::size_t i, std::size_t j, const Complex<T, W>& z,
                     auto numbers) __attribute__((always_inline)) {
                   const std::ptrdiff_t number = static_cast<std::ptrdiff_t>(j) + shift;
                   Complex<T, W> a = load_row<T, W>(rows + std::size_t{2 * W} * order[i]);
                   if constexpr (turned) {
                     const T u = turn[2 * i], v = turn[2 * i + 1];
                     a = complex_times<T, W>(a, complex_scalar<T, W>(u * c - v * s, u * s + v * c));
                   }
                   // The conjugate of a times z.
                   Vec<T, W> re = (a.re * z.re + a.im * z.im) * rs;
                   [[maybe_unused]] Vec<T, W> im = (a.re * z.im - a.im * z.re) * is;
                   if constexpr (kind == rotated) {
                     const bool odd = im_scale < 0;
                     if (odd) im = -im;
                     return store_rotated<T, W, turned>({re, im}, static_cast<std::size_t>(number),
                                                        numbers, n, tw, odd, y);
                   } else {
                     Place<T, W, parts, decltype(numbers)> place;
                     T* const at = y + parts * number;
                     if constexpr (turned) {
                       const T* const before = place.from(at, numbers);
                       if constexpr (kind == real_numbers) {
                         re += load_adjacent<T, W>(before);
                       } else {
                         const Complex<T, W> b = load_split<T, W>(before);
                         re += b.re;
                         im += b.im;
                       }
                     }
                     if constexpr (kind == real_numbers) {
                       store_adjacent<T, W>(place.to(at), re);
                     } else {
                       store_interleaved<T, W>(place.to(at), re, im);
                     }
                     place.done(at, numbers);
                   }
                 });
}

template <class T, Numbers kind>
void leave(const T* rows, const std::uint32_t* order, const T* chirp, std::size_t n, T sign,
           std::size_t first, std::size_t step, const T* turn, const T* more, T re_scale,
           T im_scale, const T* tw, T* y, std::ptrdiff_t shift, std::size_t end) {
  turn ? leave_rows<T, true, kind>(rows, order, chirp, n, sign, first, step, turn, more, re_scale,
                                   im_scale, tw, y, shift, end)
       : leave_rows<T, false, kind>(rows, order, chirp, n, sign, first, step, turn, more, re_scale,
                                    im_scale, tw, y, shift, end);
}

template <class T>
void multiply(const T* rows, const std::uint32_t* order, std::size_t count, const T* spectrum,
              std::size_t given, std::size_t mirror, std::size_t first, std::size_t step, T* out) {
  constexpr int W = max_width<T>;
  std::size_t k = first;
  for (std::size_t r = 0; r < count; ++r, k += step, out += 2 * W) {
    const Complex<T, W> a = load_row<T, W>(rows + std::size_t{2 * W} * order[r]);
    const Complex<T, W> b =
        k < given ? load_split<T, W>(spectrum + 2 * k)
                  : reverse<T, W>(load_split<T, W>(spectrum + 2 * (mirror - k - W + 1)));
    const Complex<T, W> c = complex_times<T, W>(a, b);
    store_row<T, W>(out, c.re, -c.im);
  }
}

template <class T, int d>
void first(const T* in, std::size_t step, std::size_t r, const T* chirp, std::size_t m, const T* tw,
           T* rows) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  for (std::size_t j = 0; j < m; ++j, tw += 2 * (d - 1)) {
    any_butterfly<T, V, d>(
        [&](int k) __attribute__((always_inline)) {
          const std::size_t at = j + m * static_cast<std::size_t>(k);
          if (at >= r) return Pair<V>{V{}, V{}};
          const Complex<T, W> a =
              complex_times<T, W>(load_row<T, W>(in + 2 * W * step * at),
                                  complex_scalar<T, W>(chirp[2 * at], chirp[2 * at + 1]));
          return Pair<V>{a.re, a.im};
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          Complex<T, W> a{re, im};
          if (k > 0)
            a = complex_times<T, W>(a, complex_scalar<T, W>(tw[2 * (k - 1)], tw[2 * (k - 1) + 1]));
          store_row<T, W>(rows + 2 * W * (j + m * static_cast<std::size_t>(k)), a.re, a.im);
        });
  }
}

template <class T>
void multiply_rows(const T* rows, const std::uint32_t* order, const T* factors, std::size_t count,
                   T* out) {
  constexpr int W = max_width<T>;
  for (std::size_t k = 0; k < count; ++k, factors += 2, out += 2 * W) {
    const Complex<T, W> a =
        complex_times<T, W>(load_row<T, W>(rows + std::size_t{2 * W} * order[k]),
                            complex_scalar<T, W>(factors[0], factors[1]));
    store_row<T, W>(out, a.re, -a.im);
  }
}

template <class T, int d>
void last(const T* rows, const std::uint32_t* order, std::size_t m, const T* tw, const T* chirp,
          std::size_t r, T* out, std::size_t step) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  for (std::size_t j = 0; j < m; ++j, tw += 2 * (d - 1)) {
    const T* const from = rows + std::size_t{2 * W} * order[j];
    any_butterfly<T, V, d>(
        [&](int k) __attribute__((always_inline)) {
          Complex<T, W> a = load_row<T, W>(from + 2 * W * m * static_cast<std::size_t>(k));
          if (k > 0)
            a = complex_times<T, W>(a, complex_scalar<T, W>(tw[2 * (k - 1)], tw[2 * (k - 1) + 1]));
          return Pair<V>{a.re, a.im};
        },
        [&](int k, V re, V im) __attribute__((always_inline)) {
          const std::size_t at = j + m * static_cast<std::size_t>(k);
          if (at >= r) return;
          const Complex<T, W> a = complex_times<T, W>(
              Complex<T, W>{re, im}, complex_scalar<T, W>(chirp[2 * at], chirp[2 * at + 1]));
          store_row<T, W>(out + 2 * W * step * at, a.re, -a.im);
        });
  }
}

template <class T, int... d>
void fill_radices(FftBluesteinTable<T>& t) {
  ((t.first[d] = first<T, d>, t.last[d] = last<T, d>), ...);
}

template <class T>
void fill_table(FftBluesteinTable<T>& t) {
  t.mirrored = mirrored<T>;
  t.enter[0] = enter<T, complex_numbers>;
  t.enter[1] = enter<T, real_numbers>;
  t.enter[2] = enter<T, folded>;
  t.enter[3] = enter<T, rotated>;
  t.leave[0] = leave<T, complex_numbers>;
  t.leave[1] = leave<T, real_numbers>;
  t.leave[2] = leave<T, rotated>;
  t.multiply = multiply<T>;
  t.multiply_rows = multiply_rows<T>;
  fill_radices<T, 4, 5, 6, 8, 9, 10, 12, 16>(t);
}

}  // namespace

void fill(FftBluesteinTable<float>& t) { fill_table(t); }
void fill(FftBluesteinTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
