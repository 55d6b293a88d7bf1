// Filters of images of the engine against their definitions in long double: convolutions by each
// method, separable ones, those of integers, means over boxes, at random shapes and boundaries.
//
// Meant for sanitizers (nox -s sanitize): arrays end where their memory ends. check_images [cases]
// [seed], the instruction set by FLIPSHIFT_ISA.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <type_traits>
#include <vector>

#include "engine/box.hpp"
#include "engine/convolve2d.hpp"
#include "engine/convolve2d_pixels.hpp"
#include "engine/dispatch.hpp"
#include "engine/match_template.hpp"
#include "engine/separable2d.hpp"

namespace {

using namespace flipshift;
using Real = long double;
using Wide = std::complex<Real>;
using std::ptrdiff_t;
using std::size_t;

size_t checks = 0, failures = 0;
std::mt19937 random_bits;

size_t below(size_t n) { return random_bits() % n; }
ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }

template <class T>
inline constexpr bool is_complex = false;
template <class T>
inline constexpr bool is_complex<std::complex<T>> = true;

// Multiples of 2^-10 in [-1, 1), exact in both precisions; integers take all of their values.
template <class T>
T number() {
  const auto part = [] { return (static_cast<double>(random_bits() >> 21) - 1024) / 1024; };
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(random_bits());
  } else if constexpr (is_complex<T>) {
    const auto re = static_cast<typename T::value_type>(part());
    return T(re, static_cast<typename T::value_type>(part()));
  } else {
    return static_cast<T>(part());
  }
}

template <class T>
std::unique_ptr<T[]> numbers(size_t n) {
  std::unique_ptr<T[]> a(new T[n]);
  for (size_t i = 0; i < n; ++i) a[i] = number<T>();
  return a;
}

// What all the filters have in common.
struct Shape {
  size_t outer, rows, cols, inner, rows_out, cols_out, taps_down, taps_across, workers;
  ptrdiff_t row_start, col_start;
  Boundary down, across;

  size_t samples() const { return outer * rows * cols * inner; }
  size_t results() const { return outer * rows_out * cols_out * inner; }
  size_t taps() const { return taps_down * taps_across; }

  void failed(const char* what, size_t bytes) const {
    if (++failures < 20)
      std::printf(
          "%s, %zu bytes: %zu x %zu x %zu x %zu to %zu x %zu from %td %td, %zu x %zu taps, "
          "boundaries %d %d, %zu threads\n",
          what, bytes, outer, rows, cols, inner, rows_out, cols_out, row_start, col_start,
          taps_down, taps_across, static_cast<int>(down), static_cast<int>(across), workers);
  }
};

Shape any_shape() {
  const auto side = [] { return 1 + below(below(4) ? 40 : 150); };
  const auto taps = [] { return 1 + below(below(3) ? 9 : 70); };
  const auto boundary = [] { return static_cast<Boundary>(below(5)); };
  Shape s{};
  s.outer = 1 + below(3) / 2;
  s.inner = below(3) ? 1 : 1 + below(5);
  s.rows = side(), s.cols = side();
  s.taps_down = taps(), s.taps_across = taps();
  s.rows_out = below(2) ? s.rows : 1 + below(s.rows + s.taps_down);
  s.cols_out = below(2) ? s.cols : 1 + below(s.cols + s.taps_across);
  s.row_start = as_signed(below(s.taps_down + 3)) - 1;
  s.col_start = as_signed(below(s.taps_across + 3)) - 1;
  s.down = boundary(), s.across = boundary();
  s.workers = 1 + below(3) / 2;
  return s;
}

// x[o, row, column, c], continued.
template <class T>
T sample(const Shape& s, const T* x, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c, size_t cols,
         T fill) {
  i = index_inside(i, as_signed(s.rows), s.down);
  j = index_inside(j, as_signed(cols), s.across);
  if (i < 0 || j < 0) return fill;
  return x[((o * s.rows + static_cast<size_t>(i)) * cols + static_cast<size_t>(j)) * s.inner + c];
}

