// Gaussian elimination with full pivoting, until what is left is small enough: each step takes out
// a column and a row. Then the singular value decomposition of the sum of their products, by
// orthogonal rows and Jacobi's rotations of the columns, as the terms that cancel least.
#include "engine/low_rank.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "engine/scratch.hpp"

namespace flipshift::convolve2d {

namespace {

// A type in which errors of T can be seen.
template <class T>
struct WiderThan;
template <>
struct WiderThan<float> {
  using type = double;
};
template <>
struct WiderThan<double> {
  using type = long double;
};
template <class T>
struct WiderThan<std::complex<T>> {
  using type = std::complex<typename WiderThan<T>::type>;
};

template <class T>
struct PartOf {
  using type = T;
};
template <class T>
struct PartOf<std::complex<T>> {
  using type = T;
};

template <class R>
R conjugate(R a) {
  return a;
}
template <class R>
std::complex<R> conjugate(std::complex<R> a) {
  return {a.real(), -a.imag()};
}
// Products without the detour of complex numbers for infinities.
template <class R>
R times(R a, R b) {
  return a * b;
}
template <class R>
std::complex<R> times(std::complex<R> a, std::complex<R> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}
template <class R>
R square(R a) {
  return a * a;
}
template <class R>
R square(std::complex<R> a) {
  return a.real() * a.real() + a.imag() * a.imag();
}
template <class R>
R magnitude(R a) {
  return std::abs(a);
}
// Several times faster than std::abs(), in types whose range leaves room for the squares.
template <class R>
R magnitude(std::complex<R> a) {
  return std::sqrt(square(a));
}

// W is what it computes in.
template <class T, class W = typename WiderThan<T>::type>
class Elimination {
  using R = typename PartOf<W>::type;
  using Narrow = typename PartOf<T>::type;
  // Half of epsilon; with complex arithmetic, a product has up to sqrt(8) times its error, in both
  // sums alike.
  static constexpr R unit = std::numeric_limits<Narrow>::epsilon() / R(2);

 public:
  Elimination(const Matrix<const T>& h, std::size_t most)
      : h_(h),
        most_(std::min({most, h.rows, h.cols})),
        rest_(h.rows * h.cols),
        columns_(h.rows * most_),
        rows_(h.cols * most_) {
    std::copy_n(h.data, h.rows * h.cols, rest_.data());
  }

  // Steps until small(|rest|, |h|, terms) holds for each element; false if it never does.
  template <class Small>
  bool eliminate(Small&& small) {
    const std::size_t n = h_.rows * h_.cols;
    for (;;) {
      std::size_t pivot = 0;
      R largest = 0;
      bool done = true;
      for (std::size_t i = 0; i < n; ++i) {
        const R size = magnitude(rest_[i]);
        if (!(size <= std::numeric_limits<Narrow>::max())) return false;
        if (size > largest) largest = size, pivot = i;
        done = done && small(size, magnitude(W(h_.data[i])), terms_);
      }
      if (done) return true;
      if (terms_ == most_ || largest == 0) return false;
      step(pivot / h_.cols, pivot % h_.cols);
    }
  }

  std::size_t terms() const { return terms_; }

  // The terms of the singular value decomposition of what was taken out.
  LowRank<T> result() {
    if (terms_ > 1) decompose();
    LowRank<T> terms;
    terms.terms = terms_;
    terms.columns.resize(terms_ * h_.rows);
    terms.rows.resize(terms_ * h_.cols);
    for (std::size_t r = 0; r < terms_; ++r) {
      W* const u = column(r);
      W* const v = line(r);
      const auto largest = [](const W* p, std::size_t n) {
        R most = 0;
        for (std::size_t i = 0; i < n; ++i) most = std::max<R>(most, magnitude(p[i]));
        return most;
      };
      // Equal sizes, by a power of two: sums along columns are then as far from overflow and
      // underflow as the kernel allows.
      int up = 0, down = 0;
      std::frexp(largest(u, h_.rows), &up);
      std::frexp(largest(v, h_.cols), &down);
      const R scale = std::ldexp(R(1), (down - up) / 2);
      for (std::size_t i = 0; i < h_.rows; ++i)
        terms.columns[r * h_.rows + i] = static_cast<T>(u[i] * scale);
      for (std::size_t j = 0; j < h_.cols; ++j)
        terms.rows[r * h_.cols + j] = static_cast<T>(v[j] / scale);
    }
    return terms;
  }

