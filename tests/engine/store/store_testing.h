// Events for store tests, as a normaliser would hand them over.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <xxhash.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"
#include "engine/evidence/strings.h"
#include "engine/store/store.h"

namespace exdiag::testing {

inline Ticks At(std::string_view iso_time) { return ParseIsoTime(iso_time)->ticks; }

// One event with a life of its own; defaults are those of an NT text export.
struct Made {
  std::string provider = "MSExchangeMTA";
  std::uint16_t event_id = 9322;
  std::string host = "brest";
  std::string time = "1999-11-02T19:05:31Z";
  std::vector<std::string> strings = {"LYON", "5"};
  std::uint64_t record_id = 0;
  std::string channel = {};
  Level level = Level::kError;
  TimeBasis basis = TimeBasis::kUtc;
  TimePrecision precision = TimePrecision::kSecond;
  std::string user = {};
  std::string category_text = {};
  std::string message = {};
  std::string binary = {};
  std::string computer = {};  // "": as host
  std::uint64_t line = 1;
  bool recovered = false;
  bool comparable = true;
  std::vector<std::string> names = {};
  // "": by the strings.  Same contents, same event, whatever the strings are.
  std::string identity = {};
  bool known_strings = true;  // false: the export shows none, though the identity is the same
};

// To a session, or to a preparer of one.
template <typename Session>
bool Add(Session& session, const Made& made) {
  std::string encoded;
  for (const std::string& value : made.strings) AppendEncodedString(value, encoded);
  NormalisedEvent event;
  const auto time =
      made.time.empty() ? std::optional<ParsedTime>(ParsedTime{}) : ParseIsoTime(made.time);
  event.time = time->ticks;
  const std::string key = made.host + "/" + made.provider + "/" + std::to_string(made.event_id) +
                          "/" + std::to_string(event.time.seconds()) + "/" +
                          (made.identity.empty() ? encoded : made.identity);
  event.identity = XXH3_64bits(key.data(), key.size());
  event.provider = made.provider;
  event.event_id = made.event_id;
  event.host = made.host;
  event.computer = made.computer.empty() ? made.host : made.computer;
  event.channel = made.channel;
  event.level = made.level;
  event.category_text = made.category_text;
  event.user = made.user;
  event.time_basis = made.time.empty() ? TimeBasis::kNone : made.basis;
  event.time_precision = made.precision;
  event.record_id = made.record_id;
  if (made.known_strings) event.strings = encoded;
  std::string names;
  for (const std::string& name : made.names) AppendEncodedString(name, names);
  event.names = names;
  event.message = made.message;
  event.binary = std::as_bytes(std::span(made.binary));
  event.place = Place::Line(made.line);
  event.recovered = made.recovered;
  event.comparable = made.comparable;
  return session.Add(event);
}

inline std::unique_ptr<ImportSession> Begin(Store& store, const std::string& file = "app.csv",
                                            const std::string& format = "test",
                                            std::int64_t size = Store::kUnknownSize) {
  auto session = store.BeginImport(file, format, size);
  EXPECT_TRUE(session.ok()) << session.error().message;
  return std::move(*session);
}

// Imports these events as one file.
inline LedgerRow Import(Store& store, const std::vector<Made>& events,
                        const std::string& file = "app.csv") {
  const auto session = Begin(store, file);
  for (const Made& made : events) EXPECT_TRUE(Add(*session, made));
  auto row = session->Commit();
  EXPECT_TRUE(row.ok()) << row.error().message;
  return *row;
}

inline std::vector<Event> AllEvents(const Store& store, const EventQuery& query = {}) {
  std::vector<Event> events;
  const auto done = store.ForEachEvent(query, [&](const Event& event) {
    events.push_back(event);
    return true;
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  return events;
}

inline std::unique_ptr<Store> Temporary(const StoreOptions& options = {}) {
  auto store = Store::OpenTemporary(options);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return std::move(*store);
}

// A folder that is gone when the test is over.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "exdiag-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace exdiag::testing
