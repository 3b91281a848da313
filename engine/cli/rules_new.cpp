// exdiag rules new: begins a rule.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>

#include "engine/cli/data.h"
#include "engine/cli/messages.h"
#include "engine/cli/output.h"
#include "engine/cli/rules.h"
#include "engine/report/causes.h"
#include "engine/rule/rule_reader.h"
#include "engine/rule/rule_skeleton.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCommand = "rules new";

// Where the JSON Schema of rules lies, seen from the root of the source tree.
constexpr const char* kSchema = "docs/schema/rule.schema.json";

// Makes the file; one that is there already is left alone.
Result<void> WriteNewFile(const fs::path& file, const std::string& text) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return Error{fmt::format("{}: {}", file.parent_path().string(), error.message())};
  std::FILE* out = std::fopen(file.c_str(), "wx");
  if (out == nullptr) {
    return Error{fmt::format("{}: {}; nothing written", file.string(),
                             errno == EEXIST ? "is there already" : std::strerror(errno))};
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (std::fclose(out) == 0 && written) return {};
  return Error{
      fmt::format("{}: {}; the file is not complete", file.string(), std::strerror(errno))};
}

class RulesNewCommand final : public Command {
 public:
  std::string_view name() const override { return "new"; }
  std::string_view summary() const override { return "begin a rule: write a draft to fill in"; }

  void Describe(Arguments arguments) override {
    arguments.Add("ID", id_, "the rule's id: area.fault.cause").Required();
    arguments.Add("--event", event_, "the event that opens the trouble: PROVIDER/ID")
        .Called("EVENT");
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    if (!IsRuleId(id_)) {
      return Misused(kCommand, fmt::format("\"{}\" is no rule id: area.fault.cause in lower-case "
                                           "letters, digits and '-'",
                                           id_));
    }
    const auto folders = FindData(data_);
    if (!folders) return Fail(folders.error().message);
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    if (const Rule* rule = (*data)->rules.Find(id_)) {
      return Misused(kCommand, fmt::format("there is a rule \"{}\" already in {}", id_,
                                           ToString(rule->where)));
    }
    SkeletonOptions options{id_, std::nullopt, SchemaSeenFrom(folders->rules)};
    if (!event_.empty()) {
      const auto kind = ReadEvent((*data)->knowledge.catalogue());
      if (!kind) return Misused(kCommand, kind.error().message);
      options.event = *kind;
    }
    const fs::path file = fs::path(folders->rules) / FileOfRule(id_);
    const auto written = WriteNewFile(file, RuleSkeleton(options, (*data)->knowledge.catalogue()));
    if (!written) return Fail(written.error().message);
    Remark("fill it in, then run: exdiag rules check, exdiag rules test " + id_);
    const auto said = WriteOutput({}, file.string() + "\n");
    return said ? ExitCode::kNothingFound : Fail(said.error().message);
  }

 private:
  // Rules lie two folders deep; the schema is beside them in a source tree only.
  static std::string SchemaSeenFrom(const std::string& rules) {
    std::error_code ignored;
    const fs::path beside = fs::path(rules) / ".." / kSchema;
    return fs::exists(beside, ignored) ? fmt::format("../../{}", kSchema) : std::string();
  }

  Result<EventKind> ReadEvent(const Catalogue& catalogue) const {
    const auto event = ParseEventName(event_);
    if (!event) {
      return Error{fmt::format("\"{}\" is no event; write MSExchangeMTA/9322", event_)};
    }
    if (!event->provider.empty()) {
      return EventKind{std::string(catalogue.CanonicalProvider(event->provider)), event->event_id};
    }
    std::set<std::string> providers;
    for (const CatalogueEntry* entry : catalogue.FindId(event->event_id)) {
      providers.insert(entry->provider);
    }
    if (providers.size() == 1) return EventKind{*providers.begin(), event->event_id};
    return Error{fmt::format("{} {}; write PROVIDER/{}", event->event_id,
                             providers.empty()
                                 ? std::string("is not in the catalogue")
                                 : fmt::format("is an event of {}", fmt::join(providers, ", ")),
                             event->event_id)};
  }

  std::string id_, event_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeRulesNewCommand() { return std::make_unique<RulesNewCommand>(); }

}  // namespace exdiag