  // Whether the bound of low_rank.hpp holds.
  bool within_bound(const LowRank<T>& terms) const {
    const std::size_t k = h_.rows, l = h_.cols;
    const R direct = gamma(k * l), separable = gamma(k + l + terms.terms - 1);
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < l; ++j) {
        W left = h_.data[i * l + j];
        R sizes = 0;
        for (std::size_t r = 0; r < terms.terms; ++r) {
          const W product = times<R>(W(terms.columns[r * k + i]), W(terms.rows[r * l + j]));
          left -= product;
          sizes += magnitude(product);
        }
        const R whole = magnitude(W(h_.data[i * l + j]));
        if (!(magnitude(left) + separable * sizes <= direct * whole)) return false;
      }
    }
    return true;
  }

  static R gamma(std::size_t n) {
    const R nu = static_cast<R>(n) * unit;
    return nu / (1 - nu);
  }

 private:
  W* column(std::size_t r) { return columns_.data() + r * h_.rows; }
  W* line(std::size_t r) { return rows_.data() + r * h_.cols; }

  void step(std::size_t row, std::size_t col) {
    W* const u = column(terms_);
    W* const v = line(terms_);
    const std::size_t cols = h_.cols;
    const W pivot = rest_[row * cols + col];
    for (std::size_t j = 0; j < cols; ++j) v[j] = rest_[row * cols + j];
    for (std::size_t i = 0; i < h_.rows; ++i) u[i] = rest_[i * cols + col] / pivot;
    for (std::size_t i = 0; i < h_.rows; ++i) {
      if (u[i] == W(0)) continue;
      W* const left = rest_.data() + i * cols;
      for (std::size_t j = 0; j < cols; ++j) left[j] -= times<R>(u[i], v[j]);
    }
    // Zero, but for what rounding would leave.
    for (std::size_t j = 0; j < cols; ++j) rest_[row * cols + j] = W(0);
    for (std::size_t i = 0; i < h_.rows; ++i) rest_[i * cols + col] = W(0);
    ++terms_;
  }

  static W inner(const W* a, const W* b, std::size_t n) {
    W sum(0);
    for (std::size_t i = 0; i < n; ++i) sum += times<R>(conjugate(a[i]), b[i]);
    return sum;
  }
  static R norm2(const W* a, std::size_t n) {
    R sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += square(a[i]);
    return sum;
  }

  void decompose() {
    const std::size_t k = h_.rows, l = h_.cols, n = terms_;
    // Columns times rows stays the same while the rows are made orthonormal, twice each to be so
    // in spite of rounding (Gram-Schmidt); for rows without a conjugate, v_q = sum_p c_pq v_p means
    // u_p += c_pq u_q.
    for (std::size_t q = 0; q < n; ++q) {
      for (int again = 0; again < 2; ++again) {
        for (std::size_t p = 0; p < q; ++p) {
          const W c = inner(line(p), line(q), l);
          for (std::size_t j = 0; j < l; ++j) line(q)[j] -= times<R>(c, line(p)[j]);
          for (std::size_t i = 0; i < k; ++i) column(p)[i] += times<R>(c, column(q)[i]);
        }
      }
      const R size = std::sqrt(norm2(line(q), l));
      if (size == 0) continue;
      for (std::size_t j = 0; j < l; ++j) line(q)[j] /= size;
      for (std::size_t i = 0; i < k; ++i) column(q)[i] *= size;
    }
    // Columns made orthogonal by rotations, which the rows go along with.
    for (int sweep = 0; sweep < 30; ++sweep) {
      bool rotated = false;
      for (std::size_t p = 0; p + 1 < n; ++p)
        for (std::size_t q = p + 1; q < n; ++q) rotated |= rotate(p, q);
      if (!rotated) break;
    }
  }

