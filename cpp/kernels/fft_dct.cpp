// What each function does is said in kernels/fft_dct.hpp.
#include "kernels/fft_dct.hpp"

#include "kernels/natural_order.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Calls step(width, i) for i = begin .. end - 1, W at a time and the rest one by one.
template <int W, class Step>
FLIPSHIFT_INLINE void sweep(std::size_t begin, std::size_t end, Step&& step) {
  std::size_t i = begin;
  if constexpr (W > 1)
    for (; i + W <= end; i += W) step(std::integral_constant<int, W>{}, i);
  for (; i < end; ++i) step(std::integral_constant<int, 1>{}, i);
}

template <class T>
void fold(const T* x, T* v, std::size_t n, T odd_sign) {
  sweep<max_width<T>>(0, n / 2, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    const Complex<T, w> pair = unzip<T, w>(x + 2 * j);
    storeu<T, w>(v + j, pair.re);
    store_down<T, w>(v + n - 1 - j, pair.im * broadcast<T, w>(odd_sign));
  });
  if (n % 2) v[n / 2] = x[n - 1];
}

template <class T>
void unfold(const T* v, T* y, std::size_t n, T odd_sign) {
  sweep<max_width<T>>(0, n / 2, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    zip<T, w>(y + 2 * j, loadu<T, w>(v + j),
              load_down<T, w>(v + n - 1 - j) * broadcast<T, w>(odd_sign));
  });
  if (n % 2) y[n - 1] = v[n / 2];
}

template <class T, bool sine>
void rotate(const T* spectrum, T* y, std::size_t n, const T* tw, std::size_t count, T scale) {
  T* const up = sine ? y - 1 : y;
  T* const down = sine ? y + n - 1 : y + n;
  sweep<max_width<T>>(1, (n + 1) / 2, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    const Complex<T, w> v = unzip<T, w>(spectrum + 2 * k);
    const Vec<T, w> c = loadu<T, w>(tw + k), s = loadu<T, w>(tw + count + k);
    const Vec<T, w> f = broadcast<T, w>(scale);
    const Vec<T, w> low = (v.re * c - v.im * s) * f, high = (v.re * s + v.im * c) * -f;
    storeu<T, w>(up + k, sine ? high : low);
    store_down<T, w>(down - k, sine ? low : high);
  });
  y[sine ? n - 1 : 0] = spectrum[0] * scale;
  if (n % 2 == 0) y[sine ? n / 2 - 1 : n / 2] = spectrum[n] * tw[n / 2] * scale;
}

template <class T, bool sine>
void unrotate(const T* x, T* spectrum, std::size_t n, const T* tw, std::size_t count, T first) {
  const T* const up = sine ? x - 1 : x;
  const T* const down = sine ? x + n - 1 : x + n;
  sweep<max_width<T>>(1, (n + 1) / 2, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    const Vec<T, w> p = loadu<T, w>(up + k), q = load_down<T, w>(down - k);
    const Vec<T, w> low = sine ? q : p, high = sine ? p : q;
    const Vec<T, w> c = loadu<T, w>(tw + k), s = loadu<T, w>(tw + count + k);
    zip<T, w>(spectrum + 2 * k, low * c - high * s, -(low * s + high * c));
  });
  spectrum[0] = x[sine ? n - 1 : 0] * first;
  spectrum[1] = 0;
  if (n % 2 == 0) {
    spectrum[n] = x[sine ? n / 2 - 1 : n / 2] * tw[n / 2] * 2;
    spectrum[n + 1] = 0;
  }
}

// Numbers k, k + 1, ... or k, k - 1, ... of a sequence, that is read from the end for sine.
template <class T, int W, bool sine>
FLIPSHIFT_INLINE void put_up(T* y, std::size_t n, std::size_t k, Vec<T, W> v) {
  sine ? store_down<T, W>(y + (n - 1 - k), v) : storeu<T, W>(y + k, v);
}
template <class T, int W, bool sine>
FLIPSHIFT_INLINE void put_down(T* y, std::size_t n, std::size_t k, Vec<T, W> v) {
  sine ? storeu<T, W>(y + (n - 1 - k), v) : store_down<T, W>(y + k, v);
}
template <class T, int W, bool sine>
FLIPSHIFT_INLINE Vec<T, W> get_up(const T* x, std::size_t n, std::size_t k) {
  return sine ? load_down<T, W>(x + (n - 1 - k)) : loadu<T, W>(x + k);
}
template <class T, int W, bool sine>
FLIPSHIFT_INLINE Vec<T, W> get_down(const T* x, std::size_t n, std::size_t k) {
  return sine ? loadu<T, W>(x + (n - 1 - k)) : load_down<T, W>(x + k);
}

