// The transform of m rows, all lanes alike: the part that every complex transform shares.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.hpp"
#include "engine/roots.hpp"
#include "kernels/fft.hpp"

namespace flipshift::fft {

// What is left of n without its prime factors up to 13.
std::size_t rough_part(std::size_t n);
// The largest prime factor of that, 1 if it is 1.
std::size_t largest_rough_prime(std::size_t n);
// Whether that is 1.
bool is_smooth(std::size_t n);
// Whether n has no prime factor for which a pass of its own would be too slow. Passes of primes
// take time in proportion to the sum of these: up to 280 less than Bluestein's way around them (307
// are even).
bool has_small_primes(std::size_t n, std::size_t largest_sum = 280);

// Groups of w among n numbers. Where w does not divide n the last group overlaps the one before,
// and computes the same once more.
struct Groups {
  std::size_t n, w;
  std::size_t count() const { return (n + w - 1) / w; }
  std::size_t whole() const { return n / w; }
  std::size_t start(std::size_t g) const { return std::min(g * w, n - w); }
};

// What Columns is for: the larger of the powers of two go last, where no factors are needed, or
// first if the last pass is to write to many places of a large array; `lines` side by side, and
// they alone, have the kernels of composite radices.
enum class Order { large_last, large_first, lines };

// The radices of the passes that Columns takes, in order.
std::vector<int> choose_radices(std::size_t m, Order order);

// Decimation in frequency, in place: pass i replaces each block of the current length by radix
// shorter ones. Frequencies end up in digit-reversed rows, and the step that reads them next goes
// by order(): frequency k is in row order()[k]. Nothing is ever moved to be sorted.
template <class T>
class Columns {
 public:
  // m >= 1 is smooth, or has_small_primes() and `passes` below are those of the widest vectors, as
  // for Order::lines.
  explicit Columns(std::size_t m, Order order = Order::large_last);

  std::size_t size() const { return m_; }
  const std::uint32_t* order() const { return order_.data(); }
  const std::vector<int>& radices() const { return radices_; }
  std::string describe() const;  // the radices in order, " 8 4"
  std::size_t bytes() const;

  // In place on m rows. lane_tw, if given, multiplies each row in the last pass: W complex factors
  // a row, in the order of the rows.
  void run(const FftPasses<T>& passes, T* rows, const T* lane_tw = nullptr) const;
  // The same from interleaved input, row r being W numbers at x + stride r (counted in complex
  // numbers). m >= 2.
  void run_from(const FftPasses<T>& passes, const T* x, std::ptrdiff_t stride, T conj, T* rows,
                const T* lane_tw = nullptr) const;

  // The last pass of run(), fused with the way out: to be called after run_but_last() on each of
  // `groups` sets of rows, group_stride rows apart; set g goes to W adjacent numbers at
  // y + stride k + W g. W > 1.
  void run_last(const FftPasses<T>& passes, const T* rows, std::size_t groups,
                std::size_t group_stride, T* y, std::ptrdiff_t stride, T re_scale,
                T im_scale) const;
  // The same past the caches (FftPasses::last_streamed); carry: W m elements.
  bool can_stream(const FftPasses<T>& passes) const {
    return m_ > 1 && ends_smooth() && passes.last_streamed[radices_.back()];
  }
  // Whether the last pass is one of the kernels' radices, as lane_tw asks for.
  bool ends_smooth() const { return radices_.empty() || radices_.back() <= fft_max_radix; }
  void run_last_streamed(const FftPasses<T>& passes, const T* rows, std::size_t groups,
                         std::size_t group_stride, T* y, std::ptrdiff_t stride, T re_scale,
                         T im_scale, T* carry, bool begins, bool ends) const;
  void run_but_last(const FftPasses<T>& passes, T* rows) const;
  // run_from() and store in one. W > 1.
  void run_through(const FftPasses<T>& passes, const T* x, std::ptrdiff_t x_stride, T conj, T* rows,
                   T* y, std::ptrdiff_t y_stride, T re_scale, T im_scale) const;

 private:
  // Pass i, of a prime that is no radix of the kernels.
  void run_prime(std::size_t i, std::size_t blocks, std::size_t length, T* rows) const;
  // Passes begin .. end - 1.
  void run_passes(const FftPasses<T>& passes, std::size_t begin, std::size_t end, T* rows,
                  const T* lane_tw) const;
  void run_first(const FftPasses<T>& passes, const T* x, std::ptrdiff_t stride, T conj, T* rows,
                 const T* lane_tw) const;

  std::size_t m_;
  std::vector<int> radices_;
  std::vector<std::size_t> offsets_;  // of each pass's factors in tw_
  Buffer<T> tw_;
  std::vector<Buffer<T>> prime_roots_;  // of each pass; empty for the kernels' radices
  Buffer<std::uint32_t> order_;
  Buffer<std::uint32_t> base_;  // the frequency of the first row of each block of the last pass
};

}  // namespace flipshift::fft
