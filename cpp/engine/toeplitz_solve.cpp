// With T_k the leading block of order k, the recursion carries (Golub, Van Loan, "Matrix
// Computations", 4th ed., section 4.7, here without symmetry)
//   a: T_k a = e e_1, a[0] = 1;   b: T_k b = e e_k, b[k-1] = 1;   x: T_k x = y[0 .. k).
// With alpha = sum c[k-i] a[i], beta = sum r[i+1] b[i], gamma = y[k] - sum c[k-i] x[i]:
//   a <- (a, 0) - alpha/e (0, b),   b <- (0, b) - beta/e (a, 0),   e <- sum r[i] a[i],
//   x <- (x, 0) + gamma/e b         (with the new e and b).
// To shift b is to move its first place down by one in memory, and c is kept backwards, so that
// every pass runs forward over all vectors.
//
// Where leading blocks are badly conditioned this loses digits that the whole matrix does not
// warrant. The residual tells, and a and b are enough to correct x in O(n log n): by the formula of
// Gohberg and Semencul (Heinig, Rost, "Algebraic Methods for Toeplitz-like Matrices", 1984)
//   e T^-1 = L(a) U(b) - L(0, b) U(0, a)
// with triangular Toeplitz matrices L and U.
#include "engine/toeplitz_solve.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/toeplitz.hpp"
#include "kernels/convolve.hpp"
#include "kernels/toeplitz.hpp"

