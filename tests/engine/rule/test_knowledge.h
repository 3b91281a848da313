// A small kbdata of our own, so that the tests of the loader do not change when kbdata grows.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// Knows MSExchangeMTA 9318, 9322 and 289, MSExchangeTransport 7004, and three articles.
const Knowledge& TestKnowledge();

// A folder for one test, gone afterwards.
class TestFolder {
 public:
  TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder();

  void Write(const std::string& name, const std::string& text) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// "id | file: line 3, column 1: reason", as the tests compare them.
std::vector<std::string> Shown(const DiagnosticList& problems);

// A sound rule; the tests replace one line of it by another.
std::string SoundRule();
std::string Replaced(std::string text, const std::string& from, const std::string& to);

// The complaints about one rule.
std::vector<std::string> ComplaintsAbout(const std::string& yaml);

}  // namespace exdiag
