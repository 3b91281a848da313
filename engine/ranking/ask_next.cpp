#include "engine/ranking/ask_next.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "engine/base/packed.h"
#include "engine/base/text.h"
#include "engine/ranking/incidents.h"

namespace exdiag {
namespace {

constexpr double kClearLeader = 0.95;
constexpr double kLeastDrop = 0.001;
constexpr std::size_t kMostCombinations = 256;

// One unknown evidence line of one rival.
struct Line {
  std::size_t rival = 0;
  const Reason* reason = nullptr;
};

struct Question {
  std::vector<Line> lines;
};

// Those of an incident, by key.
struct Questions {
  std::vector<Signal> rivals;  // which the lines look into
  std::map<std::string, Question> by_key;
};

double Entropy(const std::vector<double>& shares) {
  double bits = 0;
  for (const double share : shares) {
    if (share > 0) bits -= share * std::log2(share);
  }
  return bits;
}

// Probability of each outcome, given the rival; the last rival is the unknown cause.
std::vector<double> OutcomesGiven(const Proposition& proposition, std::size_t rival) {
  std::vector<double> shares;
  double sum = 0;
  for (const std::vector<double>& points : proposition.points) {
    shares.push_back(std::exp2(rival < points.size() ? points[rival] : 0));
    sum += shares.back();
  }
  for (double& share : shares) share /= sum;
  return shares;
}

double Weight(const Proposition& proposition) {
  double weight = 0;
  for (const std::vector<double>& points : proposition.points) {
    for (const double each : points) weight += std::abs(each);
  }
  return weight;
}

std::size_t Combinations(const std::vector<Proposition>& propositions) {
  std::size_t combinations = 1;
  for (const Proposition& proposition : propositions) combinations *= proposition.points.size();
  return combinations;
}

bool IsAnswer(const Reason& reason) { return reason.question_key.starts_with("answer:"); }

bool IsYesOrNo(const std::string& value) { return value == "yes" || value == "no"; }

// What can be answered: the values that some line names, and, unless those are yes and no, one more
// for whatever else, "".
std::vector<std::string> AnswersTo(const Question& question) {
  std::set<std::string> values;
  for (const Line& line : question.lines) values.insert(ToLower(line.reason->answer_value));
  if (std::all_of(values.begin(), values.end(), IsYesOrNo)) return {"yes", "no"};
  std::vector<std::string> answers(values.begin(), values.end());
  answers.push_back("");
  return answers;
}

// One proposition, with an outcome for each of AnswersTo().
Proposition AnswerProposition(const Question& question, std::size_t rivals) {
  Proposition proposition;
  proposition.key = question.lines.front().reason->question_key;
  for (const std::string& answer : AnswersTo(question)) {
    std::vector<double>& points = proposition.points.emplace_back(rivals);
    for (const Line& line : question.lines) {
      const bool is_said = EqualsIgnoreCase(line.reason->answer_value, answer);
      if (is_said != line.reason->negated) points[line.rival] += line.reason->points;
    }
  }
  return proposition;
}

// What lines say that rest on a listing, each thing true or false.
std::vector<Proposition> PropositionsOf(const Question& question, std::size_t rivals) {
  if (IsAnswer(*question.lines.front().reason)) return {AnswerProposition(question, rivals)};
  std::map<std::string, Proposition> by_key;
  for (const Line& line : question.lines) {
    const std::string& key = line.reason->proposition;
    Proposition& proposition = by_key[key];
    proposition.key = key;
    proposition.points.resize(2, std::vector<double>(rivals));
    proposition.points[line.reason->negated ? 1 : 0][line.rival] += line.reason->points;
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
  return {std::move(if_answer), now.causes[most], now.confidences[most], then[most], {}};
}

// A line of the question that speaks of this proposition, to put it into words.
const Reason& Speaker(const Question& question, const std::string& key) {
  for (const Line& line : question.lines) {
    if (line.reason->proposition == key) return *line.reason;
  }
  return *question.lines.front().reason;
}

std::string ListingWords(const Reason& reason, bool is_true) {
  const bool holds = reason.negated != is_true;
  return fmt::format("{}: {}", holds ? "it shows" : "it does not show", reason.because);
}

// "setspn -L EX1 > spn.txt" -> "spn.txt", "tcpdump -w x400.pcap tcp" -> "x400.pcap"; "" when the
// command writes no file.
std::string FileOf(std::string_view command) {
  if (const auto arrow = command.rfind('>'); arrow != std::string_view::npos) {
    return std::string(Trim(command.substr(arrow + 1)));
  }
  constexpr std::string_view kWrite = " -w ";
  const auto option = command.find(kWrite);
  if (option == std::string_view::npos) return {};
  const std::string_view rest = Trim(command.substr(option + kWrite.size()));
  return std::string(rest.substr(0, rest.find(' ')));
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

// A command that answers with `value`.
std::string AnswerCommand(const Reason& reason, const std::string& value,
                          const FeedCommands& commands) {
  const std::string& host = reason.answer_host;
  if (!commands.rerun.empty()) {
    const std::string at = host.empty() ? "" : "@" + host;
    return fmt::format("{} --answer {}", commands.rerun,
                       ShellWord(reason.answer_name + "=" + value + at));
  }
  return fmt::format("exdiag answer {} {}{} {}", ShellWord(reason.answer_name), ShellWord(value),
                     host.empty() ? "" : " --host " + ShellWord(host), commands.store_options);
}

std::string ImportCommand(const std::string& collect, const FeedCommands& commands) {
  std::string file = FileOf(collect);
  if (file.empty()) file = "FILE";
  if (!commands.rerun.empty()) return commands.rerun + " " + ShellWord(file);
  return fmt::format("exdiag import {} {}", commands.store_options, ShellWord(file));
}

void PutIntoWords(const Question& question, const FeedCommands& commands, AskNext& ask) {
  const Reason& reason = Asker(question);
  if (IsAnswer(reason)) {
    ask.question = reason.ask;
    for (const AskNext::Effect& effect : ask.effects) {
      if (effect.feed.empty()) continue;
      ask.feed += (ask.feed.empty() ? "" : "\n") + effect.feed;
    }
    return;
  }
  std::set<std::string> sentences;
  for (const Line& line : question.lines) sentences.insert(line.reason->because);
  ask.question = fmt::format("Is it so: {}?", fmt::join(sentences, "; "));
  ask.command = reason.collect;
  ask.feed = ImportCommand(reason.collect, commands);
}

// What effects say, each once: in thousands of incidents the same is asked.
class SharedFacts {
 public:
  using Shared = decltype(AskNext::Effect::facts);

  Shared Of(std::vector<Fact> facts) {
    if (facts.empty()) return nullptr;
    PackedWriter key;
    for (const Fact& fact : facts) {
      for (const std::string* text : {&fact.kind, &fact.host}) key.Text(*text);
      key.Number(fact.attributes.size());
      for (const auto& [name, value] : fact.attributes) {
        key.Text(name);
        key.Text(value);
      }
    }
    Shared& known = known_[key.Take()];
    if (known == nullptr) known = std::make_shared<const std::vector<Fact>>(std::move(facts));
    return known;
  }

 private:
  std::unordered_map<std::string, Shared> known_;
};

// An answer that no rule looks for.
constexpr char kAnythingElse[] = "anything else";

Fact AnswerFact(const Reason& reason, const std::string& value) {
  Fact fact;
  fact.kind = "answer";
  fact.host = reason.answer_host;
  fact.attributes = {{"name", reason.answer_name}, {"value", value}};
  return fact;
}

void AddAnswerEffects(const Question& question, const Standing& standing,
                      const Proposition& proposition, const FeedCommands& commands,
                      SharedFacts& facts, AskNext& ask) {
  const std::vector<std::string> answers = AnswersTo(question);
  ask.effects.reserve(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool other = answers[i].empty();
    const std::string answer = other ? std::string(kAnythingElse) : answers[i];
    ask.effects.push_back(EffectOf(standing, proposition.points[i], answer));
    const Reason& reason = *question.lines.front().reason;
    ask.effects.back().facts = facts.Of({AnswerFact(reason, answer)});
    if (!other) ask.effects.back().feed = AnswerCommand(reason, answers[i], commands);
  }
}

// The whole list that a command gives, with `shown` in it or nothing that is asked for.
std::vector<Fact> ListingFacts(const Fact& of_kind, const Fact* shown) {
  if (of_kind.kind.empty()) return {};
  Fact listing;
  listing.kind = of_kind.kind + "_listing";
  listing.host = of_kind.host;
  std::vector<Fact> facts = {listing};
  if (shown != nullptr) facts.push_back(*shown);
  return facts;
}

// What a listing may show: of the propositions that rest on it one, or none.
void AddListingEffects(const Question& question, const Standing& standing,
                       const std::vector<Proposition>& propositions, SharedFacts& facts,
                       AskNext& ask) {
  ask.effects.reserve(propositions.size() + 1);
  std::vector<double> none(standing.causes.size());
  const auto add = [](std::vector<double>& into, const std::vector<double>& points, double sign) {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] += sign * points[i];
  };
  for (const Proposition& proposition : propositions) add(none, proposition.points[1], 1);
  for (const Proposition& proposition : propositions) {
    const Reason& speaker = Speaker(question, proposition.key);
    std::vector<double> points = none;
    add(points, proposition.points[1], -1);
    add(points, proposition.points[0], 1);
    ask.effects.push_back(EffectOf(standing, points, ListingWords(speaker, true)));
    if (speaker.proposed.kind.empty()) continue;
    ask.effects.back().facts = facts.Of(ListingFacts(speaker.proposed, &speaker.proposed));
  }
  const Reason& first = Speaker(question, propositions.front().key);
  const bool alone = propositions.size() == 1;
  ask.effects.push_back(
      EffectOf(standing, none, alone ? ListingWords(first, false) : "it shows none of this"));
  ask.effects.back().facts = facts.Of(ListingFacts(first.proposed, nullptr));
}

AskNext MakeAskNext(const Question& question, const Standing& standing, const std::string& incident,
                    const FeedCommands& commands, SharedFacts& facts) {
  const auto propositions = PropositionsOf(question, standing.causes.size());
  AskNext ask;
  ask.incident = incident;
  ask.entropy_drop = ExpectedEntropyDrop(standing.confidences, propositions);
  if (IsAnswer(*question.lines.front().reason)) {
    AddAnswerEffects(question, standing, propositions.front(), commands, facts, ask);
  } else {
    AddListingEffects(question, standing, propositions, facts, ask);
  }
  PutIntoWords(question, commands, ask);
  return ask;
}

Standing StandingOf(const Ranking& ranking, const Incident& incident) {
  Standing standing;
  for (const std::size_t index : incident.findings) {
    const Finding& finding = ranking.findings[index];
    standing.causes.push_back(finding.signal.rule()->id);
    standing.points.push_back(finding.points);
    standing.confidences.push_back(finding.confidence);
  }
  standing.confidences.push_back(incident.unknown_cause);
  return standing;
}

Questions QuestionsOf(const Ranking& ranking, const Incident& incident) {
  Questions questions;
  for (const std::size_t index : incident.findings) {
    questions.rivals.push_back(ranking.findings[index].signal.Read());
  }
  for (std::size_t rival = 0; rival < questions.rivals.size(); ++rival) {
    for (const Reason& reason : questions.rivals[rival].reasons) {
      if (reason.state != Truth::kUnknown || reason.question_key.empty()) continue;
      questions.by_key[reason.question_key].lines.push_back({rival, &reason});
    }
  }
  return questions;
}

}  // namespace

double ExpectedEntropyDrop(const std::vector<double>& confidences,
                           std::vector<Proposition> propositions) {
  std::stable_sort(
      propositions.begin(), propositions.end(),
      [](const Proposition& a, const Proposition& b) { return Weight(a) > Weight(b); });
  while (Combinations(propositions) > kMostCombinations) propositions.pop_back();
  std::vector<std::vector<std::vector<double>>> given;  // by proposition, rival, outcome
  for (const Proposition& proposition : propositions) {
    auto& of_rivals = given.emplace_back();
    for (std::size_t rival = 0; rival < confidences.size(); ++rival) {
      of_rivals.push_back(OutcomesGiven(proposition, rival));
    }
  }
  double expected = 0;
  for (std::size_t answers = 0; answers < Combinations(propositions); ++answers) {
    std::vector<double> joint = confidences;  // P(cause and these answers)
    double probability = 0;
    for (std::size_t rival = 0; rival < joint.size(); ++rival) {
      std::size_t rest = answers;
      for (std::size_t i = 0; i < propositions.size(); ++i) {
        const std::size_t outcomes = propositions[i].points.size();
        joint[rival] *= given[i][rival][rest % outcomes];
        rest /= outcomes;
      }
      probability += joint[rival];
    }
    if (probability <= 0) continue;
    for (double& share : joint) share /= probability;
    expected += probability * Entropy(joint);
  }
  return Entropy(confidences) - expected;
}

std::vector<OpenQuestion> OpenQuestions(const Ranking& ranking, const FeedCommands& commands) {
  struct Ranked {
    double drop = 0;
    OpenQuestion question;
  };
  std::map<std::pair<std::string, std::string>, Ranked> by_name;
  SharedFacts facts;
  for (const Incident& incident : ranking.incidents) {
    const Standing standing = StandingOf(ranking, incident);
    const Questions questions = QuestionsOf(ranking, incident);
    for (const auto& [key, question] : questions.by_key) {
      const Reason& reason = Asker(question);
      if (!IsAnswer(reason) || !CanBePut(question)) continue;
      const AskNext ask = MakeAskNext(question, standing, incident.id, commands, facts);
      Ranked& ranked = by_name[{reason.answer_name, reason.answer_host}];
      ranked.drop = std::max(ranked.drop, ask.entropy_drop);
      ranked.question.name = reason.answer_name;
      ranked.question.host = reason.answer_host;
      if (ranked.question.ask.empty()) ranked.question.ask = ask.question;
      if (ranked.question.feed.empty()) ranked.question.feed = ask.feed;
      ranked.question.incidents.push_back(incident.id);
    }
  }
  std::vector<Ranked> ordered;
  for (auto& [name, ranked] : by_name) ordered.push_back(std::move(ranked));
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Ranked& a, const Ranked& b) { return a.drop > b.drop; });
  std::vector<OpenQuestion> open;
  for (Ranked& ranked : ordered) open.push_back(std::move(ranked.question));
  return open;
}

std::string ShellWord(std::string_view word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-+=:,./@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<AskNext> AskNextFor(const Ranking& ranking, const FeedCommands& commands) {
  std::vector<AskNext> asks;
  SharedFacts facts;
  for (const Incident& incident : ranking.incidents) {
    const Standing standing = StandingOf(ranking, incident);
    if (standing.confidences.front() >= kClearLeader) continue;
    std::vector<AskNext> of_incident;
    const Questions questions = QuestionsOf(ranking, incident);
    for (const auto& [key, question] : questions.by_key) {
      if (!CanBePut(question)) continue;
      AskNext ask = MakeAskNext(question, standing, incident.id, commands, facts);
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
