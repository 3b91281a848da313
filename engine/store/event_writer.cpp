#include "engine/store/event_writer.h"

#include "engine/base/text.h"
#include "engine/evidence/strings.h"
#include "engine/store/class_table.h"
#include "engine/store/refine.h"

namespace exdiag {

EventWriter::EventWriter(sql::Database& database)
    : database_(database),
      classes_(database),
      totals_(database),
      class_index_(database),
      stretches_(database),
      window_(database),
      feed_(database) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  find_numbered_ = prepare(
      "SELECT id, class, record_id, import FROM main.events "
      "WHERE second = ?1 AND identity = ?2 AND record_id = ?3 ORDER BY id");
  find_next_ = prepare(
      "SELECT id, class, record_id, import FROM main.events WHERE second = ?1 AND identity = ?2 "
      "AND (record_id, id) > (?3, ?4) ORDER BY record_id, id LIMIT 1");
  select_event_ = prepare(
      "SELECT class, fraction, flags, record_id, user, strings, message, binary "
      "FROM main.events WHERE id = ?1");
  update_event_ = prepare(
      "UPDATE main.events SET class = ?2, fraction = ?3, flags = ?4, record_id = ?5, user = ?6, "
      "strings = ?7, message = ?8, binary = ?9 WHERE id = ?1");
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
  local_classes_.clear();
  user_rows_.clear();
  refined_classes_.clear();
  feed_.Drop();
  window_.Begin(row);
}

void EventWriter::WriteTotals() {
  class_index_.Flush();
  totals_.Write(import_);
  local_classes_.clear();
}

void EventWriter::WriteStretches() { stretches_.Write(import_, classes_); }

void EventWriter::End() { window_.End(); }

// Names and classes are never removed, so that what is known of them lasts until here.
void EventWriter::Undo() {
  window_.End();
  classes_.Forget();
  class_index_.Drop();
  totals_.Begin();
}

void EventWriter::Write(const Batch& batch) {
  LearnNames(batch);
  constexpr std::size_t kAhead = 6;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    if (!database_.ok()) return;
    if (i + kAhead < batch.events.size()) window_.Prefetch(batch.events[i + kAhead].identity);
    WriteEvent(batch, batch.events[i]);
  }
  Flush();
  for (const Fact& fact : batch.facts) WriteFact(fact);
  for (const StoredReject& reject : batch.rejects) WriteReject(reject);
  for (const ClassTally& tally : batch.tallies) WriteTally(tally);
}

void EventWriter::LearnNames(const Batch& batch) {
  if (batch.restart) {
    local_classes_.clear();
    user_rows_.clear();
    refined_classes_.clear();
  }
  for (const EventClass& key : batch.new_classes) {
    local_classes_.push_back({.key = key, .log = stretches_.LogOf(key.host, key.channel)});
  }
  for (const std::string& user : batch.new_users) {
    user_rows_.push_back(classes_.users().IdOf(user));
  }
}

void EventWriter::LookUp(LocalClass& local) {
  local.row = classes_.IdOf(local.key);
  local.index = &class_index_.Of(local.row);
  local.total = &totals_.Of(local.row);
}

void EventWriter::WriteEvent(const Batch& batch, const QueuedEvent& event) {
  LocalClass& local = local_classes_[event.local_class];
  if (local.row == 0) LookUp(local);
  ++ledger_.records;
  stretches_.Add(local.log, event);
  IdentityGroup& group = window_.Find(event.second, event.identity);
  if (event.record_id != 0) {
    WriteNumbered(batch, event, group);
  } else {
    WriteUnnumbered(batch, event, group);
  }
}

void EventWriter::WriteNumbered(const Batch& batch, const QueuedEvent& event,
                                IdentityGroup& group) {
  StoredRow row;
  const bool shown = group.Shown(event.record_id);
  const bool may_be_there = group.had_rows || shown || group.ShownOverflowed();
  if (may_be_there && group.fed == feed_number_) Flush();
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
  Insert(batch, event, group);
}

void EventWriter::WriteUnnumbered(const Batch& batch, const QueuedEvent& event,
                                  IdentityGroup& group) {
  StoredRow row;
  if (group.HasFreeRow()) {
    ++group.unnamed;
    group.dirty = true;
    return Duplicate(batch, event, NextOfGroup(group, row) ? row.id : 0, Match::kCount);
  }
  ++group.rows;
  ++group.without_id;
  ++group.unnamed;
  Insert(batch, event, group);
}

void EventWriter::Insert(const Batch& batch, const QueuedEvent& event, IdentityGroup& group) {
  EventFeed::Row row;
  row.event = &event;
  const LocalClass& local = local_classes_[event.local_class];
  row.class_row = local.row;
  row.user_row = event.local_user == QueuedEvent::kNoUser ? 0 : user_rows_[event.local_user];
  row.import = import_;
  row.strings = batch.Strings(event);
  row.message = batch.Message(event);
  row.binary = batch.Binary(event);
  feed_.Add(row);
  local.total->Add(TicksOf(event.second, event.fraction));
  group.fed = feed_number_;
  ++ledger_.stored;
  if ((event.flags & EventFlags::kIncomparable) != 0) ++ledger_.incomparable;
}

void EventWriter::Flush() {
  feed_.Flush([this](const EventFeed::Row& row, std::int64_t id) {
    class_index_.Add(*local_classes_[row.event->local_class].index, {row.event->second, id});
  });
  ++feed_number_;
}

