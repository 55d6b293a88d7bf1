#include "engine/convolve2d_pixels.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "engine/convolve2d_pixel_weights.hpp"
#include "engine/convolve2d_source.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::convolve2d {

namespace {

constexpr std::size_t band_rows = 64;           // of outputs, the work of one thread at a time
constexpr std::size_t lone_rows = 512;          // the same of a thread that works alone
constexpr std::size_t small_image = 4096;       // outputs; one block beats an interior with a frame
constexpr std::size_t gathered_cols = 2048;     // samples in a row of a copied block
constexpr std::size_t worth_threads = 1 << 21;  // products

struct Range {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};

template <class X>
PixelRange range_of() {
  return {static_cast<double>(std::numeric_limits<X>::min()),
          static_cast<double>(std::numeric_limits<X>::max())};
}

template <class X>
class Pixels {
 public:
  explicit Pixels(const PixelProblem<X>& problem)
      : p_(problem),
        weights_(p_.h, p_.kernel_rows, p_.kernel_cols, range_of<X>(),
                 std::numeric_limits<X>::digits + std::numeric_limits<X>::is_signed, p_.inner,
                 p_.type),
        table_(kernels<PixelTable<X>>()),
        bytes_(kernels<PixelByteTable>()) {
    const bool bytes = weights_.sums == PixelSums::bytes;
    min_rows_ = bytes ? bytes_.min_rows : table_.min_rows;
    min_samples_ = bytes ? bytes_.min_cols : table_.min_cols;
    min_cols_ = (min_samples_ + p_.inner - 1) / p_.inner;
  }

  void run() const {
    Range rows = interior(p_.row_start, p_.rows, p_.kernel_rows, p_.out_rows, min_rows_);
    Range cols = interior(p_.col_start, p_.cols, p_.kernel_cols, p_.out_cols, min_cols_);
    if (rows.size() == 0 || cols.size() == 0 || p_.out_rows * p_.out_cols * p_.inner <= small_image)
      rows = cols = {0, 0};
    const std::size_t products =
        p_.outer * p_.out_rows * p_.out_cols * p_.inner * p_.kernel_rows * p_.kernel_cols;
    const bool alone = p_.workers == 1 || products < worth_threads;
    // Bands of rows: above the interior, in it, below it.
    const Range parts[3] = {{0, rows.begin}, rows, {rows.end, p_.out_rows}};
    const std::size_t most = alone ? lone_rows : band_rows;
    std::size_t bands[3], all = 0;
    for (int k = 0; k < 3; ++k) all += bands[k] = (parts[k].size() + most - 1) / most;
    const auto work = [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        std::size_t k = 0, n = i % all;
        while (n >= bands[k]) n -= bands[k++];
        const Range band{parts[k].begin + parts[k].size() * n / bands[k],
                         parts[k].begin + parts[k].size() * (n + 1) / bands[k]};
        if (k != 1) {
          copied(i / all, band, {0, p_.out_cols});
          continue;
        }
        copied(i / all, band, {0, cols.begin});
        straight(i / all, band, cols);
        copied(i / all, band, {cols.end, p_.out_cols});
      }
    };
    if (alone)
      work(0, p_.outer * all);
    else
      parallel_for(p_.outer * all, p_.workers, work);
  }

 private:
  static std::ptrdiff_t s(std::size_t v) { return static_cast<std::ptrdiff_t>(v); }

