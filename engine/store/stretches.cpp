#include "engine/store/stretches.h"

#include <algorithm>

namespace exdiag {
namespace {

constexpr std::size_t kRecoveredPart = 4;

std::size_t PartOf(std::uint32_t flags) {
  TimeBasis basis = EventFlags::Basis(flags);
  if (basis == TimeBasis::kLocalWithOffset) basis = TimeBasis::kUtc;
  const bool recovered = (flags & EventFlags::kRecovered) != 0;
  return static_cast<std::size_t>(basis) + (recovered ? kRecoveredPart : 0);
}

}  // namespace

StretchRecorder::StretchRecorder(sql::Database& database)
    : insert_(database,
              "INSERT INTO main.stretches (import, host, channel, time_basis, recovered, "
              "first_record, last_record, first, last, events) "
              "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)") {}

void StretchRecorder::Begin() {
  numbers_.clear();
  logs_.clear();
}

std::uint32_t StretchRecorder::LogOf(const std::string& host, const std::string& channel) {
  const auto [row, is_new] =
      numbers_.try_emplace(host + '\0' + channel, static_cast<std::uint32_t>(logs_.size()));
  if (is_new) logs_.emplace_back(Log{host, channel, {}});
  return row->second;
}

// Whether the record is one of the stretch, or continues it: some exports begin with the newest.
bool StretchRecorder::Extend(Stretch& stretch, std::uint64_t record, Ticks time) {
  const bool late = time < stretch.from - kClockJitter;
  const bool early = time > stretch.to + kClockJitter;
  if (record == stretch.last_record + 1 && !(time < stretch.to - kClockJitter)) {
    stretch.last_record = record;
  } else if (record + 1 == stretch.first_record && !(time > stretch.from + kClockJitter)) {
    stretch.first_record = record;
  } else {
    return record >= stretch.first_record && record <= stretch.last_record && !late && !early;
  }
  stretch.from = std::min(stretch.from, time);
  stretch.to = std::max(stretch.to, time);
  ++stretch.events;
  return true;
}

void StretchRecorder::MakeOne(std::vector<Stretch>& part) {
  Stretch& all = part.front();
  for (std::size_t i = 1; i < part.size(); ++i) {
    all.first_record = std::min(all.first_record, part[i].first_record);
    all.last_record = std::max(all.last_record, part[i].last_record);
    all.from = std::min(all.from, part[i].from);
    all.to = std::max(all.to, part[i].to);
    all.events += part[i].events;
  }
  part.resize(1);
}

// Whether the last stretch began because the clock went back, and is now no longer behind the one
// before it: there the next begins, so that it shows whether the clock was put right again.
bool StretchRecorder::CatchesUp(const std::vector<Stretch>& part, Ticks time) {
  if (part.size() < 2) return false;
  const Stretch &last = part.back(), &before = part[part.size() - 2];
  const Ticks behind = before.to - kClockJitter;
  return before.last_record + 1 == last.first_record && last.to < behind && time >= behind;
}

void StretchRecorder::Add(std::uint32_t log, const QueuedEvent& event) {
  if (event.record_id == 0) return;
  std::vector<Stretch>& part = logs_[log].parts[PartOf(event.flags)];
  const Ticks time = TicksOf(event.second, event.fraction);
  if (!part.empty() && !CatchesUp(part, time) && Extend(part.back(), event.record_id, time)) return;
  part.push_back({event.record_id, event.record_id, time, time, 1});
  const Stretch& first = part.front();
  const bool made_one = first.events <= first.last_record - first.first_record;
  if (part.size() > kMostStretches || made_one) MakeOne(part);
}

void StretchRecorder::Write(std::int64_t import, ClassDictionary& names) {
  for (const Log& log : logs_) {
    for (std::size_t part = 0; part < kParts; ++part) {
      for (const Stretch& stretch : log.parts[part]) {
        insert_.Bind(1, import).Bind(2, names.hosts().IdOf(log.host));
        insert_.Bind(3, names.channels().IdOf(log.channel));
        insert_.Bind(4, static_cast<std::int64_t>(part % kRecoveredPart));
        insert_.Bind(5, static_cast<std::int64_t>(part / kRecoveredPart));
        insert_.Bind(6, stretch.first_record).Bind(7, stretch.last_record);
        insert_.Bind(8, stretch.from.value).Bind(9, stretch.to.value).Bind(10, stretch.events);
        insert_.Run();
      }
    }
  }
  Begin();
}

std::vector<NumberStretch> ReadStretches(sql::Database& database) {
  sql::Statement rows(database,
                      "SELECT h.name, ch.name, s.time_basis, s.recovered, s.first_record, "
                      "s.last_record, s.first, s.last, s.events FROM main.stretches s "
                      "JOIN main.hosts h ON h.id = s.host JOIN main.channels ch "
                      "ON ch.id = s.channel ORDER BY h.name, ch.name, s.first_record, "
                      "s.last_record, s.first, s.last, s.time_basis, s.recovered, s.events",
                      false);
  std::vector<NumberStretch> stretches;
  while (rows.Next()) {
    stretches.push_back({.host = rows.Text(0),
                         .channel = rows.Text(1),
                         .time_basis = static_cast<TimeBasis>(rows.Int(2)),
                         .recovered = rows.Int(3) != 0,
                         .first_record = rows.Unsigned(4),
                         .last_record = rows.Unsigned(5),
                         .from = {rows.Int(6)},
                         .to = {rows.Int(7)},
                         .events = rows.Unsigned(8)});
  }
  return stretches;
}

void CutStretches(sql::Database& database, Ticks before) {
  sql::Statement(database, "DELETE FROM main.stretches WHERE first <> 0 AND last < ?1", false)
      .Bind(1, before.value)
      .Run();
  // Which of its numbers are gone is not asked: those before them are gone as well.
  sql::Statement(database, "UPDATE main.stretches SET first = ?1 WHERE first <> 0 AND first < ?1",
                 false)
      .Bind(1, before.value)
      .Run();
}

}  // namespace exdiag