// As on rows (fft_dct_lanes.cpp).
template <class T, bool sine>
void leave_two(const T* z, T* y, std::size_t h, const T* tw, T scale, T first) {
  const std::size_t n = 2 * h, count = h / 2 + 1;
  const T half = scale * T(0.70710678118654752440);
  sweep<max_width<T>>(1, count, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    using V = Vec<T, w>;
    const Complex<T, w> a = unzip<T, w>(z + 2 * k), b = unzip_down<T, w>(z + 2 * (h - k));
    const V tr = loadu<T, w>(tw + k), ti = loadu<T, w>(tw + count + k);
    const V ur = loadu<T, w>(tw + 2 * count + k), ui = loadu<T, w>(tw + 3 * count + k);
    const V sr = a.re + b.re, si = a.im - b.im, dr = a.re - b.re, di = a.im + b.im;
    const V pr = sr * tr - si * ti, pi = sr * ti + si * tr;
    const V qr = dr * ur - di * ui, qi = dr * ui + di * ur;
    const V mr = pr - qr, mi = pi - qi, f = broadcast<T, w>(scale), g = broadcast<T, w>(half);
    put_up<T, w, sine>(y, n, k, (pr + qr) * f);
    put_down<T, w, sine>(y, n, n - k, (pi + qi) * -f);
    put_down<T, w, sine>(y, n, h - k, (mr - mi) * g);
    put_up<T, w, sine>(y, n, h + k, (mr + mi) * g);
  });
  put_up<T, 1, sine>(y, n, 0, (z[0] + z[1]) * (2 * scale * first));
  put_up<T, 1, sine>(y, n, h, (z[0] - z[1]) * (2 * half));
}

template <class T, bool sine>
void enter_three(const T* x, T* z, std::size_t h, const T* tw, T first) {
  const std::size_t n = 2 * h, count = h / 2 + 1;
  const T half = T(0.70710678118654752440);
  sweep<max_width<T>>(1, count, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    using V = Vec<T, w>;
    const V tr = loadu<T, w>(tw + k), ti = loadu<T, w>(tw + count + k);
    const V ur = loadu<T, w>(tw + 2 * count + k), ui = loadu<T, w>(tw + 3 * count + k);
    const V a = get_up<T, w, sine>(x, n, k), b = get_down<T, w, sine>(x, n, n - k);
    const V c = get_down<T, w, sine>(x, n, h - k), d = get_up<T, w, sine>(x, n, h + k);
    const V g = broadcast<T, w>(half), qr = (c + d) * g, qi = (d - c) * g;
    const V sr = a + qr, si = b - qi, dr = a - qr, di = b + qi;
    const V pr = sr * tr - si * ti, pi = sr * ti + si * tr;
    const V er = dr * ur - di * ui, ei = dr * ui + di * ur;
    zip_down<T, w>(z + 2 * (h - k), pr - er, pi - ei);
    zip<T, w>(z + 2 * k, pr + er, -(pi + ei));
  });
  const T low = get_up<T, 1, sine>(x, n, 0) * first;
  const T middle = get_up<T, 1, sine>(x, n, h) * (2 * half);
  z[0] = low + middle;
  z[1] = low - middle;
}

template <class T, bool sine>
void enter_one(const T* x, T* z, std::size_t m, T first) {
  z[0] = sine ? T(0) : x[0] * first;
  z[m] = sine ? T(0) : x[m] * first;
  if constexpr (sine) --x;
  sweep<max_width<T>>(1, m, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    const Vec<T, w> v = loadu<T, w>(x + j);
    storeu<T, w>(z + j, v);
    store_down<T, w>(z + 2 * m - j, sine ? -v : v);
  });
}

