#include "engine/convolve2d.hpp"

#include <complex>
#include <cstdint>
#include <type_traits>

#include "engine/convolve2d_cost.hpp"
#include "engine/convolve2d_direct.hpp"
#include "engine/convolve2d_fft.hpp"

namespace flipshift::convolve2d {

namespace {

// Nanoseconds: for less, the choice of blocks is not worth while.
constexpr double never_fft_below = 5000;

// The sums themselves, for some outputs of one image.
template <class T>
void directly(const Problem<T>& p, const Part& part) {
  const std::size_t rows = part.row_end - part.row_begin, cols = part.col_end - part.col_begin;
  Scratch<T> sums(rows * cols * p.inner);
  Problem<T> one = p;
  one.outer = one.workers = 1;
  one.x.data += part.image * p.x.rows * p.x.cols * p.inner;
  one.row_start += static_cast<std::ptrdiff_t>(part.row_begin);
  one.col_start += static_cast<std::ptrdiff_t>(part.col_begin);
  one.out = {sums.data(), rows, cols};
  convolve2d(one, Method::direct);
  const std::size_t stride = p.out.cols * p.inner;
  T* out = p.out.data + (part.image * p.out.rows + part.row_begin) * stride +
           part.col_begin * p.inner;
  for (std::size_t i = 0; i < rows; ++i)
    std::copy_n(sums.data() + i * cols * p.inner, cols * p.inner, out + i * stride);
}

template <class T>
bool is_finite(const Problem<T>& p, const Part& part) {
  const std::size_t stride = p.out.cols * p.inner;
  const T* out = p.out.data + part.image * p.out.rows * stride + part.col_begin * p.inner;
  for (std::size_t i = part.row_begin; i < part.row_end; ++i)
    if (!all_finite(out + i * stride, (part.col_end - part.col_begin) * p.inner)) return false;
  return true;
}

template <class T>
struct Costs {
  explicit Costs(const Problem<T>& p)
      : zero_outside(zeros_outside(p)),
        rows(extent(p.x.rows, p.h.rows, p.out.rows, p.row_start, zero_outside)),
        cols(extent(p.x.cols, p.h.cols, p.out.cols, p.col_start, zero_outside)),
        lanes(kernels<Convolve2dTable<Real<T>>>().min_cols),
        direct(direct_cost(rows, cols, is_complex<T>, lanes)) {}
  Blocks blocks() const { return best_blocks(rows, cols, is_complex<T>, lanes, sizeof(T)); }

  bool zero_outside;
  Extent rows, cols;
  std::size_t lanes;
  double direct;
};

}  // namespace

template <class T>
Choice choice(const Problem<T>& p) {
  const Costs<T> costs(p);
  const Blocks b = costs.blocks();
  return {costs.direct,
          b.cost,
          b.rows.size,
          b.cols.size,
          b.rows.blocks * b.cols.blocks,
          costs.direct > never_fft_below && b.cost < costs.direct};
}

template <class T>
void convolve2d(const Problem<T>& p, Method method) {
  if constexpr (std::is_floating_point_v<Real<T>>) {
    if (method != Method::direct) {
      const Costs<T> costs(p);
      if (method == Method::fft || costs.direct > never_fft_below) {
        const Blocks blocks = costs.blocks();
        if (method == Method::fft) return by_transforms<T>(p, blocks, [](const Part&) {});
        if (blocks.cost < costs.direct)
          return by_transforms<T>(p, blocks, [&](const Part& part) {
            if (!is_finite(p, part)) directly(p, part);
          });
      }
    }
  }
  const std::size_t n = p.x.rows * p.x.cols, n_out = p.out.rows * p.out.cols;
  Problem<T> one = p;
  one.outer = one.inner = 1;
  for (std::size_t o = 0; o < p.outer; ++o) {
    const T* x = p.x.data + o * n * p.inner;
    T* out = p.out.data + o * n_out * p.inner;
    one.x.data = x;
    one.out.data = out;
    if (p.inner == 1) {
      Direct<T>(one).run();
      continue;
    }
    Scratch<T> samples(n), results(n_out);
    one.x.data = samples.data();
    one.out.data = results.data();
    for (std::size_t c = 0; c < p.inner; ++c) {
      for (std::size_t i = 0; i < n; ++i) samples.data()[i] = x[i * p.inner + c];
      Direct<T>(one).run();
      for (std::size_t i = 0; i < n_out; ++i) out[i * p.inner + c] = results.data()[i];
    }
  }
}

template Choice choice(const Problem<float>&);
template Choice choice(const Problem<double>&);
template Choice choice(const Problem<std::complex<float>>&);
template Choice choice(const Problem<std::complex<double>>&);

template void convolve2d(const Problem<float>&, Method);
template void convolve2d(const Problem<double>&, Method);
template void convolve2d(const Problem<std::complex<float>>&, Method);
template void convolve2d(const Problem<std::complex<double>>&, Method);
template void convolve2d(const Problem<std::uint8_t>&, Method);
template void convolve2d(const Problem<std::uint16_t>&, Method);
template void convolve2d(const Problem<std::uint32_t>&, Method);
template void convolve2d(const Problem<std::uint64_t>&, Method);

}  // namespace flipshift::convolve2d
