// The transform of an odd number of real ones at about half the work of as many complex ones.
//
// n = n1 n2, j = n2 j1 + j2, k = k1 + n1 k2. The columns of n1 numbers (j2 fixed) are real: two
// sets of W of them, as real and imaginary parts, share one complex transform. Of its frequencies
// only k1 < (n1 + 1) / 2 are kept and transformed along j2; what they give for k > n / 2 is,
// conjugated, the rest of the half spectrum. Backwards the same steps are taken in the opposite
// order.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/array.hpp"
#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_turn.hpp"
#include "kernels/fft_real_odd.hpp"

namespace flipshift::fft {

template <class T>
class OddRealLine {
 public:
  // Null for lengths that have no such factors, or for which other ways are faster.
  static std::unique_ptr<const OddRealLine> make(std::size_t n);

  // As RealPlan's; scratch: about n / 2 complex numbers. in and out may be the same memory.
  void r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
           std::size_t workers) const;
  void c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
           std::size_t workers) const;
  std::size_t bytes() const;
  std::string describe() const;

 private:
  OddRealLine(std::size_t n1, std::size_t n2, const FftPasses<T>& passes,
              const FftRealOddSteps<T>& steps);

  // W at a time; where that does not divide, the last W overlap those before.
  static std::size_t start(std::size_t i, std::size_t n, std::size_t w) {
    return i + w <= n ? i : n - w;
  }

  const FftPasses<T>& passes_;
  const FftRealOddSteps<T>& steps_;
  std::size_t n1_, n2_, w_, half_;
  Columns<T> first_, second_;              // of n1, of n2
  Buffer<std::uint32_t> imaginary_order_;  // of the frequencies of imaginary parts
  TurnFactors<T> factors_;                 // w_n^(j2 k1), a column j2 in each lane
  TurnFactors<T> back_factors_;            // the same, a frequency k1 in each lane
};

}  // namespace flipshift::fft