// Untangled as fft_real.cpp does it; of the spectrum the real or the imaginary parts.
template <class T, bool sine>
void leave_one(const T* z, T* y, std::size_t m, const T* tw, T scale, T ends) {
  const std::size_t count = m / 2 + 1;
  if constexpr (sine) {
    --y;
  } else {
    y[0] = (z[0] + z[1]) * (2 * scale * ends);
    y[m] = (z[0] - z[1]) * (2 * scale * ends);
  }
  sweep<max_width<T>>(1, count, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    using V = Vec<T, w>;
    const Complex<T, w> a = unzip<T, w>(z + 2 * k), b = unzip_down<T, w>(z + 2 * (m - k));
    const V wr = loadu<T, w>(tw + k), wi = loadu<T, w>(tw + count + k);
    const V dr = a.re - b.re, di = a.im + b.im, f = broadcast<T, w>(sine ? -scale : scale);
    if constexpr (sine) {
      const V s = a.im - b.im, t = wi * di - wr * dr;
      storeu<T, w>(y + k, (t + s) * f);
      store_down<T, w>(y + m - k, (t - s) * f);
    } else {
      const V s = a.re + b.re, t = wr * di + wi * dr;
      storeu<T, w>(y + k, (s + t) * f);
      store_down<T, w>(y + m - k, (s - t) * f);
    }
  });
}

template <class T>
void split_one(const T* x, T* sums, T* differences, std::size_t m, std::size_t h) {
  sweep<max_width<T>>(1, h, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    const Vec<T, w> a = loadu<T, w>(x + j), b = load_down<T, w>(x + m - j);
    storeu<T, w>(sums + j, a + b);
    storeu<T, w>(differences + j, a - b);
  });
}

template <class T>
void interleave(const T* even, const T* odd, T* y, std::size_t count) {
  sweep<max_width<T>>(0, count, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    zip<T, w>(y + 2 * k, loadu<T, w>(even + k), loadu<T, w>(odd + k));
  });
}

// z[j] times the chirp, and at m - j, where the chirp is its negative and z the same, for sine its
// negative too.
template <class T, bool sine>
void enter_good(const T* x, const T* chirp, T* z, std::size_t m, T first) {
  const T sum = sine ? T(0) : (x[0] + x[m]) * first;
  const T difference = sine ? T(0) : (x[0] - x[m]) * first;
  z[0] = sum * chirp[0] - difference * chirp[1];
  z[1] = sum * chirp[1] + difference * chirp[0];
  if constexpr (sine) --x;
  sweep<max_width<T>>(1, m / 2 + 1, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    using V = Vec<T, w>;
    const V a = loadu<T, w>(x + j), b = load_down<T, w>(x + m - j);
    V sign;
    if constexpr (w == 1) {
      sign = j % 2 ? T(-1) : T(1);
    } else {
      for (int i = 0; i < w; ++i) sign[i] = i % 2 ? T(1) : T(-1);
    }
    const V re = sine ? a - b : a + b, im = (sine ? a + b : a - b) * sign;
    const Complex<T, w> c = unzip<T, w>(chirp + 2 * j);
    const V p = re * c.re - im * c.im, q = re * c.im + im * c.re;
    zip<T, w>(z + 2 * j, p, q);
    zip_down<T, w>(z + 2 * (m - j), sine ? p : -p, sine ? q : -q);
  });
}

template <class T, bool sine>
void leave_good(const T* z, T* y, std::size_t h) {
  sweep<max_width<T>>(0, h + !sine, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    const Complex<T, w> a = unzip<T, w>(z + 2 * (k + sine)), b = unzip_down<T, w>(z + 2 * (h - k));
    zip<T, w>(y + 2 * k, sine ? -b.re : a.re, sine ? -a.im : b.im);
  });
}

template <class T, bool sine>
void enter(const T* x, T* z, std::size_t h, const T* tw) {
  sweep<max_width<T>>(0, h, [&](auto w, std::size_t j) __attribute__((always_inline)) {
    const Vec<T, w> a = unzip<T, w>(x + 2 * j).re;
    const Vec<T, w> b = backwards<T, w>(unzip<T, w>(x + 2 * (h - j - w)).im);
    const Vec<T, w> re = sine ? b : a, im = sine ? a : b;
    const Vec<T, w> c = loadu<T, w>(tw + j), s = loadu<T, w>(tw + h + j);
    zip<T, w>(z + 2 * j, re * c - im * s, re * s + im * c);
  });
}

