#include "engine/store/event_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/store/class_events.h"
#include "engine/store/volume.h"

namespace exdiag {
namespace {

constexpr std::string_view kColumns =
    "e.id, e.class, e.second, e.fraction, e.flags, e.record_id, e.user, e.strings, e.message, "
    "e.binary, e.import, e.place, e.place_column";

bool Contains(const std::vector<std::string>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& item) { return EqualsIgnoreCase(item, name); });
}

// Whether a query's conditions about provider, ID, level and host hold.
bool Matches(const EventQuery& query, const EventKind& kind, Level level, std::string_view host) {
  const auto is_kind = [&](const EventKind& wanted) {
    return wanted.event_id == kind.event_id && EqualsIgnoreCase(wanted.provider, kind.provider);
  };
  const auto holds = [](const auto& list, const auto& test) {
    return list.empty() || std::any_of(list.begin(), list.end(), test);
  };
  return holds(query.kinds, is_kind) &&
         (query.providers.empty() || Contains(query.providers, kind.provider)) &&
         holds(query.event_ids, [&](std::uint16_t id) { return id == kind.event_id; }) &&
         holds(query.levels, [&](Level wanted) { return wanted == level; }) &&
         (query.hosts.empty() || Contains(query.hosts, host));
}

// The kinds of a query by ID: there may be thousands of either.
class KindSet {
 public:
  explicit KindSet(const std::vector<EventKind>& kinds) {
    for (const EventKind& kind : kinds) providers_[kind.event_id].push_back(kind.provider);
  }

  bool Contains(const EventKind& kind) const {
    const auto found = providers_.find(kind.event_id);
    return found != providers_.end() && exdiag::Contains(found->second, kind.provider);
  }

 private:
  std::unordered_map<std::uint16_t, std::vector<std::string>> providers_;
};

bool RestrictsClasses(const EventQuery& query) {
  return !query.kinds.empty() || !query.providers.empty() || !query.event_ids.empty() ||
         !query.levels.empty() || !query.hosts.empty();
}

bool HasText(const Event& event, std::string_view text) {
  if (FindIgnoreCase(event.message, text) != std::string_view::npos) return true;
  return std::any_of(event.strings.begin(), event.strings.end(), [&](const auto& value) {
    return value && FindIgnoreCase(*value, text) != std::string_view::npos;
  });
}

// The events `e` of the classes ?1 in a query's period.  By class they are found in the blocks of
// the classes, but where that would visit most of the table.
std::string FromSql(const EventQuery& query, bool all, bool most) {
  const bool by_class = !all && !most;
  std::string sql =
      by_class
          ? "FROM exdiag_class_events c CROSS JOIN main.events e ON e.id = c.event WHERE c.class"
          : "FROM main.events e WHERE e.class";
  sql += all ? " IS NOT NULL" : " IN (SELECT value FROM json_each(?1))";
  // Time is compared exactly, the index by second.
  const std::string_view second = by_class ? "c.second" : "e.second";
  if (query.since) {
    sql += fmt::format(" AND {0} >= ?2 AND ({0} > ?2 OR e.fraction >= ?3)", second);
  }
  if (query.until) {
    sql += fmt::format(" AND {0} <= ?4 AND ({0} < ?4 OR e.fraction <= ?5)", second);
  }
  return sql;
}

void BindPeriod(const EventQuery& query, sql::Statement& statement) {
  if (query.since) {
    statement.Bind(2, UnixSecond(*query.since)).Bind(3, Fraction(*query.since));
  }
  if (query.until) {
    statement.Bind(4, UnixSecond(*query.until)).Bind(5, Fraction(*query.until));
  }
}

}  // namespace

// Counts of one kind, host and level, whatever the other parts of the class are.
class EventReader::CountTable {
 public:
  void Add(const EventKind& kind, Level level, const std::string& host, std::uint64_t count,
           Ticks first, Ticks last) {
    const auto [row, is_new] =
        rows_.try_emplace({ToLower(kind.provider), kind.event_id, host, level},
                          EventCount{kind, level, host, 0, first, last});
    EventCount& total = row->second;
    total.count += count;
    if (first.known() && (!total.first.known() || first < total.first)) total.first = first;
    total.last = std::max(total.last, last);
  }

  std::vector<EventCount> Take() {
    std::vector<EventCount> result;
    result.reserve(rows_.size());
    for (auto& [key, count] : rows_) result.push_back(std::move(count));
    return result;
  }