void EventWriter::Duplicate(const Batch& batch, const QueuedEvent& event, std::int64_t row,
                            Match match) {
  ++ledger_.duplicates;
  select_event_.Bind(1, row);
  if (row == 0 || !select_event_.Next()) return;
  const std::int64_t stored_class = select_event_.Int(0);
  EventDetail stored;
  stored.fraction = static_cast<std::uint32_t>(select_event_.Int(1));
  stored.flags = static_cast<std::uint32_t>(select_event_.Int(2));
  stored.record_id = select_event_.Unsigned(3);
  stored.user = select_event_.Int(4);
  stored.strings = select_event_.Bytes(5);
  stored.message = select_event_.Bytes(6);
  stored.binary = select_event_.Bytes(7);

  EventDetail shown;
  shown.fraction = event.fraction;
  shown.flags = event.flags;
  shown.record_id = match == Match::kNumber ? event.record_id : 0;
  shown.user = event.local_user == QueuedEvent::kNoUser ? 0 : user_rows_[event.local_user];
  shown.strings = batch.Strings(event);
  shown.message = batch.Message(event);
  shown.binary = batch.Binary(event);

  const EventDetail detail = Refine(stored, shown);
  const std::int64_t event_class = RefinedClass(stored_class, event, match);
  if (!(detail == stored) || event_class != stored_class) {
    ++ledger_.refined;
    totals_.Refine(stored_class, event_class, detail.fraction != stored.fraction);
    if (event_class != stored_class) {
      class_index_.Move({event.second, row}, stored_class, event_class);
    }
    update_event_.Bind(1, row).Bind(2, event_class).Bind(3, detail.fraction);
    update_event_.Bind(4, detail.flags).Bind(5, detail.record_id);
    if (detail.user == 0) {
      update_event_.BindNull(6);
    } else {
      update_event_.Bind(6, detail.user);
    }
    update_event_.BindBytesOrNull(7, detail.strings);
    if (detail.message.empty()) {
      update_event_.BindNull(8);
    } else {
      update_event_.BindText(8, detail.message);
    }
    update_event_.BindBytesOrNull(9, detail.binary).Run();
  }
  select_event_.Reset();
}

std::int64_t EventWriter::RefinedClass(std::int64_t stored, const QueuedEvent& event, Match match) {
  if (stored == local_classes_[event.local_class].row) return stored;
  const auto [known, is_new] = refined_classes_.try_emplace({stored, event.local_class, match}, 0);
  if (!is_new) return known->second;
  const EventClass key = classes_.ClassOf(stored);
  EventClass refined = Refine(key, local_classes_[event.local_class].key);
  // A record id means nothing under the name of a log that numbers otherwise.
  if (match == Match::kForeignNumber) refined.channel = key.channel;
  const std::int64_t row = refined == key ? stored : classes_.IdOf(refined);
  if (refined_classes_.size() > ClassTable::kMaximum) refined_classes_.clear();
  refined_classes_[{stored, event.local_class, match}] = row;
  return row;
}

bool EventWriter::SameLog(std::int64_t stored_class, const QueuedEvent& event) {
  if (stored_class == local_classes_[event.local_class].row) return true;
  const std::string& stored = classes_.ClassOf(stored_class).channel;
  const std::string& shown = local_classes_[event.local_class].key.channel;
  return stored.empty() || shown.empty() || EqualsIgnoreCase(stored, shown);
}

bool EventWriter::FindNumbered(const QueuedEvent& event, StoredRow& row) {
  find_numbered_.Bind(1, event.second).Bind(2, event.identity).Bind(3, event.record_id);
  while (find_numbered_.Next()) {
    if (!SameLog(find_numbered_.Int(1), event)) continue;
    row = {find_numbered_.Int(0), find_numbered_.Int(1), find_numbered_.Unsigned(2),
           find_numbered_.Int(3)};
    find_numbered_.Reset();
    return true;
  }
  return false;
}

// A row without a record id that this event can give its own to.
bool EventWriter::FindUnnumbered(const QueuedEvent& event, StoredRow& row) {
  find_numbered_.Bind(1, event.second).Bind(2, event.identity).Bind(3, 0);
  while (find_numbered_.Next()) {
    if (find_numbered_.Int(3) == import_ || !SameLog(find_numbered_.Int(1), event)) continue;
    row = {find_numbered_.Int(0), find_numbered_.Int(1), 0, find_numbered_.Int(3)};
    find_numbered_.Reset();
    return true;
  }
  return false;
}

// A row with another record id whose log's name, or ours, is not known.
bool EventWriter::FindOfUnnamedLog(const QueuedEvent& event, StoredRow& row) {
  const bool named = !local_classes_[event.local_class].key.channel.empty();
  find_next_.Bind(1, event.second).Bind(2, event.identity).Bind(3, 0).Bind(4, 0);
  if (!find_next_.Next()) return false;
  row = {find_next_.Int(0), find_next_.Int(1), find_next_.Unsigned(2), find_next_.Int(3)};
  find_next_.Reset();
  return row.import != import_ && classes_.ClassOf(row.event_class).channel.empty() == named;
}

bool EventWriter::NextOfGroup(IdentityGroup& group, StoredRow& row) {
  find_next_.Bind(1, group.second).Bind(2, group.identity);
  find_next_.Bind(3, group.cursor_record).Bind(4, group.cursor_row);
  if (!find_next_.Next()) return false;
  row = {find_next_.Int(0), find_next_.Int(1), find_next_.Unsigned(2), find_next_.Int(3)};
  find_next_.Reset();
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
  const EventClass& key = local_classes_[tally.local_class].key;
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
