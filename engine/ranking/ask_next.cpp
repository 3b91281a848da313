#include "engine/ranking/ask_next.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/ranking/incidents.h"

namespace exdiag {
namespace {

constexpr double kClearLeader = 0.95;
constexpr double kLeastDrop = 0.001;
constexpr std::size_t kMostPropositions = 8;

// One unknown evidence line of one rival.
struct Line {
  std::size_t rival = 0;
  const Reason* reason = nullptr;
};

struct Question {
  std::vector<Line> lines;
};

double Entropy(const std::vector<double>& shares) {
  double bits = 0;
  for (const double share : shares) {
    if (share > 0) bits -= share * std::log2(share);
  }
  return bits;
}

// Probability that the proposition is true, given the rival; the last rival is the unknown cause.
double TrueGiven(const Proposition& proposition, std::size_t rival) {
  if (rival >= proposition.if_true.size()) return 0.5;
  return 1 / (1 + std::exp2(proposition.if_false[rival] - proposition.if_true[rival]));
}

double Weight(const Proposition& proposition) {
  double weight = 0;
  for (std::size_t i = 0; i < proposition.if_true.size(); ++i) {
    weight += std::abs(proposition.if_true[i]) + std::abs(proposition.if_false[i]);
  }
  return weight;
}

// Lines about an operator's answer that hold for different values deny each other; everything else
// is a proposition of its own.  "no" is taken for the opposite of "yes".
bool IsAnswer(const Reason& reason) { return reason.question_key.starts_with("answer:"); }

struct Stance {
  std::string key;
  bool negated = false;
};

Stance StanceOf(const Reason& reason) {
  if (!IsAnswer(reason)) return {reason.proposition, reason.negated};
  const bool says_no = EqualsIgnoreCase(reason.answer_value, "no");
  const std::string value = says_no ? "yes" : ToLower(reason.answer_value);
  return {reason.question_key + "=" + value, reason.negated != says_no};
}

std::vector<Proposition> PropositionsOf(const Question& question, std::size_t rivals) {
  std::map<std::string, Proposition> by_key;
  for (const Line& line : question.lines) {
    const Stance stance = StanceOf(*line.reason);
    Proposition& proposition = by_key[stance.key];
    proposition.key = stance.key;
    proposition.if_true.resize(rivals);
    proposition.if_false.resize(rivals);
    auto& points = stance.negated ? proposition.if_false : proposition.if_true;
    points[line.rival] += line.reason->points;
  }
  std::vector<Proposition> propositions;
  for (auto& [key, proposition] : by_key) propositions.push_back(std::move(proposition));
  return propositions;
}

// The rivals of an incident as numbers.
struct Standing {
  std::vector<std::string> causes;
  std::vector<double> points;
  std::vector<double> confidences;  // one more than causes
};

// What the ranking will say once the proposition is known: points are added as for any line.
AskNext::Effect EffectOf(const Standing& now, const std::vector<double>& added,
                         std::string if_answer) {
  std::vector<double> points = now.points;
  for (std::size_t i = 0; i < points.size(); ++i) points[i] += added[i];
  const std::vector<double> then = Confidences(points);
  std::size_t most = 0;
  for (std::size_t i = 1; i < now.causes.size(); ++i) {
    const double moved = std::abs(then[i] - now.confidences[i]);
    if (moved > std::abs(then[most] - now.confidences[most])) most = i;
  }
  return {std::move(if_answer), now.causes[most], now.confidences[most], then[most]};
}

// A line of the question that speaks of this proposition, to put it into words.
const Reason& Speaker(const Question& question, const std::string& key) {
  for (const Line& line : question.lines) {
    if (StanceOf(*line.reason).key == key) return *line.reason;
  }
  return *question.lines.front().reason;
}

std::string AnswerWords(const Reason& reason, bool is_true) {
  const Stance stance = StanceOf(reason);
  if (IsAnswer(reason)) {
    const std::string value = stance.key.substr(stance.key.rfind('=') + 1);
    if (is_true) return value;
    return value == "yes" ? "no" : "not " + value;
  }
  const bool holds = stance.negated != is_true;
  return fmt::format("{}: {}", holds ? "it shows" : "it does not show", reason.because);
}

// "setspn -L EX1 > spn.txt" -> "spn.txt"; "" when the command writes no file.
std::string FileOf(std::string_view command) {
  const auto arrow = command.rfind('>');
  if (arrow == std::string_view::npos) return {};
  return std::string(Trim(command.substr(arrow + 1)));
}

// The line that puts the question; one answer often concerns several lines, of which one has the
// words.
const Reason& Asker(const Question& question) {
  for (const Line& line : question.lines) {
    if (!line.reason->ask.empty()) return *line.reason;
  }
  return *question.lines.front().reason;
}

// Nobody can answer what no line puts into words.
bool CanBePut(const Question& question) {
  const Reason& reason = Asker(question);
  return !IsAnswer(reason) || !reason.ask.empty();
}

void PutIntoWords(const Question& question, AskNext& ask) {
  const Reason& reason = Asker(question);
  if (IsAnswer(reason)) {
    std::set<std::string> values;
    for (const Line& line : question.lines) values.insert(line.reason->answer_value);
    if (values.contains("yes") || values.contains("no")) values.insert({"yes", "no"});
    const std::vector<std::string> ordered(values.rbegin(), values.rend());  // yes before no
    ask.question = reason.ask;
    ask.command =
        fmt::format("exdiag answer {} {} --store F", reason.answer_name, fmt::join(ordered, "|"));
    ask.feed = ask.command;
    return;
  }
  std::set<std::string> sentences;
  for (const Line& line : question.lines) sentences.insert(line.reason->because);
  ask.question = fmt::format("Is it so: {}?", fmt::join(sentences, "; "));
  ask.command = reason.collect;
  const std::string file = FileOf(reason.collect);
  ask.feed = fmt::format("exdiag import --store F {}", file.empty() ? "FILE" : file);
}

AskNext MakeAskNext(const Question& question, const Standing& standing,
                    const std::string& incident) {
  const auto propositions = PropositionsOf(question, standing.causes.size());
  AskNext ask;
  ask.incident = incident;
  ask.entropy_drop = ExpectedEntropyDrop(standing.confidences, propositions);
  PutIntoWords(question, ask);
  for (const Proposition& proposition : propositions) {
    const Reason& speaker = Speaker(question, proposition.key);
    ask.effects.push_back(EffectOf(standing, proposition.if_true, AnswerWords(speaker, true)));
    ask.effects.push_back(EffectOf(standing, proposition.if_false, AnswerWords(speaker, false)));
  }
  return ask;
}

Standing StandingOf(const Ranking& ranking, const Incident& incident) {
  Standing standing;
  for (const std::size_t index : incident.findings) {
    const Finding& finding = ranking.findings[index];
    standing.causes.push_back(finding.signal.rule->id);
    standing.points.push_back(finding.points);
    standing.confidences.push_back(finding.confidence);
  }
  standing.confidences.push_back(incident.unknown_cause);
  return standing;
}

std::map<std::string, Question> QuestionsOf(const Ranking& ranking, const Incident& incident) {
  std::map<std::string, Question> questions;
  for (std::size_t rival = 0; rival < incident.findings.size(); ++rival) {
    const Finding& finding = ranking.findings[incident.findings[rival]];
    for (const Reason& reason : finding.signal.reasons) {
      if (reason.state != Truth::kUnknown || reason.question_key.empty()) continue;
      questions[reason.question_key].lines.push_back({rival, &reason});
    }
  }
  return questions;
}

}  // namespace

double ExpectedEntropyDrop(const std::vector<double>& confidences,
                           std::vector<Proposition> propositions) {
  if (propositions.size() > kMostPropositions) {
    std::stable_sort(
        propositions.begin(), propositions.end(),
        [](const Proposition& a, const Proposition& b) { return Weight(a) > Weight(b); });
    propositions.resize(kMostPropositions);
  }
  double expected = 0;
  for (std::size_t answers = 0; answers < (std::size_t{1} << propositions.size()); ++answers) {
    std::vector<double> joint = confidences;  // P(cause and these answers)
    double probability = 0;
    for (std::size_t rival = 0; rival < joint.size(); ++rival) {
      for (std::size_t i = 0; i < propositions.size(); ++i) {
        const double is_true = TrueGiven(propositions[i], rival);
        joint[rival] *= ((answers >> i) & 1) != 0 ? is_true : 1 - is_true;
      }
      probability += joint[rival];
    }
    if (probability <= 0) continue;
    for (double& share : joint) share /= probability;
    expected += probability * Entropy(joint);
  }
  return Entropy(confidences) - expected;
}

std::vector<AskNext> AskNextFor(const Ranking& ranking) {
  std::vector<AskNext> asks;
  for (const Incident& incident : ranking.incidents) {
    const Standing standing = StandingOf(ranking, incident);
    if (standing.confidences.front() >= kClearLeader) continue;
    std::vector<AskNext> of_incident;
    for (const auto& [key, question] : QuestionsOf(ranking, incident)) {
      if (!CanBePut(question)) continue;
      AskNext ask = MakeAskNext(question, standing, incident.id);
      if (ask.entropy_drop >= kLeastDrop) of_incident.push_back(std::move(ask));
    }
    std::move(of_incident.begin(), of_incident.end(), std::back_inserter(asks));
  }
  // Incidents stay in their order, questions in that of their keys.
  std::stable_sort(asks.begin(), asks.end(), [](const AskNext& a, const AskNext& b) {
    return a.entropy_drop > b.entropy_drop;
  });
  return asks;
}

}  // namespace exdiag
