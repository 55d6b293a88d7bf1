#include "engine/toeplitz.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <limits>

#include "engine/convolve.hpp"
#include "engine/convolve_cost.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "engine/toeplitz_solve.hpp"
#include "kernels/toeplitz.hpp"

namespace flipshift::toeplitz {

namespace {

using convolve::is_complex;
using convolve::Scalar;

template <class T>
const Scalar<T>* parts(const T* x) {
  return reinterpret_cast<const Scalar<T>*>(x);
}
template <class T>
Scalar<T>* parts(T* x) {
  return reinterpret_cast<Scalar<T>*>(x);
}
// out[c ldo + r] = in[r ldi + c] for r < rows, c < cols.
template <class T>
void transpose(const T* in, std::size_t ldi, std::size_t rows, std::size_t cols, T* out,
               std::size_t ldo) {
  if constexpr (sizeof(T) <= sizeof(double)) {
    using Bits = std::conditional_t<sizeof(T) == sizeof(float), float, double>;
    kernels<ToeplitzTable<Bits>>().transpose(reinterpret_cast<const Bits*>(in), ldi, rows, cols,
                                             reinterpret_cast<Bits*>(out), ldo);
  } else if (cols <= rows) {
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c) out[c * ldo + r] = in[r * ldi + c];
  } else {
    for (std::size_t c = 0; c < cols; ++c)
      for (std::size_t r = 0; r < rows; ++r) out[c * ldo + r] = in[r * ldi + c];
  }
}

// Columns that a vector of the instruction set in use holds.
template <class T>
std::size_t vector_columns() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return std::max<std::size_t>(1, 64 / sizeof(T));
    case Isa::v3:
      return std::max<std::size_t>(1, 32 / sizeof(T));
#endif
    default:
      return std::max<std::size_t>(1, 16 / sizeof(T));
  }
}

// Times in ns measured on an AMD Zen 5 at 3.65 GHz, AVX-512: to gather a number of a column and to
// scatter one of the result, and what a column, or a block of them, costs besides.
constexpr double turn_ns = 0.15;  // and to transpose one among many
constexpr double gather_ns = 0.4, column_ns = 20, tiles_call_ns = 40;
// Of the time of as many multiply-adds in the direct convolution.
constexpr double tile_factor = 1.25;

// The transform length, and the time of one column by it.
struct Choice {
  std::size_t size;
  double ns;
};
// `uses` as of Operator; h has m numbers.
template <class T>
Choice by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                     double uses) {
  const auto time = [&](std::size_t size, double blocks) {
    return convolve::block_ns<T>(size) * (blocks + convolve::spectrum_blocks / uses);
  };
  const std::size_t whole = fft::good_size(convolve::cyclic_length(n, m, n_out, start));
  Choice best{whole, time(whole, 1)};
  std::size_t size = 64;
  while (size < 2 * m) size *= 2;
  for (; size < whole; size *= 2) {
    const double ns =
        time(size, std::ceil(static_cast<double>(n_out) / static_cast<double>(size - m + 1)));
    if (ns < best.ns) best = {size, ns};
  }
  return best;
}

}  // namespace

template <class T>
Operator<T>::Operator(Buffer<T> diagonals, std::size_t layers, std::size_t rows, std::size_t cols,
                      std::size_t step, double uses)
    : layers_(layers),
      rows_(rows),
      cols_(cols),
      step_(step),
      diagonals_(rows + cols - 1),
      positions_((rows + step - 1) / step),
      d_(std::move(diagonals)),
      lo_(diagonals_),
      hi_(0) {
  for (std::size_t l = 0; l < layers; ++l) {
    const T* d = d_.data() + l * diagonals_;
    std::size_t lo = 0, hi = diagonals_;
    while (lo < lo_ && d[lo] == T(0)) ++lo;
    while (hi > hi_ && d[hi - 1] == T(0)) --hi;
    lo_ = std::min(lo_, lo);
    hi_ = std::max(hi_, hi);
  }
  if (lo_ >= hi_) {  // zeros only
    lo_ = 0;
    hi_ = 1;
  }
  start_ = static_cast<std::ptrdiff_t>(cols) - 1 - static_cast<std::ptrdiff_t>(lo_);
  choose(uses);
}

