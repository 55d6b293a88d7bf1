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
        direct->framed(row_begin, row_end, col_begin, col_end);
      });
}

}  // namespace

template <class T>
void convolve2d(const Problem<T>& p, Method method) {
  if constexpr (std::is_floating_point_v<Real<T>>) {
    if (method != Method::direct) {
      const bool zero_outside = p.boundary == Boundary::fill && p.fillvalue == T(0);
      const Extent rows = extent(p.x.rows, p.h.rows, p.out.rows, p.row_start, zero_outside);
      const Extent cols = extent(p.x.cols, p.h.cols, p.out.cols, p.col_start, zero_outside);
      const std::size_t lanes = kernels<Convolve2dTable<Real<T>>>().min_cols;
      const double direct = direct_cost(rows, cols, is_complex<T>, lanes);
      if (method == Method::fft || direct > never_fft_below) {
        const Blocks blocks = best_blocks(rows, cols, is_complex<T>, lanes, sizeof(T));
        if (method == Method::fft) return Fourier<T>(p, blocks).run([](auto...) {});
        if (blocks.cost < direct) return fourier_where_finite(p, blocks);
      }
    }
  }
  Direct<T>(p).run();
}

template void convolve2d(const Problem<float>&, Method);
template void convolve2d(const Problem<double>&, Method);
template void convolve2d(const Problem<std::complex<float>>&, Method);
template void convolve2d(const Problem<std::complex<double>>&, Method);
template void convolve2d(const Problem<std::uint8_t>&, Method);
template void convolve2d(const Problem<std::uint16_t>&, Method);
template void convolve2d(const Problem<std::uint32_t>&, Method);
template void convolve2d(const Problem<std::uint64_t>&, Method);

}  // namespace flipshift::convolve2d
