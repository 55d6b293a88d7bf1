// Discrete cosine and sine transforms of types I to IV, along any axes of strided real arrays.
//
// With sums over j < n and the same for sines, with k + 1 for k in types I and II and j + 1 for j
// in types I and III:
//   I    y[k] = x[0] + (-1)^k x[n-1] + 2 sum_{0<j<n-1} x[j] cos(pi j k / (n-1))
//        (sine: y[k] = 2 sum x[j] sin(pi (j+1) (k+1) / (n+1)))
//   II   y[k] = 2 sum x[j] cos(pi (2j+1) k / 2n)
//   III  y[k] = x[0] + 2 sum_{j>0} x[j] cos(pi j (2k+1) / 2n)
//        (sine: the number with factor 1 is the last, (-1)^k x[n-1])
//   IV   y[k] = 2 sum x[j] cos(pi (2j+1) (2k+1) / 4n)
// `orthogonalize` makes the matrices orthogonal up to a factor: type I takes x[0] and x[n-1] times
// sqrt 2 and gives y[0] and y[n-1] divided by it (cosine only), type II divides y[0] (sine:
// y[n-1]), type III takes x[0] (sine: x[n-1]) times it.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/array.hpp"

namespace flipshift::fft {

enum class Trigonometric { cosine, sine };

template <class T>
class DctOne;
template <class T>
class DctTwo;
template <class T>
class DctFour;
template <class T>
class DctDense;

// The transform of n contiguous numbers; its tables come from caches that are bounded in bytes.
// n >= 1, for the cosine of type 1 n >= 2.
template <class T>
class DctPlan {
 public:
  DctPlan(Trigonometric kind, int type, std::size_t n, bool orthogonalize);
  // x == y is allowed, other overlap is not.
  void run(const T* x, T* y, T scale) const;

 private:
  Trigonometric kind_;
  int type_;
  std::size_t n_;
  bool orthogonalize_;
  std::shared_ptr<const DctDense<T>> dense_;
  std::shared_ptr<const DctPlan<double>> precise_;  // of single precision
  std::shared_ptr<const DctOne<T>> one_;
  std::shared_ptr<const DctTwo<T>> two_;  // of type III too
  std::shared_ptr<const DctFour<T>> four_;
};

// Transforms along `axes` one after the other. in and out have the same shape and are either the
// same array or do not overlap; the result does not depend on `workers`.
template <class T>
void dct(const View<const T>& in, const View<T>& out, const Shape& axes, Trigonometric kind,
         int type, T scale, bool orthogonalize, std::size_t workers);

}  // namespace flipshift::fft
