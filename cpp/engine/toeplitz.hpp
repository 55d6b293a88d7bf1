// Products with Toeplitz matrices that are never formed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/array.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/toeplitz_circulant.hpp"

namespace flipshift::toeplitz {

// One Toeplitz matrix, or several of the same shape one below the other, or every step-th row of
// each. T is float, double or std::complex of them.
//
// A product is a convolution of each column with the diagonals of the matrix. It is done directly
// where that is faster, always so for few diagonals (zeros at both ends are left out), and by
// transforms otherwise, those of the diagonals being made with the operator. As in the sum itself,
// NaN and infinity in a column reach all of that column's outputs, even over zeros of the matrix.
//
// Immutable after it is made: any number of threads may share it.
template <class T>
class Operator {
 public:
  // `layers` matrices of `rows` rows and `cols` columns, each by its rows + cols - 1 diagonals from
  // the upper right corner on: M[i, j] = diagonals[cols - 1 + i - j]. `uses` is the number of
  // columns to come, over which what is prepared pays off.
  Operator(Buffer<T> diagonals, std::size_t layers, std::size_t rows, std::size_t cols,
           std::size_t step, double uses);

  std::size_t outputs() const { return layers_ * positions_; }
  std::size_t columns() const { return cols_; }

  // out (outputs(), k) = M x, x (cols, k), in C order without overlap. Up to `workers` threads
  // share the columns; the result does not depend on them.
  void apply(const T* x, std::size_t k, T* out, std::size_t workers) const;

  // out (k, outputs()) = x M^T, x (k, cols): the same of columns that lie in rows.
  void apply_rows(const T* x, std::size_t k, T* out, std::size_t workers) const;

  // What apply() does with k columns, for people.
  std::string describe(std::size_t k) const;
  // About how long that takes at most.
  double cost_ns(std::size_t k) const;

 private:
  enum class Method { direct, shared, transforms, circulant };

  void choose(double uses);
  void prepare_shared();
  double by_tiles_ns(std::size_t k) const;
  bool by_tiles(std::size_t k) const;
  bool trimmed() const { return lo_ > 0 || hi_ < diagonals_; }
  // One column.
  void line(const T* x, T* out) const;
  void shared(const T* x, T* out) const;
  void spoil(const T* x, T* out) const;
  void tiles(const T* x, std::size_t k, T* out) const;

  std::size_t layers_, rows_, cols_, step_;
  std::size_t diagonals_;  // of one layer
  std::size_t positions_;  // rows taken of one layer
  Buffer<T> d_;
  std::size_t lo_, hi_;   // diagonals that are not all zeros, at least one
  std::ptrdiff_t start_;  // of the convolution of a column with these, at which row 0 stands
  Method method_ = Method::direct;
  double line_ns_ = 0, tiles_ns_ = 0;  // one column; one vector of columns
  std::size_t transform_ = 0;
  std::vector<convolve::Spectrum<T>> spectra_;
  std::optional<Circulant<T>> circulant_;
  Buffer<T> taps_;  // of `shared`: each layer's diagonals backwards
  std::vector<std::size_t> offsets_;
  std::size_t phase_ = 0;  // samples of each phase of a column
};

// out = M x for M[i, j] = c[i - j] if i >= j else r[j - i]: c has `rows` entries, r has `cols`, x
// is (cols, k), out is (rows, k), all in C order without overlap.
template <class T>
void matmul(const T* c, std::size_t rows, const T* r, std::size_t cols, const T* x, std::size_t k,
            T* out, std::size_t workers);

}  // namespace flipshift::toeplitz
