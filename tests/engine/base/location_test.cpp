#include "engine/base/location.h"

#include <gtest/gtest.h>

#include "engine/base/diagnostic.h"

namespace exdiag {
namespace {

TEST(LocationTest, NamesThePlaceAsPeopleDo) {
  EXPECT_EQ(ToString(Location{"app.csv", Place::Line(812)}), "app.csv: line 812");
  EXPECT_EQ(ToString(Location{"dras.yaml", Place::Line(9, 5)}), "dras.yaml: line 9, column 5");
  EXPECT_EQ(ToString(Location{"app.evtx", Place::Offset(0x2f210)}), "app.evtx: offset 0x2f210");
  EXPECT_EQ(ToString(Location{"app.evtx", {}}), "app.evtx");
}

TEST(DiagnosticTest, PlaceThenReason) {
  const Diagnostic diagnostic{Severity::kRejected,
                              "csv.columns",
                              {"app.csv", Place::Line(812)},
                              "14 columns, the header has 15; row kept as a reject"};
  EXPECT_EQ(ToString(diagnostic),
            "app.csv: line 812: 14 columns, the header has 15; row kept as a reject");
}

TEST(DiagnosticTest, ListKnowsItsWorst) {
  DiagnosticList list;
  EXPECT_FALSE(list.Has(Severity::kNote));
  list.Report({Severity::kWarning, "a", {}, "b"});
  EXPECT_TRUE(list.Has(Severity::kNote));
  EXPECT_TRUE(list.Has(Severity::kWarning));
  EXPECT_FALSE(list.Has(Severity::kRejected));
}

}  // namespace
}  // namespace exdiag
