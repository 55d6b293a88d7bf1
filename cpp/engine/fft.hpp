// Fourier transforms of any length, along any axes of strided arrays.
//
// A plan is immutable after it is made and may be used from any number of threads at once; its
// scratch belongs to the calling thread. plan() and real_plan() keep recent plans in a cache that
// is bounded in bytes.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/array.hpp"

namespace flipshift::fft {

enum class Direction { forward, backward };  // exp(-2 pi i jk/n), exp(+2 pi i jk/n)

template <class T>
class Algorithm;  // engine/fft_plan.hpp
template <class T>
class OddRealLine;  // engine/fft_real_odd.hpp
template <class T>
class Chirp;  // engine/fft_dct_chirp.hpp
template <class T>
class BluesteinParts;  // engine/fft_bluestein_parts.hpp

// The complex transform of n contiguous numbers.
template <class T>
class Plan {
 public:
  explicit Plan(std::size_t n);
  ~Plan();
  std::size_t size() const { return n_; }
  std::size_t bytes() const;     // of tables
  std::string describe() const;  // algorithm and factors, for people
  // out[k] = scale * sum_j in[j] exp(-+2 pi i jk/n). in == out is allowed, other overlap is not.
  // At most `workers` threads share the work; the result does not depend on them.
  void run(const std::complex<T>* in, std::complex<T>* out, Direction direction, T scale,
           std::size_t workers = 1) const;
  const Algorithm<T>& algorithm() const { return *algorithm_; }

 private:
  std::size_t n_;
  std::unique_ptr<const Algorithm<T>> algorithm_;
};

// The transform of n contiguous real numbers to the n/2 + 1 numbers of the half spectrum, and back.
template <class T>
class RealPlan {
 public:
  explicit RealPlan(std::size_t n);
  ~RealPlan();
  std::size_t size() const { return n_; }
  std::size_t bytes() const;
  std::string describe() const;
  bool copies() const { return parts_ != nullptr; }  // the input, if it is where the output goes
  // Null if it is no such convolution.
  const BluesteinParts<T>* parts() const { return parts_.get(); }
  bool is_halved() const { return odd_ != nullptr; }  // an odd length at half the work
  // The complex transform of n / 2 points that this one is made of, null if it is not; then also
  // the factors of kernels/fft_untangle.hpp for k <= n / 4.
  const Plan<T>* half() const { return direct_ || n_ % 2 ? nullptr : &complex_; }
  const T* untangling() const { return tw_.data(); }
  // `direction` is the sign of the exponent: forward of real data is rfft; backward is its
  // conjugate. in and out may be the same memory: out of r2c then holds 2 (n/2 + 1) real numbers.
  void r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
           std::size_t workers = 1) const;
  // The imaginary parts of in[0] and, for even n, in[n/2] are ignored.
  void c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
           std::size_t workers = 1) const;

 private:
  std::size_t n_;
  bool direct_;  // by definition
  // Of odd n alone, at most one of them.
  std::unique_ptr<const OddRealLine<T>> odd_;
  std::unique_ptr<const BluesteinParts<T>> parts_;
  std::unique_ptr<const Chirp<T>> chirp_;
  Plan<T> complex_;
  Buffer<T> tw_;  // of the untangling, or of the definition
};

// The plan for length n >= 1, from the cache or made now.
template <class T>
std::shared_ptr<const Plan<T>> plan(std::size_t n);
template <class T>
std::shared_ptr<const RealPlan<T>> real_plan(std::size_t n);

// What c2c and r2c or c2r do with `lines` lines of n numbers, for people.
template <class T>
std::string describe(std::size_t n, std::size_t lines, bool contiguous, bool real);

// A length >= n, at most a few per cent longer, that the kernels transform at full speed (real
// transforms too).
std::size_t good_size(std::size_t n);

// Transforms along `axes`, one after the other. in and out are either the same array or do not
// overlap; the result does not depend on `workers`. Along `axes`, `in` may be shorter than what is
// transformed: it goes on with zeros.
template <class T>
void c2c(const View<const std::complex<T>>& in, const View<std::complex<T>>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers);

// Real input: the last of `axes` is transformed with length n and halved (out has n / 2 + 1 there),
// then the others are transformed as complex. r2c_whole: to the whole spectrum.
template <class T>
void r2c(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
         std::size_t n, Direction direction, T scale, std::size_t workers);
template <class T>
void r2c_whole(const View<const T>& in, const View<std::complex<T>>& out, const Shape& axes,
               Direction direction, T scale, std::size_t workers);

// Real output: all of `axes` but the last are transformed as complex (through scratch the size of
// `in` if there are any), then the last from out.shape[axis] / 2 + 1 numbers to real ones.
template <class T>
void c2r(const View<const std::complex<T>>& in, const View<T>& out, const Shape& axes,
         Direction direction, T scale, std::size_t workers);

}  // namespace flipshift::fft
