// Each struct is taken apart by a structured binding, which does not compile any more when a member
// is added: whoever adds one has to say here how it is kept.  The test compares every member.
#include "engine/signal/packed_signal.h"

namespace exdiag {
namespace {

void Pack(const std::string& text, PackedWriter& out) { out.Text(text); }
void Unpack(PackedReader& in, std::string& text) { text = in.Text(); }

void Pack(const EvidenceReference& reference, PackedWriter& out);
void Unpack(PackedReader& in, EvidenceReference& reference);
void Pack(const Reason& reason, PackedWriter& out);
void Unpack(PackedReader& in, Reason& reason);
void Pack(const RenderedStep& step, PackedWriter& out);
void Unpack(PackedReader& in, RenderedStep& step);
void Pack(const EventKind& kind, PackedWriter& out);
void Unpack(PackedReader& in, EventKind& kind);

template <typename T>
void Pack(const std::vector<T>& items, PackedWriter& out) {
  out.Number(items.size());
  for (const T& item : items) Pack(item, out);
}
template <typename T>
void Unpack(PackedReader& in, std::vector<T>& items) {
  items.resize(in.Count());
  for (T& item : items) Unpack(in, item);
}

template <typename T>
void UnpackEnum(PackedReader& in, T last, T& value) {
  const std::uint64_t number = in.Number();
  if (number > static_cast<std::uint64_t>(last)) return in.Fail();
  value = static_cast<T>(number);
}

void Pack(const Location& location, PackedWriter& out) {
  const auto& [file, place] = location;
  const auto& [unit, value, column] = place;
  out.Text(file);
  out.Number(static_cast<std::uint64_t>(unit));
  out.Number(value);
  out.Number(column);
}
void Unpack(PackedReader& in, Location& location) {
  auto& [file, place] = location;
  auto& [unit, value, column] = place;
  file = in.Text();
  UnpackEnum(in, Place::Unit::kLine, unit);
  value = in.Number();
  column = static_cast<std::uint32_t>(in.Number());
}

void Pack(const EvidenceReference& reference, PackedWriter& out) {
  const auto& [where, event_row, record_id, summary] = reference;
  Pack(where, out);
  out.Signed(event_row);
  out.Number(record_id);
  out.Text(summary);
}
void Unpack(PackedReader& in, EvidenceReference& reference) {
  auto& [where, event_row, record_id, summary] = reference;
  Unpack(in, where);
  event_row = in.Signed();
  record_id = in.Number();
  summary = in.Text();
}

void Pack(const Fact& fact, PackedWriter& out) {
  const auto& [host, kind, attributes, observed_at, time_basis, where] = fact;
  (void)observed_at, (void)time_basis, (void)where;  // nobody has seen it yet
  out.Text(host);
  out.Text(kind);
  out.Number(attributes.size());
  for (const auto& [name, value] : attributes) {
    out.Text(name);
    out.Text(value);
  }
}
void Unpack(PackedReader& in, Fact& fact) {
  auto& [host, kind, attributes, observed_at, time_basis, where] = fact;
  (void)observed_at, (void)time_basis, (void)where;
  host = in.Text();
  kind = in.Text();
  for (std::size_t count = in.Count(); count > 0 && in.ok(); --count) {
    std::string name(in.Text());
    attributes[std::move(name)] = in.Text();
  }
}

void Pack(const Reason& reason, PackedWriter& out) {
  const auto& [line, points, because, state, evidence, evidence_count, ask, collect, question_key,
               proposition, negated, proposed, answer_name, answer_value, answer_host, site] =
      reason;
  (void)site;  // PackWholeSignal
  out.Number(line);
  out.Double(points);
  out.Text(because);
  out.Number(static_cast<std::uint64_t>(state));
  Pack(evidence, out);
  out.Number(evidence_count);
  for (const std::string* text :
       {&ask, &collect, &question_key, &proposition, &answer_name, &answer_value, &answer_host}) {
    out.Text(*text);
  }
  out.Number(negated ? 1 : 0);
  Pack(proposed, out);
}
void Unpack(PackedReader& in, Reason& reason) {
  auto& [line, points, because, state, evidence, evidence_count, ask, collect, question_key,
         proposition, negated, proposed, answer_name, answer_value, answer_host, site] = reason;
  (void)site;
  line = in.Number();
  points = in.Double();
  because = in.Text();
  UnpackEnum(in, Truth::kHolds, state);
  Unpack(in, evidence);
  evidence_count = in.Number();
  for (std::string* text :
       {&ask, &collect, &question_key, &proposition, &answer_name, &answer_value, &answer_host}) {
    *text = in.Text();
  }
  negated = in.Number() != 0;
  Unpack(in, proposed);
}

void Pack(const RenderedStep& step, PackedWriter& out) {
  const auto& [do_what, on, risk, ours] = step;
  out.Text(do_what);
  out.Text(on);
  out.Text(risk);
  out.Number(ours ? 1 : 0);
}
void Unpack(PackedReader& in, RenderedStep& step) {
  auto& [do_what, on, risk, ours] = step;
  do_what = in.Text();
  on = in.Text();
  risk = in.Text();
  ours = in.Number() != 0;
}

void Pack(const EventKind& kind, PackedWriter& out) {
  const auto& [provider, event_id] = kind;
  out.Text(provider);
  out.Number(event_id);
}
void Unpack(PackedReader& in, EventKind& kind) {
  auto& [provider, event_id] = kind;
  provider = in.Text();
  event_id = static_cast<std::uint16_t>(in.Number());
}

void Pack(const std::optional<SitePoints>& site, PackedWriter& out) {
  out.Number(site ? 1 : 0);
  if (!site) return;
  const auto& [of_rule, reason, by, since] = *site;
  out.Double(of_rule);
  out.Text(reason);
  out.Text(by);
  out.Signed(since.value);
}
void Unpack(PackedReader& in, std::optional<SitePoints>& site) {
  if (in.Number() == 0) return;
  auto& [of_rule, reason, by, since] = site.emplace();
  of_rule = in.Double();
  reason = in.Text();
  by = in.Text();
  since.value = in.Signed();
}

// Rows ascend: the steps between them are small numbers.
void PackRows(const RowSet& rows, PackedWriter& out) {
  out.Number(rows.size());
  std::int64_t before = 0;
  for (const std::int64_t row : rows) {
    out.Signed(row - before);
    before = row;
  }
}
RowSet UnpackRows(PackedReader& in) {
  RowSetBuilder rows;
  std::int64_t row = 0;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) rows.Add(row += in.Signed());
  return rows.Take();
}

}  // namespace

