// Our own kbdata/events, as shipped.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "engine/base/text.h"
#include "engine/knowledge/catalogue.h"
#include "engine/knowledge/message_template.h"

namespace exdiag {
namespace {

const Catalogue& Shipped() {
  static const Catalogue catalogue = [] {
    DiagnosticList problems;
    auto loaded = Catalogue::Load(EXDIAG_SOURCE_DIR "/kbdata/events", problems);
    for (const Diagnostic& problem : problems.items()) ADD_FAILURE() << ToString(problem);
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return loaded ? std::move(*loaded) : Catalogue();
  }();
  return catalogue;
}

// A value of the kind that the field has in real logs, different for each position.
std::string Sample(const Field& field, std::size_t position) {
  if (field.name == "tag_layer") return "BASE IL";
  if (field.name == "tag_module") return "KERNEL";
  const std::string number = std::to_string(100 + position);
  switch (field.type) {
    case FieldType::kNumber:
    case FieldType::kError:
      return number;
    case FieldType::kEntity:
      return "/O=KITE/OU=LYON/CN=CONFIGURATION/CN=CONNECTIONS/CN=C" + number;
    default:
      return "value" + number;
  }
}

TEST(KbdataEvents, LoadWithoutComplaint) { EXPECT_GT(Shipped().entries().size(), 380u); }

TEST(KbdataEvents, EveryEntryIsFoundByProviderAndId) {
  for (const auto& entry : Shipped().entries()) {
    const auto found = Shipped().Find(entry->provider, entry->event_id);
    EXPECT_NE(std::find(found.begin(), found.end(), entry.get()), found.end())
        << entry->provider << "/" << entry->event_id;
    EXPECT_FALSE(entry->layouts.empty());
    EXPECT_FALSE(entry->channel.empty()) << ToString(entry->where);
  }
}

// strings -> message -> strings, for every wording of every layout.
TEST(KbdataEvents, EveryWordingReadsBackWhatItRenders) {
  std::size_t wordings = 0;
  for (const auto& entry : Shipped().entries()) {
    for (std::size_t w = 0; w < entry->wordings.size(); ++w) {
      const Layout& layout = entry->layouts[entry->wording_layouts[w]];
      InsertionStrings strings;
      for (const Field& field : layout.fields) {
        strings.emplace_back(Sample(field, strings.size()));
      }
      const MessageTemplate wording(entry->wordings[w], layout.fields);
      std::string message;
      wording.Render(strings, message);
      const auto parsed =
          Shipped().ParseMessage(entry->provider, entry->event_id, message, entry->category);
      ASSERT_TRUE(parsed) << ToString(entry->where) << " " << message;
      EXPECT_EQ(parsed->layout, &layout) << ToString(entry->where) << " " << message;
      // Where strings stand side by side nothing tells them apart.
      if (entry->wordings[w].find("%1%2") != std::string::npos) continue;
      for (std::size_t i = 0; i < strings.size(); ++i) {
        if (!wording.Prints(i)) continue;
        EXPECT_EQ(parsed->strings[i], strings[i])
            << ToString(entry->where) << " %" << i + 1 << " of " << message;
      }
      ++wordings;
    }
  }
  EXPECT_GT(wordings, 380u);
}

}  // namespace
}  // namespace exdiag
