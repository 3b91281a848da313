#include "engine/store/event_writer.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/evidence/strings.h"
#include "engine/store/class_table.h"

namespace exdiag {

EventWriter::EventWriter(sql::Database& database)
    : database_(database),
      classes_(database),
      totals_(database),
      class_index_(database),
      family_index_(database, ClassIndex::Of::kFamilies),
      events_(database),
      rows_(database, class_index_, family_index_, events_),
      stretches_(database),
      window_(database, rows_) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  insert_fact_ = prepare(
      "INSERT INTO main.facts (kind, host, attributes, observed_at, time_basis, import, place, "
      "place_column) VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT (kind, host, attributes) "
      "DO UPDATE SET observed_at = excluded.observed_at, time_basis = excluded.time_basis "
      "WHERE excluded.observed_at > observed_at");
  insert_reject_ = prepare(
      "INSERT INTO main.rejects (import, place, place_column, diagnostic_id, reason, raw) "
      "VALUES (?1,?2,?3,?4,?5,?6)");
  insert_coverage_ = prepare(
      "INSERT INTO main.coverage (import, host, channel, time_basis, first, last, events) "
      "VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT (import, host, channel, time_basis) DO UPDATE SET "
      "first = CASE WHEN first = 0 OR (excluded.first <> 0 AND excluded.first < first) "
      "THEN excluded.first ELSE first END, last = max(last, excluded.last), "
      "events = events + excluded.events");
  insert_count_ = prepare(
      "INSERT INTO main.counts (provider, event_id, level, host, events, first, last) "
      "VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT (provider, event_id, level, host) DO UPDATE SET "
      "first = CASE WHEN first = 0 OR (excluded.first <> 0 AND excluded.first < first) "
      "THEN excluded.first ELSE first END, last = max(last, excluded.last), "
      "events = events + excluded.events");
}

void EventWriter::Begin(std::int64_t row) {
  import_ = row;
  ledger_ = {};
  counted_ = 0;
  stretches_.Begin();
  ForgetNumbers();
  window_.Begin(row);
}

void EventWriter::WriteTotals() {
  events_.Flush();
  class_index_.Flush();
  family_index_.Flush();
  rows_.Forget();
  totals_.Write(import_);
  ForgetNumbers();
}

void EventWriter::WriteStretches() { stretches_.Write(import_, classes_); }

void EventWriter::End() { window_.End(); }

// Names and classes are never removed, so that what is known of them lasts until here.
void EventWriter::Undo() {
  window_.End();
  classes_.Forget();
  class_index_.Drop();
  family_index_.Drop();
  events_.Drop();
  rows_.Forget();
  totals_.Begin();
}

void EventWriter::Write(const Batch& batch) {
  LearnNames(batch);
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    if (!database_.ok()) return;
    Prefetch(batch, i);
    WriteEvent(batch, batch.events[i]);
  }
  for (const Fact& fact : batch.facts) WriteFact(fact);
  for (const StoredReject& reject : batch.rejects) WriteReject(reject);
  for (const ClassTally& tally : batch.tallies) WriteTally(tally);
}

// Where the next events will be noted lies in no order, so that fetching it takes as long as
// storing them.
void EventWriter::Prefetch(const Batch& batch, std::size_t at) const {
  constexpr std::size_t kAhead = 10;
  if (at + kAhead >= batch.events.size()) return;
  const QueuedEvent& event = batch.events[at + kAhead];
  window_.Prefetch(event.identity);
  const ClassIndex::Waiting* const index = local_classes_[event.local_class].index;
  if (index != nullptr) index->Prefetch();
  const char* const texts = batch.bytes.data() + event.bytes_offset;  // another processor has them
  for (const int line : {0, 64, 128}) __builtin_prefetch(texts + line);
}

void EventWriter::LearnNames(const Batch& batch) {
  if (batch.restart) {
    ForgetNumbers();
    MakeRoom();
  }
  for (const EventClass& key : batch.new_classes) {
    local_keys_.push_back(key);
    local_classes_.push_back({.log = stretches_.LogOf(key.host, key.channel)});
  }
  for (const std::string& user : batch.new_users) {
    user_rows_.push_back(classes_.users().IdOf(user));
  }
}