template <class T, bool sine>
void leave(const T* z, T* y, std::size_t h, const T* tw, T scale) {
  sweep<max_width<T>>(0, h, [&](auto w, std::size_t k) __attribute__((always_inline)) {
    const std::size_t mate = h - k - w;
    const Complex<T, w> a = unzip<T, w>(z + 2 * k), b = unzip<T, w>(z + 2 * mate);
    const Vec<T, w> f = broadcast<T, w>(scale), g = sine ? f : -f;
    const Vec<T, w> re = a.re * loadu<T, w>(tw + k) - a.im * loadu<T, w>(tw + h + k);
    const Vec<T, w> im = b.re * loadu<T, w>(tw + h + mate) + b.im * loadu<T, w>(tw + mate);
    zip<T, w>(y + 2 * k, re * f, backwards<T, w>(im) * g);
  });
}

// Numbers p[0], p[2], ... and p[1], p[3], ..., or p[0], p[-2], ... and p[-1], p[-3], ... if down.
template <class T, int W, bool down>
FLIPSHIFT_INLINE Complex<T, W> pairs_from(const T* p) {
  if constexpr (!down) return unzip<T, W>(p);
  const Complex<T, W> z = unzip_down<T, W>(p - 1);
  return {z.im, z.re};
}
template <class T, int W, bool down>
FLIPSHIFT_INLINE void pairs_to(T* p, Vec<T, W> even, Vec<T, W> odd) {
  down ? zip_down<T, W>(p - 1, odd, even) : zip<T, W>(p, even, odd);
}

// Times (-1)^i for the numbers i, i + 1, ...
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> alternating(std::size_t i) {
  if constexpr (W == 1) {
    return i % 2 ? T(-1) : T(1);
  } else {
    Vec<T, W> sign;  // i is a multiple of W
    for (int l = 0; l < W; ++l) sign[l] = l % 2 ? T(-1) : T(1);
    return sign;
  }
}

// With h = n / 2, the numbers from the middle outwards are those of v from both ends inwards:
//   v[2i] = (-1)^i x[h+2i], v[n-1-2i] = -(-1)^(h+i) x[h+1+2i],
//   v[2i+1] = (-1)^(h+i) x[h-1-2i], v[n-2-2i] = -(-1)^i x[h-2-2i].
template <class T, bool sine>
void enter_odd(const T* x, T* v, std::size_t n) {
  const std::size_t h = n / 2, quarter = h / 2;
  const T sign = h % 2 ? T(-1) : T(1);
  const auto at = [&](std::size_t k)
                      __attribute__((always_inline)) { return x + (sine ? n - 1 - k : k); };
  sweep<max_width<T>>(0, quarter, [&](auto w, std::size_t i) __attribute__((always_inline)) {
    const Vec<T, w> a = alternating<T, w>(i), b = a * broadcast<T, w>(sign);
    const Complex<T, w> up = pairs_from<T, w, sine>(at(h + 2 * i));
    const Complex<T, w> down = pairs_from<T, w, !sine>(at(h - 1 - 2 * i));
    zip<T, w>(v + 2 * i, up.re * a, down.re * b);
    pairs_to<T, w, true>(v + n - 1 - 2 * i, up.im * -b, down.im * -a);
  });
  const T a = quarter % 2 ? T(-1) : T(1);
  v[2 * quarter] = *at(h + 2 * quarter) * a;
  if (h % 2) {
    v[2 * quarter + 1] = -*at(0) * a;
    v[n - 1 - 2 * quarter] = *at(n - 1) * a;
  }
}

