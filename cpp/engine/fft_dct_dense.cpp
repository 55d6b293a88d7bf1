#include "engine/fft_dct_dense.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/roots.hpp"

namespace flipshift::fft {

namespace {

constexpr long double half_sqrt2 = 0.70710678118654752440L;

// Tables of plans that are kept, for each precision.
constexpr std::size_t cache_limit = std::size_t{4} << 20;

template <class T>
const FftDctDenseTable<T>& steps() {
  return kernels<FftDctDenseTable<T>>();
}

}  // namespace

template <class T>
std::size_t DctDense<T>::code(Trigonometric kind, int type, std::size_t n, bool orthogonalize) {
  return ((n * 4 + static_cast<std::size_t>(type - 1)) * 2 + (kind == Trigonometric::sine)) * 2 +
         orthogonalize;
}

template <class T>
DctDense<T>::DctDense(std::size_t code) : code_(code), n_(code / 16) {
  const int type = static_cast<int>(code / 4 % 4) + 1;
  const bool sine = code / 2 % 2, orthogonalize = code % 2;
  const auto width = static_cast<std::size_t>(steps<T>().width);
  pitch_ = (n_ + width - 1) / width * width;
  matrix_ = Buffer<T>(pitch_ * n_);
  std::fill_n(matrix_.data(), matrix_.size(), T(0));
  const std::size_t order = type == 1 ? 2 * (sine ? n_ + 1 : n_ - 1) : (type == 4 ? 8 : 4) * n_;
  // The ends whose factors differ from those of the other numbers (fft_dct.hpp).
  const auto special = [&](std::size_t i) {
    if (type == 1) return !sine && (i == 0 || i == n_ - 1);
    return i == (sine ? n_ - 1 : 0);
  };
  for (std::size_t j = 0; j < n_; ++j) {
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t p = type % 2 == 0 ? 2 * j + 1 : j + sine;
      const std::size_t q = type > 2 ? 2 * k + 1 : k + sine;
      const Root z = root(p * q, order);
      auto value = 2 * (sine ? -z.im : z.re);
      if (type % 2 == 1 && special(j)) value *= orthogonalize ? half_sqrt2 : 0.5L;
      if (type < 3 && orthogonalize && special(k)) value *= half_sqrt2;
      matrix_[pitch_ * j + k] = static_cast<T>(value);
    }
  }
}

template <class T>
std::size_t DctDense<T>::longest() {
  const auto width = static_cast<std::size_t>(steps<T>().width);
  return std::min<std::size_t>(32, (width * sizeof(T) == 64 ? 4 : 3) * width);
}

template <class T>
void DctDense<T>::lines(const T* x, std::ptrdiff_t x_apart, T* y, std::ptrdiff_t y_apart,
                        std::size_t count, T scale) const {
  steps<T>().lines(x, x_apart, y, y_apart, count, n_, matrix_.data(), pitch_, scale);
}

template <class T>
void DctDense<T>::neighbours(const T* x, std::ptrdiff_t x_step, T* y, std::ptrdiff_t y_step,
                             std::size_t count, T scale) const {
  steps<T>().neighbours(x, x_step, y, y_step, count, n_, matrix_.data(), pitch_, scale);
}

template <class T>
std::shared_ptr<const DctDense<T>> dct_dense(Trigonometric kind, int type, std::size_t n,
                                             bool orthogonalize) {
  static Cache<DctDense<T>> cache(cache_limit);
  return cache.get(DctDense<T>::code(kind, type, n, orthogonalize));
}

template class DctDense<float>;
template class DctDense<double>;
template std::shared_ptr<const DctDense<float>> dct_dense(Trigonometric, int, std::size_t, bool);
template std::shared_ptr<const DctDense<double>> dct_dense(Trigonometric, int, std::size_t, bool);

}  // namespace flipshift::fft
