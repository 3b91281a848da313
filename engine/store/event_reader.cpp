#include "engine/store/event_reader.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/store/class_events.h"
#include "engine/store/period_counter.h"
#include "engine/store/time_order.h"
#include "engine/store/volume.h"

namespace exdiag {
namespace {

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

// Names are of the class and strings of the event.  Where another export without names gave the
// event more strings than there are names, these say nothing.
void FillNames(std::string_view encoded, Event& event) {
  event.names.clear();
  StringsReader names(encoded);
  for (std::optional<std::string_view> name; names.Next(name);) {
    event.names.emplace_back(name.value_or(""));
  }
  if (event.names.size() != event.strings.size()) event.names.clear();
}

// In the order in which events are told within one second.
struct OrderKey {
  std::uint32_t fraction = 0;
  std::uint64_t record_id = 0;
  std::int64_t import = 0;
  std::int64_t id = 0;

  auto operator<=>(const OrderKey&) const = default;
};

void SortSecond(EventBlocks& events, bool newest_first, std::vector<std::int64_t>& ids) {
  if (ids.size() < 2) return;
  std::vector<OrderKey> keys;
  StoredEvent event;
  for (const std::int64_t id : ids) {
    if (events.Get(id, event)) keys.push_back({event.fraction, event.record_id, event.import, id});
  }
  std::sort(keys.begin(), keys.end());
  if (newest_first) std::reverse(keys.begin(), keys.end());
  ids.clear();
  for (const OrderKey& key : keys) ids.push_back(key.id);
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

EventReader::EventReader(sql::Database& database)
    : database_(database), classes_(database), single_(database) {}

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
  std::size_t all = 0;
  while (each.Next()) {
    ++all;
    const EventKind kind{each.Text(1), static_cast<std::uint16_t>(each.Int(2))};
    if (!query.kinds.empty() && !kinds.Contains(kind)) continue;
    if (!Matches(rest, kind, static_cast<Level>(each.Int(3)), each.Bytes(4))) continue;
    selection.classes.push_back(each.Int(0));
  }
  std::sort(selection.classes.begin(), selection.classes.end());
  selection.most = selection.classes.size() * 2 > all;
  return selection;
}

bool EventReader::Selection::Contains(std::int64_t class_row) const {
  return all || std::binary_search(classes.begin(), classes.end(), class_row);
}

void EventReader::ForEach(const EventQuery& query, const std::function<bool(const Event&)>& visit) {
  Selection selection = Select(query);
  TimeOrderQuery order;
  if (!selection.all) order.classes = std::move(selection.classes);
  order.first = query.since ? UnixSecond(*query.since) : kFirstSecond;
  order.last = query.until ? UnixSecond(*query.until) : kLastSecond;
  order.by_class = !selection.most;
  order.newest_first = query.newest_first;
  TimeOrder seconds(database_, std::move(order));
  EventBlocks events(database_);
  std::vector<std::int64_t> ids;
  Event event;
  for (std::uint64_t visited = 0; seconds.Next(ids);) {
    SortSecond(events, query.newest_first, ids);
    for (const std::int64_t id : ids) {
      if (!Meets(query, id, events, event)) continue;
      if (!visit(event) || ++visited == query.limit) return;
    }
  }
}

// Whether the event `id`, which is of the classes and seconds of the query, is what it asks for.
bool EventReader::Meets(const EventQuery& query, std::int64_t id, EventBlocks& events,
                        Event& event) {
  StoredEvent stored;
  if (!events.Get(id, stored)) return false;
  const Ticks time = TicksOf(stored.second, stored.fraction);
  if ((query.since && time < *query.since) || (query.until && time > *query.until)) return false;
  Fill(id, stored, event);
  return query.text.empty() || HasText(event, query.text);
}

bool EventReader::Get(std::int64_t id, Event& event) {
  StoredEvent stored;
  const bool found = single_.Get(id, stored);
  if (found) Fill(id, stored, event);
  single_.Drop();  // others may change it
  return found;
}

void EventReader::Fill(std::int64_t id, const StoredEvent& stored, Event& event) {
  const EventClass& key = classes_.ClassOf(stored.class_row);
  event.id = id;
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
  event.time = TicksOf(stored.second, stored.fraction);
  event.time_basis = EventFlags::Basis(stored.flags);
  event.time_precision = EventFlags::Precision(stored.flags);
  event.recovered = (stored.flags & EventFlags::kRecovered) != 0;
  event.record_id = stored.record_id;
  event.user = stored.user_row == 0 ? std::string() : classes_.users().NameOf(stored.user_row);
  event.strings = DecodeStrings(stored.strings);
  FillNames(key.names, event);
  event.message = stored.message;
  const auto* bytes = reinterpret_cast<const std::byte*>(stored.binary.data());
  event.binary.assign(bytes, bytes + stored.binary.size());
  if (stored.import != last_import_) {
    last_import_ = stored.import;
    sql::Statement file(database_, "SELECT file FROM main.imports WHERE id = ?1", false);
    last_file_ = file.Bind(1, last_import_).Next() ? file.Text(0) : std::string();
  }
  event.where.file = last_file_;
  event.where.place = UnpackPlace(stored.place, stored.place_column);
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
  PeriodCounter counter(database_);
  sql::Statement rows(database_, "SELECT class FROM main.class_totals WHERE events > 0", false);
  while (rows.Next()) {
    const std::int64_t row = rows.Int(0);
    if (!selection.Contains(row)) continue;
    const Tally tally = counter.Count(row, query.since, query.until);
    if (tally.events == 0) continue;
    const EventClass& key = classes_.ClassOf(row);
    counts.Add({key.provider, key.event_id}, key.level, key.host, tally.events, tally.first,
               tally.last);
  }
}

void EventReader::SumTotals(const Selection& selection, CountTable& counts) {
  sql::Statement each(database_,
                      "SELECT class, events, first, last FROM main.class_totals WHERE events > 0",
                      false);
  while (each.Next()) {
    if (!selection.Contains(each.Int(0))) continue;
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
