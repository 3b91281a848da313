#include "engine/signal/interner.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace exdiag {
namespace {

TEST(InternerTest, EqualTextsHaveEqualNumbers) {
  Interner texts;
  std::mt19937 random(7);
  std::map<std::string, TextId> known = {{"", kEmptyText}};
  std::vector<std::string_view> views = {texts.Text(kEmptyText)};
  for (int i = 0; i < 20'000; ++i) {
    std::string text = std::to_string(random() % 5000);
    if (random() % 7 == 0) text.assign(text.size() % 3 == 0 ? 70'000 : 300, text[0]);
    if (random() % 50 == 0) text += '\0';
    const TextId id = texts.Intern(text);
    const auto [place, is_new] = known.try_emplace(text, id);
    EXPECT_EQ(place->second, id);
    if (is_new) {
      EXPECT_EQ(id, views.size());
      views.push_back(texts.Text(id));
    }
  }
  EXPECT_EQ(texts.Intern(""), kEmptyText);
  EXPECT_GT(known.size(), 5000U);
  for (const auto& [text, id] : known) {
    EXPECT_EQ(views[id], text);
    EXPECT_EQ(texts.Text(id), text);
  }
}

}  // namespace
}  // namespace exdiag
