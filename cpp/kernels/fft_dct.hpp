// Steps between trigonometric transforms of real data and the Fourier transforms that do the work.
//
// cosine and sine differ in the end of a line that they start from and in signs: `sine` kernels
// take or leave the same numbers in reverse order, with every other sign flipped where the text
// says so. Roots come as two arrays, cosines tw[0 .. count) and, at tw + count, negative sines.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftDctTable {
  // v[j] = x[2j], v[n-1-j] = odd_sign x[2j+1] (Makhoul's order), and back.
  void (*fold)(const T* x, T* v, std::size_t n, T odd_sign);
  void (*unfold)(const T* v, T* y, std::size_t n, T odd_sign);

  // Type II from the half spectrum V of n numbers, roots t[k] = exp(-i pi k / 2n), k <= n / 2:
  // c[k] = scale Re(V[k] t[k]), c[n-k] = -scale Im(V[k] t[k]). y[k] = c[k], or c[n-1-k] for sine.
  void (*rotate[2])(const T* spectrum, T* y, std::size_t n, const T* tw, std::size_t count,
                    T scale);
  // Type III, backwards: V[k] = conj(t[k]) (c[k] - i c[n-k]), V[0] = first c[0].
  void (*unrotate[2])(const T* x, T* spectrum, std::size_t n, const T* tw, std::size_t count,
                      T first);

  // The same for even n = 2 h, with the complex transform z of h numbers before it is untangled, or
  // to be transformed backwards. tw: four arrays of h / 2 + 1, the roots t and u[k] = -i exp(-4 i
  // pi k / 2n) t[k] (FftDctLanesTable::leave_two).
  void (*leave_two[2])(const T* z, T* y, std::size_t h, const T* tw, T scale, T first);
  void (*enter_three[2])(const T* x, T* z, std::size_t h, const T* tw, T first);

  // Type I: the even sequence of 2 m numbers from x[0 .. m], x[0] and x[m] times first, or the odd
  // one from x[0 .. m-2], which starts with 0. And from the transform of this as m complex numbers,
  // y[0 .. m], the ends times `ends`, or y[0 .. m-2]. Roots t[k] = exp(-i pi k / m), k <= m / 2.
  void (*enter_one[2])(const T* x, T* z, std::size_t m, T first);
  void (*leave_one[2])(const T* z, T* y, std::size_t m, const T* tw, T scale, T ends);

  // For even m, h = m / 2 and 0 < j < h: sums x[j] + x[m-j] and differences x[j] - x[m-j]; either
  // may be where x is. And y[2k] = even[k], y[2k+1] = odd[k], k < count, of which one may be in y
  // as far behind as not to be overwritten before it is read.
  void (*split_one)(const T* x, T* sums, T* differences, std::size_t m, std::size_t h);
  void (*interleave)(const T* even, const T* odd, T* y, std::size_t count);

  // Type I for odd m by way of z[j] = e[j] + e[j+m] + i (-1)^j (e[j] - e[j+m]), e being that
  // sequence, which is even: z times chirp[j], interleaved numbers of which number m - j is minus
  // number j. And from its spectrum Z, h = m / 2: y[2k] = Re Z[k], y[m-2k] = Im Z[k], for sine
  // minus Im Z[k] and minus Re Z[k], both at an index less by 1.
  void (*enter_good[2])(const T* x, const T* chirp, T* z, std::size_t m, T first);
  void (*leave_good[2])(const T* z, T* y, std::size_t h);

  // Type IV for even n = 2 h, roots t[j] = exp(-i pi (8j + 1) / 8n), j < h.
  // enter: z[j] = (x[2j] + i x[n-1-2j]) t[j], for sine with the two swapped.
  // leave: y[2k] = scale Re(z[k] t[k]), y[n-1-2k] = -scale Im(z[k] t[k]), for sine +.
  void (*enter[2])(const T* x, T* z, std::size_t h, const T* tw);
  void (*leave[2])(const T* z, T* y, std::size_t h, const T* tw, T scale);

  // Type IV for odd n: v goes through a real transform, and its half spectrum to y (fft_dct.cpp of
  // the engine).
  void (*enter_odd[2])(const T* x, T* v, std::size_t n);
  void (*leave_odd[2])(const T* spectrum, T* y, std::size_t n);

  // `count` lines whose number j is at x + stride j, line i `apart` behind line i - 1, to lines
  // that are contiguous, `pitch` behind each other; and back.
  void (*collect)(const T* x, std::ptrdiff_t stride, std::ptrdiff_t apart, std::size_t count,
                  std::size_t n, T* lines, std::size_t pitch);
  void (*spread)(const T* lines, std::size_t pitch, std::size_t count, std::size_t n, T* y,
                 std::ptrdiff_t stride, std::ptrdiff_t apart);
};

FLIPSHIFT_KERNEL_TABLE(FftDctTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftDctTable<double>)

}  // namespace flipshift