// An export in which every record is of its own class or log must not fill the memory.
void EventWriter::MakeRoom() {
  constexpr std::size_t kMany = 2 * ClassTable::kMaximum;
  if (class_index_.classes() < kMany && stretches_.logs() < kMany) return;
  events_.Flush();
  class_index_.Flush();
  class_index_.Drop();
  family_index_.Flush();
  family_index_.Drop();
  totals_.Write(import_);
  stretches_.Write(import_, classes_);
}

void EventWriter::ForgetNumbers() {
  local_keys_.clear();
  local_classes_.clear();
  user_rows_.clear();
  refined_classes_.clear();
}

void EventWriter::LookUp(std::uint32_t number) {
  LocalClass& local = local_classes_[number];
  const ClassRow row = RowOf(local_keys_[number]);
  local.row = row.id;
  local.index = &class_index_.At(row.id);
  local.crowd = row.crowded ? &family_index_.At(row.family) : nullptr;
  local.total = &totals_.Of(local.row);
}

void EventWriter::WriteEvent(const Batch& batch, const QueuedEvent& event) {
  const LocalClass& local = local_classes_[event.local_class];
  if (local.row == 0) LookUp(event.local_class);
  ++ledger_.records;
  stretches_.Add(local.log, event);
  IdentityGroup& group = window_.Find(local_keys_[event.local_class], event.second, event.identity);
  if (event.record_id != 0) {
    WriteNumbered(batch, event, group);
  } else {
    WriteUnnumbered(batch, event, group);
  }
}

void EventWriter::WriteNumbered(const Batch& batch, const QueuedEvent& event,
                                IdentityGroup& group) {
  IdentityRow row;
  const bool shown = group.Shown(event.record_id);
  const bool may_be_there = group.had_rows || shown || group.ShownOverflowed();
  if (may_be_there && FindNumbered(event, row)) {
    if (!shown && row.import != import_) {
      ++group.claimed;
      group.dirty = true;
      group.Show(event.record_id);
    }
    return Duplicate(batch, event, row.id, Match::kNumber);
  }
  if (group.HasFreeRow()) {
    group.dirty = true;
    if (group.without_id > 0 && FindUnnumbered(event, row)) {
      --group.without_id;
      ++group.claimed;
      group.Show(event.record_id);
      return Duplicate(batch, event, row.id, Match::kNumber);
    }
    if (FindOfUnnamedLog(event, row)) {
      ++group.unnamed;
      return Duplicate(batch, event, row.id, Match::kForeignNumber);
    }
  }
  ++group.rows;
  ++group.claimed;
  group.Show(event.record_id);
  Insert(batch, event);
}

void EventWriter::WriteUnnumbered(const Batch& batch, const QueuedEvent& event,
                                  IdentityGroup& group) {
  IdentityRow row;
  if (group.HasFreeRow()) {
    ++group.unnamed;
    group.dirty = true;
    return Duplicate(batch, event, NextOfGroup(event, group, row) ? row.id : 0, Match::kCount);
  }
  ++group.rows;
  ++group.without_id;
  ++group.unnamed;
  Insert(batch, event);
}

void EventWriter::Insert(const Batch& batch, const QueuedEvent& event) {
  const LocalClass& local = local_classes_[event.local_class];
  StoredEvent stored;
  stored.class_row = local.row;
  stored.second = event.second;
  stored.fraction = event.fraction;
  stored.flags = event.flags;
  stored.record_id = event.record_id;
  stored.identity = event.identity;
  stored.user_row = UserRow(event);
  stored.import = import_;
  stored.place = event.place;
  stored.place_column = event.place_column;
  stored.strings = batch.Strings(event);
  stored.message = batch.Message(event);
  stored.binary = batch.Binary(event);
  const std::int64_t id = events_.Add(stored);
  const ClassEntry entry{event.second, MarkOf(event.identity), id};
  class_index_.Add(*local.index, entry);
  if (local.crowd != nullptr) family_index_.Add(*local.crowd, entry);
  rows_.AddEvent(event.second, event.identity, {event.record_id, id, local.row, import_});
  local.total->Add(TicksOf(event.second, event.fraction));
  ++ledger_.stored;
  if ((event.flags & EventFlags::kIncomparable) != 0) ++ledger_.incomparable;
}

