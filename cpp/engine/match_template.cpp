#include "engine/match_template.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

#include "engine/convolve2d.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/match_template.hpp"

namespace flipshift {

namespace {

using std::size_t;

constexpr double infinite = std::numeric_limits<double>::infinity();

// Half of the second-level cache: means and energies of the columns of a band.
constexpr size_t band_bytes = size_t{1} << 19;
constexpr size_t chunk_numbers = 16384;  // that are surveyed together
// Scratch for centred samples and products; strips of this size repeat the template's transform and
// the rows that two of them share, which costs 1 to 3%.
constexpr size_t strip_bytes = size_t{1} << 25;

double number(size_t n) { return static_cast<double>(n); }

// What brings numbers to about 1: y = scale * (x - pivot), by a power of two.
struct Centre {
  double pivot = 0, scale = 1;
  double extent = 0;      // of scale * x
  bool finite = true;     // all numbers
  bool constant = false;  // all finite numbers
};

template <class S>
Centre centre_of(const S* x, size_t n, size_t workers) {
  const auto& table = kernels<MatchImageTable<S>>();
  struct Part {
    double sum, low, high;
  };
  const size_t chunks = (n + chunk_numbers - 1) / chunk_numbers;
  Scratch<Part> parts(chunks);
  const double factor = 1 / number(n);
  parallel_for(chunks, n < worth_a_thread ? 1 : workers, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const size_t from = i * chunk_numbers;
      Part& p = parts[i] = {0, infinite, -infinite};
      table.survey(x + from, std::min(chunk_numbers, n - from), factor, &p.sum, &p.low, &p.high);
    }
  });
  Part all{0, infinite, -infinite};
  for (size_t i = 0; i < chunks; ++i)
    all = {all.sum + parts[i].sum, std::min(all.low, parts[i].low),
           std::max(all.high, parts[i].high)};
  Centre c;
  if (!std::isfinite(all.sum)) {
    c.finite = false;
    all = {0, infinite, -infinite};
    size_t count = 0;
    for (size_t i = 0; i < n; ++i) count += std::isfinite(static_cast<double>(x[i]));
    for (size_t i = 0; i < n; ++i) {
      const double v = static_cast<double>(x[i]);
      if (std::isfinite(v))
        all = {all.sum + v / number(count), std::min(all.low, v), std::max(all.high, v)};
    }
    if (count == 0) return c;
  }
  // In the type of the samples differences from the pivot are exact more often.
  c.pivot = std::is_integral_v<S> ? std::nearbyint(all.sum) : double(static_cast<S>(all.sum));
  c.pivot = std::clamp(c.pivot, all.low, all.high);
  c.constant = all.low == all.high;
  const double most = std::max(all.high / 4 - c.pivot / 4, c.pivot / 4 - all.low / 4);
  if (most > 0) c.scale = std::ldexp(1.0, -std::clamp(std::ilogb(most) + 2, -1000, 1000));
  c.extent = std::max(std::abs(all.low), std::abs(all.high)) * c.scale;
  return c;
}

// The template, turned by half a turn, less its mean and divided by its norm; all zero if it is
// constant.
void prepare(const double* model, size_t n, const Centre& c, double* kernel) {
  const auto& table = kernels<MatchImageTable<double>>();
  if (c.constant) return void(std::fill_n(kernel, n, 0.0));
  table.center(model, n, c.pivot, c.scale, kernel);
  double mean = 0, low = infinite, high = -infinite;
  table.survey(kernel, n, 1 / number(n), &mean, &low, &high);
  const double norm = std::sqrt(table.center(kernel, n, mean, 1, kernel));
  for (size_t i = 0; i < n; ++i) kernel[i] /= norm;
  std::reverse(kernel, kernel + n);
}

template <class S>
class Matching {
  using T = typename Coefficient<S>::type;

 public:
  explicit Matching(const MatchProblem<S>& p)
      : p_(p),
        n_(p.rows * p.cols),
        m_(p.model_rows * p.model_cols),
        out_rows_(p.rows - p.model_rows + 1),
        out_cols_(p.cols - p.model_cols + 1),
        band_(std::clamp<size_t>(band_bytes / (16 * p.cols), 4, 128)) {
    band_ = std::min(band_, std::min(p.model_rows, out_rows_));
  }

