#include "engine/toeplitz.hpp"

#include <algorithm>
#include <complex>
#include <optional>

#include "engine/convolve.hpp"
#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve.hpp"

namespace flipshift::toeplitz {

namespace {

using convolve::Scalar;

template <class T>
bool all_finite(const T* x, std::size_t n) {
  return kernels<ConvolveTable<Scalar<T>>>().finite(reinterpret_cast<const Scalar<T>*>(x),
                                                    n * (sizeof(T) / sizeof(Scalar<T>)));
}

// Index of the last entry that is not zero, 0 if there is none.
template <class T>
std::size_t last_nonzero(const T* a, std::size_t n) {
  while (n > 1 && a[n - 1] == T(0)) --n;
  return n - 1;
}

// Multiplies columns of length `cols` by the matrix with the given diagonals.
template <class T>
class Product {
 public:
  // diagonals[upper] is the main one; those before it lie above.
  Product(const T* diagonals, std::size_t n, std::size_t upper, std::size_t rows, std::size_t cols,
          std::size_t columns)
      : diagonals_(diagonals),
        n_(n),
        upper_(static_cast<std::ptrdiff_t>(upper)),
        rows_(rows),
        cols_(cols) {
    const double count = static_cast<double>(columns);
    const double direct = count * convolve::direct_ns<T>(convolve::products(cols, n, rows, upper_),
                                                         static_cast<double>(rows));
    const std::size_t size = fft::good_size(convolve::cyclic_length(cols, n, rows, upper_));
    if ((convolve::spectrum_blocks + count) * convolve::block_ns<T>(size) < direct)
      spectrum_.emplace(diagonals, n, size);
  }

  void apply(const T* x, T* out) const {
    if (spectrum_) {
      spectrum_->run(x, cols_, out, rows_, upper_);
    } else {
      convolve::run(x, cols_, diagonals_, n_, out, rows_, upper_, convolve::Method::direct);
    }
  }

 private:
  const T* diagonals_;
  std::size_t n_;
  std::ptrdiff_t upper_;
  std::size_t rows_, cols_;
  std::optional<convolve::Spectrum<T>> spectrum_;
};

}  // namespace

template <class T>
void matmul(const T* c, std::size_t rows, const T* r, std::size_t cols, const T* x, std::size_t k,
            T* out) {
  // A zero of M times infinity is NaN, so nothing may be left out then.
  const bool trim = all_finite(x, cols * k);
  const std::size_t lower = trim ? last_nonzero(c, rows) : rows - 1;
  const std::size_t upper = trim ? last_nonzero(r, cols) : cols - 1;
  Buffer<T> diagonals(upper + 1 + lower);
  std::reverse_copy(r + 1, r + 1 + upper, diagonals.data());
  std::copy(c, c + lower + 1, diagonals.data() + upper);
  const Product<T> product(diagonals.data(), upper + 1 + lower, upper, rows, cols, k);
  if (k == 1) return product.apply(x, out);

  // A few columns at a time are gathered, so that each cache line of x and out is used whole.
  const std::size_t group = std::min<std::size_t>(k, 64 / sizeof(T));
  Buffer<T> in(group * cols), result(group * rows);
  for (std::size_t j0 = 0; j0 < k; j0 += group) {
    const std::size_t width = std::min(group, k - j0);
    for (std::size_t i = 0; i < cols; ++i)
      for (std::size_t j = 0; j < width; ++j) in[j * cols + i] = x[i * k + j0 + j];
    for (std::size_t j = 0; j < width; ++j)
      product.apply(in.data() + j * cols, result.data() + j * rows);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < width; ++j) out[i * k + j0 + j] = result[j * rows + i];
  }
}

#define FLIPSHIFT_INSTANTIATE(T) \
  template void matmul<T>(const T*, std::size_t, const T*, std::size_t, const T*, std::size_t, T*);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::toeplitz
