#include "engine/store/import_session.h"

#include <utility>

#include "engine/store/batch_preparer.h"

namespace exdiag {
namespace {

// A batch is sent at the first of these: rows that keep the writer busy for a few milliseconds,
// bytes that stay in the cache between the two threads.
constexpr std::size_t kBatchEvents = 2048;
constexpr std::size_t kBatchBytes = 768 * 1024;
constexpr std::size_t kBatchFacts = 1024;

// Keeping more of a damaged record than this helps nobody.
constexpr std::size_t kRejectBytes = 4096;

}  // namespace

QueuedImportSession::QueuedImportSession(Callbacks callbacks,
                                         const std::optional<std::vector<EventKind>>& keep_only)
    : callbacks_(std::move(callbacks)),
      classes_(keep_only),
      queue_([this](const Batch& batch) { return callbacks_.write(batch, !sent_); }),
      batch_(queue_.Take()) {}

QueuedImportSession::~QueuedImportSession() {
  if (ended_) return;
  queue_.Drain();
  callbacks_.abandon();
}

bool QueuedImportSession::Add(const NormalisedEvent& event) {
  const std::uint32_t local_class = classes_.ClassOf(event, *batch_);
  // What was recovered says nothing of what else was there at its time.
  classes_.Count(local_class, event.recovered ? Ticks{} : event.time, event.time_basis);
  if (classes_.kept(local_class)) {
    AppendEvent(event, local_class, classes_.UserOf(event, *batch_), *batch_);
  }
  SendWhenFull();
  return working_;
}

bool QueuedImportSession::AddCounted(const NormalisedEvent& like, std::uint64_t events, Ticks first,
                                     Ticks last) {
  classes_.Count(classes_.ClassOf(like, *batch_), like.time_basis, {events, first, last});
  SendWhenFull();
  return working_;
}

std::unique_ptr<EventPreparer> QueuedImportSession::NewPreparer() const {
  return keeps_all() ? std::make_unique<BatchPreparer>() : nullptr;
}

bool QueuedImportSession::AddPrepared(PreparedRecords& events) {
  auto& [batch, numbers] = static_cast<PreparedBatch&>(events);
  if (!batch_->empty()) Send(Writer::kThisThread);
  batch.restart = batch_->restart;
  for (QueuedEvent& event : batch.events) {
    numbers->Translate(event, classes_, batch);
    const bool recovered = (event.flags & EventFlags::kRecovered) != 0;
    classes_.Count(event.local_class, recovered ? Ticks{} : TicksOf(event.second, event.fraction),
                   EventFlags::Basis(event.flags));
  }
  std::swap(*batch_, batch);
  Send(Writer::kThisThread);
  return working_;
}

void QueuedImportSession::AddFact(Fact fact) {
  batch_->facts.push_back(std::move(fact));
  SendWhenFull();
}

void QueuedImportSession::AddReject(StoredReject reject) {
  if (reject.raw.size() > kRejectBytes) reject.raw.resize(kRejectBytes);
  batch_->rejects_size += reject.raw.size() + reject.reason.size() + 64;
  batch_->rejects.push_back(std::move(reject));
  SendWhenFull();
}

void QueuedImportSession::SendWhenFull() {
  const bool full = batch_->events.size() >= kBatchEvents || batch_->bytes.size() >= kBatchBytes ||
                    batch_->facts.size() >= kBatchFacts || batch_->rejects_size >= kBatchBytes;
  if (full || classes_.full()) Send();
}

void QueuedImportSession::Send(Writer writer) {
  const bool restart = classes_.full();
  if (restart) {
    classes_.TakeTallies(batch_->tallies);
    classes_.Restart();
  }
  if (!sent_) sent_ = true;  // the writing thread reads it, which the first batch starts
  const bool put = writer == Writer::kThisThread ? queue_.Write(std::move(batch_))
                                                 : queue_.Put(std::move(batch_));
  working_ = put && working_;
  batch_ = queue_.Take();
  batch_->restart = restart;
}

Result<LedgerRow> QueuedImportSession::Commit(const std::string& content_hash) {
  ended_ = true;
  classes_.TakeTallies(batch_->tallies);
  queue_.Finish(*batch_);
  return callbacks_.commit(content_hash);
}

}  // namespace exdiag
