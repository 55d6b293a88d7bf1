// Every transform of the engine against its definition in long double: all lengths up to a limit
// and a spread above, in both precisions, one line and many, where they lie and by strides.
//
// Meant for sanitizers (nox -s sanitize): arrays end where their memory ends, and start at every
// alignment that an element may have. check_fft [limit], the instruction set by FLIPSHIFT_ISA.
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_dct.hpp"

namespace {

using namespace flipshift;
using namespace flipshift::fft;
using Real = long double;
using Complex = std::complex<Real>;

const Real pi = std::acos(Real(-1));
std::size_t checks = 0, failures = 0;

Real norm2(Complex z) { return z.real() * z.real() + z.imag() * z.imag(); }
Complex times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// Multiples of 2^-10 in [-1, 1), exact in both precisions.
std::vector<Complex> numbers(std::size_t n) {
  std::vector<Complex> x(n);
  std::uint32_t state = 12345 + static_cast<std::uint32_t>(n);
  const auto next = [&] {
    state = state * 1664525U + 1013904223U;
    return (static_cast<Real>(state >> 21) - 1024) / 1024;
  };
  for (Complex& z : x) z = {next(), next()};
  return x;
}

// sum_j x[j] exp(-+2 pi i jk/n) for the given k.
std::vector<Complex> definition(const std::vector<Complex>& x, Direction direction,
                                const std::vector<std::size_t>& ks) {
  const std::size_t n = x.size();
  const Real sign = direction == Direction::forward ? -1 : 1;
  std::vector<Complex> roots(n), y;
  for (std::size_t j = 0; j < n; ++j) {
    const Real angle = 2 * pi * static_cast<Real>(j) / static_cast<Real>(n);
    roots[j] = {std::cos(angle), sign * std::sin(angle)};
  }
  for (std::size_t k : ks) {
    Complex sum = 0;
    std::size_t at = 0;
    for (std::size_t j = 0; j < n; ++j) {
      sum += times(x[j], roots[at]);
      at = at + k < n ? at + k : at + k - n;
    }
    y.push_back(sum);
  }
  return y;
}

// The sums at the head of fft_dct.hpp.
std::vector<Real> definition(const std::vector<Real>& given, Trigonometric kind, int type,
                             bool orthogonalize) {
  const std::size_t n = given.size();
  const bool sine = kind == Trigonometric::sine;
  std::vector<Real> x = given, y(n);
  const Real root2 = std::sqrt(Real(2));
  if (orthogonalize && type == 1 && !sine) x[0] *= root2, x[n - 1] *= root2;
  if (orthogonalize && type == 3) x[sine ? n - 1 : 0] *= root2;
  // Angles are multiples of pi / unit.
  const std::size_t unit = type == 1 ? (sine ? n + 1 : n - 1) : type == 4 ? 4 * n : 2 * n;
  std::vector<Real> wave(2 * unit);
  for (std::size_t a = 0; a < 2 * unit; ++a) {
    const Real angle = pi * static_cast<Real>(a) / static_cast<Real>(unit);
    wave[a] = sine ? std::sin(angle) : std::cos(angle);
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t s = sine ? 1 : 0;
      const std::size_t angle = type == 1   ? (j + s) * (k + s)
                                : type == 2 ? (2 * j + 1) * (k + s)
                                : type == 3 ? (j + s) * (2 * k + 1)
                                            : (2 * j + 1) * (2 * k + 1);
      // The numbers that stand alone in the definition are in one of two equal halves.
      const bool alone =
          (type == 1 && !sine && (j == 0 || j == n - 1)) || (type == 3 && j == (sine ? n - 1 : 0));
      y[k] += (alone ? 1 : 2) * x[j] * wave[angle % (2 * unit)];
    }
  }
  if (orthogonalize && type == 1 && !sine) y[0] /= root2, y[n - 1] /= root2;
  if (orthogonalize && type == 2) y[sine ? n - 1 : 0] /= root2;
  return y;
}

// Where the lines of an array lie.
enum class Layout { rows, columns, backwards, apart, second };
constexpr Layout layouts[] = {Layout::rows, Layout::columns, Layout::backwards, Layout::apart};