 private:
  // By provider in lower case, ID, host and level.
  std::map<std::tuple<std::string, std::uint16_t, std::string, Level>, EventCount> rows_;
};

EventReader::EventReader(sql::Database& database) : database_(database), classes_(database) {}

EventReader::Selection EventReader::Select(const EventQuery& query) {
  Selection selection;
  if (!RestrictsClasses(query)) return selection;
  selection.all = false;
  const KindSet kinds(query.kinds);
  EventQuery rest = query;
  rest.kinds.clear();
  sql::Statement each(database_,
                      "SELECT c.id, p.name, c.event_id, c.level, h.name FROM main.classes c "
                      "JOIN main.providers p ON p.id = c.provider "
                      "JOIN main.hosts h ON h.id = c.host",
                      false);
  std::size_t all = 0, found = 0;
  while (each.Next()) {
    ++all;
    const EventKind kind{each.Text(1), static_cast<std::uint16_t>(each.Int(2))};
    if (!query.kinds.empty() && !kinds.Contains(kind)) continue;
    if (!Matches(rest, kind, static_cast<Level>(each.Int(3)), each.Bytes(4))) continue;
    selection.classes += fmt::format("{}{}", ++found == 1 ? '[' : ',', each.Int(0));
  }
  selection.classes += found == 0 ? "[]" : "]";
  selection.most = found * 2 > all;
  return selection;
}

void EventReader::ForEach(const EventQuery& query, const std::function<bool(const Event&)>& visit) {
  const Selection selection = Select(query);
  const std::string sql = fmt::format(
      "SELECT {} {} ORDER BY {}", kColumns, FromSql(query, selection.all, selection.most),
      query.newest_first
          ? "e.second DESC, e.fraction DESC, e.record_id DESC, e.import DESC, e.id DESC"
          : "e.second, e.fraction, e.record_id, e.import, e.id");
  sql::Statement each(database_, sql, false);
  if (!selection.all) each.BindText(1, selection.classes);
  BindPeriod(query, each);
  Event event;
  for (std::uint64_t visited = 0; each.Next();) {
    Fill(each, event);
    if (!query.text.empty() && !HasText(event, query.text)) continue;
    if (!visit(event) || ++visited == query.limit) return;
  }
}

bool EventReader::Get(std::int64_t id, Event& event) {
  const std::string sql = fmt::format("SELECT {} FROM main.events e WHERE e.id = ?1", kColumns);
  sql::Statement one(database_, sql, false);
  if (!one.Bind(1, id).Next()) return false;
  Fill(one, event);
  return true;
}

void EventReader::Fill(sql::Statement& row, Event& event) {
  const EventClass& key = classes_.ClassOf(row.Int(1));
  const auto flags = static_cast<std::uint32_t>(row.Int(4));
  event.id = row.Int(0);
  event.channel = key.channel;
  event.provider = key.provider;
  event.event_id = key.event_id;
  event.qualifiers = key.qualifiers;
  event.level = key.level;
  event.category = key.category;
  event.category_text = key.category_text;
  event.keywords = key.keywords;
  event.computer = key.computer;
  event.host = key.host;
  event.names.clear();
  StringsReader names(key.names);
  for (std::optional<std::string_view> name; names.Next(name);) {
    event.names.emplace_back(name.value_or(""));
  }
  event.time = TicksOf(row.Int(2), row.Int(3));
  event.time_basis = EventFlags::Basis(flags);
  event.time_precision = EventFlags::Precision(flags);
  event.recovered = (flags & EventFlags::kRecovered) != 0;
  event.record_id = row.Unsigned(5);
  event.user = row.IsNull(6) ? std::string() : classes_.users().NameOf(row.Int(6));
  event.strings = DecodeStrings(row.Bytes(7));
  event.message = row.Bytes(8);
  const std::string_view binary = row.Bytes(9);
  const auto* bytes = reinterpret_cast<const std::byte*>(binary.data());
  event.binary.assign(bytes, bytes + binary.size());
  if (row.Int(10) != last_import_) {
    last_import_ = row.Int(10);
    sql::Statement file(database_, "SELECT file FROM main.imports WHERE id = ?1", false);
    last_file_ = file.Bind(1, last_import_).Next() ? file.Text(0) : std::string();
  }
  event.where.file = last_file_;
  event.where.place = UnpackPlace(row.Unsigned(11), static_cast<std::uint32_t>(row.Int(12)));
}

