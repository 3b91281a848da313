// Each attack in each place that a log can reach, in each format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/report_html.h"
#include "tests/engine/report/sample_report.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Attack {
  std::string_view why;
  std::string text;
};

const std::vector<Attack>& Attacks() {
  static const std::vector<Attack> attacks = {
      {"script", "<script>alert(1)</script>"},
      {"leaves an attribute", "\" autofocus onfocus=\"alert(1)"},
      {"leaves an attribute in single quotes", "' onclick='alert(1)"},
      {"leaves title, style, pre and comment",
       "</title></style></pre>--><img src=x onerror=alert(1)>"},
      {"a link in Markdown", "[x](javascript:alert(1)) <http://evil.example> www.evil.example"},
      {"leaves a code span and a fence", "``` `x` ~~~\n# heading"},
      {"a formula", "=cmd|'/c calc'!A0"},
      {"a formula behind a tab", "\t@SUM(A1)"},
      {"leaves a cell", "\",=1+1,\"\r\n=2+2"},
      {"a terminal title and a clear screen", "\x1b]0;owned\x07\x1b[2J"},
      {"an 8-bit control sequence", "\u009b2J"},
      {"text turned round", "\u202egpj.exe\u2066x"},
      {"nothing to see", "EX\u200b1\ufeff\u2060"},
      {"no UTF-8", "caf\xe9 \xc0\xaf \xed\xa0\x80"},
      {"a string's end in JSON", "\", \"schema\": 2, \"x\": \"\\"},
  };
  return attacks;
}

// The sample, attacked wherever text from outside can stand.
SampleReport Attacked(const std::string& text) {
  SampleReport sample = MakeSampleReport();
  Ranking& ranking = sample.report.ranking;
  for (Finding& finding : ranking.findings) {
    Signal signal = finding.signal.ReadWithRows();
    signal.cause = text;
    signal.hosts = {text, "BREST"};
    for (EvidenceReference& trigger : signal.triggers) {
      trigger.summary = text;
      trigger.where.file = text;
    }
    for (Reason& reason : signal.reasons) reason.because = reason.ask = text;
    for (RenderedStep& step : signal.fix) step.do_what = step.on = text;
    signal.unknown_conditions = {text};
    signal.explained_kinds = {{text, 9322}};
    finding.signal = signal;
  }
  for (Incident& incident : ranking.incidents) incident.hosts = {text, "BREST"};
  for (AskNext& ask : ranking.ask_next) ask.question = ask.command = ask.feed = text;
  for (auto& count : sample.report.unexplained) count.kind.provider = count.host = text;
  for (Coverage& row : sample.report.coverage) row.host = row.channel = row.file = text;
  for (LedgerRow& row : sample.report.inputs) row.file = row.error = text;
  sample.report.changes = ReportChanges{.since = {}, .list = {{text, text, text, {text}, text}}};
  QuotedEvent& quoted = sample.detail.events.at(1);
  quoted.message = quoted.event.computer = quoted.event.channel = quoted.event.user = text;
  quoted.fields = {{text, FieldType::kText, text}};
  for (VolumeCount& count : sample.detail.volume) count.host = text;
  sample.detail.logged_by.assign(3, text);
  return sample;
}

// True for what no output of ours may hold as it stands.
bool HoldsWhatIsObeyed(const std::string& output, bool lines_end_in_cr) {
  for (const std::string_view line : Split(output, '\n')) {
    std::string_view text = line;
    if (lines_end_in_cr && text.ends_with('\r')) text.remove_suffix(1);
    if (Printable(text) != text) return true;
  }
  return false;
}

class AttackTest : public ::testing::TestWithParam<Attack> {
 protected:
  const SampleReport sample_ = Attacked(GetParam().text);
};

TEST_P(AttackTest, Text) {
  const std::string out = TextOf(sample_.report, {.verbose = true}, {});
  EXPECT_FALSE(HoldsWhatIsObeyed(out, false)) << out;
}

TEST_P(AttackTest, Markdown) {
  const std::string out = MarkdownOf(sample_.report, {.verbose = true});
  EXPECT_FALSE(HoldsWhatIsObeyed(out, false)) << out;
  std::size_t fence = 0;  // length of the one that is open
  for (const std::string_view line : Split(out, '\n')) {
    const std::string_view trimmed = Trim(line);
    const std::size_t ticks = std::min(trimmed.find_first_not_of('`'), trimmed.size());
    if (fence > 0 ? ticks == trimmed.size() && ticks >= fence : ticks >= 3) {
      fence = fence > 0 ? 0 : ticks;
      continue;
    }
    if (fence > 0) continue;
    for (const std::string_view markup :
         {"<script", "<img", "](", "<http", " www.e", "# heading"}) {
      const std::size_t at = line.find(markup);
      const bool escaped = at != std::string_view::npos && at > 0 && line[at - 1] == '\\';
      EXPECT_TRUE(at == std::string_view::npos || escaped) << line;
    }
  }
}

TEST_P(AttackTest, Csv) {
  const std::string out = CsvOf(sample_.report);
  EXPECT_FALSE(HoldsWhatIsObeyed(out, true)) << out;
  // Cells by RFC 4180: none begins like a formula, but for numbers.
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '"') {
      const bool twice = quoted && i + 1 < out.size() && out[i + 1] == '"';
      if (twice)
        cells.back() += out[i++];
      else
        quoted = !quoted;
    } else if (!quoted && (out[i] == ',' || out[i] == '\n')) {
      cells.emplace_back();
    } else if (quoted || out[i] != '\r') {
      cells.back() += out[i];
    }
  }
  EXPECT_FALSE(quoted);
  for (const std::string& cell : cells) {
    const bool number = cell.find_first_not_of("-.0123456789") == std::string::npos;
    EXPECT_TRUE(number || cell.find_first_of("=+-@\t") != 0) << cell;
  }
  EXPECT_EQ(cells.size() % 17, 1u) << "a row has other than 17 cells";
}

TEST_P(AttackTest, Json) {
  const std::string out = JsonOf(sample_.report);
  EXPECT_FALSE(HoldsWhatIsObeyed(out, false)) << out;
  EXPECT_THAT(out, HasSubstr("\"schema\": 1"));
  EXPECT_THAT(out, Not(HasSubstr("\"schema\": 2")));
}

TEST_P(AttackTest, Html) {
  const std::string out = ReportHtml(sample_.report, sample_.detail);
  EXPECT_FALSE(HoldsWhatIsObeyed(out, false)) << out;
  const SampleReport harmless = Attacked("harmless");
  // As many tags of every kind as without the attack: nothing became markup.
  const std::string plain = ReportHtml(harmless.report, harmless.detail);
  const auto count = [](const std::string& page) {
    return std::count(page.begin(), page.end(), '<');
  };
  EXPECT_EQ(count(out), count(plain));
  EXPECT_EQ(std::count(out.begin(), out.end(), '"'), std::count(plain.begin(), plain.end(), '"'));
}

INSTANTIATE_TEST_SUITE_P(All, AttackTest, ::testing::ValuesIn(Attacks()));

}  // namespace
}  // namespace exdiag