template <class T>
void Operator<T>::choose(double uses) {
  const std::size_t m = hi_ - lo_;
  const auto layers = static_cast<double>(layers_), outputs = static_cast<double>(rows_);
  const double products = convolve::products(cols_, m, rows_, start_);
  const bool single = layers_ == 1 && step_ == 1;
  // Rows that are not taken are left out again.
  const double drop = step_ == 1 ? 0 : outputs * gather_ns;
  line_ns_ = layers * (convolve::direct_ns<T>(products, outputs) + drop);
  tiles_ns_ = tile_factor * layers * static_cast<double>(vector_columns<T>()) *
              (convolve::direct_ns<T>(products / static_cast<double>(step_), 0) -
               convolve::direct_ns<T>(0, 0));
  if (!single) {
    const auto taken = static_cast<double>(positions_);
    const double ns =
        tile_factor * layers * convolve::direct_ns<T>(taken * static_cast<double>(m), taken) +
        gather_ns * static_cast<double>(cols_);
    if (ns < line_ns_) {
      line_ns_ = ns;
      method_ = Method::shared;
    }
  }
  const Choice choice = by_transforms<T>(cols_, m, rows_, start_, uses);
  if (m > 16 && layers * (choice.ns + drop) < line_ns_) {
    line_ns_ = layers * (choice.ns + drop);
    method_ = Method::transforms;
    transform_ = choice.size;
  }
  if (single && rows_ == cols_ && m == diagonals_ && fft::good_size(rows_) == rows_) {
    const T* d = d_.data();
    bool circulant = true;
    for (std::size_t i = 0; circulant && i + 1 < rows_; ++i) circulant = d[i] == d[i + rows_];
    const double ns = convolve::block_ns<T>(rows_) * (1 + convolve::spectrum_blocks / uses);
    if (circulant && ns < line_ns_) {
      line_ns_ = ns;
      method_ = Method::circulant;
      circulant_.emplace(d + rows_ - 1, rows_);
    }
  }
  if (method_ == Method::shared) {
    // An infinite tap must not meet the zeros beyond the ends of a column.
    if (all_finite(d_.data(), layers_ * diagonals_)) {
      prepare_shared();
    } else {
      method_ = Method::direct;
    }
  }
  if (method_ == Method::transforms)
    for (std::size_t l = 0; l < layers_; ++l)
      spectra_.emplace_back(d_.data() + l * diagonals_ + lo_, m, transform_);
}

// Row i of layer l is sum_t taps[l][t] z[t + i step] for z = x from place cols - hi on, zero
// outside of x. z is kept in `step` phases, z[q step + p] in place q of phase p: then the places of
// one tap for all rows follow each other.
template <class T>
void Operator<T>::prepare_shared() {
  const std::size_t m = hi_ - lo_;
  taps_ = Buffer<T>(layers_ * m);
  for (std::size_t l = 0; l < layers_; ++l) {
    const T* d = d_.data() + l * diagonals_;
    std::reverse_copy(d + lo_, d + hi_, taps_.data() + l * m);
  }
  phase_ = (m - 1) / step_ + positions_;
  for (std::size_t t = 0; t < m; ++t) offsets_.push_back(t % step_ * phase_ + t / step_);
}