// Lines of n elements in memory that ends with the last of them; line i is 2^(i mod 7) times the
// first, which changes no rounding.
template <class X>
struct Array {
  Array(std::size_t lines, std::size_t n, Layout layout, bool shifted)
      : lines(lines),
        n(n),
        step(layout == Layout::apart    ? 3
             : layout == Layout::second ? 2
                                        : 1) {
    const auto l = static_cast<std::ptrdiff_t>(lines), m = static_cast<std::ptrdiff_t>(n);
    const std::size_t used = (lines * n - 1) * static_cast<std::size_t>(step) + 1;
    memory = std::make_unique<X[]>(used + shifted);
    X* first = memory.get() + shifted;
    Strides strides{m * step, step};
    if (layout == Layout::columns) strides = {1, l};
    if (layout == Layout::backwards) {
      strides = {-m, -1};
      first += l * m - 1;
    }
    view = {first, {lines, n}, strides};
  }
  X& at(std::size_t i, std::size_t j) {
    return view.data[static_cast<std::ptrdiff_t>(i) * view.strides[0] +
                     static_cast<std::ptrdiff_t>(j) * view.strides[1]];
  }
  View<const X> as_const() const { return {view.data, view.shape, view.strides}; }
  template <class Y>
  void fill(const std::vector<Y>& x) {
    for (std::size_t i = 0; i < lines; ++i)
      for (std::size_t j = 0; j < n; ++j) at(i, j) = X(x[j] * std::ldexp(Real(1), i % 7));
  }
  std::size_t lines, n;
  std::ptrdiff_t step;
  std::unique_ptr<X[]> memory;
  View<X> view;
};

// Higham's bound for a radix-2 transform, log2(n) 3.4 eps, thrice for Bluestein's three of 4n.
template <class T>
Real bound(std::size_t n) {
  return 10.2L * std::numeric_limits<T>::epsilon() * (2 + std::log2(static_cast<Real>(n)));
}

template <class T, class X, class Y>
void compare(Array<X>& got, const std::vector<Y>& expected, const std::vector<std::size_t>& ks,
             std::size_t length, const std::string& what) {
  Real size = 0;
  for (const Y& y : expected) size += norm2(y);
  for (std::size_t i = 0; i < got.lines; ++i) {
    const Real factor = std::ldexp(Real(1), i % 7);
    Real error = 0;
    for (std::size_t k = 0; k < ks.size(); ++k)
      error += norm2(Complex(got.at(i, ks[k])) / factor - Complex(expected[k]));
    ++checks;
    // Written so that a NaN fails; the norm of a few outputs may be small by chance.
    const Real tolerance = bound<T>(length) * std::sqrt(size + Real(1e-3) * ks.size() * length);
    if (!(std::sqrt(error) <= tolerance) && ++failures < 20)
      std::printf("%s, %s, n = %zu, line %zu of %zu: error %Lg, at most %Lg\n", what.c_str(),
                  sizeof(T) == 4 ? "float" : "double", length, i, got.lines, std::sqrt(error),
                  tolerance);
  }
}

std::vector<std::size_t> first(std::size_t n) {
  std::vector<std::size_t> ks(n);
  for (std::size_t k = 0; k < n; ++k) ks[k] = k;
  return ks;
}
// All below 1024, a few above.
std::vector<std::size_t> some(std::size_t n) {
  if (n < 1024) return first(n);
  return {0, 1, 2, n / 2 - 1, n / 2, n / 3, n / 5 + 7, n - 1};
}
std::vector<Complex> picked(const std::vector<Complex>& x, const std::vector<std::size_t>& ks) {
  std::vector<Complex> y;
  for (std::size_t k : ks) y.push_back(x[k]);
  return y;
}

