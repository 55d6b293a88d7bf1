// A cache of plans: the most recently used ones, bounded in bytes of their tables.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace flipshift::fft {

// What a cache holds, and how often it had what was asked for.
struct CacheInfo {
  std::string kind;
  std::size_t entries, bytes, limit, hits, misses;
};

// What every cache of plans can do, whatever it holds. All of them are known to cache_info() and
// clear_caches(), and stay usable in the child of a fork.
class CacheBase {
 public:
  explicit CacheBase(const char* kind);
  CacheBase(const CacheBase&) = delete;
  CacheBase& operator=(const CacheBase&) = delete;
  virtual CacheInfo info() = 0;
  virtual void clear() = 0;

 protected:
  ~CacheBase();
  const char* kind_;
  std::mutex mutex_;

 private:
  friend struct CacheList;
};

// Of each cache that was used so far.
std::vector<CacheInfo> cache_info();
// Forgets all plans and counts; plans in use stay valid.
void clear_caches();

template <class P>
class Cache final : public CacheBase {
 public:
  explicit Cache(std::size_t limit, const char* kind = "other") : CacheBase(kind), limit_(limit) {}

  std::shared_ptr<const P> get(std::size_t n) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto it = index_.find(n); it != index_.end()) {
        ++hits_;
        used_.splice(used_.begin(), used_, it->second);
        return used_.front();
      }
      ++misses_;
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

  CacheInfo info() override {
    const std::lock_guard lock(mutex_);
    return {kind_, used_.size(), bytes_, limit_, hits_, misses_};
  }

  void clear() override {
    List dropped;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    dropped.swap(used_);
    index_.clear();
    bytes_ = hits_ = misses_ = 0;
  }

 private:
  using List = std::list<std::shared_ptr<const P>>;
  List used_;  // most recent first
  std::unordered_map<std::size_t, typename List::iterator> index_;
  std::size_t bytes_ = 0, limit_, hits_ = 0, misses_ = 0;
};

}  // namespace flipshift::fft
