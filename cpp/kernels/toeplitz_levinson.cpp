// Levinson's recursion: updates and the dot products of the next step in one pass over the vectors.
#include "kernels/shuffle.hpp"
#include "kernels/toeplitz.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

constexpr int W = max_width<double>;
using V = Vec<double, W>;
static_assert(LevinsonTable::padding % W == 0);

double sum(V v) {
  double part[W];
  storeu<double, W>(part, v);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) part[i] += part[i + half];
  return part[0];
}

// W numbers, split.
template <bool complex>
struct Number {
  V re, im;
};
template <bool complex>
FLIPSHIFT_INLINE Number<complex> get(const double* p, std::size_t plane) {
  Number<complex> z{loadu<double, W>(p), V{}};
  if constexpr (complex) z.im = loadu<double, W>(p + plane);
  return z;
}
template <bool complex>
FLIPSHIFT_INLINE void put(double* p, std::size_t plane, Number<complex> z) {
  storeu<double, W>(p, z.re);
  if constexpr (complex) storeu<double, W>(p + plane, z.im);
}
template <bool complex>
FLIPSHIFT_INLINE Number<complex> factor(const double* f) {
  Number<complex> z{broadcast<double, W>(f[0]), V{}};
  if constexpr (complex) z.im = broadcast<double, W>(f[1]);
  return z;
}
// s + p q
template <bool complex>
FLIPSHIFT_INLINE Number<complex> add(Number<complex> s, Number<complex> p, Number<complex> q) {
  s.re += p.re * q.re;
  if constexpr (complex) {
    s.re -= p.im * q.im;
    s.im += p.re * q.im;
    s.im += p.im * q.re;
  }
  return s;
}
// s - p q
template <bool complex>
FLIPSHIFT_INLINE Number<complex> subtract(Number<complex> s, Number<complex> p, Number<complex> q) {
  s.re -= p.re * q.re;
  if constexpr (complex) {
    s.re += p.im * q.im;
    s.im -= p.re * q.im;
    s.im -= p.im * q.re;
  }
  return s;
}
template <bool complex>
FLIPSHIFT_INLINE void total(Number<complex> z, double* sums) {
  sums[0] = sum(z.re);
  if constexpr (complex) sums[1] = sum(z.im);
}

template <bool complex>
void advance(double* a, double* b, const double* column, const double* row, std::size_t plane,
             std::size_t n, const double* factors, double* sums) {
  using N = Number<complex>;
  constexpr int parts = complex ? 2 : 1;
  const N ka = factor<complex>(factors), kb = factor<complex>(factors + parts);
  N alpha[2] = {}, beta[2] = {}, e[2] = {};
  const auto at = [&](std::size_t i, int set) __attribute__((always_inline)) {
    N p = get<complex>(a + i, plane), q = get<complex>(b + i, plane);
    const N u = subtract(p, ka, q), v = subtract(q, kb, p);
    put(a + i, plane, u);
    put(b + i, plane, v);
    alpha[set] = add(alpha[set], get<complex>(column + i, plane), u);
    beta[set] = add(beta[set], get<complex>(row + i + 1, plane), v);
    e[set] = add(e[set], get<complex>(row + i, plane), u);
  };
  std::size_t i = 0;
  for (; i + W < n; i += 2 * W) {
    at(i, 0);
    at(i + W, 1);
  }
  if (i < n) at(i, 0);
  const auto both = [](const N* s) { return N{s[0].re + s[1].re, s[0].im + s[1].im}; };
  total(both(alpha), sums);
  total(both(beta), sums + parts);
  total(both(e), sums + 2 * parts);
}

// R vectors x.
template <bool complex, int R>
void solutions_of(double* x, std::size_t ldx, const double* b, const double* column,
                  std::size_t plane, std::size_t n, const double* factors, double* sums) {
  using N = Number<complex>;
  constexpr int parts = complex ? 2 : 1;
  N f[R], gamma[R] = {};
  for (int r = 0; r < R; ++r) f[r] = factor<complex>(factors + r * parts);
  for (std::size_t i = 0; i < n; i += W) {
    const N v = get<complex>(b + i, plane), c = get<complex>(column + i, plane);
    unroll<R>([&](auto r) __attribute__((always_inline)) {
      double* at = x + r * ldx + i;
      const N u = add(get<complex>(at, plane), f[r], v);
      put(at, plane, u);
      gamma[r] = add(gamma[r], c, u);
    });
  }
  for (int r = 0; r < R; ++r) total<complex>(gamma[r], sums + r * parts);
}

template <bool complex>
void solutions(double* x, std::size_t ldx, std::size_t count, const double* b, const double* column,
               std::size_t plane, std::size_t n, const double* factors, double* sums) {
  constexpr int parts = complex ? 2 : 1;
  constexpr int most = complex && FLIPSHIFT_VECTOR_REGISTERS == 16 ? 2 : 4;
  const auto step = [&](auto r) {
    solutions_of<complex, r>(x, ldx, b, column, plane, n, factors, sums);
    x += r * ldx;
    factors += r * parts;
    sums += r * parts;
    count -= r;
  };
  while (count >= most) step(std::integral_constant<int, most>{});
  if (most > 2 && count == 3) return step(std::integral_constant<int, 3>{});
  if (count == 2) return step(std::integral_constant<int, 2>{});
  if (count == 1) return step(std::integral_constant<int, 1>{});
}

}  // namespace

void fill(LevinsonTable& t) {
  t.advance = advance<false>;
  t.complex_advance = advance<true>;
  t.solutions = solutions<false>;
  t.complex_solutions = solutions<true>;
}

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
