#include "engine/ranking/rule_tests.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/normalise/normaliser.h"
#include "engine/ranking/ranking.h"
#include "engine/ranking/rule_log.h"
#include "engine/signal/signal_list.h"
#include "engine/store/forwarding_store.h"

namespace exdiag {
namespace {

const Duration kCoveredAround = Duration::Seconds(24 * 3600);

// A store that was fed more of some logs than the events in it show.
class CoveredStore final : public ForwardingStore {
 public:
  CoveredStore(std::unique_ptr<Store> inner, std::vector<Coverage> covered)
      : inner_(std::move(inner)), covered_(std::move(covered)) {}

  Result<std::vector<Coverage>> CoverageRows() const override {
    auto rows = inner_->CoverageRows();
    if (rows) rows->insert(rows->end(), covered_.begin(), covered_.end());
    return rows;
  }

 private:
  const Store& inner() const override { return *inner_; }
  Store& writable() override { return *inner_; }

  std::unique_ptr<Store> inner_;
  std::vector<Coverage> covered_;
};

// Normalises one line as if it had been read from an export with strings.
Result<void> AddLine(const RuleLogLine& line, const Knowledge& knowledge, std::uint64_t number,
                     Normaliser& normaliser, ImportSession& session) {
  const auto filled = FillRuleLogRecord(line, knowledge.catalogue());
  if (!filled) return filled.error();
  std::vector<std::string_view> strings;
  for (const auto& value : filled->strings) strings.push_back(value ? *value : std::string_view());

  Record record;
  record.place = Place::Line(number);
  record.channel = filled->channel;
  record.provider = line.provider;
  record.event_id = line.event_id;
  record.level = filled->level;
  record.category_text = filled->category;
  record.time = line.time;
  record.time_basis = TimeBasis::kUtc;
  record.time_precision = TimePrecision::kSecond;
  record.computer = line.computer;
  record.message = filled->message;
  record.has_strings = filled->message.empty();
  record.strings = strings;
  record.binary = line.data;

  NormalisedEvent event = normaliser.Normalise(record);
  // Strings that the line does not give are not known, rather than empty.
  const std::string encoded = EncodeStrings(filled->strings);
  if (record.has_strings) event.strings = encoded;
  if (!session.Add(event)) return Error{"the temporary store takes no more events"};
  return {};
}

std::vector<Coverage> CoverageOf(const RuleTest& test, const std::vector<RuleLogLine>& lines) {
  std::vector<Coverage> rows;
  if (lines.empty()) return rows;
  const auto by_time = [](const RuleLogLine& a, const RuleLogLine& b) { return a.time < b.time; };
  const auto [first, last] = std::minmax_element(lines.begin(), lines.end(), by_time);
  for (const std::string& host : test.covered) {
    Coverage& row = rows.emplace_back();
    row.host = CanonicalHost(host);
    row.from = first->time - kCoveredAround;
    row.to = last->time + kCoveredAround;
  }
  return rows;
}

bool NeedsRivals(const RuleTest& test) {
  return test.leads || test.confidence_min || test.confidence_max || !test.first.empty();
}

std::string Expected(const RuleTest& test) {
  if (!test.finding) return "no finding";
  std::string words = "a finding";
  if (test.leads) words += *test.leads ? ", ranked first" : ", not ranked first";
  if (test.confidence_min)
    words += fmt::format(", confidence at least {:.2f}", *test.confidence_min);
  if (test.confidence_max)
    words += fmt::format(", confidence at most {:.2f}", *test.confidence_max);
  if (!test.first.empty()) words += fmt::format(", {} ranked first", test.first);
  return words;
}

const Finding* FindingOf(const Ranking& ranking, const Rule& rule) {
  for (const Finding& finding : ranking.findings) {
    if (finding.signal.rule() == &rule) return &finding;
  }
  return nullptr;
}

const std::string& LeaderOf(const Ranking& ranking) {
  return ranking.findings.front().signal.rule()->id;
}

std::string Got(const Finding* finding, const Ranking& ranking) {
  if (finding == nullptr) {
    return ranking.findings.empty()
               ? std::string("no finding")
               : fmt::format("no finding; {} is ranked first", LeaderOf(ranking));
  }
  std::string words = fmt::format("a finding at rank {}", finding->rank);
  if (finding->rank > 1) words += fmt::format(" behind {}", LeaderOf(ranking));
  words += fmt::format(", confidence {:.2f}", finding->confidence);
  const Signal signal = finding->signal.Read();
  for (const std::string& unknown : signal.unknown_conditions) {
    words += "; not known: " + unknown;
  }
  return words;
}

bool Meets(const RuleTest& test, const Finding* finding, const Ranking& ranking) {
  if (test.finding != (finding != nullptr)) return false;
  if (!test.first.empty() && (ranking.findings.empty() || LeaderOf(ranking) != test.first)) {
    return false;
  }
  if (finding == nullptr) return true;
  if (test.leads && *test.leads != (finding->rank == 1)) return false;
  if (test.confidence_min && finding->confidence < *test.confidence_min) return false;
  return !test.confidence_max || finding->confidence <= *test.confidence_max;
}

void RunTest(const Rule& rule, const RuleTest& test, std::span<const Rule* const> rules,
             const Knowledge& knowledge, RuleTestResult& result) {
  const auto store = MakeRuleTestStore(test, knowledge);
  if (!store) {
    result.got = store.error().message;
    return;
  }
  const Rule* const alone[] = {&rule};
  DiagnosticList problems;
  auto signals =
      EvaluateRules(NeedsRivals(test) ? rules : std::span(alone), knowledge, **store, problems);
  if (!signals) {
    result.got = signals.error().message;
    return;
  }
  const Ranking ranking = RankCauses(*signals);
  const Finding* finding = FindingOf(ranking, rule);
  result.passed = Meets(test, finding, ranking);
  result.got = Got(finding, ranking);
  for (const Diagnostic& problem : problems.items()) result.got += "; " + ToString(problem);
}

}  // namespace

Result<std::unique_ptr<Store>> MakeRuleTestStore(const RuleTest& test, const Knowledge& knowledge) {
  const auto lines = ParseRuleLog(test.log);
  if (!lines) return lines.error();
  auto store = Store::OpenTemporary();
  if (!store) return store;
  auto session = (*store)->BeginImport("the test's log", "rule-test", Store::kUnknownSize);
  if (!session) return session.error();
  Normaliser normaliser(knowledge, {});
  std::uint64_t number = 0;
  for (const RuleLogLine& line : *lines) {
    const auto added = AddLine(line, knowledge, ++number, normaliser, **session);
    if (!added) return added.error();
  }
  for (Fact fact : test.facts) {
    fact.host = CanonicalHost(fact.host);
    fact.where = test.where;
    knowledge.Complete(fact);
    (*session)->AddFact(std::move(fact));
  }
  const auto committed = (*session)->Commit();
  if (!committed) return committed.error();
  return std::unique_ptr<Store>(
      std::make_unique<CoveredStore>(std::move(*store), CoverageOf(test, *lines)));
}

std::vector<RuleTestResult> RunRuleTests(const Rule& rule, std::span<const Rule* const> rules,
                                         const Knowledge& knowledge) {
  std::vector<RuleTestResult> results;
  for (const RuleTest& test : rule.tests) {
    RuleTestResult& result = results.emplace_back();
    result.rule = rule.id;
    result.test = test.name;
    result.where = test.where;
    result.expected = Expected(test);
    RunTest(rule, test, rules, knowledge, result);
  }
  return results;
}

}  // namespace exdiag