  void run() {
    const Centre model = centre_of(p_.model, m_, 1);
    if (!model.finite)
      return void(std::fill_n(p_.out, out_rows_ * out_cols_, std::numeric_limits<T>::quiet_NaN()));
    centre_ = centre_of(p_.image, n_, p_.workers);
    Scratch<double> turned(m_), model_values(m_);
    prepare(p_.model, m_, model, turned.data());
    std::reverse_copy(turned.data(), turned.data() + m_, model_values.data());
    // Strips of so many rows of results.
    const size_t at_once = strip_bytes / (2 * sizeof(double) * p_.cols);
    const size_t strip = std::max(at_once, 8 * p_.model_rows) - p_.model_rows + 1;
    if (strip >= out_rows_) {
      Scratch<double> samples(n_);
      set_limits(center(0, n_, samples.data()));
      return match(0, out_rows_, samples.data(), turned.data(), model_values.data());
    }
    set_limits(center(0, n_, nullptr));
    for (size_t row = 0; row < out_rows_; row += strip) {
      const size_t count = std::min(strip, out_rows_ - row);
      const size_t n = (count + p_.model_rows - 1) * p_.cols;
      Scratch<double> samples(n);
      center(row * p_.cols, n, samples.data());
      match(row, count, samples.data(), turned.data(), model_values.data());
    }
  }

 private:
  // `n` numbers of the centred image from `begin` on, NaN where they are not finite, unless
  // `samples` is null; returns the energy of the finite ones.
  double center(size_t begin, size_t n, double* samples) const {
    const auto& table = kernels<MatchImageTable<S>>();
    const size_t chunks = (n + chunk_numbers - 1) / chunk_numbers;
    Scratch<double> energies(chunks);
    parallel_for(chunks, n < worth_a_thread ? 1 : p_.workers, [&](size_t first, size_t last) {
      Scratch<double> passing(samples ? 0 : chunk_numbers);
      for (size_t i = first; i < last; ++i) {
        const size_t from = i * chunk_numbers, count = std::min(chunk_numbers, n - from);
        double* const to = samples ? samples + from : passing.data();
        energies[i] =
            table.center(p_.image + begin + from, count, centre_.pivot, centre_.scale, to);
        if (centre_.finite) continue;
        energies[i] = 0;
        for (size_t j = 0; j < count; ++j) {
          if (std::isfinite(to[j]))
            energies[i] += to[j] * to[j];
          else
            to[j] = std::numeric_limits<double>::quiet_NaN();
        }
      }
    });
    double sum = 0;
    for (size_t i = 0; i < chunks; ++i) sum += energies[i];
    return sum;
  }

  // The results of `count` rows from `row` on, of the centred samples under them.
  void match(size_t row, size_t count, const double* samples, const double* turned,
             const double* model) const {
    const size_t rows = count + p_.model_rows - 1, n = rows * p_.cols;
    std::optional<Scratch<double>> finite;  // with 0 in the place of what is not
    if (!centre_.finite) {
      finite.emplace(n);
      for (size_t i = 0; i < n; ++i) (*finite)[i] = std::isnan(samples[i]) ? 0 : samples[i];
    }
    std::optional<Scratch<double>> scratch;
    double* products = nullptr;
    if constexpr (std::is_same_v<T, double>) {
      products = p_.out + row * out_cols_;
    } else {
      scratch.emplace(count * out_cols_);
      products = scratch->data();
    }
    convolve2d::convolve2d<double>({{finite ? finite->data() : samples, rows, p_.cols},
                                    {turned, p_.model_rows, p_.model_cols},
                                    {products, count, out_cols_},
                                    static_cast<std::ptrdiff_t>(p_.model_rows) - 1,
                                    static_cast<std::ptrdiff_t>(p_.model_cols) - 1,
                                    {Boundary::fill, Boundary::fill, 0.0},
                                    1,
                                    1,
                                    p_.workers},
                                   convolve2d::Method::automatic);
    divide(row, count, samples, products, model);
  }

  void set_limits(double energy) {
    // An error of 8 epsilon of the image's norm may be this much of a coefficient.
    constexpr double tolerance = std::is_same_v<T, float> ? 0x1p-25 : 1e-9;
    constexpr double relative = 8 * std::numeric_limits<double>::epsilon() / tolerance;
    quiet_ = energy * relative * relative;
    const double place = last_place(centre_.extent);
    limit_ = std::max(quiet_, number(m_) * place * place);
  }

  static double last_place(double extent) {
    if constexpr (std::is_integral_v<S>) return 0;
    return 0.5 * extent *
           double(std::numeric_limits<
                  std::conditional_t<std::is_integral_v<S>, double, S>>::epsilon());
  }