  bool rotate(std::size_t p, std::size_t q) {
    const std::size_t k = h_.rows, l = h_.cols;
    const R a = norm2(column(p), k), b = norm2(column(q), k);
    const W c = inner(column(p), column(q), k);
    const R size = std::abs(c);
    if (size == 0 || size <= 4 * std::numeric_limits<R>::epsilon() * std::sqrt(a) * std::sqrt(b))
      return false;
    // With the phase of c taken from column q and given to row q, the rotation is real.
    const W phase = c / size;
    const R zeta = (b - a) / (2 * size);
    const R t = (zeta < 0 ? R(-1) : R(1)) / (std::abs(zeta) + std::hypot(R(1), zeta));
    const R cosine = 1 / std::hypot(R(1), t), sine = cosine * t;
    const auto turn = [&](W* x, W* y, std::size_t m, W factor) {
      for (std::size_t i = 0; i < m; ++i) {
        const W first = x[i], second = times<R>(y[i], factor);
        x[i] = first * cosine - second * sine;
        y[i] = first * sine + second * cosine;
      }
    };
    turn(column(p), column(q), k, conjugate(phase));
    turn(line(p), line(q), l, phase);
    return true;
  }

  const Matrix<const T> h_;
  const std::size_t most_;
  Scratch<W> rest_, columns_, rows_;
  std::size_t terms_ = 0;
};

// A few rows and columns, spread over h.
constexpr std::size_t few = 8;

template <class T>
bool few_are_low(const Matrix<const T>& h, std::size_t most) {
  using E = Elimination<T, T>;
  T part[few * few];
  const std::size_t n = std::min({most + 2, few, h.rows, h.cols});
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      part[i * n + j] =
          h.data[(2 * i + 1) * h.rows / (2 * n) * h.cols + (2 * j + 1) * h.cols / (2 * n)];
  // Ten times as much as passes for the whole: that is more than T itself is off by.
  const auto tolerance = 10 * E::gamma(h.rows * h.cols);
  return E({part, n, n}, most).eliminate([&](auto rest, auto size, std::size_t) {
    return rest <= tolerance * size;
  });
}

// Something that grows with the absolute value.
template <class T>
T size_of(T a) {
  return std::abs(a);
}
template <class R>
R size_of(std::complex<R> a) {
  return std::max(std::abs(a.real()), std::abs(a.imag()));
}

// The largest of n numbers `step` apart.
template <class T>
std::size_t largest_of(const T* p, std::size_t n, std::size_t step) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < n; ++i)
    if (size_of(p[i * step]) > size_of(p[at * step])) at = i;
  return at;
}

// Whether the term is within the bound, without a wider type: real h - t is exact for numbers so
// close (Sterbenz), and t is off by a unit, complex ones by less than three.
template <class T>
bool is_within(const T* h, const T* u, std::size_t k, const T* v, std::size_t l) {
  using E = Elimination<T>;
  // |h - t| + unit t + gamma t <= gamma h, with some to spare for the rounding of both sides.
  const T spare = 1 + 8 * std::numeric_limits<T>::epsilon();
  const T direct = static_cast<T>(E::gamma(k * l));
  const T own = static_cast<T>(E::gamma(k + l + 1)) * spare;
  for (std::size_t i = 0; i < k; ++i, h += l) {
    int beyond = 0;
    for (std::size_t j = 0; j < l; ++j) {
      const T t = u[i] * v[j];
      beyond |= !(std::abs(h[j] - t) + own * std::abs(t) <= direct * std::abs(h[j]));
    }
    if (beyond) return false;
  }
  return true;
}
template <class R>
bool is_within(const std::complex<R>* h, const std::complex<R>* u, std::size_t k,
               const std::complex<R>* v, std::size_t l) {
  using E = Elimination<std::complex<R>>;
  // With |t| <= |h| + |h - t|, squared.
  const double own = static_cast<double>(E::gamma(k + l + 4)) * 1.0001;
  const double left = (static_cast<double>(E::gamma(k * l)) - own) / (1 + own);
  if (left <= 0) return false;
  const double factor = left * left;
  for (std::size_t i = 0; i < k; ++i, h += l) {
    int beyond = 0;
    for (std::size_t j = 0; j < l; ++j) {
      const std::complex<R> t = times(u[i], v[j]);
      const double re = h[j].real() - t.real(), im = h[j].imag() - t.imag();
      const double a = h[j].real(), b = h[j].imag(), size = a * a + b * b;
      // Squares that underflow prove nothing.
      const bool zero = re == 0 && im == 0;
      beyond |= !(zero || (size > 1e-280 && re * re + im * im <= factor * size));
    }
    if (beyond) return false;
  }
  return true;
}

