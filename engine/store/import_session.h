// The reading thread's side of one import.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/store/batch_queue.h"
#include "engine/store/class_table.h"
#include "engine/store/store.h"

namespace exdiag {

class QueuedImportSession final : public ImportSession {
 public:
  struct Callbacks {
    std::function<bool(const Batch&, bool alone)> write;  // `alone`: it is the only one
    std::function<Result<LedgerRow>(const std::string& content_hash)> commit;
    std::function<void()> abandon;  // when it ends without Commit()
  };

  QueuedImportSession(Callbacks callbacks, const std::optional<std::vector<EventKind>>& keep_only);
  ~QueuedImportSession() override;

  bool Add(const NormalisedEvent& event) override;
  bool Keeps(std::string_view provider, std::uint16_t event_id) const override {
    return classes_.Keeps(provider, event_id);
  }
  bool keeps_all() const override { return classes_.keeps_all(); }
  bool AddCounted(const NormalisedEvent& like, std::uint64_t events, Ticks first,
                  Ticks last) override;
  std::unique_ptr<EventPreparer> NewPreparer() const override;
  bool AddPrepared(PreparedRecords& events) override;
  void AddFact(Fact fact) override;
  void AddReject(StoredReject reject) override;
  Result<LedgerRow> Commit(const std::string& content_hash) override;

 private:
  void SendWhenFull();
  enum class Writer : std::uint8_t { kOther, kThisThread };
  void Send(Writer writer = Writer::kOther);

  Callbacks callbacks_;
  ClassTable classes_;
  BatchQueue queue_;
  std::unique_ptr<Batch> batch_;
  bool working_ = true;
  bool sent_ = false;  // a batch before the last one
  bool ended_ = false;
};

}  // namespace exdiag
