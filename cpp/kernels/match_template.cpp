#include "kernels/match_template.hpp"

#include "kernels/over_columns.hpp"
#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

// ---- Images

constexpr size_t piece = 512;  // numbers that are converted at a time

template <class S>
FLIPSHIFT_INLINE const double* as_double(const S* x, size_t count, double* copy) {
  for (size_t i = 0; i < count; ++i) copy[i] = static_cast<double>(x[i]);
  return copy;
}
FLIPSHIFT_INLINE const double* as_double(const double* x, size_t, double*) { return x; }

template <class S>
void survey(const S* x, size_t count, double factor, double* sum, double* low, double* high) {
  constexpr int W = max_width<double>;
  using V = Vec<double, W>;
  V sums[4] = {}, least = broadcast<double, W>(*low), most = broadcast<double, W>(*high);
  alignas(64) double copy[piece];
  double rest = 0, lowest = *low, highest = *high;
  for (size_t from = 0; from < count; from += piece) {
    const size_t n = count - from < piece ? count - from : piece;
    const double* p = as_double(x + from, n, copy);
    const auto take = [&](size_t i, V& s) __attribute__((always_inline)) {
      const V v = loadu<double, W>(p + i);
      s += v * factor;
      least = v < least ? v : least;
      most = v > most ? v : most;
    };
    size_t i = 0;
    for (; i + 4 * W <= n; i += 4 * W) {
#pragma GCC unroll 4
      for (size_t k = 0; k < 4; ++k) take(i + k * W, sums[k]);
    }
    for (; i + W <= n; i += W) take(i, sums[0]);
    for (; i < n; ++i) {
      rest += p[i] * factor;
      lowest = p[i] < lowest ? p[i] : lowest;
      highest = p[i] > highest ? p[i] : highest;
    }
  }
  const V all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (int l = 0; l < W; ++l) {
    rest += all[l];
    lowest = least[l] < lowest ? least[l] : lowest;
    highest = most[l] > highest ? most[l] : highest;
  }
  *sum += rest;
  *low = lowest;
  *high = highest;
}

template <class S>
double center(const S* x, size_t count, double pivot, double scale, double* y) {
  constexpr int W = max_width<double>;
  using V = Vec<double, W>;
  const double offset = pivot * scale;
  for (size_t i = 0; i < count; ++i) y[i] = static_cast<double>(x[i]) * scale - offset;
  V sums[4] = {};
  size_t i = 0;
  for (; i + 4 * W <= count; i += 4 * W) {
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; ++k) {
      const V v = loadu<double, W>(y + i + k * W);
      sums[k] += v * v;
    }
  }
  const V all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double sum = 0;
  for (; i < count; ++i) sum += y[i] * y[i];
  for (int l = 0; l < W; ++l) sum += all[l];
  return sum;
}

// Calls f(number of the window, x) for each number; vectors first, then one by one.
template <class S, class F>
FLIPSHIFT_INLINE void over_window(const S* x, size_t x_row, size_t rows, size_t cols, F&& f) {
  constexpr int W = max_width<double>;
  alignas(64) double copy[piece];
  for (size_t r = 0; r < rows; ++r, x += x_row) {
    for (size_t from = 0; from < cols; from += piece) {
      const size_t n = cols - from < piece ? cols - from : piece;
      const double* p = as_double(x + from, n, copy);
      size_t i = 0;
      for (; i + W <= n; i += W) f(r * cols + from + i, loadu<double, W>(p + i));
      for (; i < n; ++i) f(r * cols + from + i, p[i]);
    }
  }
}