template <class T>
void check_fourier(std::size_t n, std::size_t lines, Layout from, Layout to, bool shifted,
                   std::size_t workers) {
  using C = std::complex<T>;
  const std::vector<Complex> x = numbers(n);
  const auto ks = some(n);
  const std::size_t half = n / 2 + 1;
  std::vector<Complex> real(n);
  for (std::size_t j = 0; j < n; ++j) real[j] = x[j].real();
  for (Direction direction : {Direction::forward, Direction::backward}) {
    const std::string sign = direction == Direction::forward ? " forward" : " backward";
    const Direction inverse =
        direction == Direction::forward ? Direction::backward : Direction::forward;
    const T scale = T(1) / static_cast<T>(n);
    Array<C> in(lines, n, from, shifted), out(lines, n, to, shifted);
    in.fill(x);
    c2c<T>(in.as_const(), out.view, {1}, direction, T(1), workers);
    compare<T>(out, definition(x, direction, ks), ks, n, "c2c" + sign);
    c2c<T>(out.as_const(), out.view, {1}, inverse, scale, workers);
    compare<T>(out, picked(x, first(n)), first(n), n, "c2c in place" + sign);

    std::vector<std::size_t> low;
    for (std::size_t k : ks)
      if (k < half) low.push_back(k);
    Array<T> line(lines, n, from, shifted), back(lines, n, from, shifted);
    Array<C> spectrum(lines, half, to, shifted);
    for (std::size_t i = 0; i < lines; ++i)
      for (std::size_t j = 0; j < n; ++j)
        line.at(i, j) = static_cast<T>(std::ldexp(x[j].real(), i % 7));
    r2c<T>(line.as_const(), spectrum.view, {1}, n, direction, T(1), workers);
    compare<T>(spectrum, definition(real, direction, low), low, n, "r2c" + sign);
    c2r<T>(spectrum.as_const(), back.view, {1}, inverse, scale, workers);
    compare<T>(back, real, first(n), n, "c2r" + sign);
  }
}

template <class T>
void check_trigonometric(std::size_t n, std::size_t lines, Layout from, Layout to, bool shifted,
                         std::size_t workers) {
  std::vector<Real> x;
  for (Complex z : numbers(n)) x.push_back(z.real());
  for (Trigonometric kind : {Trigonometric::cosine, Trigonometric::sine})
    for (int type = 1; type <= 4; ++type)
      for (bool orthogonalize : {false, true}) {
        if (type == 1 && kind == Trigonometric::cosine && n < 2) continue;
        Array<T> in(lines, n, from, shifted), out(lines, n, to, shifted);
        in.fill(x);
        dct<T>(in.as_const(), out.view, {1}, kind, type, T(1), orthogonalize, workers);
        const std::string what = kind == Trigonometric::cosine ? "cosine " : "sine ";
        compare<T>(out, definition(x, kind, type, orthogonalize), first(n), n,
                   what + std::to_string(type));
      }
}

// All axes of an array; the other layouts arise from its middle axes.
template <class T>
void check_axes(const Shape& shape, std::size_t workers) {
  using C = std::complex<T>;
  const std::size_t size = product(shape);
  std::vector<Complex> expected = numbers(size);
  Array<C> in(1, size, Layout::rows, true), out(1, size, Layout::rows, true);
  in.fill(expected);
  const std::vector<Complex> x = expected;
  Shape axes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    axes.push_back(axis);
    std::size_t step = 1;
    for (std::size_t d = axis + 1; d < shape.size(); ++d) step *= shape[d];
    for (std::size_t i = 0; i < size; ++i) {
      if (i / step % shape[axis] != 0) continue;
      std::vector<Complex> line(shape[axis]);
      for (std::size_t j = 0; j < line.size(); ++j) line[j] = expected[i + step * j];
      line = definition(line, Direction::forward, first(line.size()));
      for (std::size_t j = 0; j < line.size(); ++j) expected[i + step * j] = line[j];
    }
  }
  const Strides strides = contiguous_strides(shape);
  c2c<T>({in.view.data, shape, strides}, {out.view.data, shape, strides}, axes, Direction::forward,
         T(1), workers);
  compare<T>(out, expected, first(size), size, "c2c, all axes");
  c2c<T>({out.view.data, shape, strides}, {out.view.data, shape, strides}, axes,
         Direction::backward, T(1) / static_cast<T>(size), workers);
  compare<T>(out, x, first(size), size, "c2c, all axes, in place");
  Shape half = shape;
  half.back() = half.back() / 2 + 1;
  Array<T> real(1, size, Layout::rows, true), back(1, size, Layout::rows, true);
  Array<C> spectrum(1, product(half), Layout::rows, true);
  std::vector<Complex> parts;
  for (std::size_t i = 0; i < size; ++i) {
    parts.push_back(x[i].real());
    real.at(0, i) = static_cast<T>(x[i].real());
  }
  r2c<T>({real.view.data, shape, strides}, {spectrum.view.data, half, contiguous_strides(half)},
         axes, shape.back(), Direction::forward, T(1), workers);
  c2r<T>({spectrum.view.data, half, contiguous_strides(half)}, {back.view.data, shape, strides},
         axes, Direction::backward, T(1) / static_cast<T>(size), workers);
  compare<T>(back, parts, first(size), size, "c2r of r2c, all axes");
}

