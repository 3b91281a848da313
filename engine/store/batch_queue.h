// Runs the writing side of an import on a thread of its own, fed by a bounded queue of batches that
// are used again and again.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/store/batch.h"

namespace exdiag {

class BatchQueue {
 public:
  // `write` is called for one batch after the other, in order, and never by two threads at once.
  // It returns false when nothing more can be written.
  explicit BatchQueue(std::function<bool(const Batch&)> write);
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;
  ~BatchQueue();

  // An empty batch to fill; waits while all are under way.
  std::unique_ptr<Batch> Take();
  // False when the writer has failed.
  bool Put(std::unique_ptr<Batch> batch);
  // The same, but the calling thread writes it, after all that was put before.  For batches that
  // several threads make: one more that writes would take turns with them, which costs more.
  bool Write(std::unique_ptr<Batch> batch);
  // Waits until everything is written.  `last` is written by the calling thread, so that an export
  // that fits into one batch costs no thread.  False when the writer has failed.
  bool Finish(const Batch& last);
  // Waits for the batch being written and drops those behind it.  Nothing can be put any more.
  void Drain();

 private:
  static constexpr std::size_t kBatches = 6;

  void Run();
  void WriteNext(std::unique_lock<std::mutex>& lock, std::unique_ptr<Batch> batch);

  std::function<bool(const Batch&)> write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> full_;
  std::vector<std::unique_ptr<Batch>> empty_;
  bool writing_ = false;
  bool failed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace exdiag