std::int64_t EventWriter::UserRow(const QueuedEvent& event) const {
  return event.local_user == QueuedEvent::kNoUser ? 0 : user_rows_[event.local_user];
}

ClassRow EventWriter::RowOf(const EventClass& key) {
  const ClassRow row = classes_.RowOf(key);
  rows_.AddClass(key, row);
  return row;
}

void EventWriter::Duplicate(const Batch& batch, const QueuedEvent& event, std::int64_t id,
                            Match match) {
  ++ledger_.duplicates;
  StoredEvent stored;
  if (id == 0 || !events_.Get(id, stored)) return;
  const EventDetail known{stored.fraction, stored.flags,   stored.record_id, stored.user_row,
                          stored.strings,  stored.message, stored.binary};
  const EventDetail shown{
      event.fraction,     event.flags,          match == Match::kNumber ? event.record_id : 0,
      UserRow(event),     batch.Strings(event), batch.Message(event),
      batch.Binary(event)};
  const EventDetail detail = exdiag::Refine(known, shown);
  const std::int64_t event_class = RefinedClass(stored.class_row, event, match);
  if (detail == known && event_class == stored.class_row) return;
  Refine(event, id, stored, detail, event_class);
}

void EventWriter::Refine(const QueuedEvent& event, std::int64_t id, StoredEvent& stored,
                         const EventDetail& detail, std::int64_t event_class) {
  ++ledger_.refined;
  totals_.Refine(stored.class_row, event_class, detail.fraction != stored.fraction);
  if (event_class != stored.class_row) {
    Move({event.second, MarkOf(event.identity), id}, stored.class_row, event_class);
  }
  stored.class_row = event_class;
  stored.fraction = detail.fraction;
  stored.flags = detail.flags;
  stored.record_id = detail.record_id;
  stored.user_row = detail.user;
  stored.strings = detail.strings;
  stored.message = detail.message;
  stored.binary = detail.binary;
  events_.Replace(id, stored);
  rows_.Refine(event.second, event.identity, {detail.record_id, id, event_class, stored.import});
}

// Classes of one event are of one family.
void EventWriter::Move(const ClassEntry& entry, std::int64_t before, std::int64_t after) {
  class_index_.Move(entry, before, after);
  const std::int64_t from = classes_.CrowdOf(before), to = classes_.CrowdOf(after);
  if (from == to) return;
  if (from != 0) family_index_.Take(entry, from);
  if (to != 0) family_index_.Add(family_index_.At(to), entry);
}

std::int64_t EventWriter::RefinedClass(std::int64_t stored, const QueuedEvent& event, Match match) {
  if (stored == local_classes_[event.local_class].row) return stored;
  const auto [known, is_new] = refined_classes_.try_emplace({stored, event.local_class, match}, 0);
  if (!is_new) return known->second;
  const EventClass key = classes_.ClassOf(stored);
  EventClass refined = exdiag::Refine(key, local_keys_[event.local_class]);
  // A record id means nothing under the name of a log that numbers otherwise.
  if (match == Match::kForeignNumber) refined.channel = key.channel;
  const std::int64_t row = refined == key ? stored : RowOf(refined).id;
  if (refined_classes_.size() > ClassTable::kMaximum) refined_classes_.clear();
  refined_classes_[{stored, event.local_class, match}] = row;
  return row;
}

bool EventWriter::SameLog(std::int64_t stored_class, const QueuedEvent& event) {
  if (stored_class == local_classes_[event.local_class].row) return true;
  const std::string& stored = classes_.ClassOf(stored_class).channel;
  const std::string& shown = local_keys_[event.local_class].channel;
  return stored.empty() || shown.empty() || EqualsIgnoreCase(stored, shown);
}

std::span<const IdentityRow> EventWriter::RowsOf(const QueuedEvent& event) {
  return rows_.Find(local_keys_[event.local_class], event.second, event.identity);
}

