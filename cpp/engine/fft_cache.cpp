// The list of all caches of plans.
#include "engine/fft_cache.hpp"

#include <algorithm>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace flipshift::fft {

// A fork while another thread holds a lock would leave it locked in the child for ever. So the
// forking thread takes all of them first and releases them on both sides.
struct CacheList {
  std::mutex mutex;
  std::vector<CacheBase*> caches;

  static CacheList& get() {
    static CacheList& list = *new CacheList;  // never destroyed: caches may outlive any other order
    return list;
  }

 private:
  CacheList() {
#if defined(__unix__) || defined(__APPLE__)
    pthread_atfork([] { get().lock(); }, [] { get().unlock(); }, [] { get().unlock(); });
#endif
  }
  void lock() {
    mutex.lock();
    for (CacheBase* c : caches) c->mutex_.lock();
  }
  void unlock() {
    for (CacheBase* c : caches) c->mutex_.unlock();
    mutex.unlock();
  }
};

CacheBase::CacheBase(const char* kind) : kind_(kind) {
  CacheList& list = CacheList::get();
  const std::lock_guard lock(list.mutex);
  list.caches.push_back(this);
}

CacheBase::~CacheBase() {
  CacheList& list = CacheList::get();
  const std::lock_guard lock(list.mutex);
  std::erase(list.caches, this);
}

std::vector<CacheInfo> cache_info() {
  CacheList& list = CacheList::get();
  const std::lock_guard lock(list.mutex);
  std::vector<CacheInfo> all;
  for (CacheBase* c : list.caches) all.push_back(c->info());
  return all;
}

void clear_caches() {
  CacheList& list = CacheList::get();
  const std::lock_guard lock(list.mutex);
  for (CacheBase* c : list.caches) c->clear();
}

}  // namespace flipshift::fft