template <class T>
void check_all(std::size_t limit) {
  for (std::size_t n = 1; n <= limit; ++n) {
    // Each length takes some of the layouts and counts; neighbours and both precisions the others.
    const std::size_t turn = n + sizeof(T);
    const Layout from = layouts[turn % 4], to = layouts[turn / 4 % 4];
    const std::size_t many = n <= 130 ? 16 + turn % 9 : 5 + turn % 13;
    for (bool shifted : {false, true}) {
      check_fourier<T>(n, 1, Layout::rows, Layout::rows, shifted, 1);
      check_fourier<T>(n, many, shifted ? Layout::rows : from, shifted ? Layout::rows : to,
                       turn % 2 == 0, 2);
    }
    check_trigonometric<T>(n, turn % 5 == 0 ? many : 1, from, to, turn % 2 == 0, 2);
    check_trigonometric<T>(n, turn % 3 == 0 ? many : 1, Layout::rows, Layout::rows, true, 1);
  }
  for (const Shape& shape : {Shape{5, 6, 7},
                             {8, 16, 4},
                             {17, 3, 20},
                             {33, 64},
                             {1, 30},
                             {40, 1, 2},
                             {128, 130},
                             {3, 2, 2, 9},
                             {2, 1024},
                             {1009, 4}})
    for (std::size_t workers : {1, 2}) check_axes<T>(shape, workers);
  // Neighbours that do not fill the vectors, and every second number.
  for (std::size_t n : {2, 3, 5, 6, 7, 9, 10, 12, 15, 16, 30, 45, 63, 64, 100, 127, 135, 320})
    for (std::size_t lines = 2; lines <= 20; ++lines) {
      check_fourier<T>(n, lines, Layout::columns, layouts[lines / 4 % 2], lines % 2 == 0, 1);
      check_fourier<T>(n, lines, Layout::second, layouts[lines % 4], lines % 2 == 1, 1);
    }
  if (limit < 300) return;
  for (std::size_t lines : {5, 20})
    check_fourier<T>(lines * 5000, lines, Layout::columns, Layout::columns, true, 2);
  for (std::size_t n = 512; n <= std::size_t{1} << 20; n *= 2)
    check_fourier<T>(n, 1, Layout::rows, Layout::rows, true, 2);
  for (std::size_t n :
       {320,   360,   509,    720,    1000,   1009,   1018,   1088,   1155,   2187,    3125,
        2676,  4099,  5005,   6561,   9973,   10000,  10007,  16382,  30030,  30021,   59049,
        65537, 98304, 100000, 196608, 131071, 215300, 360360, 500000, 786432, 1000000, 1048575}) {
    check_fourier<T>(n, 1, Layout::rows, Layout::rows, false, 2);
    if (n < 20000) check_fourier<T>(n, 9, Layout::columns, layouts[n % 4], true, 2);
    if (n < 5000) check_trigonometric<T>(n, 3, layouts[n % 4], Layout::rows, true, 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t limit = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 300;
  check_all<float>(limit);
  check_all<double>(limit);
  std::printf("%s: %zu lines compared, %zu failures\n", isa_name(isa()), checks, failures);
  return failures ? 1 : 0;
}
