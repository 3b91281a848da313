// libFuzzer target for what reads rules: YAML, the rule loader with all its checks, and the trees
// that are kept from run to run.
//
//   rules_fuzz [libFuzzer's options] [FOLDER...]
//
// An input is taken for the text of a rule, and for a kept tree.  What stands in front of a line
// "%%" is the text of a shared file beside the rule.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"
#include "engine/yaml/cache.h"
#include "engine/yaml/node.h"
#include "engine/yaml/problems.h"

namespace exdiag {
namespace {

[[noreturn]] void Fail(const char* promise) {
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

class CountingSink final : public DiagnosticSink {
 public:
  void Report(Diagnostic diagnostic) override {
    ++count;
    if (diagnostic.id.empty() || diagnostic.reason.empty()) Fail("a complaint says why");
    static_cast<void>(ToString(diagnostic));
  }

  std::size_t count = 0;
};

// What the project knows, so that the checks that look things up have something to find.
const Knowledge& ProjectKnowledge() {
  static const Knowledge* const kKnowledge = [] {
    CountingSink problems;
    auto loaded = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
    if (!loaded) {
      std::fprintf(stderr, "rules_fuzz: %s\n", loaded.error().message.c_str());
      std::exit(2);
    }
    return new Knowledge(std::move(*loaded));
  }();
  return *kKnowledge;
}

void LoadRule(std::string_view text, std::string_view shared) {
  CountingSink problems;
  const RuleSet set = RuleSet::Parse(text, "fuzz.yaml", ProjectKnowledge(), problems, shared);
  if (set.rules().empty() && problems.count == 0) Fail("a rule is not left out without a word");
}

// A tree that was kept is the tree that was parsed, and packs into the same bytes again.
void KeepTree(std::string_view text) {
  CountingSink sink;
  YamlProblems problems("fuzz.yaml", "not used", sink);
  const auto parsed = ParseYaml(text, problems);
  if (!parsed) return;
  const std::string packed = PackTree(*parsed);
  const auto again = UnpackTree(packed);
  if (!again || PackTree(*again) != packed) Fail("a kept tree is the tree that was parsed");
}

}  // namespace
}  // namespace exdiag

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  exdiag::ProjectKnowledge();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kBetween = "\n%%\n";
  const std::size_t between = text.find(kBetween);
  if (between == std::string_view::npos) {
    exdiag::LoadRule(text, {});
  } else {
    exdiag::LoadRule(text.substr(between + kBetween.size()), text.substr(0, between + 1));
  }
  exdiag::KeepTree(text);
  static_cast<void>(exdiag::UnpackTree(text));
  return 0;
}