std::vector<EventCount> EventReader::Count(const EventQuery& query) {
  CountTable counts;
  if (!query.text.empty()) {
    EventQuery all = query;
    all.limit = 0;
    ForEach(all, [&](const Event& event) {
      counts.Add({event.provider, event.event_id}, event.level, event.host, 1, event.time,
                 event.time);
      return true;
    });
    return counts.Take();
  }
  CountByClass(query, counts);
  CountedOnly(query, counts);
  return counts.Take();
}

// From the blocks of the classes alone.
std::vector<VolumeCount> EventReader::CountByTime(Duration length) {
  std::vector<std::int64_t> rows;
  sql::Statement totals(database_, "SELECT class FROM main.class_totals WHERE last > 0", false);
  while (totals.Next()) rows.push_back(totals.Int(0));
  VolumeTable table(length);
  const std::int64_t step = length.ticks / kTicksPerSecond;
  ClassEvents events(database_);
  for (const std::int64_t row : rows) {
    const EventClass key = classes_.ClassOf(row);
    events.ForEach(row, kNoTime + 1, kLastSecond, [&](std::span<const ClassEntry> part) {
      while (!part.empty()) {
        // Those in one stretch of time.
        const std::int64_t from = (part.front().second + kSecondsTo1970) / step * step;
        std::size_t count = 1;
        while (count < part.size() && part[count].second + kSecondsTo1970 < from + step) ++count;
        table.Add(key.host, key.level, Ticks{from * kTicksPerSecond}, count);
        part = part.subspan(count);
      }
    });
  }
  return table.Take();
}

void EventReader::CountByClass(const EventQuery& query, CountTable& counts) {
  const Selection selection = Select(query);
  if (!query.since && !query.until) return SumTotals(selection, counts);
  // Times as FILETIME ticks; NULL, which min() leaves out, for events without a time.
  const std::string sql = fmt::format(
      "SELECT e.class, count(*), "
      "min(nullif((e.second + 11644473600) * 10000000 + e.fraction, 0)), "
      "max((e.second + 11644473600) * 10000000 + e.fraction) {} GROUP BY e.class",
      FromSql(query, selection.all, selection.most));
  sql::Statement each(database_, sql, false);
  if (!selection.all) each.BindText(1, selection.classes);
  BindPeriod(query, each);
  while (each.Next()) {
    const EventClass& key = classes_.ClassOf(each.Int(0));
    counts.Add({key.provider, key.event_id}, key.level, key.host, each.Unsigned(1), {each.Int(2)},
               {each.Int(3)});
  }
}

void EventReader::SumTotals(const Selection& selection, CountTable& counts) {
  sql::Statement each(
      database_,
      fmt::format("SELECT class, events, first, last FROM main.class_totals "
                  "WHERE events > 0{}",
                  selection.all ? "" : " AND class IN (SELECT value FROM json_each(?1))"),
      false);
  if (!selection.all) each.BindText(1, selection.classes);
  while (each.Next()) {
    const EventClass& key = classes_.ClassOf(each.Int(0));
    counts.Add({key.provider, key.event_id}, key.level, key.host, each.Unsigned(1), {each.Int(2)},
               {each.Int(3)});
  }
}

// Of these only the first and the last time are known: they count when that period meets the
// query's.
void EventReader::CountedOnly(const EventQuery& query, CountTable& counts) {
  sql::Statement each(database_,
                      "SELECT p.name, c.event_id, c.level, h.name, c.events, c.first, c.last "
                      "FROM main.counts c JOIN main.providers p ON p.id = c.provider "
                      "JOIN main.hosts h ON h.id = c.host",
                      false);
  while (each.Next()) {
    const EventKind kind{each.Text(0), static_cast<std::uint16_t>(each.Int(1))};
    const auto level = static_cast<Level>(each.Int(2));
    const Ticks first{each.Int(5)}, last{each.Int(6)};
    if (!Matches(query, kind, level, each.Bytes(3))) continue;
    if ((query.since && last < *query.since) || (query.until && first > *query.until)) continue;
    counts.Add(kind, level, each.Text(3), each.Unsigned(4), first, last);
  }
}

}  // namespace exdiag
