// Short trigonometric transforms by the matrix of their definition.
#pragma once

#include <memory>

#include "engine/fft_dct.hpp"
#include "kernels/fft_dct_dense.hpp"

namespace flipshift::fft {

template <class T>
class DctDense {
 public:
  // What a transform is, as one number.
  static std::size_t code(Trigonometric kind, int type, std::size_t n, bool orthogonalize);
  explicit DctDense(std::size_t code);
  // Up to this length it is the fastest way, for one line and for many.
  static std::size_t longest();

  std::size_t size() const { return code_; }
  std::size_t bytes() const { return matrix_.size() * sizeof(T); }

  // FftDctDenseTable::lines and neighbours.
  void lines(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart, std::size_t count,
             T scale) const;
  void neighbours(const T* x, std::ptrdiff_t x_step, T* y, std::ptrdiff_t y_step, std::size_t count,
                  T scale) const;

 private:
  std::size_t code_, n_, pitch_;
  Buffer<T> matrix_;
};

// From a cache that is bounded in bytes, or made now. n <= dct_longest_dense.
template <class T>
std::shared_ptr<const DctDense<T>> dct_dense(Trigonometric kind, int type, std::size_t n,
                                             bool orthogonalize);

}  // namespace flipshift::fft
