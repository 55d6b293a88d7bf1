// Long transforms of any length by convolution, in scratch for about as many numbers: parts of the
// frequencies of a convolution take turns in the same memory.
//
// With w = exp(-2 pi i / n) and c[k] = w^(k^2 / 2), Bluestein's algorithm makes
//   X[k] = sum_j x[j] w^(jk) = conj c[q] c[k+q] sum_p (x[p+q] c[p]) conj c[k-p],  p = j - q,
// which holds for any q. Complex numbers, q = 0, take a cyclic convolution of 2 n - 1 points, in
// two parts. Of real ones n / 2 + 1 frequencies are enough, or given, and 3 n / 2 points: three
// parts, and with q of n / 4 the chirp in between is still as long on either side.
//
// Part r are the frequencies r, r + C, ... of C m points: a convolution of m points between factors
// u^j and u^-j, u = exp(-2 pi i r / C m), before which numbers m apart are added, times powers of
// u^m, and after which they all get the result. It is m = n1 n2 numbers in rows and never in
// natural order. A first sweep over columns of n1 numbers takes them to frequencies k1 in the
// lanes. A second one transforms n2 rows, multiplies, transforms them back, and transposes each
// square of W by W numbers where it stands, which leaves columns of n1 for the third. The way back
// is the way there of the conjugate.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.hpp"
#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"
#include "kernels/fft_bluestein.hpp"
#include "kernels/fft_bluestein_numbers.hpp"

namespace flipshift::fft {

template <class T>
class BluesteinParts {
 public:
  // Null for lengths for which one convolution of all points is faster. Of `real` numbers, n odd.
  static std::unique_ptr<const BluesteinParts> make(std::size_t n, bool real);

  // As Algorithm's and RealPlan's. Scratch: m complex numbers and a little, and a copy of the input
  // if it is where the result goes; of the trigonometric ones afterwards a copy of the result.
  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const;
  void r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
           std::size_t workers) const;
  void c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
           std::size_t workers) const;
  // Types II and III of odd length, tw as for FftDctTable::rotate; neither scales an end but
  // `first` does number 0 that goes in.
  void two(const T* x, T* y, bool sine, const T* tw, T scale) const;
  void three(const T* x, T* y, bool sine, const T* tw, T scale, T first) const;
  // Type IV of odd length and type I, the sequence of enter_good.
  void odd_four(const T* x, T* y, bool sine, T scale) const;
  void one(const T* x, T* y, bool sine, T scale, T first) const;

  // What makes n numbers of the `elements` at x. They are made anew for each part, as an array of
  // them would be as much scratch again; but for the first part in one go, if y has room for them.
  // Of what is n and what is tw for it, see the kernels.
  struct Numbers {
    typename FftBluesteinNumbersTable<T>::Numbers make;
    std::size_t elements, n;
    const T* tw;
    T first;
    bool fit = true;
  };
  // run() of these numbers.
  void run(const T* x, const Numbers& numbers, T* y, bool backward, T scale,
           std::size_t workers) const;
  std::size_t bytes() const;
  std::string describe() const;

 private:
  static constexpr std::size_t most_parts = 3;

  // Adjacent numbers on one side of the convolution: points begin, ... of m, after `fold` times m
  // others; of the chirp begin + chirp to end - 1, which is `sign` times its first half in the
  // second; of the data `shift` after those of the chirp.
  struct Run {
    std::size_t begin;
    std::ptrdiff_t fold, chirp;
    std::size_t end;
    T sign;
    std::ptrdiff_t shift;
  };
  using Side = std::vector<Run>;

  // What goes in and comes out: which kinds of numbers (FftBluesteinTable::enter, leave), factors
  // of imaginary parts, and number 0 if it goes in as a real one.
  struct Ends {
    const Side &in, &out;
    std::size_t elements;  // that go in
    int kind_in, kind_out;
    T in_im, re_scale, im_scale;
    const T* tw = nullptr;
    const T* zero = nullptr;
    const Numbers* numbers = nullptr;  // that go in, instead of those at x
    // Elements of the first numbers that are before y: no room for number 0, whose real part goes
    // to *real_first if that is given.
    std::ptrdiff_t gap = 0;
    T* real_first = nullptr;
  };

  BluesteinParts(std::size_t n, bool real, std::size_t n1, std::size_t n2);
  Side make_side(std::ptrdiff_t begin, std::ptrdiff_t end, std::ptrdiff_t chirp,
                 std::ptrdiff_t data) const;
  void make_factors();
  void convolve(const T* x, T* y, const Ends& ends, std::size_t workers) const;
  void enter(const T* x, const Ends& ends, std::size_t part, T* middle, std::size_t begin,
             std::size_t end) const;
  void multiply(std::size_t part, T* middle, std::size_t begin, std::size_t end) const;
  void leave(const T* middle, std::size_t part, const Ends& ends, T* y, std::size_t begin,
             std::size_t end) const;
  // The factor of part r and group h of columns, of which `more` has that of the group.
  std::complex<T> more(std::size_t part, std::ptrdiff_t fold, const T* of_group) const;

  std::size_t first_row(std::size_t begin, std::size_t h) const;
  // FftBluesteinTable::leave on a run of rows that begins with number 0, which is left out.
  void leave_but_first(const T* rows, std::size_t part, const Ends& ends, const Run& run,
                       const T* factor, T* y) const;

  std::size_t n_, parts_, n1_, n2_, m_, w_, q_;
  Side long_, short_;  // of n numbers and, of real ones, of n / 2 + 1
  Columns<T> first_, second_;
  std::size_t group_stride_;  // of rows
  // Symmetric: the first n / 2 + 1 numbers; half of part 0, half of part 1 of two or all of it, and
  // part 2 is part 1 backwards.
  Buffer<T> chirp_, spectrum_[2];
  std::complex<T> of_fold_[most_parts];  // u^m to the power of folds and parts
  Buffer<T> step_, back_step_;
  Buffer<T> turn_[most_parts], more_[most_parts], lane_[most_parts], back_lane_[most_parts];
};

}  // namespace flipshift::fft