// f(index of the result, o, i, j, c)
template <class F>
void each_result(const Shape& s, F f) {
  size_t at = 0;
  for (size_t o = 0; o < s.outer; ++o)
    for (size_t i = 0; i < s.rows_out; ++i)
      for (size_t j = 0; j < s.cols_out; ++j)
        for (size_t c = 0; c < s.inner; ++c) f(at++, o, as_signed(i), as_signed(j), c);
}

template <class T>
Wide product(T a, T b) {
  const Wide p(a), q(b);
  return {p.real() * q.real() - p.imag() * q.imag(), p.real() * q.imag() + p.imag() * q.real()};
}

template <class T>
std::vector<Wide> convolution(const Shape& s, const T* x, const T* h, T fill) {
  std::vector<Wide> sums(s.results());
  each_result(s, [&](size_t at, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c) {
    for (size_t k = 0; k < s.taps_down; ++k)
      for (size_t l = 0; l < s.taps_across; ++l)
        sums[at] += product(h[k * s.taps_across + l],
                            sample(s, x, o, s.row_start + i - as_signed(k),
                                   s.col_start + j - as_signed(l), c, s.cols, fill));
  });
  return sums;
}

template <class T>
void compare(const Shape& s, const T* out, const std::vector<Wide>& sums, Real tolerance,
             const char* what) {
  ++checks;
  for (size_t i = 0; i < sums.size(); ++i)
    if (!(std::abs(Wide(out[i]) - sums[i]) <= tolerance)) return s.failed(what, sizeof(T));
}

template <class T>
Real epsilon() {
  if constexpr (is_complex<T>) {
    return std::numeric_limits<typename T::value_type>::epsilon();
  } else {
    return std::numeric_limits<T>::epsilon();
  }
}

template <class T>
void check_convolve2d(const Shape& s) {
  const auto x = numbers<T>(s.samples());
  auto h = numbers<T>(s.taps());
  const bool product_of_two = below(2);
  const auto column = numbers<T>(s.taps_down), row = numbers<T>(s.taps_across);
  if (product_of_two)
    for (size_t t = 0; t < s.taps(); ++t) h[t] = column[t / s.taps_across] * row[t % s.taps_across];
  const T fill = number<T>();
  const auto sums = convolution(s, x.get(), h.get(), fill);
  // Numbers are at most 1.5: sums of n products within 2 n eps, transforms of N points within
  // 7 log2(N) eps |h|_2 |x|_2 over a tile, which holds at most all that the outputs meet.
  const Real n = 2.25L * s.taps();
  const Real met = Real(s.rows_out + s.taps_down) * Real(s.cols_out + s.taps_across);
  const Real by_sums = 4 * (s.taps() + 8) * epsilon<T>() * n;
  const Real by_transforms = 40 * std::log2(8 * met) * epsilon<T>() * std::sqrt(n * met * 2.25L);
  using convolve2d::Method;
  for (Method method :
       {Method::direct, Method::separable, Method::fft, Method::whole, Method::automatic}) {
    std::unique_ptr<T[]> out(new T[s.results()]);
    convolve2d::Problem<T> p{{x.get(), s.rows, s.cols},
                             {h.get(), s.taps_down, s.taps_across},
                             {out.get(), s.rows_out, s.cols_out},
                             s.row_start,
                             s.col_start,
                             {s.down, s.across, fill}};
    p.outer = s.outer, p.inner = s.inner, p.workers = s.workers;
    convolve2d::convolve2d(p, method);
    compare(s, out.get(), sums, method == Method::direct ? by_sums : by_sums + by_transforms,
            "convolve2d");
  }
}