template <class S>
void window(const S* x, size_t x_row, size_t rows, size_t cols, double scale, const double* t,
            double* energy, double* product) {
  constexpr int W = max_width<double>;
  using V = Vec<double, W>;
  struct Sum {
    V lanes{};
    double rest = 0;
    FLIPSHIFT_INLINE void add(V v) { lanes += v; }
    FLIPSHIFT_INLINE void add(double v) { rest += v; }
    double total() const {
      double sum = rest;
      for (int l = 0; l < W; ++l) sum += lanes[l];
      return sum;
    }
  };
  // From the first number of the window: equal numbers leave 0.
  const double first = static_cast<double>(x[0]) * scale;
  Sum deviations, squares, products;
  over_window(x, x_row, rows, cols, [&](size_t, auto v) __attribute__((always_inline)) {
    deviations.add(v * scale - first);
  });
  const double mean = deviations.total() / static_cast<double>(rows * cols);
  over_window(x, x_row, rows, cols, [&](size_t i, auto v) __attribute__((always_inline)) {
    const auto d = (v * scale - first) - mean;
    squares.add(d * d);
    if constexpr (sizeof(v) == sizeof(double)) {
      products.add(d * t[i]);
    } else {
      products.add(d * loadu<double, W>(t + i));
    }
  });
  *energy = squares.total();
  *product = products.total();
}

// ---- Statistics of windows

// Vectors whose means and energies stay in registers.
constexpr int group = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 8 : 4;

template <int W, int V>
struct Statistics {
  using Vector = Vec<double, W>;
  Vector mean[V] = {}, energy[V] = {};
  FLIPSHIFT_INLINE void add(const double* x, double share, double weight) {
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) {
      const Vector delta = loadu<double, W>(x + v * W) - mean[v];
      mean[v] += delta * share;
      energy[v] += delta * delta * weight;
    }
  }
};

struct Rise {
  const double* x;
  size_t x_row, m, rows;
  const double *share, *weight;
  double *mean, *energy;
  size_t row;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Statistics<W, V> s;
    for (size_t j = m; j-- > 0;) {
      s.add(x + j * x_row + c, share[m - 1 - j], weight[m - 1 - j]);
      if (j < rows) {
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v) {
          storeu<double, W>(mean + j * row + c + v * W, s.mean[v]);
          storeu<double, W>(energy + j * row + c + v * W, s.energy[v]);
        }
      }
    }
  }
};
void rise(const double* x, size_t x_row, size_t cols, size_t m, size_t rows, const double* share,
          const double* weight, double* mean, double* energy, size_t row) {
  over_columns<max_width<double>, group>(0, cols,
                                         Rise{x, x_row, m, rows, share, weight, mean, energy, row});
}

// The union of a and b, whose mean goes to `mean`.
template <class V>
FLIPSHIFT_INLINE V unite_one(V mean_a, V energy_a, V mean_b, V energy_b, double share,
                             double weight, V& mean) {
  const V delta = mean_b - mean_a;
  mean = mean_a + delta * share;
  return (energy_a + energy_b) + delta * delta * weight;
}

struct Fall {
  const double* x;
  size_t x_row, rows;
  const double *share, *weight, *union_share, *union_weight;
  double *mean, *energy;
  size_t row;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Statistics<W, V> s;
    for (size_t j = 1; j < rows; ++j) {
      s.add(x + (j - 1) * x_row + c, share[j - 1], weight[j - 1]);
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) {
        double* m = mean + j * row + c + v * W;
        double* e = energy + j * row + c + v * W;
        Vec<double, W> of_union;
        storeu<double, W>(e, unite_one(loadu<double, W>(m), loadu<double, W>(e), s.mean[v],
                                       s.energy[v], union_share[j], union_weight[j], of_union));
        storeu<double, W>(m, of_union);
      }
    }
  }
};
void fall(const double* x, size_t x_row, size_t cols, size_t rows, const double* share,
          const double* weight, const double* union_share, const double* union_weight, double* mean,
          double* energy, size_t row) {
  over_columns<max_width<double>, group>(
      0, cols, Fall{x, x_row, rows, share, weight, union_share, union_weight, mean, energy, row});
}

