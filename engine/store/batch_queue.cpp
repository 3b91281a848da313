#include "engine/store/batch_queue.h"

#include <utility>

namespace exdiag {

BatchQueue::BatchQueue(std::function<bool(const Batch&)> write) : write_(std::move(write)) {
  for (std::size_t i = 0; i < kBatches; ++i) empty_.push_back(std::make_unique<Batch>());
}

BatchQueue::~BatchQueue() { Drain(); }

std::unique_ptr<Batch> BatchQueue::Take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !empty_.empty(); });
  std::unique_ptr<Batch> batch = std::move(empty_.back());
  empty_.pop_back();
  batch->Clear();
  return batch;
}

bool BatchQueue::Put(std::unique_ptr<Batch> batch) {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  const std::lock_guard lock(mutex_);
  full_.push_back(std::move(batch));
  changed_.notify_all();
  return !failed_;
}

bool BatchQueue::Write(std::unique_ptr<Batch> batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return full_.empty() && !writing_; });
  WriteNext(lock, std::move(batch));
  return !failed_;
}

bool BatchQueue::Finish(const Batch& last) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return full_.empty() && !writing_; });
    if (failed_) return false;
  }
  Drain();
  return write_(last);
}

void BatchQueue::Drain() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void BatchQueue::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !full_.empty(); });
    if (stopping_) return;
    std::unique_ptr<Batch> batch = std::move(full_.front());
    full_.pop_front();
    WriteNext(lock, std::move(batch));
  }
}

// After a failure batches are taken and dropped, so that the reader never waits in vain.
void BatchQueue::WriteNext(std::unique_lock<std::mutex>& lock, std::unique_ptr<Batch> batch) {
  writing_ = true;
  const bool failed = failed_;
  lock.unlock();
  const bool written = !failed && write_(*batch);
  lock.lock();
  failed_ = !written;
  writing_ = false;
  empty_.push_back(std::move(batch));
  changed_.notify_all();
}

}  // namespace exdiag