// One term within the bound.
template <class T>
bool one_term(const Matrix<const T>& h, LowRank<T>& term) {
  using R = typename PartOf<T>::type;
  const std::size_t k = h.rows, l = h.cols;
  if (k == 1 || l == 1) {
    // Times one, without a rounding.
    const std::vector<T> one(1, T(1)), all(h.data, h.data + k * l);
    term = {1, k == 1 ? one : all, k == 1 ? all : one};
    return std::all_of(all.begin(), all.end(),
                       [](T a) { return size_of(a) <= std::numeric_limits<R>::max(); });
  }
  // The largest element of its row and of its column, as the largest of all is if the rank is 1.
  std::size_t row = k / 2, col = largest_of(h.data + row * l, l, 1);
  row = largest_of(h.data + col, k, l);
  col = largest_of(h.data + row * l, l, 1);
  const T pivot = h.data[row * l + col];
  const R size = size_of(pivot);
  if (!(size > 0 && size <= std::numeric_limits<R>::max())) return false;
  int exponent = 0;
  std::frexp(size, &exponent);
  // Both factors have about the same size.
  const R up = std::ldexp(R(1), exponent / 2), down = std::ldexp(R(1), -(exponent / 2));
  term = {1, std::vector<T>(k), std::vector<T>(l)};
  T* const u = term.columns.data();
  T* const v = term.rows.data();
  for (std::size_t i = 0; i < k; ++i) u[i] = h.data[i * l + col] / pivot * up;
  for (std::size_t j = 0; j < l; ++j) v[j] = h.data[row * l + j] * down;
  return is_within(h.data, u, k, v, l);
}

}  // namespace

template <class T>
LowRank<T> low_rank(const Matrix<const T>& h, std::size_t most_terms) {
  most_terms = std::min({most_terms, h.rows, h.cols});
  if (most_terms == 0) return {};
  LowRank<T> term;
  if (one_term(h, term)) return term;
  if (most_terms == 1) return {};
  if (h.rows > most_terms + 2 && h.cols > most_terms + 2 && !few_are_low(h, most_terms)) return {};
  using E = Elimination<T>;
  E elimination(h, most_terms);
  const std::size_t k = h.rows, l = h.cols;
  const auto direct = E::gamma(k * l);
  const bool low = elimination.eliminate([&](auto rest, auto size, std::size_t terms) {
    return terms > 0 && rest + E::gamma(k + l + terms - 1) * size <= direct * size;
  });
  if (!low) return {};
  LowRank<T> terms = elimination.result();
  if (!elimination.within_bound(terms)) return {};
  return terms;
}

template <class T>
LowRank<T> factors(const Matrix<const T>& h) {
  LowRank<T> term;
  if (one_term(h, term)) return term;
  using E = Elimination<T>;
  E elimination(h, std::min(h.rows, h.cols));
  decltype(E::gamma(1)) largest = 0;
  for (std::size_t i = 0; i < h.rows * h.cols; ++i)
    largest = std::max<decltype(largest)>(largest, std::abs(h.data[i]));
  if (largest == 0) return {1, std::vector<T>(h.rows), std::vector<T>(h.cols)};
  // What is left after the last term of a kernel whose elements were rounded twice: by them, and by
  // those of the pivot, its row and its column, which were no better.
  const auto unit = E::gamma(1);
  const bool finite = elimination.eliminate([&](auto rest, auto size, std::size_t terms) {
    return terms > 0 && rest <= unit * (8 * size + 2 * largest);
  });
  return finite ? elimination.result() : LowRank<T>{};
}

#define FLIPSHIFT_INSTANTIATE(T)                                     \
  template LowRank<T> low_rank(const Matrix<const T>&, std::size_t); \
  template LowRank<T> factors(const Matrix<const T>&);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve2d
