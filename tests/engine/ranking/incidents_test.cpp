#include "engine/ranking/incidents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
  for (const SignalGroup& group : GroupIntoIncidents(signals).groups) {
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

Signal OfHosts(const Rule& rule, std::vector<std::string> hosts, std::int64_t row) {
  Signal signal;
  signal.rule = &rule;
  signal.start_points = 3;
  signal.hosts = std::move(hosts);
  signal.explained = {row};
  signal.explained_kinds = {{"P", static_cast<std::uint16_t>(100 + row % 2)}};
  signal.first_seen = signal.last_seen = {1000};
  signal.trigger_count = 1;
  signal.cause = fmt::format("cause of row {}", row);
  EvidenceReference reference;
  reference.event_row = row;
  signal.triggers = {reference};
  Reason reason;
  reason.points = 1;
  reason.because = "because";
  reason.evidence = {reference};
  reason.evidence_count = 1;
  signal.reasons = {reason};
  return signal;
}

TEST(MergeSignals, ThoseThatAreEquallyGoodAreTakenInOneOrder) {
  Rule rule;
  rule.id = "a";
  std::vector<Signal> signals;
  for (int i = 0; i < 8; ++i) signals.push_back(OfHosts(rule, {"A", fmt::format("H{}", i)}, i + 1));
  signals[5].last_seen = {2000};
  signals[2].start_points = 4;
  std::vector<std::size_t> all(signals.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    const Signal merged = MergeSignals(signals, all, 3);
    EXPECT_EQ(merged.cause, "cause of row 3");
    EXPECT_EQ(merged.start_points, 4);
    EXPECT_EQ(merged.trigger_count, 8u);
    EXPECT_EQ(merged.last_seen, Ticks{2000});
    EXPECT_EQ(merged.hosts.size(), 9u);
    EXPECT_TRUE(std::is_sorted(merged.hosts.begin(), merged.hosts.end()));
    EXPECT_EQ(merged.host_groups.size(), 8u);
    EXPECT_EQ(merged.explained, (RowSet{1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(merged.explained_kinds.size(), 2u);
    std::vector<std::int64_t> shown;
    for (const EvidenceReference& each : merged.reasons[0].evidence)
      shown.push_back(each.event_row);
    EXPECT_THAT(shown, testing::ElementsAre(3, 6, 1));
    EXPECT_EQ(merged.reasons[0].evidence_count, 8u);
    std::shuffle(signals.begin(), signals.end(), random);
  }
}

// Sorting the hosts anew for each of them would take many minutes.
TEST(MergeSignals, VeryMany) {
  constexpr std::int64_t kHosts = 50'000;
  Rule rule, joining;
  rule.id = "a";
  joining.id = "b";
  SignalList signals;
  Signal all = OfHosts(joining, {"A"}, 1);
  for (std::int64_t row = 2; row <= kHosts; ++row) all.explained.Append(row);
  signals.Add(all);
  for (std::int64_t row = 1; row <= kHosts; ++row) {
    signals.Add(OfHosts(rule, {"A", fmt::format("remote-{}.example", row)}, row));
  }
  const SignalGroups grouped = GroupIntoIncidents(signals);
  ASSERT_EQ(grouped.groups.size(), 1u);
  ASSERT_EQ(grouped.groups[0].rivals, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(grouped.merged[0].hosts.size(), 1u + kHosts);
  EXPECT_EQ(grouped.merged[0].explained, grouped.merged[1].explained);
}

}  // namespace
}  // namespace exdiag