// With S[f] = c re V[f] + s im V[f], S[n-f] = c re V[f] - s im V[f], c and s the signs of the
// cosine and the sine of pi n / 4:
//   y[h+2f] = (-1)^f S[f], y[h+1+2f] = -(-1)^(h+f) S[h-f],
//   y[h-2f] = (-1)^f S[n-f], y[h-1-2f] = (-1)^(h+f) S[n-h+f],
// for sine times (-1)^k.
template <class T, bool sine>
void leave_odd(const T* spectrum, T* y, std::size_t n) {
  const std::size_t h = n / 2, quarter = h / 2;
  const T c = n % 8 == 3 || n % 8 == 5 ? T(-1) : T(1), s = n % 8 > 4 ? T(-1) : T(1);
  const T even = sine && h % 2 ? T(-1) : T(1);             // of y[h+2f]
  const T odd = (sine ? -even : even) * (h % 2 ? -1 : 1);  // of y[h-1-2f]
  const auto step = [&](auto w, std::size_t f) __attribute__((always_inline)) {
    using V = Vec<T, w>;
    const Complex<T, w> a = unzip<T, w>(spectrum + 2 * f);
    const Complex<T, w> b = unzip_down<T, w>(spectrum + 2 * (h - f));
    const V sign = alternating<T, w>(f);
    const V p = sign * broadcast<T, w>(even), q = sign * broadcast<T, w>(odd);
    const V ar = a.re * (p * broadcast<T, w>(c)), ai = a.im * (p * broadcast<T, w>(s));
    const V br = b.re * (q * broadcast<T, w>(c)), bi = b.im * (q * broadcast<T, w>(s));
    zip<T, w>(y + h + 2 * f, ar + ai, -(br + bi));
    pairs_to<T, w, true>(y + h - 2 * f, ar - ai, br - bi);
  };
  // f = 0 twice over, as pairs downwards begin at y[h].
  sweep<max_width<T>>(0, quarter, step);
  const std::size_t f = quarter;
  const T p = even * (f % 2 ? T(-1) : T(1)), q = odd * (f % 2 ? T(-1) : T(1));
  const T ar = spectrum[2 * f] * (p * c), ai = spectrum[2 * f + 1] * (p * s);
  y[h + 2 * f] = ar + ai;
  y[h - 2 * f] = ar - ai;
  if (h % 2) {
    const T br = spectrum[2 * (h - f)] * (q * c), bi = spectrum[2 * (h - f) + 1] * (q * s);
    y[n - 1] = -(br + bi);
    y[h - 1 - 2 * f] = br - bi;
  }
}

// V lines that are neighbours, or 2 apart, transposed on their way.
template <class T, int V, int apart>
FLIPSHIFT_INLINE void collect_lines(const T* x, std::ptrdiff_t stride, std::size_t n, T* lines,
                                    std::size_t pitch) {
  std::size_t j = 0;
  for (; j + V <= n; j += V) {
    Vec<T, V> v[V];
    const T* from = x + stride * static_cast<std::ptrdiff_t>(j);
    unroll<V>([&](auto i) __attribute__((always_inline)) {
      v[i] =
          apart == 1 ? loadu<T, V>(from + stride * i) : load_every_other<T, V>(from + stride * i);
    });
    transpose<T, V>(v);
    unroll<V>([&](auto i)
                  __attribute__((always_inline)) { storeu<T, V>(lines + j + pitch * i, v[i]); });
  }
  for (; j < n; ++j)
    for (int i = 0; i < V; ++i)
      lines[i * pitch + j] = x[apart * i + stride * static_cast<std::ptrdiff_t>(j)];
}

template <class T, int V>
FLIPSHIFT_INLINE void spread_lines(const T* lines, std::size_t pitch, std::size_t n, T* y,
                                   std::ptrdiff_t stride) {
  std::size_t j = 0;
  for (; j + V <= n; j += V) {
    Vec<T, V> v[V];
    unroll<V>([&](auto i)
                  __attribute__((always_inline)) { v[i] = loadu<T, V>(lines + j + pitch * i); });
    transpose<T, V>(v);
    T* to = y + stride * static_cast<std::ptrdiff_t>(j);
    unroll<V>([&](auto i) __attribute__((always_inline)) { storeu<T, V>(to + stride * i, v[i]); });
  }
  for (; j < n; ++j)
    for (int i = 0; i < V; ++i)
      y[i + stride * static_cast<std::ptrdiff_t>(j)] = lines[i * pitch + j];
}

// One line of numbers that are `stride` apart, most often 2, as parts of complex numbers are.
template <class T>
void collect_line(const T* x, std::ptrdiff_t stride, std::size_t n, T* line) {
  constexpr int W = max_width<T>;
  std::size_t j = 0;
  if (stride == 2 && W > 1)
    for (; j + W <= n; j += W) storeu<T, W>(line + j, load_every_other<T, W>(x + 2 * j));
  for (x += stride * static_cast<std::ptrdiff_t>(j); j < n; ++j, x += stride) line[j] = *x;
}