template <class T>
void check_integers(const Shape& s) {
  const auto x = numbers<T>(s.samples()), h = numbers<T>(s.taps());
  const T fill = number<T>();
  std::unique_ptr<T[]> out(new T[s.results()]);
  convolve2d::Problem<T> p{{x.get(), s.rows, s.cols},
                           {h.get(), s.taps_down, s.taps_across},
                           {out.get(), s.rows_out, s.cols_out},
                           s.row_start,
                           s.col_start,
                           {s.down, s.across, fill}};
  p.outer = s.outer, p.inner = s.inner, p.workers = s.workers;
  convolve2d::convolve2d(p, convolve2d::Method::direct);
  ++checks;
  bool right = true;
  each_result(s, [&](size_t at, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c) {
    std::uint64_t sum = 0;
    for (size_t k = 0; k < s.taps_down; ++k)
      for (size_t l = 0; l < s.taps_across; ++l)
        sum += std::uint64_t{h[k * s.taps_across + l]} *
               sample(s, x.get(), o, s.row_start + i - as_signed(k), s.col_start + j - as_signed(l),
                      c, s.cols, fill);
    right &= out[at] == static_cast<T>(sum);
  });
  if (!right) s.failed("convolve2d of integers", sizeof(T));
}

template <class T>
void check_separable(const Shape& s) {
  const size_t terms = 1 + below(3);
  const auto x = numbers<T>(s.samples());
  const auto columns = numbers<T>(terms * s.taps_down), rows = numbers<T>(terms * s.taps_across);
  const T fill = number<T>(), second = number<T>();
  std::vector<Wide> sums(s.results());
  for (size_t r = 0; r < terms; ++r)
    each_result(s, [&](size_t at, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c) {
      for (size_t l = 0; l < s.taps_across; ++l) {
        Wide down;
        const ptrdiff_t col =
            index_inside(s.col_start + j - as_signed(l), as_signed(s.cols), s.across);
        if (col < 0) {
          down = Wide(second);
        } else {
          for (size_t k = 0; k < s.taps_down; ++k)
            down += product(
                columns[r * s.taps_down + k],
                sample(s, x.get(), o, s.row_start + i - as_signed(k), col, c, s.cols, fill));
        }
        const Wide tap(rows[r * s.taps_across + l]);
        sums[at] += Wide(tap.real() * down.real() - tap.imag() * down.imag(),
                         tap.real() * down.imag() + tap.imag() * down.real());
      }
    });
  std::unique_ptr<T[]> out(new T[s.results()]);
  convolve2d::SeparableProblem<T> p{{x.get(), s.rows, s.cols},
                                    columns.get(),
                                    s.taps_down,
                                    rows.get(),
                                    s.taps_across,
                                    terms,
                                    {out.get(), s.rows_out, s.cols_out},
                                    s.row_start,
                                    s.col_start,
                                    s.down,
                                    s.across,
                                    fill,
                                    second};
  p.outer = s.outer, p.inner = s.inner, p.workers = s.workers;
  convolve2d::separable2d(p);
  const Real size = 3.4L * terms * (s.taps_down + 1) * s.taps_across;
  compare(s, out.get(), sums, 2 * (s.taps_down + s.taps_across + terms + 4) * epsilon<T>() * size,
          "separable2d");
}

// The sum without its fraction, wrapped to the width of Y.
template <class Y>
Y as_result(Real sum) {
  if constexpr (std::is_floating_point_v<Y>) return static_cast<Y>(sum);
  return static_cast<Y>(static_cast<std::int64_t>(std::trunc(sum)));
}

