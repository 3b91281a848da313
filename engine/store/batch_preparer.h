// Fills batches on any thread, for the session to pass on.
//
// Each preparer numbers classes and users by a table of its own.  The session has the numbers that
// the writer knows, and translates: so what is written does not depend on who prepared what.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/sink.h"
#include "engine/store/batch.h"
#include "engine/store/class_table.h"
#include "engine/store/store.h"

namespace exdiag {

void AppendEvent(const NormalisedEvent& event, std::uint32_t local_class, std::uint32_t local_user,
                 Batch& batch);

// From a preparer's numbers to those of the session's table.
class NumberMap {
 public:
  // By the preparer: those that come next, which are moved from.
  void Learn(std::vector<EventClass>& classes, std::vector<std::string>& users);

  // By the session, always with the same table.
  void Translate(QueuedEvent& event, ClassTable& table, Batch& batch) {
    if (restarts_ != table.restarts()) Restart(table);
    event.local_class = ClassOf(event.local_class, table, batch);
    if (event.local_user != QueuedEvent::kNoUser) {
      event.local_user = UserOf(event.local_user, table, batch);
    }
  }

 private:
  static constexpr std::uint32_t kUnknown = 0xffff'ffff;

  std::uint32_t ClassOf(std::uint32_t number, ClassTable& table, Batch& batch) {
    const bool known = number < class_numbers_.size() && class_numbers_[number] != kUnknown;
    return known ? class_numbers_[number] : LookUpClass(number, table, batch);
  }
  std::uint32_t UserOf(std::uint32_t number, ClassTable& table, Batch& batch) {
    const bool known = number < user_numbers_.size() && user_numbers_[number] != kUnknown;
    return known ? user_numbers_[number] : LookUpUser(number, table, batch);
  }
  std::uint32_t LookUpClass(std::uint32_t number, ClassTable& table, Batch& batch);
  std::uint32_t LookUpUser(std::uint32_t number, ClassTable& table, Batch& batch);
  void Restart(const ClassTable& table);

  std::mutex mutex_;  // of these, which the preparer adds to while the session reads
  std::vector<EventClass> classes_;
  std::vector<std::string> users_;

  std::vector<std::uint32_t> class_numbers_;
  std::vector<std::uint32_t> user_numbers_;
  std::uint64_t restarts_ = 0;  // of the table that these numbers are of
};

struct PreparedBatch final : PreparedRecords {
  Batch batch;  // has events only
  std::shared_ptr<NumberMap> numbers;

  std::size_t count() const override { return batch.events.size(); }
  void CutTo(std::size_t count) override;
};

class BatchPreparer final : public EventPreparer {
 public:
  BatchPreparer() : table_(std::nullopt) {}

  void Begin(std::unique_ptr<PreparedRecords>& into) override;
  bool Add(const NormalisedEvent& event) override;

 private:
  void HandOverNames();

  ClassTable table_;
  std::shared_ptr<NumberMap> numbers_;  // of the table
  Batch names_;                         // of it too, on their way there
  std::size_t names_size_ = 0;          // of all that are there
  PreparedBatch* made_ = nullptr;
};

}  // namespace exdiag
