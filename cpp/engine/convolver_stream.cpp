#include "engine/convolver_stream.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <optional>

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve.hpp"
#include "kernels/spectrum.hpp"

namespace flipshift::convolve {

namespace {

template <class T>
constexpr std::size_t parts = sizeof(T) / sizeof(Scalar<T>);

template <class T>
bool all_finite(const T* x, std::size_t n) {
  return kernels<ConvolveTable<Scalar<T>>>().finite(reinterpret_cast<const Scalar<T>*>(x),
                                                    n * parts<T>);
}
template <class T>
bool is_finite(T v) {
  return std::isfinite(std::real(v)) && std::isfinite(std::imag(v));
}
template <class T>
bool is_nan(T v) {
  return std::isnan(std::real(v)) || std::isnan(std::imag(v));
}
template <class T>
T not_a_number() {
  constexpr auto nan = std::numeric_limits<Scalar<T>>::quiet_NaN();
  if constexpr (is_complex<T>) {
    return {nan, nan};
  } else {
    return nan;
  }
}
// By the definition; operator* of complex numbers looks for infinities.
template <class T>
T times(T a, T b) {
  if constexpr (is_complex<T>) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  } else {
    return a * b;
  }
}

template <class T>
void add(const T* x, T* y, std::size_t n) {
  using S = Scalar<T>;
  kernels<SpectrumTable<S>>().add(reinterpret_cast<const S*>(x), reinterpret_cast<S*>(y),
                                  n * parts<T>);
}

// Samples that are not finite: an infinite one, or a run of NaN.
template <class T>
struct Blemish {
  std::uint64_t from, to;  // times, the last included
  T value;
};
// More infinite samples than this within reach of the kernel count as NaN, so that none of them
// makes a call last too long.
constexpr std::size_t most_blemishes = 1024;

}  // namespace

template <class T>
class Channel {
 public:
  using S = Scalar<T>;

  explicit Channel(std::shared_ptr<const Partitions<T>> partitions)
      : scheme_(partitions->scheme()),
        mirrored_(scheme_.stages.empty() ? scheme_.block : scheme_.stages.back().size),
        length_(4 * mirrored_),
        past_(length_ + mirrored_) {
    for (const Stage& stage : scheme_.stages) stages_.emplace_back(stage);
    voices_.push_back(make_voice(std::move(partitions), 0));
    reset();
  }

  const PartitionScheme& scheme() const { return scheme_; }

  std::size_t taps() const {
    std::size_t most = 0;
    for (const Voice& v : voices_) most = std::max(most, v.partitions->taps());
    return most;
  }

  void reset() {
    voices_.erase(voices_.begin(), voices_.end() - 1);
    time_ = 0;
    blemishes_.clear();
    std::fill_n(past_.data(), past_.size(), T(0));
    for (StageState& s : stages_) {
      std::fill_n(s.spectra.data(), s.spectra.size(), S(0));
      s.newest = 0;
      s.transformed = true;
      s.tiles = s.transform.tiles();
    }
    Voice& v = voices_.front();
    v.fade = v.faded = 0;
    v.known = false;
    for (Sums& s : v.sums) {
      std::fill_n(s.now.data(), s.now.size(), S(0));
      std::fill_n(s.next.data(), s.next.size(), S(0));
    }
  }

  void process(const T* x, T* out, std::size_t n) {
    while (n > 0) {
      const std::size_t at = time_ % scheme_.block;
      const std::size_t count = std::min(n, scheme_.block - at);
      piece(x, out, at, count);
      x += count;
      out += count;
      n -= count;
    }
  }

  // An exchange in two steps: all that may fail, and all that is heard.
  void prepare(std::shared_ptr<const Partitions<T>> partitions, std::size_t fade) {
    Voice v = make_voice(std::move(partitions), fade);
    // What the other voices have done since the stages' last blocks began.
    for (std::size_t s = 1; s < stages_.size(); ++s) {
      const StageState& state = stages_[s];
      const std::size_t earlier = state.transformed ? 1 : 0;
      sum(v, s, (state.newest + earlier) % state.slots, 0, 0, state.transform.tiles(),
          v.sums[s].now.data());
      if (v.partitions->count(s)) state.transform.backward(v.sums[s].now.data());
      if (state.transformed) sum(v, s, state.newest, 0, 0, state.tiles, v.sums[s].next.data());
    }
    voices_.reserve(voices_.size() + 1);
    coming_ = std::move(v);
  }
  void exchange() {
    if (coming_->fade == 0) voices_.clear();
    voices_.push_back(std::move(*coming_));
    coming_.reset();
  }

