// Long transforms of any length by convolution, in scratch for as many complex numbers.
//
// The cyclic convolution of 2 m >= 2 n - 1 points that Bluestein's algorithm takes is that of its
// even and that of its odd frequencies. As there are n <= m numbers on either side, each of them is
// a convolution of m points, for odd frequencies between factors w^j and w^-j, w = exp(-pi i / m);
// their results are added in the output.
//
// Each convolution is m = n1 n2 numbers in rows and never in natural order. A first sweep over
// columns of n1 numbers takes them to frequencies k1 in the lanes. A second one transforms n2 rows,
// multiplies, transforms them back, and transposes each square of W by W numbers where it stands,
// which leaves columns of n1 for the third. The way back is the way there of the conjugate.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/array.hpp"
#include "engine/fft.hpp"
#include "engine/fft_columns.hpp"
#include "kernels/fft_bluestein.hpp"

namespace flipshift::fft {

template <class T>
class BluesteinHalves {
 public:
  // Null for lengths for which one convolution of all points is faster.
  static std::unique_ptr<const BluesteinHalves> make(std::size_t n);

  // As Algorithm's and RealPlan's. Scratch: m complex numbers and a little, and a copy of the input
  // if it is where the result goes.
  void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const;
  void r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
           std::size_t workers) const;
  void c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
           std::size_t workers) const;
  std::size_t bytes() const;
  std::string describe() const;

 private:
  // What goes in and comes out: how many numbers, real or not, and factors of imaginary parts.
  struct Ends {
    std::size_t in, out;
    bool real_in, real_out;
    T in_im, re_scale, im_scale;
    bool half_first;  // number 0 is real and taken half
  };

  BluesteinHalves(std::size_t n, std::size_t n1, std::size_t n2);
  void make_factors();
  void convolve(const T* x, T* y, const Ends& ends, std::size_t workers) const;
  void enter(const T* x, const Ends& ends, std::size_t odd, T* middle, std::size_t begin,
             std::size_t end) const;
  void multiply(std::size_t odd, T* middle, std::size_t begin, std::size_t end) const;
  void leave(const T* middle, std::size_t odd, const Ends& ends, T* y, std::size_t begin,
             std::size_t end) const;
  T sign() const { return n_ % 2 ? T(-1) : T(1); }  // of chirp[n-k] to chirp[k]

  std::size_t n_, m_, w_;
  Columns<T> first_, second_;
  std::size_t group_stride_;  // of rows
  // Symmetric: the first n / 2 + 1 numbers, and half of the even and of the odd frequencies.
  Buffer<T> chirp_, spectrum_[2];
  Buffer<T> turn_, more_, step_, back_step_, lane_[2], back_lane_[2];
};

}  // namespace flipshift::fft