namespace flipshift::toeplitz {

namespace {

using convolve::is_complex;

// A product without the rules for infinity of std::complex.
inline double times(double a, double b) { return a * b; }
inline std::complex<double> times(std::complex<double> a, std::complex<double> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// Below this part of the minor's last factor the next one is nothing but rounding errors.
constexpr double vanishing = 8 * std::numeric_limits<double>::epsilon();

// Corrects solutions by their residuals. Each column is treated as if it were alone.
template <class Wide>
class Refinement {
 public:
  // `precise`: residuals up to this part of |T| |x| are left alone.
  Refinement(const Buffer<Wide>& diagonals, std::size_t n, double precise)
      : n_(n), precise_(precise), norm_(0), matrix_(copy(diagonals), 1, n, n, 1, uses) {
    for (std::size_t i = 0; i < diagonals.size(); ++i) norm_ += std::abs(diagonals[i]);
  }

  // a, b, e: of the recursion.
  void inverse(const Wide* a, const Wide* b, Wide e) {
    const auto add = [&](auto&& fill) {
      Buffer<Wide> d(2 * n_ - 1);
      std::fill(d.data(), d.data() + d.size(), Wide(0));
      fill(d.data());
      factors_.emplace_back(std::move(d), 1, n_, n_, 1, uses);
    };
    add([&](Wide* d) { std::copy(b, b + n_, d); });           // U(b)
    add([&](Wide* d) { std::copy(a, a + n_, d + n_ - 1); });  // L(a)
    add([&](Wide* d) { std::copy(a + 1, a + n_, d); });       // U(0, a)
    add([&](Wide* d) { std::copy(b, b + n_ - 1, d + n_); });  // L(0, b)
    e_ = e;
  }

  // The largest residual y - T x over |T| |x|, and the residual itself.
  double residual(const Wide* x, const Wide* y, Wide* rest) const {
    matrix_.apply(x, 1, rest, 1);
    double size = 0, error = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      rest[i] = y[i] - rest[i];
      size = std::max(size, std::abs(x[i]));
      error = std::max(error, std::abs(rest[i]));
    }
    return size > 0 ? error / (norm_ * size) : 0;
  }
  bool wanted(double residual) const { return residual > precise_ && residual < 0.5; }

  void run(Wide* x, const Wide* y, Wide* rest, double before) const {
    Scratch<Wide> memory(4 * n_);
    Wide *u = memory.data(), *v = u + n_, *w = v + n_, *next = w + n_;
    for (int round = 0; round < 3 && wanted(before); ++round) {
      factors_[0].apply(rest, 1, u, 1);
      factors_[1].apply(u, 1, v, 1);
      factors_[2].apply(rest, 1, u, 1);
      factors_[3].apply(u, 1, w, 1);
      for (std::size_t i = 0; i < n_; ++i) next[i] = x[i] + (v[i] - w[i]) / e_;
      const double after = residual(next, y, rest);
      if (!(after < before / 2)) return;
      std::copy(next, next + n_, x);
      before = after;
    }
  }

 private:
  static constexpr double uses = 8;  // of a matrix here; the same always, as results depend on it
  static Buffer<Wide> copy(const Buffer<Wide>& from) {
    Buffer<Wide> to(from.size());
    std::copy(from.data(), from.data() + from.size(), to.data());
    return to;
  }

  std::size_t n_;
  double precise_, norm_;
  Operator<Wide> matrix_;
  std::vector<Operator<Wide>> factors_;
  Wide e_{};
};

}  // namespace

template <class T>
bool all_finite(const T* x, std::size_t n) {
  using S = convolve::Scalar<T>;
  return kernels<ConvolveTable<S>>().finite(reinterpret_cast<const S*>(x),
                                            n * (is_complex<T> ? 2 : 1));
}

template <class T>
std::size_t solve(const T* c, const T* r, std::size_t n, const T* b, std::size_t k, T* x) {
  constexpr bool complex = is_complex<T>;
  constexpr std::size_t parts = complex ? 2 : 1;
  using S = convolve::Scalar<T>;
  using Wide = std::conditional_t<complex, std::complex<double>, double>;
  constexpr std::size_t padding = LevinsonTable::padding;
  const auto& table = kernels<LevinsonTable>();
  const auto advance = complex ? table.complex_advance : table.advance;
  const auto solutions = complex ? table.complex_solutions : table.solutions;

  Wide e(c[0]);
  if (e == Wide(0)) return 1;
  if (!all_finite(c, 1)) {
    std::fill(x, x + n * k, T(std::numeric_limits<S>::quiet_NaN()));
    return 0;
  }

  // One vector is `plane` elements, or twice as many; b has room to move through.
  const std::size_t plane = (2 * n + 3 * padding) / 64 * 64 + 64 + padding;
  const std::size_t vector = parts * plane;
  Scratch<double> memory((4 + k) * vector);
  std::memset(memory.data(), 0, (4 + k) * vector * sizeof(double));
  double* forward = memory.data();
  double* backward = forward + vector + n;
  double* column = forward + 2 * vector + 1;  // c backwards, with a zero before it
  double* row = forward + 3 * vector;
  double* solution = forward + 4 * vector;
  const auto put = [&](double* at, Wide v) {
    *at = std::real(v);
    if constexpr (complex) at[plane] = std::imag(v);
  };
  const auto get = [&](const double* at) -> Wide {
    if constexpr (complex) {
      return {*at, at[plane]};
    } else {
      return *at;
    }
  };
  for (std::size_t i = 0; i < n; ++i) {
    put(column + i, Wide(c[n - 1 - i]));
    put(row + i, Wide(i ? r[i] : c[0]));
  }

  put(forward, 1);
  put(backward, 1);
  std::vector<Wide> factors(2 + k), sums(3 + k);
  Wide *next = sums.data(), *gamma = sums.data() + 3;
  for (std::size_t j = 0; j < k; ++j) {
    const Wide first = Wide(b[j]) / e;
    put(solution + j * vector, first);
    if (n > 1) gamma[j] = times(Wide(c[1]), first);
  }
  if (n > 1) next[0] = Wide(c[1]), next[1] = Wide(r[1]);
  for (std::size_t m = 1; m < n; ++m) {  // from order m to m + 1
    factors[0] = next[0] / e;
    factors[1] = next[1] / e;
    const Wide expected = e - times(next[0], factors[1]);
    --backward;
    const double* backwards = column + (n - 2 - m);  // c[m + 1], c[m], ...; unused at the end
    auto* f = reinterpret_cast<double*>(factors.data());
    auto* s = reinterpret_cast<double*>(sums.data());
    advance(forward, backward, backwards, row, plane, m + 1, f, s);
    // The sum is more precise than what is expected, but both have to be more than errors.
    if (std::min(std::abs(expected), std::abs(next[2])) <= vanishing * std::abs(e)) return m + 1;
    e = next[2];
    for (std::size_t j = 0; j < k; ++j) factors[2 + j] = (Wide(b[m * k + j]) - gamma[j]) / e;
    solutions(solution, vector, k, backward, backwards, plane, m + 1, f + 2 * parts, s + 3 * parts);
  }

  Buffer<Wide> diagonals(2 * n - 1), lines(3 * n);
  for (std::size_t i = 0; i < n; ++i) {
    diagonals[n - 1 - i] = get(row + i);
    diagonals[n - 1 + i] = Wide(c[i]);
  }
  Refinement<Wide> refinement(diagonals, n, 4.0 * std::numeric_limits<S>::epsilon());
  bool ready = false;
  Wide *at = lines.data(), *right = at + n, *rest = right + n;
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      at[i] = get(solution + j * vector + i);
      right[i] = Wide(b[i * k + j]);
    }
    const double residual = refinement.residual(at, right, rest);
    if (refinement.wanted(residual)) {
      if (!ready) {
        Buffer<Wide> ab(2 * n);
        for (std::size_t i = 0; i < n; ++i) {
          ab[i] = get(forward + i);
          ab[n + i] = get(backward + i);
        }
        refinement.inverse(ab.data(), ab.data() + n, e);
        ready = true;
      }
      refinement.run(at, right, rest, residual);
    }
    for (std::size_t i = 0; i < n; ++i) x[i * k + j] = T(at[i]);
  }
  return 0;
}

#define FLIPSHIFT_INSTANTIATE(T)                      \
  template bool all_finite<T>(const T*, std::size_t); \
  template std::size_t solve<T>(const T*, const T*, std::size_t, const T*, std::size_t, T*);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::toeplitz
