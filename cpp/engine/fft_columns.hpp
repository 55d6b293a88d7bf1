// The transform of m rows, all lanes alike: the part that every complex transform shares.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/array.hpp"
#include "engine/roots.hpp"
#include "kernels/fft.hpp"

namespace flipshift::fft {

// Whether n has no prime factor above 13.
bool is_smooth(std::size_t n);

// Decimation in frequency, in place: pass i replaces each block of the current length by radix
// shorter ones. Frequencies end up in digit-reversed rows, and the step that reads them next goes by
// order(): frequency k is in row order()[k]. Nothing is ever moved to be sorted.
template <class T>
class Columns {
 public:
  explicit Columns(std::size_t m);  // smooth, m >= 1

  std::size_t size() const { return m_; }
  const std::uint32_t* order() const { return order_.data(); }
  const std::vector<int>& radices() const { return radices_; }
  std::size_t bytes() const;

  // In place on m rows. lane_tw, if given, multiplies each row in the last pass: W complex factors a
  // row, in the order of the rows.
  void run(const FftPasses<T>& passes, T* rows, const T* lane_tw = nullptr) const;
  // The same from interleaved input, row r being W numbers at x + stride r (counted in complex
  // numbers). m >= 2.
  void run_from(const FftPasses<T>& passes, const T* x, std::ptrdiff_t stride, T conj, T* rows,
                const T* lane_tw = nullptr) const;

 private:
  void run_after(const FftPasses<T>& passes, std::size_t first, T* rows, const T* lane_tw) const;

  std::size_t m_;
  std::vector<int> radices_;
  std::vector<std::size_t> offsets_;  // of each pass's factors in tw_
  Buffer<T> tw_;
  Buffer<std::uint32_t> order_;
};

}  // namespace flipshift::fft
