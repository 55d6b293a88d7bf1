// A cache of plans: the most recently used ones, bounded in bytes of their tables.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace flipshift::fft {

template <class P>
class Cache {
 public:
  explicit Cache(std::size_t limit) : limit_(limit) {}

  std::shared_ptr<const P> get(std::size_t n) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto it = index_.find(n); it != index_.end()) {
        used_.splice(used_.begin(), used_, it->second);
        return used_.front();
      }
    }
    // Made outside of the lock: a long plan must not hold up the others. If two threads make the
    // same one, the later one is dropped.
    auto made = std::make_shared<const P>(n);
    const std::lock_guard lock(mutex_);
    if (const auto it = index_.find(n); it != index_.end()) return *it->second;
    bytes_ += made->bytes();
    used_.push_front(made);
    index_[n] = used_.begin();
    while (bytes_ > limit_ && used_.size() > 1) {
      bytes_ -= used_.back()->bytes();
      index_.erase(used_.back()->size());
      used_.pop_back();
    }
    return made;
  }

 private:
  using List = std::list<std::shared_ptr<const P>>;
  std::mutex mutex_;
  List used_;  // most recent first
  std::unordered_map<std::size_t, typename List::iterator> index_;
  std::size_t bytes_ = 0, limit_;
};

}  // namespace flipshift::fft
