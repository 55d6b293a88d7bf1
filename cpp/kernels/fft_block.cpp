// Whole transforms of short power-of-two lengths; what each does is said in kernels/fft_block.hpp.
#include "kernels/fft_block.hpp"

#include "kernels/fft_block_full_rows.hpp"
#include "kernels/fft_block_passes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W, int R, bool swap, bool scaled>
FLIPSHIFT_INLINE void single(const T* x, T* y, const T* tw, T scale) {
  if constexpr (in_full_rows<T, W, R>) {
    in_rows<T, W, R, swap, scaled>(x, y, tw, scale);
  } else if constexpr (2 * R == W) {
    in_halves<T, W, swap, scaled>(x, y, tw, scale);
  } else if constexpr (4 * R == W) {
    in_quarters<T, W, swap, scaled>(x, y, tw, scale);
  } else {
    in_registers<T, W, R, swap, scaled>(x, y, tw, scale);
  }
}

template <class T, int W, int RA, int RB>
void block(const T* x, T* y, const T* step_tw, const T* lane_tw, bool swap, T scale) {
  if constexpr (W == 1) {
    if (swap) {
      in_scalars<T, RA, true>(x, y, scale);
    } else {
      in_scalars<T, RA, false>(x, y, scale);
    }
  } else if constexpr (RB == 1) {
    if (swap) {
      single<T, W, RA, true, true>(x, y, lane_tw, scale);
    } else if (scale == T(1)) {
      single<T, W, RA, false, false>(x, y, lane_tw, scale);
    } else {
      single<T, W, RA, false, true>(x, y, lane_tw, scale);
    }
  } else {
    alignas(64) T rows[2 * W * RA * RB];
    if (swap) {
      in_passes<T, W, RA, RB, true>(x, rows, step_tw, lane_tw);
      out_of_rows<T, W, RA, RB, true, true>(rows, y, scale);
    } else {
      in_passes<T, W, RA, RB, false>(x, rows, step_tw, lane_tw);
      if (scale == T(1)) {
        out_of_rows<T, W, RA, RB, false, false>(rows, y, scale);
      } else {
        out_of_rows<T, W, RA, RB, false, true>(rows, y, scale);
      }
    }
  }
}

// What the rows of lane_tw hold.
template <class T, int W, int RA, int RB>
int exponent(int row, int lane) {
  if constexpr (RB == 1 && in_full_rows<T, W, RA>) {
    return full_rows_exponent<T, W, RA>(row, lane);
  } else {
    const bool quarters = 4 * RA * RB == W;
    const int group = lane / RA, e = per_lane<T>;
    const int column = quarters ? lane : split_order<T, W>(lane);
    if (row < RA * RB) return column * (row / RB + RA * (row % RB));
    const int frequency = !quarters ? lane % e / (e / 2) : group % 3 != 0 ? 3 - group : group;
    return RA * (row - RA) * frequency;
  }
}

template <class T, int W, int RA, int RB>
void set(FftBlockTable<T>& t) {
  int bits = 0;
  while (1 << bits < W * RA * RB) ++bits;
  FftBlock<T>& b = t.blocks[bits];
  b.width = W;
  b.ra = RA;
  b.rb = RB;
  b.rows = RA * RB < W ? 2 * RA : RA * RB;
  if constexpr (RB == 1 && in_full_rows<T, W, RA>) b.rows = full_rows_of_factors<RA>;
  b.exponent = exponent<T, W, RA, RB>;
  b.run = block<T, W, RA, RB>;
}

// The best of the shapes that were timed (Zen 5, 2026-11), for each width of the widest vectors.
template <class T>
void fill_table(FftBlockTable<T>& t) {
  constexpr int W = max_width<T>;
  set<T, 1, 2, 1>(t);
  if constexpr (sizeof(T) == 8) {
    set<T, 2, 2, 1>(t);
  } else {
    set<T, 1, 4, 1>(t);
    set<T, 4, 2, 1>(t);
  }
  if constexpr (W == 2) {
    set<T, 2, 4, 1>(t);
    set<T, 2, 8, 1>(t);
    set<T, 2, 16, 1>(t);
    set<T, 2, 4, 8>(t);
    set<T, 2, 8, 8>(t);
  } else if constexpr (W == 4) {
    if constexpr (sizeof(T) == 8) set<T, 4, 2, 1>(t);
    set<T, 4, 4, 1>(t);
    set<T, 4, 8, 1>(t);
    set<T, 4, 16, 1>(t);
    set<T, 4, 4, 8>(t);
    set<T, 4, 8, 8>(t);
    set<T, 4, 16, 8>(t);
    set<T, 4, 16, 16>(t);
  } else {
    if constexpr (sizeof(T) == 8) {
      set<T, 4, 2, 1>(t);
      set<T, 8, 2, 1>(t);
    } else {
      set<T, 4, 4, 1>(t);
    }
    set<T, 8, 4, 1>(t);
    if constexpr (W == 8) {
      if constexpr (sizeof(T) == 4) set<T, 8, 16, 1>(t);
      set<T, 8, 8, 1>(t);
      set<T, 8, 4, 4>(t);
      set<T, 8, 4, 8>(t);
      set<T, 8, 8, 8>(t);
      set<T, 8, 8, 16>(t);
      set<T, 8, 16, 16>(t);
    } else {
      set<T, 16, 2, 1>(t);
      set<T, 16, 4, 1>(t);
      set<T, 16, 8, 1>(t);
      set<T, 16, 4, 4>(t);
      set<T, 16, 4, 8>(t);
      set<T, 16, 8, 8>(t);
      set<T, 16, 8, 16>(t);
      set<T, 16, 16, 16>(t);
    }
  }
}

}  // namespace

void fill(FftBlockTable<float>& t) { fill_table(t); }
void fill(FftBlockTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