template <class T>
void Operator<T>::shared(const T* x, T* out) const {
  Scratch<T> z(step_ * phase_);
  const auto n = static_cast<std::ptrdiff_t>(cols_);
  const auto first = n - static_cast<std::ptrdiff_t>(hi_);
  const auto step = static_cast<std::ptrdiff_t>(step_);
  for (std::ptrdiff_t p = 0; p < step; ++p) {
    T* phase = z.data() + static_cast<std::size_t>(p) * phase_;
    const auto count = static_cast<std::ptrdiff_t>(phase_);
    const std::ptrdiff_t at = first + p;  // of place 0
    const auto begin = std::clamp<std::ptrdiff_t>(at < 0 ? (-at + step - 1) / step : 0, 0, count);
    const auto end =
        std::clamp<std::ptrdiff_t>(at < n ? (n - at + step - 1) / step : 0, begin, count);
    std::fill(phase, phase + begin, T(0));
    const T* from = x + at;
    if (step == 1) {
      std::copy(from + begin, from + end, phase + begin);
    } else {
      for (std::ptrdiff_t q = begin; q < end; ++q) phase[q] = from[q * step];
    }
    std::fill(phase + end, phase + count, T(0));
  }
  const auto& table = kernels<ToeplitzTable<Scalar<T>>>();
  (is_complex<T> ? table.complex_layers : table.layers)(parts(z.data()), offsets_.data(), hi_ - lo_,
                                                        parts(taps_.data()), layers_, parts(out),
                                                        positions_, positions_);
}

template <class T>
void Operator<T>::line(const T* x, T* out) const {
  const std::size_t m = hi_ - lo_;
  const auto direct = [&](std::size_t l, T* to) {
    convolve::run(x, cols_, d_.data() + l * diagonals_ + lo_, m, to, rows_, start_,
                  convolve::Method::direct);
  };
  if (method_ == Method::circulant) {
    if (!circulant_->run(x, out)) direct(0, out);
    return;
  }
  const bool finite = !(trimmed() || method_ == Method::shared) || all_finite(x, cols_);
  const auto layer = [&](std::size_t l, T* to) {
    if (method_ == Method::transforms) {
      spectra_[l].run(x, cols_, to, rows_, start_);
    } else {
      direct(l, to);
    }
  };
  if (method_ == Method::shared && finite) {
    shared(x, out);
  } else if (step_ == 1) {
    for (std::size_t l = 0; l < layers_; ++l) layer(l, out + l * rows_);
  } else {
    Scratch<T> all(rows_);
    for (std::size_t l = 0; l < layers_; ++l) {
      layer(l, all.data());
      for (std::size_t i = 0; i < positions_; ++i) out[l * positions_ + i] = all[i * step_];
    }
  }
  if (trimmed() && !finite) spoil(x, out);
}

// NaN to the rows in which NaN or infinity meets a zero that was left out.
template <class T>
void Operator<T>::spoil(const T* x, T* out) const {
  std::size_t first = cols_, last = 0;
  for (std::size_t p = 0; p < cols_; ++p)
    if (!all_finite(x + p, 1)) {
      first = std::min(first, p);
      last = p;
    }
  const T nan(std::numeric_limits<Scalar<T>>::quiet_NaN());
  for (std::size_t i = 0; i < positions_; ++i) {
    const std::size_t main = cols_ - 1 + i * step_;
    if (main - first >= hi_ || main - last < lo_)
      for (std::size_t l = 0; l < layers_; ++l) out[l * positions_ + i] = nan;
  }
}

template <class T>
double Operator<T>::by_tiles_ns(std::size_t k) const {
  // Narrower vectors take as long as wide ones, and one that is not filled is two half as wide.
  const std::size_t width = std::min(vector_columns<T>(), std::bit_floor(k));
  return tiles_call_ns + tiles_ns_ * static_cast<double>((k + width - 1) / width);
}

template <class T>
bool Operator<T>::by_tiles(std::size_t k) const {
  const auto numbers = static_cast<double>(cols_ + outputs());
  return by_tiles_ns(k) < static_cast<double>(k) * (line_ns_ + column_ns + gather_ns * numbers);
}

