// Trigonometric transforms of many lines side by side, one per vector lane, the lines being read
// from and written to wherever they lie.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/fft_dct.hpp"
#include "engine/fft_dct_hartley.hpp"
#include "engine/fft_dct_odd.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/fft_stages.hpp"

namespace flipshift::fft {

template <class T>
class DctLanes {
 public:
  DctLanes(Trigonometric kind, int type, std::size_t n);
  virtual ~DctLanes() = default;
  // Whether there is one: Stages have the length that is transformed, or PrimeHartley has it, or it
  // is even.
  static bool possible(Trigonometric kind, int type, std::size_t n);
  // Whether that includes a convolution, of a length with large prime factors.
  static bool is_convolved(Trigonometric kind, int type, std::size_t n);
  // How many numbers a lane works on.
  static std::size_t working_length(Trigonometric kind, int type, std::size_t n);

  std::size_t size() const { return n_; }
  std::size_t bytes() const;
  // in and out may be the same lines.
  void run(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
           bool orthogonalize) const;

 private:
  void set_prime();
  void scale_ends(T* rows, const Buffer<std::uint32_t>& place, bool before) const;
  void one(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
           bool orthogonalize) const;
  void prime(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
             bool orthogonalize) const;
  void two_folded(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                  bool orthogonalize) const;
  void three_folded(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                    bool orthogonalize) const;
  void four_folded(const LineGroup<const T>& in, const LineGroup<T>& out, T scale) const;
  void odd(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
           bool orthogonalize) const;
  void read(const LineGroup<const T>& in, T* rows) const;
  void write(const T* rows, const LineGroup<T>& out, T scale) const;

  Trigonometric kind_;
  int type_;
  std::size_t n_, length_;
  bool folded_;  // even numbers of a line in real parts, odd ones in imaginary parts
  std::optional<PrimeHartley<T>> prime_;
  std::optional<OddReal<T>> odd_;
  Stages<T> stages_;  // of length_ / 2 rows if folded
  T factor_ = T(1);   // of all results
  // The real rows where numbers go in and come out, and their signs.
  Buffer<std::uint32_t> in_place_, out_place_;
  Buffer<T> in_sign_, out_sign_;
  Buffer<T> untangling_;         // of type I
  Buffer<T> roots_;              // of types II to IV
  Buffer<std::uint32_t> pairs_;  // of rows that turn, of prime_
};

// From a cache that is bounded in bytes, or made now.
template <class T>
std::shared_ptr<const DctLanes<T>> dct_lanes(Trigonometric kind, int type, std::size_t n);

// exp(-2 pi i (first + step k) / order) for k < count: cosines, then negative sines.
template <class T>
Buffer<T> root_table(std::size_t count, std::size_t first, std::size_t step, std::size_t order);

}  // namespace flipshift::fft
