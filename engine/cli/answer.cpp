// exdiag answer: what only the operator knows, as a fact in the store.
#include <chrono>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"

namespace exdiag {
namespace {

Ticks Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return TicksFromUnix(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

class AnswerCommand final : public Command {
 public:
  std::string_view name() const override { return "answer"; }
  std::string_view summary() const override { return "answer a question that a report asked"; }

  void Describe(CLI::App& app) override {
    app.add_option("NAME", question_, "the question's name, as the report gives it")->required();
    app.add_option("VALUE", value_, "the answer: yes, no, ...")->required();
    app.add_option("--host", host_, "the host it is about; without it, all hosts");
    app.add_option("--store", store_, "the store")->type_name("FILE")->required();
  }

  ExitCode Run() override {
    const auto store = OpenExistingStore(store_, false);
    if (!store) return Fail(store.error().message);
    auto session = (*store)->BeginImport("(answer)", "answer", "");
    if (!session) return Fail(session.error().message);
    Fact fact;
    fact.host = CanonicalHost(host_);
    fact.kind = "answer";
    fact.attributes = {{"name", question_}, {"value", value_}};
    fact.observed_at = Now();
    fact.time_basis = TimeBasis::kUtc;
    fact.where.file = "(answer)";
    (*session)->AddFact(std::move(fact));
    const auto row = (*session)->Commit();
    if (!row) return Fail(row.error().message);
    Remark(fmt::format("noted for {}: {} is {}", host_.empty() ? "all hosts" : host_, question_,
                       value_));
    return ExitCode::kNothingFound;
  }

 private:
  std::string question_, value_, host_, store_;
};

}  // namespace

std::unique_ptr<Command> MakeAnswerCommand() { return std::make_unique<AnswerCommand>(); }

}  // namespace exdiag