 private:
  struct StageState {
    explicit StageState(const Stage& stage)
        : transform(stage.size),
          slots(stage.count + 1),  // one more, for the kernels that join during the work
          spectra(transform.slot_numbers() * slots) {}
    StageTransform<T> transform;
    std::size_t slots;
    Buffer<S> spectra;       // of the recent blocks, in tiles
    std::size_t newest = 0;  // slot; older ones follow
    // The work on the last block: its transform, then so many tiles of sums.
    bool transformed = true;
    std::size_t tiles = 0;
  };
  struct Sums {
    Buffer<S> now, next;  // 2 size samples, the second half of which counts; spectrum in the making
  };
  // One kernel that is heard.
  struct Voice {
    std::shared_ptr<const Partitions<T>> partitions;
    std::vector<Sums> sums;
    bool known;               // sums[0].now is that of this block
    std::size_t fade, faded;  // samples of its crossfade, and how many have passed
  };

  Voice make_voice(std::shared_ptr<const Partitions<T>> partitions, std::size_t fade) const {
    Voice v{std::move(partitions), {}, false, fade, 0};
    for (const StageState& s : stages_) {
      const std::size_t n = s.transform.buffer_numbers();
      v.sums.push_back({Buffer<S>(n), Buffer<S>(n)});
    }
    return v;
  }

  // Tiles [begin, end) of the products of the voice's partitions from `skip` on with the spectra
  // from slot `first` on.
  void sum(const Voice& v, std::size_t s, std::size_t first, std::size_t skip, std::size_t begin,
           std::size_t end, S* out) const {
    constexpr std::size_t tile = 2 * spectrum_tile<S>;
    const StageState& state = stages_[s];
    const std::size_t count = v.partitions->count(s);
    if (begin == end) return;
    if (count <= skip) {
      std::fill(out + begin * tile, out + end * tile, S(0));
      return;
    }
    kernels<SpectrumTable<S>>().accumulate(
        state.spectra.data() + begin * state.slots * tile, state.slots, first,
        v.partitions->spectra(s) + (begin * count + skip) * tile, count, count - skip,
        out + begin * tile, end - begin, !is_complex<T> && begin == 0);
  }

  // Where sample time - back is, with all that is remembered before it.
  T* sample(std::uint64_t time) {
    const std::size_t place = time % length_;
    return past_.data() + (place < mirrored_ ? place + length_ : place);
  }

  void transform(std::size_t s, std::uint64_t end) {
    StageState& state = stages_[s];
    const std::size_t size = scheme_.stages[s].size;
    state.newest = (state.newest ? state.newest : state.slots) - 1;
    // The block before may be that of the end of the ring, which goes on behind it.
    state.transform.forward(sample(end - size) - size, S(1), state.spectra.data(), state.slots,
                            state.newest);
  }

  // At most a block, and within one.
  void piece(const T* x, T* out, std::size_t at, std::size_t n) {
    remember(x, n);
    const bool whole = n == scheme_.block && !stages_.empty();
    if (whole) transform(0, time_ + n);
    voice(voices_.front(), whole, at, n, out);
    if (voices_.size() > 1) mix(whole, at, n, out);
    time_ += n;
    if (!stages_.empty() && at + n == scheme_.block) {
      if (!whole) transform(0, time_);
      for (Voice& v : voices_) v.known = false;
    }
    for (std::size_t s = 1; s < stages_.size(); ++s) work(s);
  }

  // Puts n samples into the ring.
  void remember(const T* x, std::size_t n) {
    T* to = sample(time_);
    std::copy_n(x, n, to);
    if (!all_finite(x, n)) note_blemishes(to, n);
    const std::size_t place = time_ % length_;
    if (place < mirrored_) std::copy_n(to, n, past_.data() + place);
    if (blemishes_.empty()) return;
    const std::uint64_t reach = scheme_.taps;
    std::size_t gone = 0;
    while (gone < blemishes_.size() && blemishes_[gone].to + reach <= time_) ++gone;
    blemishes_.erase(blemishes_.begin(), blemishes_.begin() + static_cast<std::ptrdiff_t>(gone));
  }