  // From products to coefficients, `count` rows of them from `first` on.
  void divide(size_t first, size_t count, const double* samples, const double* products,
              const double* model) const {
    const size_t m = p_.model_rows;
    // For unions of k numbers and one, and of m - j and j.
    Scratch<double> tables(2 * m + 2 * band_);
    double *share = tables.data(), *weight = share + m, *union_share = weight + m,
           *union_weight = union_share + band_;
    for (size_t k = 0; k < m; ++k) {
      share[k] = 1 / number(k + 1);
      weight[k] = number(k) / number(k + 1);
    }
    for (size_t j = 0; j < band_; ++j) {
      union_share[j] = number(j) / number(m);
      union_weight[j] = number(m - j) * number(j) / number(m);
    }
    const size_t bands = (count + band_ - 1) / band_;
    const size_t row = (p_.cols + 7) / 8 * 8 + (p_.cols % 256 ? 0 : 8);
    parallel_for(bands, n_ < worth_a_thread ? 1 : p_.workers, [&](size_t begin, size_t end) {
      const auto& table = kernels<MatchTemplateTable>();
      Scratch<double> means(band_ * row), energies(band_ * row), rows(4 * row);
      std::fill_n(rows.data() + 3 * row, row, 0.0);
      for (size_t b = begin; b < end; ++b) {
        const size_t i = b * band_, some = std::min(band_, count - i);
        const double* x = samples + i * p_.cols;
        table.rise(x, p_.cols, p_.cols, m, some, share, weight, means.data(), energies.data(), row);
        table.fall(x + m * p_.cols, p_.cols, p_.cols, some, share, weight, union_share,
                   union_weight, means.data(), energies.data(), row);
        for (size_t j = 0; j < some; ++j)
          divide_row(first + i + j, means.data() + j * row, energies.data() + j * row, rows.data(),
                     row, products + (i + j) * out_cols_, model);
      }
    });
  }

  // Row i of the results from the statistics of the columns of its windows.
  void divide_row(size_t i, const double* means, const double* energies, double* rows, size_t row,
                  const double* products, const double* model) const {
    const auto& table = kernels<MatchTemplateTable>();
    const size_t n = p_.model_cols;
    const double height = number(p_.model_rows);
    const double *mean = means, *energy = energies;  // of windows `width` wide
    double *of_means = rows, *of_energies = rows + row, *result = rows + 2 * row;
    size_t width = 1;
    const double *last_means = mean, *last_energies = rows + 3 * row;  // one column: 0 to add
    double weight = 0;
    const auto unite = [&](const double* other_means, const double* other_energies, size_t other) {
      weight = height * number(width) * number(other) / number(width + other);
      if (width + other == n) {  // left to the division
        last_means = other_means + width;
        last_energies = other_energies + width;
      } else {
        table.unite(mean, energy, other_means + width, other_energies + width,
                    p_.cols - width - other + 1, number(other) / number(width + other), weight,
                    of_means, of_energies);
        mean = of_means;
        energy = of_energies;
      }
      width += other;
    };
    for (int bit = std::ilogb(number(n)) - 1; bit >= 0; --bit) {
      unite(mean, energy, width);
      if (n >> bit & 1) unite(means, energies, 1);
    }
    T* out = p_.out + i * out_cols_;
    const bool any_quiet = kernels<MatchResultTable<T>>().finish(
        mean, energy, last_means, last_energies, out_cols_, weight, products, limit_, result, out);
    if (any_quiet) quiet_windows(i, result, model, out);
  }

  // Coefficients of row i again, where the energy is too small for the product to be trusted.
  void quiet_windows(size_t i, const double* energies, const double* model, T* out) const {
    const auto& table = kernels<MatchImageTable<S>>();
    for (size_t j = 0; j < out_cols_; ++j) {
      const double e = energies[j];
      if (!(e > 0 && e < limit_)) continue;
      const S* x = p_.image + i * p_.cols + j;
      const double place = last_place(static_cast<double>(*x) * centre_.scale);
      double energy = 0, product = 0;
      if (e > number(m_) * place * place) {
        if (e >= quiet_) continue;
        table.window(x, p_.cols, p_.model_rows, p_.model_cols, centre_.scale, model, &energy,
                     &product);
      }
      const double r = energy > 0 ? std::clamp(product / std::sqrt(energy), -1.0, 1.0) : 0;
      out[j] = static_cast<T>(r);
    }
  }

  const MatchProblem<S>& p_;
  const size_t n_, m_, out_rows_, out_cols_;
  size_t band_;  // rows of results that share the statistics of columns
  Centre centre_;
  double quiet_ = 0;  // energy below which the product is not trusted
  double limit_ = 0;  // energy below which a window is looked at
};

}  // namespace

template <class S>
void match_template(const MatchProblem<S>& problem) {
  Matching<S>(problem).run();
}

template void match_template(const MatchProblem<float>&);
template void match_template(const MatchProblem<double>&);
template void match_template(const MatchProblem<std::uint8_t>&);
template void match_template(const MatchProblem<std::uint16_t>&);

}  // namespace flipshift
