// The order of thought is that of the text report: what is wrong and how sure, what to do, why, on
// what evidence, what would settle it; behind that what happened when and between whom, what nobody
// explains, and what was read.
#include "engine/report/report_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "engine/base/text.h"
#include "engine/report/html.h"
#include "engine/report/html_charts.h"
#include "engine/report/html_table.h"
#include "engine/report/phrases.h"
#include "engine/report/report_parts.h"

namespace exdiag {
namespace {

constexpr std::size_t kOpened = 3;          // incidents whose body is open from the start
constexpr std::size_t kRivalsShown = 8;     // of one incident
constexpr std::size_t kHostsNamed = 8;      // of one incident
constexpr std::size_t kTextShown = 6'000;   // bytes of one message
constexpr std::size_t kFieldShown = 1'000;  // bytes of one value
constexpr std::size_t kFieldsShown = 60;    // of one event
constexpr std::size_t kBinaryShown = 256;   // bytes
constexpr std::size_t kNamesInFilter = 40;  // hosts and kinds of events by which an item is found
constexpr std::size_t kUnexplainedShown = 500;
constexpr std::size_t kCoverageShown = 300;
constexpr std::size_t kInputsShown = 300;

// The beginning of a text that is too long, and how much is not there.
std::string Beginning(std::string_view text, std::size_t most) {
  const std::string_view head = HeadOf(text, most);
  if (head.size() == text.size()) return std::string(text);
  return fmt::format("{} [... {}]", head, Counted(text.size() - head.size(), "more byte"));
}

std::string Attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, EscapeHtml(value));
}

// Several values in one attribute, one a line: a line end in a value has been made visible.
std::string ListAttribute(std::string_view name, const std::vector<std::string>& values) {
  std::string joined;
  const std::size_t count = std::min(values.size(), kNamesInFilter);
  for (std::size_t i = 0; i < count; ++i) {
    joined += (i == 0 ? "" : "\n") + EscapeHtml(values[i]);
  }
  return joined.empty() ? "" : fmt::format(" {}=\"{}\"", name, joined);
}

std::string EventName(const EventKind& kind) {
  return fmt::format("{} {}", kind.provider, kind.event_id);
}

std::string TimeCell(Ticks time) { return time.known() ? FormatTimeForPeople(time) : "no time"; }

class ReportPage {
 public:
  ReportPage(const Report& report, const ReportDetail& detail, const ReportPageOptions& options)
      : report_(report), detail_(detail), options_(options), names_(report) {
    // Worst first: what needs action, what does not, what is acknowledged; within each the
    // report's order.
    const std::vector<Incident>& incidents = report.ranking.incidents;
    for (std::size_t i = 0; i < incidents.size(); ++i) order_.push_back(i);
    const auto place = [&](std::size_t i) {
      const std::string_view state = StateOf(incidents[i], report.ranking);
      return state == "acknowledged" ? 2 : state == "expected" ? 1 : 0;
    };
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  }

  std::string Render() {
    AddSection("incidents", "Incidents", report_.ranking.incidents.size(), Incidents());
    AddSection("changes", "Since the last report",
               report_.changes ? report_.changes->list.size() : 0, ChangesTable(report_));
    AddSection("time", "Time line", 0, TimeLine(report_, detail_, names_));
    AddSection("matrix", "Which server has trouble with which", 0,
               Matrix(report_, detail_, names_));
    AddSection("unexplained", "Unexplained errors and warnings", report_.unexplained.size(),
               Unexplained());
    AddSection("site", "Acknowledged and changed by the site",
               report_.site.acknowledgements.size() + report_.site.overrides.size(),
               SiteTable(report_));
    AddSection("coverage", "Which logs were read", 0, CoverageBody());
    AddSection("inputs", "What was fed", report_.inputs.size(), Inputs());
    HtmlPage page{
        .title = ReportTitle(report_) + " - exdiag report", .body = {}, .with_script = true};
    page.body = "<a class=\"skip\" href=\"#incidents\">Skip to the incidents</a>\n" + Head() +
                Parts() + "<main class=\"report wrap\">\n" + sections_ + "</main>\n" + Foot();
    return RenderPage(page);
  }

