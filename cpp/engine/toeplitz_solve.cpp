// With T_k the leading block of order k, the recursion carries (Golub, Van Loan, "Matrix
// Computations", 4th ed., section 4.7, here without symmetry)
//   a: T_k a = e e_1, a[0] = 1;   b: T_k b = e e_k, b[k-1] = 1;   x: T_k x = y[0 .. k).
// With alpha = sum c[k-i] a[i], beta = sum r[i+1] b[i], gamma = y[k] - sum c[k-i] x[i]:
//   a <- (a, 0) - alpha/e (0, b),   b <- (0, b) - beta/e (a, 0),   e <- e - alpha beta / e,
//   x <- (x, 0) + gamma/e b         (with the new e and b).
// To shift b is to move its first place down by one in memory, and c is kept backwards, so that
// every pass runs forward over all vectors.
#include "engine/toeplitz_solve.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
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
  using Wide = std::conditional_t<complex, std::complex<double>, double>;
  constexpr std::size_t padding = LevinsonTable::padding;
  const auto& table = kernels<LevinsonTable>();
  const auto advance = complex ? table.complex_advance : table.advance;
  const auto solutions = complex ? table.complex_solutions : table.solutions;

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
  const auto put = [plane](double* at, Wide v) {
    *at = std::real(v);
    if constexpr (complex) at[plane] = std::imag(v);
  };
  for (std::size_t i = 0; i < n; ++i) put(column + i, Wide(c[n - 1 - i]));
  for (std::size_t i = 1; i < n; ++i) put(row + i - 1, Wide(r[i]));

  Wide e(c[0]);
  if (e == Wide(0)) return 1;
  if (!all_finite(c, 1)) {
    using S = convolve::Scalar<T>;
    std::fill(x, x + n * k, T(std::numeric_limits<S>::quiet_NaN()));
    return 0;
  }
  put(forward, 1);
  put(backward, 1);
  std::vector<Wide> factors(2 + k), sums(2 + k);
  Wide *next = sums.data(), *gamma = sums.data() + 2;
  for (std::size_t j = 0; j < k; ++j) {
    const Wide first = Wide(b[j]) / e;
    put(solution + j * vector, first);
    if (n > 1) gamma[j] = times(Wide(c[1]), first);
  }
  if (n > 1) next[0] = Wide(c[1]), next[1] = Wide(r[1]);
  for (std::size_t m = 1; m < n; ++m) {  // from order m to m + 1
    factors[0] = next[0] / e;
    factors[1] = next[1] / e;
    const Wide reduced = e - times(next[0], factors[1]);
    if (std::abs(reduced) <= vanishing * std::abs(e)) return m + 1;
    e = reduced;
    for (std::size_t j = 0; j < k; ++j) factors[2 + j] = (Wide(b[m * k + j]) - gamma[j]) / e;
    --backward;
    const double* backwards = column + (n - 2 - m);  // c[m + 1], c[m], ...; unused at the end
    auto* f = reinterpret_cast<double*>(factors.data());
    auto* s = reinterpret_cast<double*>(sums.data());
    advance(forward, backward, backwards, row, plane, m + 1, f, s);
    solutions(solution, vector, k, backward, backwards, plane, m + 1, f + 2 * parts, s + 2 * parts);
  }

  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < k; ++j) {
      const double* at = solution + j * vector + i;
      if constexpr (complex) {
        using S = typename T::value_type;
        x[i * k + j] = {static_cast<S>(*at), static_cast<S>(at[plane])};
      } else {
        x[i * k + j] = static_cast<T>(*at);
      }
    }
  return 0;
}

#define FLIPSHIFT_INSTANTIATE(T)                      \
  template bool all_finite<T>(const T*, std::size_t); \
  template std::size_t solve<T>(const T*, const T*, std::size_t, const T*, std::size_t, T*);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::toeplitz
