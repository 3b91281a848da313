#include "tests/engine/report/sample_report.h"

namespace exdiag {
namespace {

Rule MakeRule(const char* id, const char* title, Strength strength,
              Verdict verdict = Verdict::kFault) {
  Rule rule;
  rule.id = id;
  rule.title = title;
  rule.strength = strength;
  rule.verdict = verdict;
  rule.status = Status::kStable;
  return rule;
}

EvidenceReference Seen(const char* file, Place place, std::uint64_t record_id,
                       const char* summary) {
  return {{file, place}, 1, record_id, summary};
}

Reason Held(double points, const char* because, EvidenceReference evidence) {
  Reason reason;
  reason.points = points;
  reason.because = because;
  reason.evidence = {std::move(evidence)};
  reason.evidence_count = 1;
  return reason;
}

Reason Unknown(double points, const char* because, const char* ask) {
  Reason reason;
  reason.points = points;
  reason.because = because;
  reason.state = Truth::kUnknown;
  reason.ask = ask;
  return reason;
}

Finding MakeFinding(const Rule& rule, std::size_t rank, const char* incident, double points,
                    double confidence) {
  Finding finding;
  finding.rank = rank;
  finding.incident = incident;
  finding.points = points;
  finding.confidence = confidence;
  Signal signal;
  signal.rule = &rule;
  signal.start_points = static_cast<double>(rule.strength);
  signal.hosts = {"BREST", "LYON"};
  signal.first_seen = At("1999-11-02T19:05:04Z");
  signal.last_seen = At("1999-11-02T19:41:31Z");
  signal.time_basis = TimeBasis::kLocalWithOffset;
  signal.cause = "A cause in one sentence.";
  finding.signal = signal;
  return finding;
}

template <typename Change>
void ChangeSignal(Finding& finding, const Change& change) {
  Signal signal = finding.signal.ReadWithRows();
  change(signal);
  finding.signal = signal;
}

template <typename Write>
std::string Written(const Write& write) {
  std::string text;
  write([&text](std::string_view piece) { text += piece; });
  return text;
}

Finding Leader(const Rule& rule) {
  Finding finding = MakeFinding(rule, 1, "i1", 5, 0.8712);
  Signal signal = finding.signal.Read();
  signal.cause =
      "BREST refused the bind-back of LYON: Windows error 5, access denied, because neither domain "
      "trusts the other's accounts.";
  signal.explained = {1, 2, 3};
  signal.triggers = {Seen("brest.evtx", Place::Offset(0x1200), 41,
                          "MSExchangeMTA 9322 on BREST at 1999-11-02 19:05:31")};
  signal.trigger_count = 12;
  signal.reasons.push_back(Held(
      2, "the dialling server LYON failed to bind at the same time",
      Seen("lyon.csv", Place::Line(7), 0, "MSExchangeMTA 9318 on LYON at 1999-11-02 19:05:33")));
  signal.reasons.push_back(Unknown(3, "the operator says that the domains do not trust each other",
                                   "Do the domains of BREST and LYON trust each other?"));
  signal.unknown_conditions = {"whether LYON logged MSExchangeMTA 289 (its log is not here)"};
  signal.fix = {
      {"Give the connector the account of the other domain as override.", "LYON", "low", false},
      {"Let the connector connect once by hand.", "", "none", true}};
  finding.signal = signal;
  return finding;
}

Incident MakeIncident(const char* id, std::vector<std::size_t> findings, double unknown_cause,
                      std::uint64_t events) {
  Incident incident;
  incident.id = id;
  incident.findings = std::move(findings);
  incident.unknown_cause = unknown_cause;
  incident.hosts = {"BREST", "LYON"};
  incident.first_seen = At("1999-11-02T19:05:04Z");
  incident.last_seen = At("1999-11-02T19:41:31Z");
  incident.time_basis = TimeBasis::kLocalWithOffset;
  incident.events = events;
  return incident;
}

void AddRules(std::deque<Rule>& rules) {
  rules.push_back(MakeRule("mta.rpc-denied.dras-untrusted-domains",
                           "Dynamic RAS connector between servers whose domains do not trust each "
                           "other",
                           Strength::kProbable));
  rules.back().articles = {"Q217142", "Q257679"};
  rules.push_back(MakeRule("mta.rpc-denied.service-account", "The service account is not the same",
                           Strength::kPossible));
  rules.back().articles = {"Q169113"};
  rules.push_back(MakeRule("mta.bind.multihomed", "A server with several addresses",
                           Strength::kSure, Verdict::kExpected));
  rules.back().articles = {"Q197378"};
  rules.push_back(MakeRule("x400.hostile", kHostile, Strength::kHint));
}

// Member by member: g++ 12 takes a list of whole rows for uninitialised.
void AddUnexplained(Report& report, const char* provider, std::uint16_t event_id, Level level,
                    std::uint64_t count) {
  UnexplainedEvents& row = report.unexplained.emplace_back();
  row.kind.provider = provider;
  row.kind.event_id = event_id;
  row.level = level;
  row.host = level == Level::kError ? "lyon" : "brest";
  row.count = count;
  row.first = At("1999-11-02T03:00:00Z");
  row.last = At("1999-11-02T19:00:00Z");
  row.in_catalogue = level == Level::kWarning;
  if (row.in_catalogue) row.meaning = "The MTA is rebuilding a queue.";
}

Acknowledgement Accepted(const char* rule, const char* until, const char* reason, Location where) {
  Acknowledgement one;
  one.rule = rule;
  one.hosts = {"LYON"};
  one.since = At("1999-11-01T09:00:00Z");
  one.until = At(until);
  one.reason = reason;
  one.by = "anna";
  one.where = std::move(where);
  return one;
}

// One acknowledged incident, one whose acknowledgement expired, one that is not there; points of
// the first finding changed at its start and at a line.
void AddSite(Report& report) {
  report.made_at = At("1999-11-13T12:00:00Z");
  report.site.acknowledgements = {
      {Accepted("x400.hostile", "1999-12-31T23:59:59Z", kHostile,
                {"exdiag-site.yaml", Place::Line(2, 5)}),
       false,
       {2}},
      {Accepted("mta.rpc-denied.dras-untrusted-domains", "1999-11-05T23:59:59Z",
                "the new trust comes on Friday", {"site.db", {}}),
       true,
       {0}},
      {Accepted("imc.not-here.at-all", "1999-12-31T23:59:59Z", "not found at all",
                {"exdiag-site.yaml", Place::Line(9, 5)}),
       false,
       {}}};
  report.site.acknowledgements[2].acknowledgement.hosts.clear();
  report.site.acknowledgements[2].acknowledgement.since = {};
  report.site.acknowledgements[2].acknowledgement.by.clear();
  report.ranking.findings[2].acknowledged = true;
  const SitePoints note{1, "our lines are slow", "anna", At("1999-11-12T00:00:00Z")};
  ChangeSignal(report.ranking.findings[0], [&note](Signal& changed) {
    changed.site = SitePoints{4, "seen here before", "", {}};
    changed.reasons[0].site = note;
  });
  PointsOverride start;
  start.rule = report.ranking.findings[0].signal.rule()->id;
  start.points = 3;
  start.of_rule = 4;
  start.reason = "seen here before";
  start.where = {"exdiag-site.yaml", Place::Line(12, 5)};
  PointsOverride line = start;
  line.line = 1;
  line.points = 2;
  line.of_rule = 1;
  line.since = note.since;
  line.reason = note.reason;
  line.by = note.by;
  line.where.place = Place::Line(16, 5);
  report.site.overrides = {{start, {0}}, {line, {0}}};
}

void AddInputs(Report& report) {
  LedgerRow evtx;
  evtx.file = "brest.evtx";
  evtx.format = "evtx";
  evtx.records = 1234;
  evtx.stored = 1200;
  evtx.duplicates = 30;
  evtx.rejected = 4;
  evtx.refined = 2;
  LedgerRow picture;
  picture.file = "photo.png";
  picture.error = "no known format; not read";
  report.inputs = {evtx, picture};
}

QuotedEvent Quoted(std::int64_t id, const char* message) {
  QuotedEvent quoted;
  Event& event = quoted.event;
  event.id = id;
  event.provider = "MSExchangeMTA";
  event.event_id = 9322;
  event.level = Level::kWarning;
  event.time = At("1999-11-02T19:05:31Z");
  event.time_basis = TimeBasis::kUtc;
  event.computer = "BREST";
  event.channel = "Application";
  event.binary = {std::byte{0xca}, std::byte{0xfe}};
  quoted.message = message;
  quoted.fields = {{"nt_error", FieldType::kText, "5"},
                   {"remote_server", FieldType::kText, kHostile}};
  return quoted;
}

void AddDetail(ReportDetail& detail) {
  detail.events.emplace(1, Quoted(1, kHostile));
  detail.logged_by = {"BREST", "BREST", ""};
  detail.from = At("1999-11-01T00:00:00Z");
  detail.to = At("1999-11-02T20:00:00Z");
  detail.step = Duration::Seconds(3600);
  detail.volume = {{"brest", At("1999-11-01T05:00:00Z"), 0, 2, 900},
                   {"brest", At("1999-11-02T19:00:00Z"), 12, 0, 286},
                   {"lyon", At("1999-11-02T19:00:00Z"), 1, 1, 1}};
  detail.outside = 3;
}

}  // namespace

Ticks At(const char* iso) { return ParseIsoTime(iso)->ticks; }

std::string JsonOf(const Report& report) {
  return Written([&](const TextSink& out) { WriteReportJson(report, out); });
}

std::string CsvOf(const Report& report) {
  return Written([&](const TextSink& out) { WriteReportCsv(report, out); });
}

std::string TextOf(const Report& report, const ReportOptions& options, const TextOptions& shown) {
  return Written([&](const TextSink& out) {
    const auto renderer = MakeTextRenderer(shown, out);
    ReportParts(report, options, [&](const Document& part) { renderer->Add(part); });
  });
}

std::string MarkdownOf(const Report& report, const ReportOptions& options) {
  return Written([&](const TextSink& out) {
    const auto renderer = MakeMarkdownRenderer(out);
    ReportParts(report, options, [&](const Document& part) { renderer->Add(part); });
  });
}

SampleReport MakeSampleReport() {
  SampleReport sample;
  AddRules(sample.rules);
  Ranking& ranking = sample.report.ranking;
  ranking.findings = {Leader(sample.rules[0]), MakeFinding(sample.rules[2], 2, "i2", 6, 0.9846),
                      MakeFinding(sample.rules[3], 3, "i3", -1, 0.3333),
                      MakeFinding(sample.rules[1], 4, "i1", 2, 0.1089)};
  ChangeSignal(ranking.findings[2], [](Signal& signal) {
    signal.cause = kHostile;
    signal.hosts = {kHostile};
    signal.time_basis = TimeBasis::kLocalUnknown;
  });
  ranking.incidents = {MakeIncident("i1", {0, 3}, 0.0199, 3), MakeIncident("i2", {1}, 0.0154, 40),
                       MakeIncident("i3", {2}, 0.6667, 1)};
  ranking.incidents[2].hosts = {kHostile};
  ranking.incidents[2].time_basis = TimeBasis::kLocalUnknown;
  ranking.ask_next = {{"i1",
                       "Do the domains of BREST and LYON trust each other?",
                       "",
                       "exdiag answer domains_trust_each_other yes --host brest --store site.db\n"
                       "exdiag answer domains_trust_each_other no --host brest --store site.db",
                       0.4,
                       {{"yes", "mta.rpc-denied.dras-untrusted-domains", 0.8712, 0.8713,
                         "exdiag answer domains_trust_each_other yes --host brest --store site.db"},
                        {"no", "mta.rpc-denied.dras-untrusted-domains", 0.8712, 0.9818,
                         "exdiag answer domains_trust_each_other no --host brest --store "
                         "site.db"}}},
                      {"i3",
                       "Is it so: no name is registered?",
                       "setspn -L LYON > spn.txt",
                       "exdiag import --store site.db spn.txt",
                       0.1,
                       {{"it shows: no name is registered", "x400.hostile", 0.3333, 0.9, ""}}}};
  Report& report = sample.report;
  AddUnexplained(report, "MSExchangeMTA", 9215, Level::kWarning, 7);
  AddUnexplained(report, kHostile, 1, Level::kError, 1);
  report.coverage = {{"brest", "Application", At("1999-11-01T00:00:00Z"),
                      At("1999-11-02T20:00:00Z"), TimeBasis::kUtc, 1200, "brest.evtx"},
                     {"lyon", "", At("1999-11-02T00:00:00Z"), At("1999-11-02T20:00:00Z"),
                      TimeBasis::kLocalUnknown, 3, "lyon.csv"}};
  AddInputs(report);
  AddDetail(sample.detail);
  AddSite(report);
  return sample;
}

}  // namespace exdiag