 private:
  void AddSection(std::string_view id, std::string_view title, std::size_t count,
                  const std::string& body) {
    if (body.empty()) return;
    sections_ += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}"
        "</section>\n",
        id, title, body);
    parts_ += fmt::format(
        "<li><a href=\"#{}\">{}{}</a></li>\n", id, title,
        count > 0 ? fmt::format(" <span class=\"count\">{}</span>", Digits(count)) : "");
  }

  // ---- head, navigation, foot ----

  std::string Head() const {
    std::size_t faults = 0, unsettled = 0, quiet = 0, acknowledged = 0;
    for (const Incident& incident : report_.ranking.incidents) {
      const std::string_view state = StateOf(incident, report_.ranking);
      ++(state == "acknowledged" ? acknowledged
         : state == "expected"   ? quiet
         : state == "unsettled"  ? unsettled
                                 : faults);
    }
    std::uint64_t records = 0, rejected = 0, unexplained = 0;
    for (const LedgerRow& row : report_.inputs) {
      records += row.records;
      rejected += row.rejected;
    }
    for (const EventCount& count : report_.unexplained) unexplained += count.count;
    std::set<std::string> hosts;
    for (const Coverage& row : report_.coverage) hosts.insert(row.host);

    std::string out =
        "<header class=\"top\"><div class=\"wrap\">\n<p class=\"brand\"><b>exdiag</b> "
        "report";
    if (options_.made_at.known()) {
      out += fmt::format(", made <time datetime=\"{}\">{} UTC</time>",
                         FormatTime(options_.made_at, TimeBasis::kUtc),
                         FormatTimeForPeople(options_.made_at));
    }
    out += "</p>\n";
    out += fmt::format("<h1 class=\"state state-{}\">{}<span>{}</span></h1>\n",
                       faults > 0      ? "trouble"
                       : unsettled > 0 ? "doubt"
                                       : "good",
                       Sign(faults > 0, unsettled > 0), EscapeHtml(ReportTitle(report_)));
    out += "<ul class=\"tiles\">\n";
    const auto tile = [&](std::uint64_t count, std::string_view what, std::string_view state) {
      out += fmt::format("<li class=\"{}\"><b>{}</b>{}</li>\n", count > 0 ? state : "",
                         Digits(count), what);
    };
    tile(faults, "need action", "trouble");
    tile(unsettled, "not settled", "doubt");
    tile(quiet, "need no action", "good");
    if (acknowledged > 0) tile(acknowledged, "acknowledged", "");
    tile(unexplained, "unexplained errors and warnings", "doubt");
    tile(hosts.size(), hosts.size() == 1 ? "host" : "hosts", "");
    tile(records, "records read", "");
    tile(rejected, "records not readable", "doubt");
    return out + "</ul>\n</div></header>\n";
  }

  // Shapes differ, not only colours: a triangle, a rhomb, a disc with a tick.
  static std::string Sign(bool trouble, bool doubt) {
    const std::string_view shape =
        trouble ? "<path d=\"M12 2 23 21H1zM11 9v6h2V9zm0 8v2h2v-2z\" fill-rule=\"evenodd\"/>"
        : doubt ? "<path d=\"M12 1 23 12 12 23 1 12zM11 6v7h2V6zm0 9v2h2v-2z\" "
                  "fill-rule=\"evenodd\"/>"
                : "<path d=\"M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm-1.5 16-5-5 1.6-1.6 3.4 "
                  "3.4 6.4-6.4L18.500 9z\" fill-rule=\"evenodd\"/>";
    return fmt::format("<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">{}</svg>", shape);
  }

  std::string Parts() const {
    return "<nav class=\"parts\" aria-label=\"Parts of this report\"><ul class=\"wrap\">\n" +
           parts_ + "</ul></nav>\n";
  }

  static std::string Foot() {
    return "<footer class=\"end\"><div class=\"wrap\">\n<p>How sure: the points of a cause are "
           "powers of two. Its share is set against all causes that explain the same events, and "
           "against one that no rule knows. <code>exdiag rules show CAUSE</code> prints a "
           "rule.</p>\n"
           "<p>This page needs no network and runs no script but its own.</p>\n</div></footer>\n";
  }

  // ---- incidents ----

  std::string Incidents() {
    std::string out;
    if (order_.empty()) {
      std::uint64_t records = 0;
      for (const LedgerRow& row : report_.inputs) records += row.records;
      out += fmt::format("<p>No rule matches what was read: {} in {}.</p>\n",
                         Counted(records, "record"), Counted(report_.inputs.size(), "file"));
    }
    if (!order_.empty() || !report_.unexplained.empty()) out += Filters();
    std::size_t next = 0;
    for (; next < order_.size() && out.size() < options_.whole_bytes; ++next) {
      out += IncidentWhole(order_[next], next);
    }
    if (next < order_.size()) out += IncidentRows(next, out.size());
    return out;
  }

  static std::string Filters() {
    const auto choice = [](std::string_view name, std::string_view label, std::string_view all) {
      return fmt::format(
          "<div><label for=\"f-{0}\">{1}</label><select id=\"f-{0}\" name=\"{0}\"><option "
          "value=\"\">{2}</option></select></div>\n",
          name, label, all);
    };
    std::string out =
        "<form class=\"filters\" role=\"search\" aria-label=\"Filters\" hidden>\n"
        "<div class=\"wide\"><label for=\"f-text\">Search</label><input id=\"f-text\" "
        "name=\"text\" type=\"search\" autocomplete=\"off\"></div>\n";
    out += choice("host", "Host", "all hosts");
    out += choice("provider", "Provider", "all providers");
    out += choice("id", "Event ID", "all IDs");
    out += choice("cause", "Cause", "all causes");
    out +=
        "<div><label for=\"f-sure\">How sure</label><select id=\"f-sure\" name=\"sure\">"
        "<option value=\"\">any</option>";
    for (const int least : {20, 50, 65, 80, 95}) {
      out += fmt::format("<option value=\"{0}\">{0} % or more</option>", least);
    }
    return out +
           "</select></div>\n<div class=\"buttons\"><button type=\"reset\">Reset</button></div>\n"
           "</form>\n<div class=\"below\" id=\"tools\" hidden><p id=\"shown\" role=\"status\" "
           "class=\"dim\"></p><div class=\"buttons\"><button type=\"button\" id=\"open\">Open all"
           "</button><button type=\"button\" id=\"close\">Close all</button></div></div>\n";
  }

  // By what the filters find an incident.
  std::string FilterData(const Incident& incident) const {
    std::vector<std::string> hosts, events, causes;
    const auto add = [](std::vector<std::string>& list, std::string value) {
      if (list.size() < kNamesInFilter &&
          std::find(list.begin(), list.end(), value) == list.end()) {
        list.push_back(std::move(value));
      }
    };
    for (const std::string& host : incident.hosts) add(hosts, names_.Shown(host));
    for (const std::size_t index : incident.findings) {
      const Signal signal = report_.ranking.findings[index].signal.Read();
      for (const EventKind& kind : signal.explained_kinds) add(events, EventName(kind));
      add(causes, signal.rule->id);
    }
    const Finding& leader = report_.ranking.findings[incident.findings.front()];
    return " data-item=\"incident\"" + ListAttribute("data-hosts", hosts) +
           ListAttribute("data-events", events) + ListAttribute("data-causes", causes) +
           fmt::format(" data-sure=\"{:.0f}\"", leader.confidence * 100);
  }

  static std::string Badge(std::string_view state) {
    if (state == "acknowledged") return "<span class=\"badge\">Acknowledged</span>";
    if (state == "expected") return "<span class=\"badge good\">No action needed</span>";
    if (state == "unsettled") return "<span class=\"badge doubt\">Not settled</span>";
    return "<span class=\"badge trouble\">Needs action</span>";
  }

  std::string IncidentWhole(std::size_t index, std::size_t position) const {
    const Incident& incident = report_.ranking.incidents[index];
    const Finding& leader = report_.ranking.findings[incident.findings.front()];
    const Signal signal = leader.signal.Read();
    const std::string_view state = StateOf(incident, report_.ranking);
    const std::string id = EscapeHtml(incident.id);
    std::string out = fmt::format(
        "<article class=\"incident {}\" id=\"{}\" aria-labelledby=\"t-{}\"{}>\n<header>\n"
        "<p class=\"kicker\">{}<span>{}{} ({})</span><span>{}</span></p>\n"
        "<h3 id=\"t-{}\"><a href=\"#{}\">{}</a></h3>\n",
        state, id, id, FilterData(incident), Badge(state),
        state == "unsettled" ? "best guess, " : "", SureInWords(leader.confidence),
        Percent(leader.confidence), id, id, id, EscapeHtml(signal.rule->title));
    out += "<dl class=\"facts\">";
    if (!incident.hosts.empty()) {
      out +=
          Fact(incident.hosts.size() == 1 ? "Host" : "Hosts", Joined(incident.hosts, kHostsNamed));
    }
    out += Fact("When", PeriodText(incident.first_seen, incident.last_seen, incident.time_basis));
    if (incident.events > 0) out += Fact("Events", Digits(incident.events));
    if (!signal.rule->articles.empty()) out += Fact("Articles", Joined(signal.rule->articles));
    out += fmt::format("</dl>\n<p class=\"said\">{}</p>\n", EscapeHtml(signal.cause));
    for (const bool expired : {true, false}) {
      for (const std::string& text : AcknowledgementTexts(incident, report_, expired)) {
        out += fmt::format("<p class=\"note\">{}</p>\n", EscapeHtml(text));
      }
    }
    out += "</header>\n";
    const bool open = position < kOpened && !IsQuiet(state);
    out += fmt::format(
        "<details class=\"body\"{}><summary>What to do, why, and other causes"
        "<span class=\"unseen\"> of {}</span></summary><div>\n",
        open ? " open" : "", id);
    out += "<div class=\"columns\">\n" + Fix(signal) + Causes(incident) + "</div>\n";
    out += Why(leader) + NotKnown(signal) + AskNextOf(incident);
    return out + "</div></details>\n</article>\n";
  }

  static std::string Fact(std::string_view name, std::string_view value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, EscapeHtml(value));
  }

  static std::string Part(std::string_view title, const std::string& body) {
    return fmt::format("<div class=\"part\"><h4>{}</h4>\n{}</div>\n", title, body);
  }

  static std::string Fix(const Signal& signal) {
    std::string steps;
    for (const RenderedStep& step : signal.fix) {
      steps += "<li>";
      if (!step.on.empty())
        steps += fmt::format("<span class=\"on\">On {}</span> ", EscapeHtml(step.on));
      steps += EscapeHtml(step.do_what);
      if (!step.risk.empty() && step.risk != "none") {
        steps += fmt::format(" <span class=\"risk\">Risk: {}</span>", EscapeHtml(step.risk));
      }
      if (step.ours) steps += " <span class=\"dim small\">(our advice, not the article's)</span>";
      steps += "</li>\n";
    }
    if (steps.empty()) return Part("What to do", "<p>Nothing: the rule names no step.</p>\n");
    return Part("What to do", "<ol class=\"steps\">\n" + steps + "</ol>\n");
  }

  std::string Causes(const Incident& incident) const {
    std::string bars;
    const std::size_t shown = std::min(incident.findings.size(), kRivalsShown + 1);
    for (std::size_t i = 0; i < shown; ++i) {
      const Finding& finding = report_.ranking.findings[incident.findings[i]];
      const Rule& rule = *finding.signal.rule();
      bars += fmt::format(
          "<li><span class=\"label\"><span>{}{}{}</span><b>{}</b></span>{}", EscapeHtml(rule.title),
          rule.verdict == Verdict::kExpected ? " (no action needed)" : "",
          i > 0 && finding.acknowledged ? " (acknowledged)" : "", Percent(finding.confidence),
          ShareBar(finding.confidence, i == 0 ? "lead" : "rival"));
      bars += RivalDetail(finding, i > 0) + "</li>\n";
    }
    bars += fmt::format(
        "<li><span class=\"label\"><span>A cause that no rule knows</span>"
        "<b>{}</b></span>{}</li>\n",
        Percent(incident.unknown_cause), ShareBar(incident.unknown_cause, "nobody"));
    const std::size_t hidden = incident.findings.size() - shown;
    return Part("How sure, against other causes",
                "<ul class=\"bars\">\n" + bars + "</ul>\n" +
                    (hidden > 0 ? fmt::format("<p class=\"dim\">{} less likely not shown.</p>\n",
                                              Counted(hidden, "other cause"))
                                : ""));
  }

  std::string RivalDetail(const Finding& finding, bool is_rival) const {
    const Signal signal = finding.signal.Read();
    const Rule& rule = *signal.rule;
    std::string facts = fmt::format("<code>{}</code>", EscapeHtml(rule.id));
    if (!is_rival) return "<span class=\"dim small\">" + facts + "</span>";
    if (!rule.articles.empty()) facts += ", " + EscapeHtml(Joined(rule.articles));
    std::string reasons = fmt::format("<li><b>{}</b> a {} cause from the start{}</li>",
                                      PointsText(signal.start_points), StrengthName(rule.strength),
                                      EscapeHtml(SitePointsText(signal.site, report_.made_at)));
    for (const Reason& reason : signal.reasons) {
      reasons += fmt::format("<li><b>{}</b> {}{}{}</li>", PointsText(reason.points),
                             reason.state == Truth::kUnknown ? "not known: whether " : "",
                             EscapeHtml(reason.because),
                             EscapeHtml(SitePointsText(reason.site, report_.made_at)));
    }
    return fmt::format(
        "<details class=\"small\"><summary>Why {} points<span class=\"unseen\"> for "
        "{}</span></summary><p>{}</p><ul class=\"plain\">{}</ul></details>",
        PointsText(finding.points), EscapeHtml(rule.title), facts, reasons);
  }

  std::string Why(const Finding& finding) const {
    const Signal signal = finding.signal.Read();
    std::string start =
        fmt::format("a {} cause whenever its events are seen", StrengthName(signal.rule->strength));
    if (!signal.unknown_conditions.empty()) start += ", less one for what is not known";
    start += SitePointsText(signal.site, report_.made_at);
    std::string points = Point(signal.start_points, start, signal.triggers, signal.trigger_count);
    for (const Reason& reason : signal.reasons) {
      if (reason.state != Truth::kHolds) continue;
      points += Point(reason.points, reason.because + SitePointsText(reason.site, report_.made_at),
                      reason.evidence, reason.evidence_count);
    }
    return Part(fmt::format("Why ({} points)", PointsText(finding.points)),
                "<ul class=\"points\">\n" + points + "</ul>\n");
  }

  std::string Point(double points, std::string_view because,
                    const std::vector<EvidenceReference>& evidence, std::uint64_t count) const {
    std::string out = fmt::format("<li><span class=\"point\">{}</span><span>{}</span>",
                                  PointsText(points), EscapeHtml(because));
    if (!evidence.empty()) {
      out += "<div class=\"evidence\">";
      for (const EvidenceReference& reference : evidence) out += Evidence(reference);
      if (count > evidence.size()) {
        out += fmt::format("<p class=\"dim small\">and {} more like these</p>",
                           Counted(count - evidence.size(), "event"));
      }
      out += "</div>";
    }
    return out + "</li>\n";
  }

  // The event as it stood in the log; what only says where it stands when it is not at hand.
  std::string Evidence(const EvidenceReference& reference) const {
    std::string out = fmt::format("<details><summary>{}</summary><div class=\"event\">",
                                  EscapeHtml(reference.summary));
    const auto quoted = detail_.events.find(reference.event_row);
    out += "<dl>";
    if (quoted != detail_.events.end()) out += EventFacts(quoted->second);
    out += Value("Found in", ToString(reference.where));
    if (reference.record_id > 0) out += Value("Record", std::to_string(reference.record_id));
    out += "</dl>";
    if (quoted != detail_.events.end() && !quoted->second.message.empty()) {
      out += fmt::format("<pre class=\"wrapped\" tabindex=\"0\">{}</pre>",
                         EscapeHtml(Beginning(quoted->second.message, kTextShown), true));
    }
    return out + "</div></details>\n";
  }

  static std::string Value(std::string_view name, std::string_view value) {
    if (value.empty()) return "";
    return fmt::format("<dt>{}</dt><dd>{}</dd>", EscapeHtml(name), EscapeHtml(value));
  }

  static std::string EventFacts(const QuotedEvent& quoted) {
    const Event& event = quoted.event;
    std::string out = Value("Event", fmt::format("{} {}", event.provider, event.event_id));
    out += Value("Level", LevelName(event.level));
    out += Value("Time", PeriodText(event.time, event.time, event.time_basis));
    out += Value("Computer", Beginning(event.computer, kFieldShown));
    out += Value("Log", Beginning(event.channel, kFieldShown));
    out += Value("Category", Beginning(event.category_text, kFieldShown));
    out += Value("User", Beginning(event.user, kFieldShown));
    const std::size_t shown = std::min(quoted.fields.size(), kFieldsShown);
    for (std::size_t i = 0; i < shown; ++i) {
      out += Value(Beginning(quoted.fields[i].name, kFieldShown),
                   Beginning(quoted.fields[i].value, kFieldShown));
    }
    if (quoted.fields.size() > shown) {
      out += Value("More", Counted(quoted.fields.size() - shown, "value"));
    }
    if (!event.binary.empty()) {
      const std::size_t bytes = std::min(event.binary.size(), kBinaryShown);
      const std::vector<std::byte> head(event.binary.begin(),
                                        event.binary.begin() + static_cast<std::ptrdiff_t>(bytes));
      const std::size_t rest = event.binary.size() - bytes;
      out +=
          Value("Data", HexOf(head) +
                            (rest > 0 ? fmt::format(" [... {}]", Counted(rest, "more byte")) : ""));
    }
    return out;
  }

  static std::string NotKnown(const Signal& signal) {
    std::string items;
    for (const std::string& condition : signal.unknown_conditions) {
      items += fmt::format("<li>{}</li>\n", EscapeHtml(condition));
    }
    for (const Reason& reason : signal.reasons) {
      if (reason.state != Truth::kUnknown) continue;
      items += fmt::format("<li>whether {} <span class=\"dim\">({})</span></li>\n",
                           EscapeHtml(reason.because), PointsText(reason.points));
    }
    return items.empty() ? "" : Part("Not known", "<ul class=\"plain\">\n" + items + "</ul>\n");
  }

  std::string AskNextOf(const Incident& incident) const {
    std::string asks;
    for (const AskNext& ask : report_.ranking.ask_next) {
      if (ask.incident != incident.id) continue;
      asks += fmt::format("<div class=\"ask\"><p>{}</p>\n", EscapeHtml(ask.question));
      if (!ask.command.empty()) {
        asks += Command(ask.command) + "<p>Then:</p>" + Command(ask.feed);
      }
      std::string effects;
      for (const AskNext::Effect& effect : ask.effects) {
        const bool moves = Percent(effect.from) != Percent(effect.to);
        if (!moves && effect.feed.empty()) continue;  // it would show nothing
        effects += moves ? fmt::format("<li>{}: <code>{}</code> goes from {} to {}",
                                       EscapeHtml(effect.if_answer), EscapeHtml(effect.cause),
                                       Percent(effect.from), Percent(effect.to))
                         : fmt::format("<li>{}: it stays as it is", EscapeHtml(effect.if_answer));
        if (!effect.feed.empty()) effects += Command(effect.feed);
        effects += "</li>";
      }
      if (!effects.empty()) asks += "<ul class=\"plain small\">" + effects + "</ul>";
      asks += "</div>\n";
    }
    return asks.empty() ? "" : Part("What would settle it", asks);
  }

  static std::string Command(std::string_view text) {
    return fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", EscapeHtml(text, true));
  }

  // The incidents that are not written whole.
  std::string IncidentRows(std::size_t next, std::size_t written) const {
    const std::size_t hidden = order_.size() - next;
    std::string out = fmt::format(
        "<h3>{} in short</h3>\n<p>To keep this page small, {} written whole; <code>exdiag diagnose "
        "--format json</code> has everything.</p>\n",
        Counted(hidden, "more incident"),
        next == 1 ? "only the first incident is"
                  : fmt::format("only the first {} are", Counted(next, "incident")));
    TableWriter table("More incidents",
                      {{"How sure", true}, {"Cause"}, {"Hosts"}, {"When"}, {"Events", true}}, true);
    std::string rows;
    std::size_t left_out = 0;
    for (; next < order_.size(); ++next) {
      if (written > options_.list_bytes) {
        ++left_out;
        continue;
      }
      const Incident& incident = report_.ranking.incidents[order_[next]];
      const Finding& leader = report_.ranking.findings[incident.findings.front()];
      const std::vector<std::string> cells = {
          Percent(leader.confidence),
          leader.signal.rule()->title +
              (StateOf(incident, report_.ranking) == "acknowledged" ? " (acknowledged)"
               : StateOf(incident, report_.ranking) == "expected"   ? " (no action needed)"
                                                                    : ""),
          Joined(incident.hosts, 4),
          PeriodText(incident.first_seen, incident.last_seen, incident.time_basis),
          Digits(incident.events)};
      const std::string attributes = Attribute("id", incident.id) + FilterData(incident);
      table.Row(cells, attributes);
      written += attributes.size() + 220;
      for (const std::string& cell : cells) written += cell.size();
    }
    out += table.Take();
    if (left_out > 0) {
      out += fmt::format("<p><strong>{} not listed at all.</strong></p>\n",
                         Counted(left_out, "more incident"));
    }
    return out;
  }

  // ---- the rest ----

  std::string Unexplained() const {
    if (report_.unexplained.empty()) return "";
    std::string out =
        "<p>No finding accounts for these. Nothing that went wrong is left out because "
        "no rule knew it.</p>\n";
    TableWriter table("Unexplained errors and warnings",
                      {{"Event"},
                       {"Meaning"},
                       {"Level"},
                       {"Host"},
                       {"Count", true},
                       {"First seen"},
                       {"Last seen"}},
                      true);
    const std::size_t shown = std::min(report_.unexplained.size(), kUnexplainedShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const UnexplainedEvents& count = report_.unexplained[i];
      const std::string host = names_.Shown(count.host);
      table.Row({EventName(count.kind), count.in_catalogue ? count.meaning : "not in the catalogue",
                 std::string(LevelName(count.level)), host, Digits(count.count),
                 TimeCell(count.first), TimeCell(count.last)},
                " data-item=\"unexplained\"" + ListAttribute("data-hosts", {host}) +
                    ListAttribute("data-events", {EventName(count.kind)}));
    }
    return out + table.Take() + NotListed(report_.unexplained.size() - shown, "kind");
  }

  std::string CoverageBody() const {
    if (report_.coverage.empty()) return "";
    const std::vector<Coverage> rows = MergedCoverage(report_.coverage);
    TableWriter table("Which logs were read",
                      {{"Host"}, {"Log"}, {"From"}, {"To"}, {"Zone"}, {"Events", true}});
    const std::size_t shown = std::min(rows.size(), kCoverageShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const Coverage& row = rows[i];
      const bool local = row.time_basis == TimeBasis::kLocalUnknown;
      table.Row({names_.Shown(row.host), row.channel.empty() ? "(not named)" : row.channel,
                 TimeCell(row.from), row.from.known() ? TimeCell(row.to) : "",
                 local ? "local, not known" : "UTC", Digits(row.events)});
    }
    return "<p>\"Not seen\" counts only where a log says that it would have been seen.</p>\n" +
           table.Take() + NotListed(rows.size() - shown, "stretch");
  }

  std::string Inputs() const {
    if (report_.inputs.empty()) return "";
    TableWriter table("What was fed", {{"File"},
                                       {"Format"},
                                       {"Read", true},
                                       {"Stored", true},
                                       {"Again", true},
                                       {"Rejected", true},
                                       {"Facts", true}});
    // Of many files first those that lost something.
    std::vector<const LedgerRow*> rows;
    for (const LedgerRow& row : report_.inputs) rows.push_back(&row);
    if (rows.size() > kInputsShown) {
      std::stable_partition(rows.begin(), rows.end(), [](const LedgerRow* row) {
        return row->rejected > 0 || !row->error.empty();
      });
    }
    const std::size_t shown = std::min(rows.size(), kInputsShown);
    for (std::size_t i = 0; i < shown; ++i) table.Row(LedgerCells(*rows[i]));
    LedgerRow total;
    total.file = fmt::format("all {}", Counted(rows.size(), "file"));
    for (const LedgerRow* row : rows) {
      total.records += row->records;
      total.stored += row->stored;
      total.duplicates += row->duplicates;
      total.rejected += row->rejected;
      total.facts += row->facts;
    }
    if (rows.size() > 1) table.Total(LedgerCells(total));
    return "<p>For every file: read = stored + again + rejected.</p>\n" + table.Take() +
           NotListed(rows.size() - shown, "file");
  }

  static std::vector<std::string> LedgerCells(const LedgerRow& row) {
    return {row.file,
            row.error.empty() ? row.format : "not read: " + row.error,
            Digits(row.records),
            Digits(row.stored),
            Digits(row.duplicates),
            Digits(row.rejected),
            Digits(row.facts)};
  }

  const Report& report_;
  const ReportDetail& detail_;
  const ReportPageOptions& options_;
  HostNames names_;
  std::vector<std::size_t> order_;  // of the incidents
  std::string sections_, parts_;
};

}  // namespace

std::string ReportHtml(const Report& report, const ReportDetail& detail,
                       const ReportPageOptions& options) {
  return ReportPage(report, detail, options).Render();
}

}  // namespace exdiag