// Calls step(width, i) for groups of lines i, i + 1, ..., as wide as vectors go and then narrower.
// Returns how many lines are left.
template <class T, int V, class Step>
FLIPSHIFT_INLINE std::size_t groups(std::size_t done, std::size_t count, Step&& step) {
  if constexpr (V >= per_lane<T> && V > 1) {
    for (; done + V <= count; done += V) step(std::integral_constant<int, V>{}, done);
    return groups<T, V / 2>(done, count, step);
  }
  return done;
}

template <class T>
void collect(const T* x, std::ptrdiff_t stride, std::ptrdiff_t apart, std::size_t count,
             std::size_t n, T* lines, std::size_t pitch) {
  std::size_t done = 0;  // lines
  if (apart == 1)
    done = groups<T, max_width<T>>(0, count, [&](auto v, std::size_t i) {
      collect_lines<T, v, 1>(x + i, stride, n, lines + i * pitch, pitch);
    });
  if (apart == 2)
    done = groups<T, max_width<T>>(0, count, [&](auto v, std::size_t i) {
      collect_lines<T, v, 2>(x + 2 * i, stride, n, lines + i * pitch, pitch);
    });
  if (count - done < per_lane<T> || stride == 2) {
    for (std::size_t i = done; i < count; ++i)
      collect_line(x + apart * static_cast<std::ptrdiff_t>(i), stride, n, lines + i * pitch);
    return;
  }
  for (std::size_t j = 0; j < n; ++j, x += stride)
    for (std::size_t i = done; i < count; ++i)
      lines[i * pitch + j] = x[apart * static_cast<std::ptrdiff_t>(i)];
}

template <class T>
void spread(const T* lines, std::size_t pitch, std::size_t count, std::size_t n, T* y,
            std::ptrdiff_t stride, std::ptrdiff_t apart) {
  std::size_t done = 0;
  if (apart == 1)
    done = groups<T, max_width<T>>(0, count, [&](auto v, std::size_t i) {
      spread_lines<T, v>(lines + i * pitch, pitch, n, y + i, stride);
    });
  if (count - done < per_lane<T>) {
    for (std::size_t i = done; i < count; ++i) {
      T* to = y + apart * static_cast<std::ptrdiff_t>(i);
      for (std::size_t j = 0; j < n; ++j, to += stride) *to = lines[i * pitch + j];
    }
    return;
  }
  for (std::size_t j = 0; j < n; ++j, y += stride)
    for (std::size_t i = done; i < count; ++i)
      y[apart * static_cast<std::ptrdiff_t>(i)] = lines[i * pitch + j];
}

template <class T>
void fill_table(FftDctTable<T>& t) {
  t.fold = fold<T>;
  t.unfold = unfold<T>;
  t.rotate[0] = rotate<T, false>;
  t.rotate[1] = rotate<T, true>;
  t.unrotate[0] = unrotate<T, false>;
  t.unrotate[1] = unrotate<T, true>;
  t.enter_one[0] = enter_one<T, false>;
  t.enter_one[1] = enter_one<T, true>;
  t.leave_one[0] = leave_one<T, false>;
  t.leave_one[1] = leave_one<T, true>;
  t.split_one = split_one<T>;
  t.interleave = interleave<T>;
  t.enter_good[0] = enter_good<T, false>;
  t.enter_good[1] = enter_good<T, true>;
  t.leave_good[0] = leave_good<T, false>;
  t.leave_good[1] = leave_good<T, true>;
  t.leave_two[0] = leave_two<T, false>;
  t.leave_two[1] = leave_two<T, true>;
  t.enter_three[0] = enter_three<T, false>;
  t.enter_three[1] = enter_three<T, true>;
  t.enter[0] = enter<T, false>;
  t.enter[1] = enter<T, true>;
  t.leave[0] = leave<T, false>;
  t.leave[1] = leave<T, true>;
  t.enter_odd[0] = enter_odd<T, false>;
  t.enter_odd[1] = enter_odd<T, true>;
  t.leave_odd[0] = leave_odd<T, false>;
  t.leave_odd[1] = leave_odd<T, true>;
  t.collect = collect<T>;
  t.spread = spread<T>;
}

}  // namespace

void fill(FftDctTable<float>& t) { fill_table(t); }
void fill(FftDctTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
