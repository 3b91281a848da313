#include "engine/store/batch_preparer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace exdiag {
namespace {

// Several batches lie about at a time, so that none may become large.  What does not fit in is
// added one by one.
constexpr std::size_t kMostBytes = std::size_t{2} << 20;
// Nor may a table.
constexpr std::size_t kMostNames = std::size_t{4} << 20;

template <typename T>
void MoveBehind(std::vector<T>& from, std::vector<T>& to) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
  from.clear();
}

std::uint32_t& At(std::vector<std::uint32_t>& numbers, std::uint32_t at, std::uint32_t fill) {
  if (at >= numbers.size()) numbers.resize(at + std::size_t{1}, fill);
  return numbers[at];
}

std::size_t SizeOf(const EventClass& key) {
  return sizeof key + key.provider.size() + key.host.size() + key.computer.size() +
         key.channel.size() + key.category_text.size() + key.names.size();
}

NormalisedEvent LikeThoseOf(const EventClass& key) {
  NormalisedEvent event;
  event.provider = key.provider;
  event.host = key.host;
  event.computer = key.computer;
  event.channel = key.channel;
  event.category_text = key.category_text;
  event.names = key.names;
  event.keywords = key.keywords;
  event.event_id = key.event_id;
  event.qualifiers = key.qualifiers;
  event.category = key.category;
  event.level = key.level;
  return event;
}

}  // namespace

void AppendEvent(const NormalisedEvent& event, std::uint32_t local_class, std::uint32_t local_user,
                 Batch& batch) {
  QueuedEvent& row = batch.events.emplace_back();
  row.identity = event.identity;
  row.record_id = event.record_id;
  row.second = UnixSecond(event.time);
  row.fraction = Fraction(event.time);
  row.place = PackPlace(event.place);
  row.place_column = event.place.column;
  row.local_class = local_class;
  row.local_user = local_user;
  row.flags =
      EventFlags::Pack(event.time_basis, event.time_precision, event.recovered, event.comparable);
  row.strings_size = static_cast<std::uint32_t>(event.strings.size());
  row.message_size = static_cast<std::uint32_t>(event.message.size());
  row.binary_size = static_cast<std::uint32_t>(event.binary.size());
  row.bytes_offset = batch.bytes.size();
  batch.bytes.append(event.strings);
  batch.bytes.append(event.message);
  batch.bytes.append(reinterpret_cast<const char*>(event.binary.data()), event.binary.size());
}

void NumberMap::Learn(std::vector<EventClass>& classes, std::vector<std::string>& users) {
  const std::lock_guard lock(mutex_);
  MoveBehind(classes, classes_);
  MoveBehind(users, users_);
}

std::uint32_t NumberMap::LookUpClass(std::uint32_t number, ClassTable& table, Batch& batch) {
  const std::lock_guard lock(mutex_);
  return At(class_numbers_, number, kUnknown) = table.ClassOf(LikeThoseOf(classes_[number]), batch);
}

std::uint32_t NumberMap::LookUpUser(std::uint32_t number, ClassTable& table, Batch& batch) {
  const std::lock_guard lock(mutex_);
  NormalisedEvent event;
  event.user = users_[number];
  return At(user_numbers_, number, kUnknown) = table.UserOf(event, batch);
}

void NumberMap::Restart(const ClassTable& table) {
  restarts_ = table.restarts();
  class_numbers_.clear();
  user_numbers_.clear();
}

void PreparedBatch::CutTo(std::size_t count) {
  if (count >= batch.events.size()) return;
  batch.bytes.resize(batch.events[count].bytes_offset);
  batch.events.resize(count);
}

void BatchPreparer::Begin(std::unique_ptr<PreparedRecords>& into) {
  if (!into) into = std::make_unique<PreparedBatch>();
  made_ = static_cast<PreparedBatch*>(into.get());
  made_->batch.Clear();
  if (!numbers_ || table_.full() || names_size_ > kMostNames / 2) {
    table_.Restart();
    numbers_ = std::make_shared<NumberMap>();
    names_size_ = 0;
  }
  made_->numbers = numbers_;
}

bool BatchPreparer::Add(const NormalisedEvent& event) {
  Batch& batch = made_->batch;
  const std::size_t size = event.strings.size() + event.message.size() + event.binary.size();
  if (batch.bytes.size() + size > kMostBytes || names_size_ > kMostNames) return false;
  const std::uint32_t local_class = table_.ClassOf(event, names_);
  const std::uint32_t local_user = table_.UserOf(event, names_);
  if (!names_.new_classes.empty() || !names_.new_users.empty()) HandOverNames();
  AppendEvent(event, local_class, local_user, batch);
  return true;
}

void BatchPreparer::HandOverNames() {
  for (const EventClass& key : names_.new_classes) names_size_ += SizeOf(key);
  for (const std::string& user : names_.new_users) names_size_ += sizeof user + user.size();
  numbers_->Learn(names_.new_classes, names_.new_users);
}

}  // namespace exdiag