bool EventWriter::FindNumbered(const QueuedEvent& event, IdentityRow& row) {
  const auto rows = RowsOf(event);
  auto at = std::lower_bound(
      rows.begin(), rows.end(), event.record_id,
      [](const IdentityRow& each, std::uint64_t record_id) { return each.record_id < record_id; });
  for (; at != rows.end() && at->record_id == event.record_id; ++at) {
    if (!SameLog(at->event_class, event)) continue;
    row = *at;
    return true;
  }
  return false;
}

// A row without a record id that this event can give its own to.
bool EventWriter::FindUnnumbered(const QueuedEvent& event, IdentityRow& row) {
  for (const IdentityRow& each : RowsOf(event)) {
    if (each.record_id != 0) break;
    if (each.import == import_ || !SameLog(each.event_class, event)) continue;
    row = each;
    return true;
  }
  return false;
}

// A row with another record id whose log's name, or ours, is not known.
bool EventWriter::FindOfUnnamedLog(const QueuedEvent& event, IdentityRow& row) {
  const bool named = !local_keys_[event.local_class].channel.empty();
  const auto rows = RowsOf(event);
  if (rows.empty()) return false;
  row = rows.front();
  return row.import != import_ && classes_.ClassOf(row.event_class).channel.empty() == named;
}

bool EventWriter::NextOfGroup(const QueuedEvent& event, IdentityGroup& group, IdentityRow& row) {
  const auto rows = RowsOf(event);
  const std::pair cursor(static_cast<std::uint64_t>(group.cursor_record), group.cursor_row);
  const auto next = group.cursor_row == 0
                        ? rows.begin()
                        : std::partition_point(rows.begin(), rows.end(), [&](const auto& each) {
                            return std::pair(each.record_id, each.id) <= cursor;
                          });
  if (next == rows.end()) return false;
  row = *next;
  group.cursor_record = static_cast<std::int64_t>(row.record_id);
  group.cursor_row = row.id;
  return true;
}

void EventWriter::WriteFact(const Fact& fact) {
  std::string attributes;
  for (const auto& [key, value] : fact.attributes) {
    AppendEncodedString(key, attributes);
    AppendEncodedString(value, attributes);
  }
  insert_fact_.BindText(1, fact.kind).BindText(2, fact.host).BindBytes(3, attributes);
  insert_fact_.Bind(4, fact.observed_at.value).Bind(5, static_cast<int>(fact.time_basis));
  insert_fact_.Bind(6, import_).Bind(7, PackPlace(fact.where.place));
  insert_fact_.Bind(8, fact.where.place.column).Run();
  ++ledger_.facts;
}

void EventWriter::WriteReject(const StoredReject& reject) {
  insert_reject_.Bind(1, import_).Bind(2, PackPlace(reject.where.place));
  insert_reject_.Bind(3, reject.where.place.column).BindText(4, reject.diagnostic_id);
  insert_reject_.BindText(5, reject.reason);
  insert_reject_.BindBytesOrNull(
      6, {reinterpret_cast<const char*>(reject.raw.data()), reject.raw.size()});
  insert_reject_.Run();
  ++ledger_.records;
  ++ledger_.rejected;
}

void EventWriter::WriteTally(const ClassTally& tally) {
  const EventClass& key = local_keys_[tally.local_class];
  const std::int64_t host = classes_.hosts().IdOf(key.host);
  insert_coverage_.Bind(1, import_).Bind(2, host).Bind(3, classes_.channels().IdOf(key.channel));
  insert_coverage_.Bind(4, static_cast<int>(tally.basis)).Bind(5, tally.tally.first.value);
  insert_coverage_.Bind(6, tally.tally.last.value).Bind(7, tally.tally.events).Run();
  if (tally.kept) return;
  insert_count_.Bind(1, classes_.providers().IdOf(key.provider)).Bind(2, int{key.event_id});
  insert_count_.Bind(3, static_cast<int>(key.level)).Bind(4, host).Bind(5, tally.tally.events);
  insert_count_.Bind(6, tally.tally.first.value).Bind(7, tally.tally.last.value).Run();
  ledger_.records += tally.tally.events;
  ledger_.stored += tally.tally.events;
  counted_ += tally.tally.events;
}

}  // namespace exdiag
