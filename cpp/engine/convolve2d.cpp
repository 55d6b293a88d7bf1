#include "engine/convolve2d.hpp"

#include <complex>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "engine/convolve2d_cost.hpp"
#include "engine/convolve2d_direct.hpp"
#include "engine/convolve2d_fft.hpp"

namespace flipshift::convolve2d {

namespace {

// Nanoseconds: for less, the choice of blocks is not worth while.
constexpr double never_fft_below = 5000;

template <class T>
void fourier_where_finite(const Problem<T>& p, const Blocks& blocks) {
  Fourier<T> fourier(p, blocks);
  std::optional<Direct<T>> direct;
  fourier.run(
      [&](std::size_t row_begin, std::size_t row_end, std::size_t col_begin, std::size_t col_end) {
        bool finite = true;
        for (std::size_t i = row_begin; i < row_end && finite; ++i)
          finite = all_finite(p.out.data + i * p.out.cols + col_begin, col_end - col_begin);
        if (finite) return;
        if (!direct) direct.emplace(p);
        direct->framed(0, row_begin, row_end, col_begin, col_end);
      });
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

namespace {

// Image by image, channel by channel.
template <class T>
void by_transforms(const Problem<T>& p, Method method, const Blocks& blocks) {
  const std::size_t n = p.x.rows * p.x.cols, n_out = p.out.rows * p.out.cols;
  const auto convolve_image = [&](const Problem<T>& image) {
    if (method == Method::fft) {
      Fourier<T>(image, blocks).run([](auto...) {});
    } else {
      fourier_where_finite(image, blocks);
    }
  };
  Problem<T> one = p;
  one.outer = one.inner = 1;
  for (std::size_t o = 0; o < p.outer; ++o) {
    const T* x = p.x.data + o * n * p.inner;
    T* out = p.out.data + o * n_out * p.inner;
    one.x.data = x;
    one.out.data = out;
    if (p.inner == 1) {
      convolve_image(one);
      continue;
    }
    Scratch<T> samples(n), results(n_out);
    one.x.data = samples.data();
    one.out.data = results.data();
    for (std::size_t c = 0; c < p.inner; ++c) {
      for (std::size_t i = 0; i < n; ++i) samples.data()[i] = x[i * p.inner + c];
      convolve_image(one);
      for (std::size_t i = 0; i < n_out; ++i) out[i * p.inner + c] = results.data()[i];
    }
  }
}

}  // namespace

template <class T>
void convolve2d(const Problem<T>& p, Method method) {
  if constexpr (std::is_floating_point_v<Real<T>>) {
    if (method != Method::direct) {
      const Costs<T> costs(p);
      if (method == Method::fft || costs.direct > never_fft_below) {
        const Blocks blocks = costs.blocks();
        if (method == Method::fft || blocks.cost < costs.direct)
          return by_transforms(p, method, blocks);
      }
    }
  }
  Direct<T>(p).run();
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
