#include "engine/ranking/incidents.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace exdiag {
namespace {

// Members of each group, in the order of their first.
std::set<std::vector<std::size_t>> Grouped(
    const std::vector<std::vector<std::int64_t>>& explained) {
  std::vector<Rule> rules(explained.size());
  std::vector<Signal> signals;
  for (std::size_t i = 0; i < explained.size(); ++i) {
    rules[i].id = std::to_string(i);
    Signal& signal = signals.emplace_back();
    signal.rule = &rules[i];
    signal.explained = RowSet::Of(explained[i]);
  }
  std::set<std::vector<std::size_t>> groups;
  for (const SignalGroup& group : GroupIntoIncidents(std::move(signals))) {
    groups.insert(group.members);
  }
  return groups;
}

using Groups = std::set<std::vector<std::size_t>>;

struct GroupCase {
  std::string name;
  std::vector<std::vector<std::int64_t>> explained;  // rows, by signal
  Groups groups;
};

class GroupIntoIncidentsTest : public testing::TestWithParam<GroupCase> {};

TEST_P(GroupIntoIncidentsTest, BySharedRows) {
  EXPECT_EQ(Grouped(GetParam().explained), GetParam().groups);
}

INSTANTIATE_TEST_SUITE_P(
    All, GroupIntoIncidentsTest,
    testing::Values(
        GroupCase{"None", {}, {}}, GroupCase{"OneThatExplainsNothing", {{}}, {{0}}},
        GroupCase{"Apart", {{1, 3}, {2, 4}}, {{0}, {1}}},
        GroupCase{"OneRow", {{1, 3}, {2, 3}}, {{0, 1}}},
        GroupCase{"ThroughAThird", {{1}, {9}, {1, 9}}, {{0, 1, 2}}},
        // Rows that are equal but for what stands above their last 18 bits.
        GroupCase{"SamePlaceOfOtherWindows", {{5}, {262'149}, {524'293}}, {{0}, {1}, {2}}},
        GroupCase{"InAWindowFarAway", {{1, 5'000'000'000}, {2, 5'000'000'000}}, {{0, 1}}},
        GroupCase{"AcrossWindows",
                  {{1, 262'144}, {262'143}, {262'144, 524'288}, {524'288}},
                  {{0, 2, 3}, {1}}},
        GroupCase{
            "FactsStandBelowZero", {{-1, 4}, {-1}, {-262'145}, {262'143}}, {{0, 1}, {2}, {3}}},
        GroupCase{"TheGreaterRowsFirst", {{60'000}, {5, 60'000}, {5}}, {{0, 1, 2}}}),
    [](const auto& info) { return info.param.name; });

TEST(GroupIntoIncidents, GeneratedRowsAgreeWithEachPairCompared) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<std::int64_t>> explained(12);
    for (auto& rows : explained) {
      for (std::size_t left = random() % 4; left > 0; --left) {
        rows.push_back(static_cast<std::int64_t>(random() % 40) * 32'767 - 400'000);
      }
    }
    std::vector<std::size_t> group_of(explained.size());
    for (std::size_t i = 0; i < explained.size(); ++i) group_of[i] = i;
    for (std::size_t i = 0; i < explained.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const RowSet rows = RowSet::Of(explained[i]);
        if (!rows.Overlaps(RowSet::Of(explained[j]))) continue;
        const std::size_t from = group_of[i], to = group_of[j];
        for (std::size_t& group : group_of) group = group == from ? to : group;
      }
    }
    std::map<std::size_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < explained.size(); ++i) members[group_of[i]].push_back(i);
    Groups expected;
    for (const auto& [group, numbers] : members) expected.insert(numbers);
    EXPECT_EQ(Grouped(explained), expected) << round;
  }
}

}  // namespace
}  // namespace exdiag