void PackSignal(const Signal& signal, PackedWriter& out) {
  const auto& [rule, start_points, site, unknown_conditions, reasons, explained, explained_kinds,
               hosts, host_groups, triggers, trigger_count, first_seen, last_seen, time_basis,
               cause, fix] = signal;
  (void)rule;  // whose signal it is stands beside it
  (void)site;  // what the site says and what merging makes: PackWholeSignal
  (void)host_groups;
  out.Double(start_points);
  Pack(unknown_conditions, out);
  Pack(reasons, out);
  PackRows(explained, out);
  Pack(explained_kinds, out);
  Pack(hosts, out);
  Pack(triggers, out);
  out.Number(trigger_count);
  out.Signed(first_seen.value);
  out.Signed(last_seen.value);
  out.Number(static_cast<std::uint64_t>(time_basis));
  out.Text(cause);
  Pack(fix, out);
}

Signal UnpackSignal(PackedReader& in, const Rule& of_rule) {
  Signal signal;
  auto& [rule, start_points, site, unknown_conditions, reasons, explained, explained_kinds, hosts,
         host_groups, triggers, trigger_count, first_seen, last_seen, time_basis, cause, fix] =
      signal;
  (void)site;
  (void)host_groups;
  rule = &of_rule;
  start_points = in.Double();
  Unpack(in, unknown_conditions);
  Unpack(in, reasons);
  explained = UnpackRows(in);
  Unpack(in, explained_kinds);
  Unpack(in, hosts);
  Unpack(in, triggers);
  trigger_count = in.Number();
  first_seen.value = in.Signed();
  last_seen.value = in.Signed();
  UnpackEnum(in, TimeBasis::kNone, time_basis);
  cause = in.Text();
  Unpack(in, fix);
  return signal;
}

void PackWholeSignal(const Signal& signal, PackedWriter& out) {
  PackSignal(signal, out);
  Pack(signal.site, out);
  for (const Reason& reason : signal.reasons) Pack(reason.site, out);
  out.Number(signal.host_groups.size());
  for (const std::vector<std::string>& group : signal.host_groups) Pack(group, out);
}

Signal UnpackWholeSignal(PackedReader& in, const Rule& of_rule) {
  Signal signal = UnpackSignal(in, of_rule);
  Unpack(in, signal.site);
  for (Reason& reason : signal.reasons) Unpack(in, reason.site);
  signal.host_groups.resize(in.Count());
  for (std::vector<std::string>& group : signal.host_groups) Unpack(in, group);
  return signal;
}

}  // namespace exdiag
