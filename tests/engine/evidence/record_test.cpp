#include "engine/evidence/record.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

TEST(LevelTest, Names) {
  EXPECT_EQ(LevelFromName("Error"), Level::kError);
  EXPECT_EQ(LevelFromName(" warning "), Level::kWarning);
  EXPECT_EQ(LevelFromName("Success Audit"), Level::kLogAlways);
  EXPECT_EQ(LevelFromName("2"), Level::kError);
  EXPECT_EQ(LevelFromName("9"), Level::kUnknown);
  EXPECT_EQ(LevelFromName("Fehler"), Level::kUnknown);
  for (const Level level : {Level::kLogAlways, Level::kCritical, Level::kError, Level::kWarning,
                            Level::kInformation, Level::kVerbose}) {
    EXPECT_EQ(LevelFromName(LevelName(level)), level);
  }
}

TEST(LevelTest, EventTypesOfReportEvent) {
  EXPECT_EQ(LevelFromEventType(0), Level::kInformation);
  EXPECT_EQ(LevelFromEventType(1), Level::kError);
  EXPECT_EQ(LevelFromEventType(2), Level::kWarning);
  EXPECT_EQ(LevelFromEventType(4), Level::kInformation);
  EXPECT_EQ(LevelFromEventType(8), Level::kLogAlways);
  EXPECT_EQ(LevelFromEventType(16), Level::kLogAlways);
}

}  // namespace
}  // namespace exdiag