  // The outputs for which all taps meet samples inside, without what a frame as wide as the least
  // that the kernels compute covers; nothing if too few are left.
  static Range interior(std::ptrdiff_t start, std::size_t n, std::size_t taps, std::size_t n_out,
                        std::size_t least) {
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(s(n) - start, 0, s(n_out));
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(s(taps) - 1 - start, 0, end);
    Range r{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
    if (r.begin > 0) r.begin = std::max(r.begin, least);
    if (r.end < n_out) r.end = std::min(r.end, n_out - std::min(n_out, least));
    return r.begin + least <= r.end ? r : Range{0, 0};
  }

  // Position of the first sample under an output.
  std::ptrdiff_t top(std::size_t i) const { return p_.row_start + s(i) - s(p_.kernel_rows - 1); }
  std::ptrdiff_t left(std::size_t j) const { return p_.col_start + s(j) - s(p_.kernel_cols - 1); }

  const X* image(std::size_t o) const { return p_.x + o * p_.rows * p_.cols * p_.inner; }
  char* output(std::size_t o, std::size_t i, std::size_t j) const {
    return static_cast<char*>(p_.out) +
           ((o * p_.out_rows + i) * p_.out_cols + j) * p_.inner * item_size(p_.type);
  }

  void straight(std::size_t o, Range rows, Range cols) const {
    const std::size_t x_stride = p_.cols * p_.inner;
    const X* x = image(o) + static_cast<std::size_t>(top(rows.begin)) * x_stride +
                 static_cast<std::size_t>(left(cols.begin)) * p_.inner;
    kernel(x, x_stride, output(o, rows.begin, cols.begin), p_.out_cols * p_.inner, rows.size(),
           cols.size() * p_.inner);
  }

  // By way of copies of the samples, with what lies outside.
  void copied(std::size_t o, Range rows, Range cols) const {
    if (rows.size() == 0 || cols.size() == 0) return;
    const std::size_t width = std::max(gathered_cols / p_.inner, p_.kernel_cols);
    for (std::size_t j = cols.begin; j < cols.end; j += width)
      copied_block(o, rows, {j, std::min(j + width, cols.end)});
  }

  void copied_block(std::size_t o, Range rows, Range cols) const {
    // What the kernel computes beyond the block is thrown away.
    const std::size_t full_rows = std::max(rows.size(), min_rows_);
    const std::size_t full_cols = std::max(cols.size(), min_cols_);
    const std::size_t in_rows = full_rows + p_.kernel_rows - 1;
    const std::size_t in_cols = full_cols + p_.kernel_cols - 1;
    const std::size_t stride = odd_lines<X>(in_cols * p_.inner);
    Scratch<X> samples(in_rows * stride);
    const Source<X> source(image(o), p_.rows, p_.cols, p_.inner, p_.outside);
    // Samples that only such outputs meet are 0.
    const std::size_t met_rows = rows.size() + p_.kernel_rows - 1;
    const std::size_t met_cols = cols.size() + p_.kernel_cols - 1;
    source.gather(top(rows.begin), left(cols.begin), met_rows, met_cols, samples.data(), s(stride));
    if (met_cols < in_cols)
      for (std::size_t i = 0; i < met_rows; ++i)
        std::fill_n(samples.data() + i * stride + met_cols * p_.inner,
                    (in_cols - met_cols) * p_.inner, X(0));
    std::fill_n(samples.data() + met_rows * stride, (in_rows - met_rows) * stride, X(0));
    char* out = output(o, rows.begin, cols.begin);
    if (full_rows == rows.size() && full_cols == cols.size()) {
      kernel(samples.data(), stride, out, p_.out_cols * p_.inner, full_rows, full_cols * p_.inner);
      return;
    }
    const std::size_t size = p_.inner * item_size(p_.type);
    Scratch<char> results(full_rows * full_cols * size);
    kernel(samples.data(), stride, results.data(), full_cols * p_.inner, full_rows,
           full_cols * p_.inner);
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(results.data() + i * full_cols * size, cols.size() * size,
                  out + i * p_.out_cols * size);
  }

  void kernel(const X* x, std::size_t x_stride, char* y, std::size_t y_stride, std::size_t rows,
              std::size_t cols) const {
    const auto rectangle = [&]<class T>(const T* samples, std::size_t stride) {
      return PixelRectangle<T>{samples, s(stride),   s(p_.inner), p_.kernel_rows, p_.kernel_cols,
                               y,       s(y_stride), p_.type,     rows,           cols};
    };
    if (weights_.sums == PixelSums::bytes) {
      bytes_.run(rectangle(reinterpret_cast<const std::uint8_t*>(x), x_stride), weights_.byte_taps);
      return;
    }
    if (weights_.sums == PixelSums::single)
      table_.run(rectangle(x, x_stride), weights_.single_taps);
    else
      table_.run_double(rectangle(x, x_stride), weights_.exact.data(), weights_.divisor,
                        weights_.small);
  }

  // A row length of an odd number of cache lines, so that the rows of a tile do not compete for the
  // same lines of the cache.
  template <class T>
  static std::size_t odd_lines(std::size_t cols) {
    constexpr std::size_t line = 64 / sizeof(T);
    return ((cols + line - 1) / line | 1) * line;
  }

  const PixelProblem<X> p_;
  const PixelWeights weights_;
  const PixelTable<X>& table_;
  const PixelByteTable& bytes_;
  std::size_t min_rows_, min_samples_, min_cols_;
};

}  // namespace

template <class X>
void convolve2d_pixels(const PixelProblem<X>& problem) {
  Pixels<X>(problem).run();
}

template void convolve2d_pixels(const PixelProblem<std::uint8_t>&);
template void convolve2d_pixels(const PixelProblem<std::int8_t>&);
template void convolve2d_pixels(const PixelProblem<std::uint16_t>&);
template void convolve2d_pixels(const PixelProblem<std::int16_t>&);
template void convolve2d_pixels(const PixelProblem<std::uint32_t>&);
template void convolve2d_pixels(const PixelProblem<std::int32_t>&);

}  // namespace flipshift::convolve2d