// Weights that are integers have exact sums; of others, truncation may go either way where the sum
// is within rounding of an integer.
template <class X, class Y>
void check_pixels(const Shape& s, PixelOut type) {
  const auto x = numbers<X>(s.samples());
  const auto h = numbers<double>(s.taps());
  const bool whole = below(2);
  if (whole)
    for (size_t t = 0; t < s.taps(); ++t) h[t] = std::round(h[t] * (below(2) ? 3 : 100));
  const X fill = number<X>();
  std::unique_ptr<Y[]> out(new Y[s.results()]);
  convolve2d::PixelProblem<X> p{
      x.get(), s.rows,     s.cols,     h.get(),     s.taps_down, s.taps_across,           out.get(),
      type,    s.rows_out, s.cols_out, s.row_start, s.col_start, {s.down, s.across, fill}};
  p.outer = s.outer, p.inner = s.inner, p.workers = s.workers;
  convolve2d::convolve2d_pixels(p);
  ++checks;
  const Real eps = std::is_same_v<Y, float> ? epsilon<float>() : epsilon<double>();
  bool right = true;
  each_result(s, [&](size_t at, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c) {
    Real sum = 0, size = 0;
    for (size_t k = 0; k < s.taps_down; ++k)
      for (size_t l = 0; l < s.taps_across; ++l) {
        const Real term = Real(h[k * s.taps_across + l]) *
                          Real(sample(s, x.get(), o, s.row_start + i - as_signed(k),
                                      s.col_start + j - as_signed(l), c, s.cols, fill));
        sum += term;
        size += std::abs(term);
      }
    const Real bound = 2 * Real(s.taps() + 2) * eps * size;
    if constexpr (std::is_floating_point_v<Y>) {
      right &= std::abs(Real(out[at]) - sum) <= bound;
    } else {
      right &= out[at] == as_result<Y>(sum) || (!whole && (out[at] == as_result<Y>(sum + bound) ||
                                                           out[at] == as_result<Y>(sum - bound)));
    }
  });
  if (!right) s.failed("convolve2d_pixels", 10 * sizeof(X) + sizeof(Y));
}

template <class X, class S, class Y>
void check_box(const Shape& s) {
  const auto x = numbers<X>(s.samples());
  std::unique_ptr<Y[]> out(new Y[s.results()]);
  box::Problem<X, S, Y> p{};
  p.x = x.get(), p.out = out.get();
  p.outer = s.outer, p.rows = s.rows, p.cols = s.cols, p.inner = s.inner;
  p.rows_out = s.rows_out, p.cols_out = s.cols_out;
  p.sizes[0] = s.taps_down, p.sizes[1] = s.taps_across;
  p.start[0] = s.row_start, p.start[1] = s.col_start;
  p.divisors[0] = double(s.taps_down), p.divisors[1] = double(s.taps_across);
  p.boundary[0] = s.down, p.boundary[1] = s.across;
  p.workers = s.workers;
  for (auto& fill : p.fill) fill[0] = fill[1] = static_cast<S>(std::is_integral_v<X> ? 3 : 0.25);
  box::means(p);
  ++checks;
  const auto result = [](Real v) { return std::is_integral_v<Y> ? std::trunc(v) : v; };
  std::vector<Real> columns(s.outer * s.rows_out * s.cols * s.inner);
  for (size_t at = 0; at < columns.size(); ++at) {
    const size_t c = at % s.inner, j = at / s.inner % s.cols, row = at / s.inner / s.cols;
    Real sum = 0;
    for (size_t k = 0; k < s.taps_down; ++k)
      sum += Real(sample(s, x.get(), row / s.rows_out,
                         s.row_start + as_signed(row % s.rows_out) - as_signed(k), as_signed(j), c,
                         s.cols, static_cast<X>(p.fill[0][0])));
    columns[at] = result(sum / Real(p.divisors[0]));
  }
  bool right = true;
  each_result(s, [&](size_t at, size_t o, ptrdiff_t i, ptrdiff_t j, size_t c) {
    Real sum = 0;
    for (size_t l = 0; l < s.taps_across; ++l) {
      const ptrdiff_t col =
          index_inside(s.col_start + j - as_signed(l), as_signed(s.cols), s.across);
      const size_t row = o * s.rows_out + static_cast<size_t>(i);
      sum += col < 0 ? Real(p.fill[1][0])
                     : columns[(row * s.cols + static_cast<size_t>(col)) * s.inner + c];
    }
    const Real mean = result(sum / Real(p.divisors[1]));
    const Real largest = std::is_integral_v<X> ? Real(std::numeric_limits<X>::max()) + 1 : 1;
    const Real bound = std::is_integral_v<Y>
                           ? 0
                           : 2 * Real(s.taps_down + s.taps_across + 4) * epsilon<S>() * largest;
    right &= std::abs(Real(out[at]) - mean) <= bound;
  });
  if (!right) s.failed("box", 10 * sizeof(X) + sizeof(Y));
}

