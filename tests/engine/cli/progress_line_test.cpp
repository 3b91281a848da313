// What the line of a running import says.
#include "engine/cli/progress_line.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

struct Case {
  ImportProgress progress;
  double seconds;
  std::string text;
};

TEST(ProgressText, SaysWhatIsKnownSoFar) {
  constexpr std::uint64_t kMega = 1'000'000;
  const Case cases[] = {
      {{.files = 1}, 0, "0/1 file"},
      {{.files = 1200, .bytes = 999}, 0, "0/1,200 files, 0/999 bytes"},
      // The rate and what follows from it are no guess from the first moments.
      {{7, 2, 5000 * kMega, 1000 * kMega, 400'000, 0}, 0.9, "2/7 files, 1.0/5.0 GB"},
      {{7, 2, 5000 * kMega, 1250 * kMega, 1'024'001, 3},
       2,
       "2/7 files, 1.2/5.0 GB, 512,000 records/s, 3 rejected, 6 s left"},
      {{7, 2, 100 * kMega, 1 * kMega, 500, 1500},
       10,
       "2/7 files, 1.0/100.0 MB, 50 records/s, 1,500 rejected, 17 min left"},
      {{7, 0, 100'000, 100, 500, 0}, 100, "0/7 files, 0.1/100.0 kB, 5 records/s, 28 h left"},
      // Standard input, of which nobody knows the end.
      {{1, 0, 0, 0, 30'000, 0}, 3, "0/1 file, 10,000 records/s"},
      {{2, 1, 4096, 4096, 0, 0}, 5, "1/2 files, 4.1/4.1 kB, 0 s left"},
  };
  for (const Case& one : cases) EXPECT_EQ(ProgressText(one.progress, one.seconds), one.text);
}

}  // namespace
}  // namespace exdiag
