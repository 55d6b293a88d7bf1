// What each function does is said in kernels/fft_dct_lanes.hpp.
#include "kernels/fft_dct_lanes.hpp"

#include "kernels/natural_order.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Numbers that follow each other, or every other one.
template <class T, int W, int Step>
FLIPSHIFT_INLINE Vec<T, W> load_step(const T* x) {
  return Step == 1 ? loadu<T, W>(x) : load_every_other<T, W>(x);
}

template <class T, int W, int Step>
void read_near(const T* x, std::ptrdiff_t stride, std::size_t n, const std::uint32_t* place,
               const T* sign, T* rows) {
  for (std::size_t j = 0; j < n; ++j, x += stride)
    store<T, W>(rows + std::size_t{W} * place[j],
                load_step<T, W, Step>(x) * broadcast<T, W>(sign[j]));
}

template <class T, int W>
void write_near(const T* rows, const std::uint32_t* place, const T* sign, T scale, std::size_t n,
                T* y, std::ptrdiff_t stride) {
  for (std::size_t k = 0; k < n; ++k, y += stride)
    storeu<T, W>(y,
                 load<T, W>(rows + std::size_t{W} * place[k]) * broadcast<T, W>(scale * sign[k]));
}

template <class T, int W, int Step>
FLIPSHIFT_INLINE void read_tile(const T* const* lines, std::size_t j, const std::uint32_t* place,
                                const T* sign, T* rows) {
  Vec<T, W> v[W];
  unroll<W>([&](auto i) __attribute__((always_inline)) {
    v[i] = load_step<T, W, Step>(lines[i] + Step * j);
    keep(v[i]);
  });
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
template <class T, int W, int Step>
void read_lines(const T* const* lines, std::size_t n, const std::uint32_t* place, const T* sign,
                T* rows) {
  constexpr std::size_t step = W;
  if (n < step) {
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < step; ++i)
        rows[step * place[j] + i] = lines[i][Step * j] * sign[j];
    return;
  }
  for (std::size_t j = 0; j + step <= n; j += step)
    read_tile<T, W, Step>(lines, j, place, sign, rows);
  if (n % step) read_tile<T, W, Step>(lines, n - step, place, sign, rows);
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
void combine(T* rows, std::size_t count, T a, T b) {
  const Vec<T, W> p = broadcast<T, W>(a), q = broadcast<T, W>(b);
  for (std::size_t k = 0; k < count; ++k, rows += 2 * W) {
    const Complex<T, W> z = load_row<T, W>(rows);
    store_row<T, W>(rows, z.re * p + z.im * q, z.re * p - z.im * q);
  }
}

// With S = Z[k] + conj Z[h-k] and D their difference, the untangled numbers at k and h - k times
// their roots are (P + Q) / 2 and the conjugate of exp(i pi / 4) (P - Q) / 2, P = S t, Q = D u.
template <class T, int W>
void leave_two(const T* rows, const std::uint32_t* order, std::size_t h, const T* roots, T* y,
               std::ptrdiff_t step, T scale, T first) {
  using V = Vec<T, W>;
  const auto at = [&](std::size_t k) { return y + step * static_cast<std::ptrdiff_t>(k); };
  const V f = broadcast<T, W>(scale), g = broadcast<T, W>(scale * T(0.70710678118654752440));
  const Complex<T, W> zero = load_row<T, W>(rows + std::size_t{2 * W} * order[0]);
  storeu<T, W>(at(0), (zero.re + zero.im) * broadcast<T, W>(2 * scale * first));
  storeu<T, W>(at(h), (zero.re - zero.im) * (g + g));
  for (std::size_t k = 1; 2 * k <= h; ++k) {
    const Complex<T, W> a = load_row<T, W>(rows + std::size_t{2 * W} * order[k]);
    const Complex<T, W> b = load_row<T, W>(rows + std::size_t{2 * W} * order[h - k]);
    const V tr = broadcast<T, W>(roots[4 * k]), ti = broadcast<T, W>(roots[4 * k + 1]);
    const V ur = broadcast<T, W>(roots[4 * k + 2]), ui = broadcast<T, W>(roots[4 * k + 3]);
    const V sr = a.re + b.re, si = a.im - b.im, dr = a.re - b.re, di = a.im + b.im;
    const V pr = sr * tr - si * ti, pi = sr * ti + si * tr;
    const V qr = dr * ur - di * ui, qi = dr * ui + di * ur;
    const V mr = pr - qr, mi = pi - qi;
    storeu<T, W>(at(k), (pr + qr) * f);
    storeu<T, W>(at(2 * h - k), (pi + qi) * -f);
    storeu<T, W>(at(h - k), (mr - mi) * g);
    storeu<T, W>(at(h + k), (mr + mi) * g);
  }
}

// The same backwards: S t and D u with S and D the sum and difference of what stands at k, and of
// the conjugate of what stands at h - k.
template <class T, int W>
void enter_three(const T* x, std::ptrdiff_t step, std::size_t h, const T* roots, T* rows, T first) {
  using V = Vec<T, W>;
  const auto at = [&](std::size_t k) {
    return loadu<T, W>(x + step * static_cast<std::ptrdiff_t>(k));
  };
  const V g = broadcast<T, W>(T(0.70710678118654752440));
  const V low = at(0) * broadcast<T, W>(first), middle = at(h) * (g + g);
  store_row<T, W>(rows, low + middle, middle - low);
  for (std::size_t k = 1; 2 * k <= h; ++k) {
    const V tr = broadcast<T, W>(roots[4 * k]), ti = broadcast<T, W>(roots[4 * k + 1]);
    const V ur = broadcast<T, W>(roots[4 * k + 2]), ui = broadcast<T, W>(roots[4 * k + 3]);
    // p = a - i b, q = exp(-i pi / 4) (c + i d); the conjugates of p + q and p - q follow.
    const V a = at(k), b = at(2 * h - k), c = at(h - k), d = at(h + k);
    const V qr = (c + d) * g, qi = (d - c) * g;
    const V sr = a + qr, si = b - qi, dr = a - qr, di = b + qi;
    const V pr = sr * tr - si * ti, pi = sr * ti + si * tr;
    const V er = dr * ur - di * ui, ei = dr * ui + di * ur;
    store_row<T, W>(rows + 2 * W * (h - k), pr - er, ei - pi);
    store_row<T, W>(rows + 2 * W * k, pr + er, pi + ei);
  }
}

template <class T, int W>
void enter_four(const T* x, std::ptrdiff_t step, std::size_t h, const T* tw, T* rows) {
  const T* last = x + step * static_cast<std::ptrdiff_t>(2 * h - 1);
  for (std::size_t k = 0; k < h; ++k, x += 2 * step, last -= 2 * step, tw += 2, rows += 2 * W) {
    const Vec<T, W> c = broadcast<T, W>(tw[0]), s = broadcast<T, W>(tw[1]);
    const Vec<T, W> re = loadu<T, W>(x), im = loadu<T, W>(last);
    store_row<T, W>(rows, re * c - im * s, re * s + im * c);
  }
}

template <class T, int W>
void leave_four(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw, T* y,
                std::ptrdiff_t step, T scale, T odd_scale) {
  const Vec<T, W> f = broadcast<T, W>(scale), g = broadcast<T, W>(odd_scale);
  T* last = y + step * static_cast<std::ptrdiff_t>(2 * h - 1);
  for (std::size_t k = 0; k < h; ++k, y += 2 * step, last -= 2 * step, tw += 2) {
    const Vec<T, W> c = broadcast<T, W>(tw[0]), s = broadcast<T, W>(tw[1]);
    const Complex<T, W> z = load_row<T, W>(rows + std::size_t{2 * W} * order[k]);
    storeu<T, W>(y, (z.re * c - z.im * s) * f);
    storeu<T, W>(last, (z.re * s + z.im * c) * g);
  }
}

template <class T, int W>
void turn(T* rows, const std::uint32_t* at, std::size_t count, const T* tw) {
  for (std::size_t i = 0; i < count; ++i) {
    T *const one = rows + std::size_t{W} * at[2 * i], *const two =
                                                          rows + std::size_t{W} * at[2 * i + 1];
    const Vec<T, W> p = load<T, W>(one), q = load<T, W>(two);
    const Vec<T, W> a = broadcast<T, W>(tw[2 * i]), b = broadcast<T, W>(tw[2 * i + 1]);
    store<T, W>(one, p * a + q * b);
    store<T, W>(two, p * b - q * a);
  }
}

// Untangled, multiplied, and tangled again, by sums and differences: with S = Z[k] + conj Z[h-k], D
// their difference and T = -i w^k D the untangled numbers are (S + T) / 2 and conj(S - T) / 2.
template <class T, int W>
void convolve(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw, T* y) {
  using V = Vec<T, W>;
  const Complex<T, W> zero = load_row<T, W>(rows + std::size_t{2 * W} * order[0]);
  const V x0 = load<T, W>(rows + 2 * W * h), sum = zero.re + zero.im;
  const V low = sum * broadcast<T, W>(tw[2]) + x0;
  const V high = (zero.re - zero.im) * broadcast<T, W>(tw[4]);
  store_row<T, W>(y, low - high, low + high);
  store<T, W>(y + 2 * W * h, x0 + sum);
  for (std::size_t k = 1; 2 * k <= h; ++k) {
    const Complex<T, W> a = load_row<T, W>(rows + std::size_t{2 * W} * order[k]);
    const Complex<T, W> b = load_row<T, W>(rows + std::size_t{2 * W} * order[h - k]);
    const T* const f = tw + 6 * k;
    const V wr = broadcast<T, W>(f[0]), wi = broadcast<T, W>(f[1]);
    const V fr = broadcast<T, W>(f[2]), fi = broadcast<T, W>(f[3]);
    const V gr = broadcast<T, W>(f[4]), gi = broadcast<T, W>(f[5]);
    V sr = a.re + b.re, si = a.im - b.im, dr = a.re - b.re, di = a.im + b.im;
    V tr = wr * di + wi * dr, ti = wi * di - wr * dr;
    const V pr = sr + tr, pi = si + ti, qr = sr - tr, qi = si - ti;
    const V ur = pr * fr - pi * fi, ui = pr * fi + pi * fr;
    const V vr = qr * gr - qi * gi, vi = qr * gi + qi * gr;
    sr = ur + vr, si = ui + vi, dr = ur - vr, di = ui - vi;
    tr = wi * dr - wr * di, ti = wr * dr + wi * di;
    store_row<T, W>(y + 2 * W * (h - k), ti - si, sr - tr);
    store_row<T, W>(y + 2 * W * k, si + ti, sr + tr);
  }
}

template <class T, int W, bool sine>
void enter_one(const T* x, std::ptrdiff_t step, std::size_t m, T first, T* rows) {
  const Vec<T, W> zero{}, f = broadcast<T, W>(first);
  const T* last = x + step * static_cast<std::ptrdiff_t>(m);
  store<T, W>(rows, sine ? zero : loadu<T, W>(x) * f);
  store<T, W>(rows + W * m, sine ? zero : loadu<T, W>(last) * f);
  T* mirrored = rows + 2 * W * m;
  for (std::size_t j = 1; j < m; ++j) {
    x += step;
    rows += W;
    mirrored -= W;
    const Vec<T, W> v = loadu<T, W>(x);
    store<T, W>(rows, v);
    store<T, W>(mirrored, sine ? -v : v);
  }
}

// Untangled as in kernels/fft_untangle.hpp; of the spectrum the real or the imaginary parts.
template <class T, int W, bool sine>
void leave_one(const T* rows, const std::uint32_t* order, std::size_t m, const T* tw, T* y,
               std::ptrdiff_t step, T scale, T ends) {
  using V = Vec<T, W>;
  const V f = broadcast<T, W>(sine ? -2 * scale : 2 * scale);
  T* last = y + step * static_cast<std::ptrdiff_t>(m);
  if constexpr (!sine) {
    const Complex<T, W> z = load_row<T, W>(rows + std::size_t{2 * W} * order[0]);
    const V g = broadcast<T, W>(2 * scale * ends);
    storeu<T, W>(y, (z.re + z.im) * g);
    storeu<T, W>(last, (z.re - z.im) * g);
  }
  for (std::size_t k = 1; 2 * k <= m; ++k) {
    y += step;
    last -= step;
    const Complex<T, W> a = load_row<T, W>(rows + std::size_t{2 * W} * order[k]);
    const Complex<T, W> b = load_row<T, W>(rows + std::size_t{2 * W} * order[m - k]);
    const V vr = broadcast<T, W>(tw[2 * k]), vi = broadcast<T, W>(tw[2 * k + 1]);
    const V dr = a.re - b.re, di = a.im + b.im;
    if constexpr (sine) {
      const V p = vr * di + vi * dr;
      storeu<T, W>(y, (p - b.im) * f);
      storeu<T, W>(last, (p - a.im) * f);
    } else {
      const V p = vr * dr - vi * di;
      storeu<T, W>(y, (b.re + p) * f);
      storeu<T, W>(last, (a.re - p) * f);
    }
  }
}

template <class T>
void fill_table(FftDctLanesTable<T>& t) {
  constexpr int W = max_width<T>;
  t.read_near[0] = read_near<T, W, 1>;
  t.read_near[1] = read_near<T, W, 2>;
  t.read_lines[0] = read_lines<T, W, 1>;
  t.read_lines[1] = read_lines<T, W, 2>;
  t.write_near = write_near<T, W>;
  t.write_lines = write_lines<T, W>;
  t.combine = combine<T, W>;
  t.leave_two = leave_two<T, W>;
  t.enter_three = enter_three<T, W>;
  t.enter_four = enter_four<T, W>;
  t.leave_four = leave_four<T, W>;
  t.turn = turn<T, W>;
  t.convolve = convolve<T, W>;
  t.enter_one[0] = enter_one<T, W, false>;
  t.enter_one[1] = enter_one<T, W, true>;
  t.leave_one[0] = leave_one<T, W, false>;
  t.leave_one[1] = leave_one<T, W, true>;
}

}  // namespace

void fill(FftDctLanesTable<float>& t) { fill_table(t); }
void fill(FftDctLanesTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