template <class T>
double Operator<T>::cost_ns(std::size_t k) const {
  return static_cast<double>(k) * line_ns_;
}

template <class T>
void Operator<T>::tiles(const T* x, std::size_t k, T* out) const {
  const auto& table = kernels<ToeplitzTable<Scalar<T>>>();
  const auto columns = is_complex<T> ? table.complex_columns : table.columns;
  for (std::size_t l = 0; l < layers_; ++l)
    columns(parts(d_.data() + l * diagonals_), lo_, hi_, step_, parts(x), cols_, k,
            parts(out + l * positions_ * k), positions_);
}

template <class T>
void Operator<T>::apply(const T* x, std::size_t k, T* out, std::size_t workers) const {
  if (k == 1) return line(x, out);
  if (by_tiles(k) && (!trimmed() || all_finite(x, cols_ * k))) return tiles(x, k, out);

  // A few columns at a time are gathered, so that each cache line of x and out is used whole.
  const std::size_t group = std::min<std::size_t>(k, 64 / sizeof(T)), rows = outputs();
  const auto columns = [&](std::size_t begin, std::size_t end) {
    Scratch<T> in(group * cols_), result(group * rows);
    for (std::size_t g = begin; g < end; ++g) {
      const std::size_t j0 = g * group, width = std::min(group, k - j0);
      transpose(x + j0, k, cols_, width, in.data(), cols_);
      for (std::size_t j = 0; j < width; ++j) line(in.data() + j * cols_, result.data() + j * rows);
      transpose(result.data(), rows, width, rows, out + j0, k);
    }
  };
  const std::size_t groups = (k + group - 1) / group;
  if (workers > 1 && k * (cols_ + rows) >= worth_a_thread) {
    parallel_for(groups, workers, columns);
  } else {
    columns(0, groups);
  }
}

template <class T>
void Operator<T>::apply_rows(const T* x, std::size_t k, T* out, std::size_t workers) const {
  const std::size_t rows = outputs();
  const double turning = turn_ns * static_cast<double>(k * (cols_ + rows));
  if (k > 1 && k * (cols_ + rows) < worth_a_thread &&
      by_tiles_ns(k) + turning < static_cast<double>(k) * line_ns_ &&
      (!trimmed() || all_finite(x, cols_ * k))) {
    Scratch<T> in(cols_ * k), result(rows * k);
    transpose(x, cols_, k, cols_, in.data(), k);
    tiles(in.data(), k, result.data());
    return transpose(result.data(), k, rows, k, out, rows);
  }
  const auto lines = [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) line(x + j * cols_, out + j * rows);
  };
  if (workers > 1 && k * (cols_ + rows) >= worth_a_thread) {
    parallel_for(k, workers, lines);
  } else {
    lines(0, k);
  }
}

template <class T>
std::string Operator<T>::describe(std::size_t k) const {
  if (k > 1 && by_tiles(k)) return "direct sums, all columns together";
  switch (method_) {
    case Method::direct:
      return "direct sums";
    case Method::shared:
      return "direct sums, all matrices together";
    case Method::circulant:
      return "transforms of " + std::to_string(cols_) + " numbers";
    default:
      return "transforms of " + std::to_string(transform_) + " numbers";
  }
}

template <class T>
void matmul(const T* c, std::size_t rows, const T* r, std::size_t cols, const T* x, std::size_t k,
            T* out, std::size_t workers) {
  Buffer<T> diagonals(rows + cols - 1);
  std::reverse_copy(r + 1, r + cols, diagonals.data());
  std::copy(c, c + rows, diagonals.data() + cols - 1);
  Operator<T>(std::move(diagonals), 1, rows, cols, 1, static_cast<double>(k))
      .apply(x, k, out, workers);
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                   \
  template class Operator<T>;                                                                      \
  template void matmul<T>(const T*, std::size_t, const T*, std::size_t, const T*, std::size_t, T*, \
                          std::size_t);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::toeplitz