struct Unite {
  const double *mean_a, *energy_a, *mean_b, *energy_b;
  double share, weight;
  double *mean, *energy;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) {
      const size_t i = c + v * W;
      Vec<double, W> m;
      const Vec<double, W> e =
          unite_one(loadu<double, W>(mean_a + i), loadu<double, W>(energy_a + i),
                    loadu<double, W>(mean_b + i), loadu<double, W>(energy_b + i), share, weight, m);
      storeu<double, W>(mean + i, m);
      storeu<double, W>(energy + i, e);
    }
  }
};
void unite(const double* mean_a, const double* energy_a, const double* mean_b,
           const double* energy_b, size_t count, double share, double weight, double* mean,
           double* energy) {
  over_columns<max_width<double>, 2>(
      0, count, Unite{mean_a, energy_a, mean_b, energy_b, share, weight, mean, energy});
}

template <int W>
FLIPSHIFT_INLINE Vec<double, W> square_root(Vec<double, W> v) {
  if constexpr (W == 1) {
    return __builtin_sqrt(v);
  } else {
    for (int l = 0; l < W; ++l) v[l] = __builtin_sqrt(v[l]);
    return v;
  }
}

template <class T>
struct Finish {
  const double *mean_a, *energy_a, *mean_b, *energy_b;
  double weight;
  const double* product;
  double limit;
  double* energy;
  T* out;
  double* least;  // of the energies that are not 0
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    using Vector = Vec<double, W>;
    const Vector zero{}, one = broadcast<double, W>(1.0);
    Vector low = broadcast<double, W>(limit);
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) {
      const size_t i = c + v * W;
      const Vector delta = loadu<double, W>(mean_b + i) - loadu<double, W>(mean_a + i);
      const Vector e = (loadu<double, W>(energy_a + i) + loadu<double, W>(energy_b + i)) +
                       delta * delta * weight;
      Vector r = loadu<double, W>(product + i) / square_root<W>(e);
      r = r > one ? one : r;
      r = r < -one ? Vector(-one) : r;
      r = e == zero ? zero : r;
      if constexpr (W == 1) {
        out[i] = static_cast<T>(r);
      } else {
        using Result = Vec<T, W>;
        storeu<T, W>(out + i, __builtin_convertvector(r, Result));
      }
      storeu<double, W>(energy + i, e);
      const Vector positive = e == zero ? broadcast<double, W>(limit) : e;
      low = positive < low ? positive : low;
    }
    if constexpr (W == 1) {
      *least = low < *least ? low : *least;
    } else {
      const Vector old = loadu<double, W>(least);
      storeu<double, W>(least, low < old ? low : old);
    }
  }
};
template <class T>
bool finish(const double* mean_a, const double* energy_a, const double* mean_b,
            const double* energy_b, size_t count, double weight, const double* product,
            double limit, double* energy, T* out) {
  constexpr int W = max_width<double>;
  double least[W];
  for (int l = 0; l < W; ++l) least[l] = limit;
  over_columns<W, 2>(
      0, count,
      Finish<T>{mean_a, energy_a, mean_b, energy_b, weight, product, limit, energy, out, least});
  bool any = false;
  for (int l = 0; l < W; ++l) any |= least[l] < limit;
  return any;
}

}  // namespace

#define FLIPSHIFT_FILL(S)                \
  void fill(MatchImageTable<S>& table) { \
    table.survey = survey<S>;            \
    table.center = center<S>;            \
    table.window = window<S>;            \
  }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)
FLIPSHIFT_FILL(std::uint8_t)
FLIPSHIFT_FILL(std::uint16_t)

void fill(MatchTemplateTable& table) {
  table.rise = rise;
  table.fall = fall;
  table.unite = unite;
}
void fill(MatchResultTable<float>& table) { table.finish = finish<float>; }
void fill(MatchResultTable<double>& table) { table.finish = finish<double>; }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
