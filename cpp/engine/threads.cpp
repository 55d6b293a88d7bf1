// A pool whose threads are lent to one call at a time.
//
// A call takes threads that nobody has, offers them its job, works itself until no range is left,
// takes back the offers that were not accepted by then, and waits for the others. So it never waits
// for a thread that has not begun, and nothing can deadlock or be late because of a busy processor.
#include "engine/threads.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#define FLIPSHIFT_POSIX_THREADS 1
#endif

namespace flipshift {

namespace {

// How long a thread looks for work, or a caller for the end of it, before it sleeps: first alone on
// its processor, then letting others run. To wake one takes the caller 10 us, and 20 to 50 us pass
// until it works; this bridges the time between the sweeps of one transform, and between calls.
constexpr std::chrono::microseconds spin_time{50}, yield_time{1000};

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// One call of parallel_for. Each thread begins with a share of its own, always the same one: what
// it left in its caches in the pass before, or in the call before, it finds there again. Then it
// helps the others. To fetch what another one has written takes three times as long as one's own.
class Job {
 public:
  using Body = std::function<void(std::size_t, std::size_t)>;
  Job(std::size_t count, std::size_t threads, const Body& body)
      : count_(count), threads_(std::min(threads, most_shares)), body_(body) {
    for (std::size_t i = 0; i < threads_; ++i) shares_[i].next.store(bound(i));
  }

  // Takes ranges until none is left, first of those of thread `self`.
  void work(std::size_t self) {
    try {
      for (std::size_t i = 0; i < threads_; ++i) take((self + i) % threads_);
    } catch (...) {
      if (!failed_.exchange(true)) error_ = std::current_exception();
      for (std::size_t i = 0; i < threads_; ++i) shares_[i].next.store(bound(i + 1));
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static constexpr std::size_t most_shares = 64;
  struct alignas(64) Share {
    std::atomic<std::size_t> next;
  };
  std::size_t bound(std::size_t share) const {
    return count_ / threads_ * share + std::min(share, count_ % threads_);
  }
  // Half of what is left of a share at a time.
  void take(std::size_t share) {
    std::atomic<std::size_t>& next = shares_[share].next;
    const std::size_t last = bound(share + 1);
    for (std::size_t begin = next.load(); begin < last;) {
      const std::size_t end = begin + (last - begin + 1) / 2;
      if (!next.compare_exchange_weak(begin, end)) continue;
      body_(begin, end);
      begin = next.load();
    }
  }

  std::array<Share, most_shares> shares_;
  std::size_t count_, threads_;
  const Body& body_;
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
};

// A thread of the pool, and its letter box. It is never destroyed, as its thread never ends.
class Worker {
 public:
  Worker* next = nullptr;  // in the list of free ones, or in that of the call that has it

  void start() {
    std::thread([this] { loop(); }).detach();
  }
  void offer(Job& job, std::size_t share) {
    job_ = &job;
    share_ = share;
    state_.store(offered);
    state_.notify_one();
  }
  // Takes the offer back, or waits until the thread has done with it.
  void finish() {
    int state = offered;
    if (state_.compare_exchange_strong(state, idle)) return;
    wait_while(running);
  }

 private:
  enum State : int { idle, offered, running };

  [[noreturn]] void loop() {
    for (;;) {
      wait_while(idle);
      int state = offered;
      if (!state_.compare_exchange_strong(state, running)) continue;
      job_->work(share_);
      state_.store(idle);  // here ends the life of the job
      state_.notify_one();
    }
  }
  void wait_while(int state) const {
    const auto start = std::chrono::steady_clock::now();
    for (std::chrono::steady_clock::duration passed{}; passed < yield_time;
         passed = std::chrono::steady_clock::now() - start) {
      for (int i = 0; i < 16; ++i) {
        if (state_.load() != state) return;
        pause();
      }
      if (passed > spin_time) std::this_thread::yield();
    }
    state_.wait(state);
  }

  std::atomic<int> state_{idle};
  Job* job_ = nullptr;
  std::size_t share_ = 0;
};

// Signals are for the threads that the program knows; those of faults stay with their cause.
class SignalsBlocked {
 public:
#if FLIPSHIFT_POSIX_THREADS
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
#endif
};

std::atomic<std::size_t> thread_limit{0};  // 0: the number of processors

class Pool {
 public:
  // Up to `wanted` threads that nobody else has.
  Worker* take(std::size_t wanted) {
    const std::lock_guard lock(mutex_);
    Worker* taken = nullptr;
    for (; wanted > 0; --wanted) {
      Worker* w = free_ ? free_ : start();
      if (!w) break;
      free_ = w->next;
      w->next = taken;
      taken = w;
    }
    return taken;
  }
  void give_back(Worker* workers) {
    const std::lock_guard lock(mutex_);
    while (workers) {
      Worker* w = workers;
      workers = w->next;
      w->next = free_;
      free_ = w;
    }
  }

 private:
  // A new thread, or none if there are enough or no more are to be had.
  Worker* start() {
    const std::size_t limit = thread_limit.load();
    if (started_ + 1 >= (limit ? limit : processors_)) return nullptr;
    auto* w = new (std::nothrow) Worker;
    if (!w) return nullptr;
    try {
      [[maybe_unused]] const SignalsBlocked blocked;
      w->start();
    } catch (const std::system_error&) {
      delete w;
      return nullptr;
    }
    ++started_;
    return w;
  }

  const std::size_t processors_ = std::thread::hardware_concurrency();
  std::mutex mutex_;
  Worker* free_ = nullptr;
  std::size_t started_ = 0;
};

// Never destroyed: threads may be at work while the program ends.
std::atomic<Pool*> the_pool{nullptr};

Pool& pool() {
  if (Pool* p = the_pool.load()) return *p;
  auto* made = new Pool;
  Pool* before = nullptr;
  if (the_pool.compare_exchange_strong(before, made)) return *made;
  delete made;
  return *before;
}

#if FLIPSHIFT_POSIX_THREADS
// The child of a fork has none of the threads, and the state of the pool is whatever it was at that
// moment: it gets a new one. Registered as the program starts, since a fork during the first use
// would leave a lock behind.
[[maybe_unused]] const int registered =
    pthread_atfork(nullptr, nullptr, [] { the_pool.store(nullptr); });
#endif

}  // namespace

void set_thread_limit(std::size_t threads) { thread_limit.store(threads); }

void parallel_for(std::size_t count, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  workers = std::min(workers, count);
  Pool* const lender = workers > 1 ? &pool() : nullptr;
  Worker* const helpers = lender ? lender->take(workers - 1) : nullptr;
  if (!helpers) {
    if (count > 0) body(0, count);
    return;
  }
  std::size_t threads = 1;
  for (Worker* w = helpers; w; w = w->next) ++threads;
  Job job(count, threads, body);
  std::size_t share = 0;
  for (Worker* w = helpers; w; w = w->next) w->offer(job, ++share);
  job.work(0);
  for (Worker* w = helpers; w; w = w->next) w->finish();
  lender->give_back(helpers);
  job.rethrow();
}

}  // namespace flipshift