template <class S>
void check_template(const Shape& s) {
  const size_t rows = std::max(s.rows, s.taps_down), cols = std::max(s.cols, s.taps_across);
  const auto x = numbers<S>(rows * cols);
  const auto model = numbers<double>(s.taps());
  const size_t rows_out = rows - s.taps_down + 1, cols_out = cols - s.taps_across + 1;
  using C = typename Coefficient<S>::type;
  std::unique_ptr<C[]> out(new C[rows_out * cols_out]);
  match_template(MatchProblem<S>{x.get(), rows, cols, model.get(), s.taps_down, s.taps_across,
                                 out.get(), s.workers});
  ++checks;
  const Real n = s.taps();
  Real mean = 0, energy = 0;
  for (size_t t = 0; t < s.taps(); ++t) mean += Real(model[t]) / n;
  for (size_t t = 0; t < s.taps(); ++t) energy += (Real(model[t]) - mean) * (Real(model[t]) - mean);
  bool right = true;
  for (size_t i = 0; i < rows_out && right; ++i)
    for (size_t j = 0; j < cols_out && right; ++j) {
      const auto window = [&](size_t t) {
        return Real(x[(i + t / s.taps_across) * cols + j + t % s.taps_across]);
      };
      Real level = 0, power = 0, sum = 0;
      for (size_t t = 0; t < s.taps(); ++t) level += window(t) / n;
      for (size_t t = 0; t < s.taps(); ++t) {
        power += (window(t) - level) * (window(t) - level);
        sum += (window(t) - level) * (Real(model[t]) - mean);
      }
      const Real norm = std::sqrt(power * energy);
      const Real want = norm > 0 ? sum / norm : 0;
      right = std::abs(Real(out[i * cols_out + j]) - want) <= 1e-6L;
    }
  if (!right) s.failed("match_template", sizeof(S));
}

template <class X>
void check_pixel_types(const Shape& s) {
  check_pixels<X, X>(s, sizeof(X) == 1   ? PixelOut::bits8
                        : sizeof(X) == 2 ? PixelOut::bits16
                                         : PixelOut::bits32);
  check_pixels<X, std::int64_t>(s, PixelOut::int64);
  check_pixels<X, float>(s, PixelOut::float32);
  check_pixels<X, double>(s, PixelOut::float64);
}

}  // namespace

int main(int argc, char** argv) {
  const size_t cases = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 150;
  random_bits.seed(argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 1);
  for (size_t i = 0; i < cases; ++i) {
    const Shape s = any_shape();
    check_convolve2d<float>(s);
    check_convolve2d<double>(s);
    check_convolve2d<std::complex<float>>(s);
    check_convolve2d<std::complex<double>>(s);
    check_integers<std::uint8_t>(s);
    check_integers<std::uint32_t>(s);
    check_separable<float>(s);
    check_separable<double>(s);
    check_separable<std::complex<float>>(s);
    check_separable<std::complex<double>>(s);
    check_pixel_types<std::uint8_t>(s);
    check_pixel_types<std::int16_t>(s);
    check_pixel_types<std::int32_t>(s);
    check_box<float, float, float>(s);
    check_box<double, double, double>(s);
    check_box<std::uint8_t, float, std::uint8_t>(s);
    check_box<std::int16_t, float, std::int16_t>(s);
    check_box<std::uint8_t, float, float>(s);
    check_template<float>(s);
    check_template<double>(s);
    check_template<std::uint8_t>(s);
  }
  std::printf("%s: %zu results compared, %zu failures\n", isa_name(isa()), checks, failures);
  return failures ? 1 : 0;
}
