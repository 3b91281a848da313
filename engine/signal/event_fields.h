// Fields of an event by name, as rules speak of them.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/evidence/event.h"
#include "engine/evidence/fact.h"
#include "engine/knowledge/catalogue.h"
#include "engine/rule/field_test.h"

namespace exdiag {

// Where field tests find their values.
class FieldSource {
 public:
  virtual ~FieldSource() = default;

  // nullopt: not shown.  The view lives until the source is bound to something else.
  virtual std::optional<std::string_view> Find(std::string_view field) const = 0;
};

using Captures = std::vector<std::pair<std::string, std::string>>;

// Reports values that were too complex for a regular expression of a rule: for each rule and event,
// the first few of each test.
class RegexComplaints {
 public:
  // `problems` must outlive this.
  explicit RegexComplaints(DiagnosticSink& problems) : problems_(problems) {}

  void Report(const FieldCondition& condition, const TestRegex& test, const FieldSource& source,
              std::size_t bytes);

 private:
  static constexpr std::size_t kMostTold = 5;

  DiagnosticSink& problems_;
  std::map<std::string, std::size_t> told_;  // how many, by place of the test and its pattern
};

// True when all tests of all conditions hold.  `captures`, when given, gets what the regular
// expressions name; `complaints` hears of those that gave up.
bool TestsHold(const std::vector<FieldCondition>& conditions, const FieldSource& source,
               Captures* captures = nullptr, RegexComplaints* complaints = nullptr);

// Fields of one event after the other: those that the catalogue names, and those that every event
// has (computer, user, channel, category, level, qualifiers, record_id, message, data).
class EventFields final : public FieldSource {
 public:
  explicit EventFields(const Catalogue& catalogue) : catalogue_(catalogue) {}

  // Borrows `event` until the next call.
  void Bind(const Event& event);

  std::optional<std::string_view> Find(std::string_view field) const override;

  // Values of the fields that the catalogue marks as hosts, and that are shown.
  std::vector<std::string_view> NamedHosts() const;

 private:
  const Layout* layout() const;
  std::optional<std::string_view> FindCommon(std::string_view field) const;

  const Catalogue& catalogue_;
  const Event* event_ = nullptr;
  mutable const Layout* layout_ = nullptr;
  mutable bool layout_known_ = false;
  mutable std::deque<std::string> scratch_;  // values made up on demand; they stay in place
  mutable std::string message_;
};

// Attributes of a fact; `computer` is its host.
class FactFields final : public FieldSource {
 public:
  explicit FactFields(const Fact& fact) : fact_(fact) {}

  std::optional<std::string_view> Find(std::string_view field) const override;

 private:
  const Fact& fact_;
};

}  // namespace exdiag