  void note_blemishes(T* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      if (is_finite(x[i])) continue;
      const std::uint64_t t = time_ + i;
      const bool full = blemishes_.size() >= most_blemishes;
      const T value = is_nan(x[i]) || full ? not_a_number<T>() : x[i];
      if (is_nan(value) && !blemishes_.empty() && is_nan(blemishes_.back().value) &&
          (full || blemishes_.back().to + 1 == t)) {
        blemishes_.back().to = t;
      } else if (full) {
        blemishes_.back() = {blemishes_.back().from, t, value};
      } else {
        blemishes_.push_back({t, t, value});
      }
      x[i] = T(0);
    }
  }

  // The outputs of one kernel.
  void voice(Voice& v, bool whole, std::size_t at, std::size_t n, T* out) {
    const Partitions<T>& p = *v.partitions;
    if (whole) {
      S* sums = v.sums[0].now.data();
      sum(v, 0, stages_[0].newest, 0, 0, stages_[0].transform.tiles(), sums);
      stages_[0].transform.backward(sums);
      std::memcpy(static_cast<void*>(out), sums + n * parts<T>, n * sizeof(T));
    } else {
      p.head(sample(time_), out, n);
      if (!stages_.empty() && p.count(0) > 1) {
        S* sums = v.sums[0].now.data();
        if (!v.known) {
          sum(v, 0, stages_[0].newest, 1, 0, stages_[0].transform.tiles(), sums);
          stages_[0].transform.backward(sums);
          v.known = true;
        }
        add(reinterpret_cast<const T*>(sums) + scheme_.block + at, out, n);
      }
    }
    for (std::size_t s = 1; s < stages_.size(); ++s) {
      if (p.count(s) == 0) continue;
      const std::size_t size = scheme_.stages[s].size;
      add(reinterpret_cast<const T*>(v.sums[s].now.data()) + size + time_ % size, out, n);
    }
    for (const Blemish<T>& b : blemishes_) spoil(p, b, n, out);
  }

  void spoil(const Partitions<T>& p, const Blemish<T>& b, std::size_t n, T* out) const {
    const std::uint64_t from = std::max(b.from, time_);
    const std::uint64_t to = std::min(b.to + p.taps(), time_ + n);
    for (std::uint64_t t = from; t < to; ++t)
      out[t - time_] =
          is_nan(b.value) ? b.value : out[t - time_] + times(b.value, p.h()[t - b.from]);
  }

  void mix(bool whole, std::size_t at, std::size_t n, T* out) {
    Scratch<T> other(n);
    std::size_t last = 0;
    for (std::size_t i = 1; i < voices_.size(); ++i) {
      Voice& v = voices_[i];
      voice(v, whole, at, n, other.data());
      const S step = S(1) / static_cast<S>(v.fade + 1);
      const std::size_t fading = std::min(n, v.fade - v.faded);
      for (std::size_t j = 0; j < fading; ++j) {
        const S g = static_cast<S>(v.faded + j + 1) * step;
        out[j] = (S(1) - g) * out[j] + g * other[j];
      }
      std::copy(other.data() + fading, other.data() + n, out + fading);
      v.faded += fading;
      if (v.faded == v.fade) last = i;
    }
    voices_.erase(voices_.begin(), voices_.begin() + static_cast<std::ptrdiff_t>(last));
  }

  // The work of a stage on its last block, as far as it must have come by now.
  void work(std::size_t s) {
    StageState& state = stages_[s];
    const Stage& stage = scheme_.stages[s];
    const std::size_t since = time_ % stage.size;
    const std::uint64_t begun = time_ - (since ? since : stage.size);
    const double progress =
        since ? static_cast<double>(since) / static_cast<double>(stage.size) : 1.0;
    if (!state.transformed) {
      if (progress < stage.forward) return;
      transform(s, begun);
      state.transformed = true;
      state.tiles = 0;
    }
    const std::size_t tiles = state.transform.tiles();
    const double share = (progress - stage.forward) / (1 - stage.forward - stage.backward);
    const auto until =
        static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(tiles));
    if (until > state.tiles) {
      for (Voice& v : voices_)
        sum(v, s, state.newest, 0, state.tiles, until, v.sums[s].next.data());
      state.tiles = until;
    }
    if (since) return;
    for (Voice& v : voices_) {
      if (v.partitions->count(s) == 0) continue;
      state.transform.backward(v.sums[s].next.data());
      std::swap(v.sums[s].now, v.sums[s].next);
    }
    state.transformed = false;
  }

  const PartitionScheme scheme_;
  // A ring of samples; its first `mirrored_` ones stand behind its end too, so that the largest
  // partition before any sample, and its own block, are without a gap.
  const std::size_t mirrored_, length_;
  Buffer<T> past_;
  std::vector<StageState> stages_;
  std::vector<Voice> voices_;  // each fades in over all before it
  std::optional<Voice> coming_;
  std::uint64_t time_ = 0;
  std::vector<Blemish<T>> blemishes_;
};

template <class T>
Stream<T>::Stream(std::shared_ptr<const Partitions<T>> partitions, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c)
    channels_.push_back(std::make_unique<Channel<T>>(partitions));
}

template <class T>
Stream<T>::~Stream() = default;

template <class T>
void Stream<T>::process(const T* x, std::ptrdiff_t x_stride, T* out, std::ptrdiff_t out_stride,
                        std::size_t n, std::size_t workers) {
  const auto range = [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      const auto row = static_cast<std::ptrdiff_t>(c);
      channels_[c]->process(x + row * x_stride, out + row * out_stride, n);
    }
  };
  if (workers == 1 || channels_.size() == 1) return range(0, channels_.size());
  parallel_for(channels_.size(), workers, range);
}

template <class T>
void Stream<T>::exchange(std::shared_ptr<const Partitions<T>> partitions, std::size_t fade) {
  for (auto& channel : channels_) channel->prepare(partitions, fade);
  for (auto& channel : channels_) channel->exchange();
}

template <class T>
void Stream<T>::reset() {
  for (auto& channel : channels_) channel->reset();
}

template <class T>
std::size_t Stream<T>::taps() const {
  return channels_.front()->taps();
}

template <class T>
const PartitionScheme& Stream<T>::scheme() const {
  return channels_.front()->scheme();
}

template class Stream<float>;
template class Stream<double>;
template class Stream<std::complex<float>>;
template class Stream<std::complex<double>>;

}  // namespace flipshift::convolve
