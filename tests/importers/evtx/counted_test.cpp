// A sink that wants only some kinds of event is told the same as one that wants all of them, but
// that it gets numbers for the others.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"
#include "tests/importers/support/shared_files.h"

namespace exdiag::test {
namespace {

using Choice = std::function<bool(std::string_view, std::uint16_t)>;

// What was told, in its order, and the events of kinds that are not wanted by what is told of them.
class Told final : public EvidenceSink, public DiagnosticSink, private WantedKinds {
 public:
  Told(Choice wants, bool says_so) : wants_(std::move(wants)), says_so_(says_so) {}

  bool OnRecord(const Record& record) override {
    if (stop_after != 0 && --stop_after == 0) return false;
    if (!Wants(record.provider, record.event_id)) {
      Count(record.recovered ? "recovered" : "log", record.channel, record.provider,
            record.computer, record.event_id, record.level, 1, record.time, record.time);
      return true;
    }
    std::string line = fmt::format(
        "{} {} {} {} {} {} {} {} {} {:x} {} {} {} {} {} {} ", ToString(Location{"", record.place}),
        record.channel, record.provider, record.event_id, record.qualifiers,
        static_cast<int>(record.level), record.category, record.category_text, record.computer,
        record.keywords, record.time.value, static_cast<int>(record.time_basis), record.record_id,
        record.user, record.recovered, record.has_strings);
    for (const std::string_view text : record.strings) line += fmt::format("[{}]", text);
    for (const std::string_view name : record.names) line += fmt::format("<{}>", name);
    line += record.message;
    line.append(reinterpret_cast<const char*>(record.binary.data()), record.binary.size());
    lines.push_back(std::move(line));
    return true;
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject& reject) override {
    Report({Severity::kRejected, reject.diagnostic_id, {"test", reject.place}, reject.reason});
    lines.back() += fmt::format(" {} bytes", reject.raw.size());
  }
  void Report(Diagnostic diagnostic) override {
    lines.push_back(ToString(diagnostic) + " [" + diagnostic.id + "]");
  }
  const WantedKinds* wanted() const override { return says_so_ ? this : nullptr; }
  bool OnCounted(const CountedEvents& events) override {
    EXPECT_FALSE(Wants(events.provider, events.event_id));
    counted += events.events;
    Count("log", events.channel, events.provider, events.computer, events.event_id, events.level,
          events.events, events.first, events.last);
    return true;
  }

  std::vector<std::string> lines;
  std::map<std::string, std::string> counts() const {
    std::map<std::string, std::string> told;
    for (const auto& [key, row] : counts_) {
      told[key] = fmt::format("{} {} {}", row.events, row.first.value, row.last.value);
    }
    return told;
  }
  std::uint64_t counted = 0;  // that came without records
  std::size_t stop_after = 0;

 private:
  struct Row {
    std::uint64_t events = 0;
    Ticks first, last;
  };

  bool Wants(std::string_view provider, std::uint16_t event_id) const override {
    return wants_(provider, event_id);
  }
  void Count(std::string_view origin, std::string_view channel, std::string_view provider,
             std::string_view computer, std::uint16_t event_id, Level level, std::uint64_t events,
             Ticks first, Ticks last) {
    Row& row = counts_[fmt::format("{} {} {} {} {} {}", origin, channel, provider, computer,
                                   event_id, static_cast<int>(level))];
    if (row.events == 0 || first < row.first) row.first = first;
    if (row.events == 0 || last > row.last) row.last = last;
    row.events += events;
  }

  Choice wants_;
  bool says_so_;
  std::map<std::string, Row> counts_;
};

void Import(const std::string& bytes, Told& told) {
  const auto source = MemorySource(bytes);
  const auto result = MakeEvtxImporter()->Import({"test", *source, {}}, told, told);
  if (!result) told.lines.push_back(result.error().message);
}

bool None(std::string_view, std::uint16_t) { return false; }
bool Some(std::string_view provider, std::uint16_t event_id) {
  return (provider.size() + event_id) % 3 == 0;
}
bool All(std::string_view, std::uint16_t) { return true; }

// How many events came without their records.
std::uint64_t ExpectTheSame(const std::string& bytes, const std::string& name,
                            const std::vector<Choice>& choices = {None, Some, All}) {
  std::uint64_t counted = 0;
  for (const Choice& wants : choices) {
    Told all(wants, false), some(wants, true);
    Import(bytes, all);
    Import(bytes, some);
    EXPECT_EQ(some.counts(), all.counts()) << name;
    EXPECT_EQ(some.lines.size(), all.lines.size()) << name;
    for (std::size_t i = 0; i < std::min(some.lines.size(), all.lines.size()); ++i) {
      if (some.lines[i] == all.lines[i]) continue;
      ADD_FAILURE() << name << ", line " << i << "\n" << some.lines[i] << "\n" << all.lines[i];
      break;
    }
    counted += some.counted;
  }
  return counted;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Chunks of this many records, of which every seventh is of another kind.
std::vector<std::string> Chunks(std::size_t chunks, std::size_t records) {
  std::vector<std::string> built;
  for (std::size_t i = 0; i < chunks; ++i) {
    ChunkBuilder chunk;
    for (std::size_t j = 0; j < records; ++j) {
      const std::uint64_t number = i * records + j + 1;
      chunk.Classic({.event_id = static_cast<std::uint16_t>(number % 7 == 0 ? 7004 : 7010),
                     .record_id = number,
                     .time = kSomeFileTime + number * 10'000'000,
                     .strings = {"some text", fmt::format("{}", number)}});
    }
    built.push_back(chunk.Finish());
  }
  return built;
}

TEST(EvtxCountedTest, SoundLogIsCounted) {
  const std::string file = EvtxFile(Chunks(100, 20));
  Told told(None, true);
  Import(file, told);
  EXPECT_EQ(told.lines, std::vector<std::string>());
  EXPECT_EQ(told.counted, 2000U);
  EXPECT_EQ(told.counts(), (std::map<std::string, std::string>{
                               {"log Application MSExchangeTransport EX1.corp.example 7004 2",
                                "285 132672697149821280 132672717029821280"},
                               {"log Application MSExchangeTransport EX1.corp.example 7010 2",
                                "1715 132672697089821280 132672717079821280"}}));
  ExpectTheSame(file, "sound");
}

TEST(EvtxCountedTest, DamageInTheMidstOfALog) {
  struct Case {
    const char* why;
    std::function<void(std::string&)> damage;  // of the file, of 100 chunks
  };
  const auto chunk_at = [](std::size_t number) { return 4096 + number * 65536; };
  const Case cases[] = {
      {"data CRC", [&](std::string& file) { file[chunk_at(40) + 3000] ^= 1; }},
      {"header CRC", [&](std::string& file) { file[chunk_at(41) + 130] ^= 1; }},
      {"signature", [&](std::string& file) { file[chunk_at(3)] = 'X'; }},
      {"last chunk of a piece", [&](std::string& file) { file[chunk_at(15) + 3000] ^= 1; }},
      {"first chunk of a piece", [&](std::string& file) { file[chunk_at(16) + 3000] ^= 1; }},
      {"first chunk", [&](std::string& file) { file[chunk_at(0) + 3000] ^= 1; }},
      {"last chunk", [&](std::string& file) { file[chunk_at(99) + 3000] ^= 1; }},
      {"every fifth",
       [&](std::string& file) {
         for (std::size_t i = 0; i < 100; i += 5) file[chunk_at(i) + 3000] ^= 1;
       }},
      {"every chunk",
       [&](std::string& file) {
         for (std::size_t i = 0; i < 100; ++i) file[chunk_at(i) + 3000] ^= 1;
       }},
      {"bytes missing", [&](std::string& file) { file.erase(chunk_at(50) + 1000, 777); }},
      {"bytes put in", [&](std::string& file) { file.insert(chunk_at(50), 777, 'x'); }},
      {"another log behind",
       [&](std::string& file) { file.insert(chunk_at(50), file.substr(0, chunk_at(20))); }},
      {"cut", [&](std::string& file) { file.resize(chunk_at(70) + 5000); }},
      {"without a header", [&](std::string& file) { file.erase(0, 4096); }},
      {"zeros behind", [&](std::string& file) { file.append(3 << 20, '\0'); }},
      {"zeros in the midst", [&](std::string& file) { file.insert(chunk_at(30), 3 << 20, '\0'); }},
      {"no CRCs",
       [&](std::string& file) {
         Poke(file, chunk_at(20) + 120, Bytes(std::uint32_t{4}));
         Poke(file, chunk_at(20) + 124, Bytes(std::uint32_t{0}));
       }},
  };
  const std::string sound = EvtxFile(Chunks(100, 20));
  for (const Case& row : cases) {
    std::string file = sound;
    row.damage(file);
    ExpectTheSame(file, row.why);
  }
}

TEST(EvtxCountedTest, StopsWhenTheSinkWantsNoMore) {
  const std::string file = EvtxFile(Chunks(200, 20));
  Told told(All, true);
  told.stop_after = 500;
  Import(file, told);
  EXPECT_EQ(told.lines.size(), 499U);
}

// A record whose template lies in a chunk long before it: whoever read that chunk.
TEST(EvtxCountedTest, TemplatesOfChunksThatOthersRead) {
  std::vector<std::string> chunks = Chunks(90, 20);
  ChunkBuilder other;
  other.Classic({.source = "Other", .computer = "EX2", .record_id = 9001, .strings = {"a"}});
  chunks[20] = other.Finish();
  for (const std::size_t number : {30U, 80U}) {
    // The definition is overwritten; the second record refers to it.
    ChunkBuilder lost;
    const std::size_t first = lost.Classic({.record_id = 9002, .strings = {"b"}});
    lost.Classic({.record_id = 9003, .strings = {"c"}});
    std::string chunk = lost.Finish();
    Poke(chunk, first + 24 + 4 + 10 + 4, "XXXX");
    chunks[number] = chunk;
  }
  ExpectTheSame(EvtxFile(chunks), "lost templates");
}

TEST(EvtxCountedTest, RealLogs) {
  const auto files = CorpusFiles(".evtx");
  if (files.empty()) GTEST_SKIP() << "SKIPPED: no corpus in " << SharedDir();
  std::string together, shifted;
  std::uint64_t counted = 0;
  for (const CorpusFile& file : files) {
    const std::string bytes = ReadAll(file.path);
    counted += ExpectTheSame(bytes, file.name);
    if (together.size() > (std::size_t{48} << 20)) continue;
    together += together.empty() ? bytes : bytes.substr(std::min<std::size_t>(4096, bytes.size()));
    shifted += bytes;
  }
  EXPECT_GT(counted, 0U);
  ExpectTheSame(together, "all in one");
  ExpectTheSame(shifted, "one behind the other");
}

TEST(EvtxCountedTest, DamagedFiles) {
  const auto folder = MakeDamagedFiles("counted-damaged");
  if (folder.empty()) GTEST_SKIP() << "SKIPPED: no maker of damaged files in " << SharedDir();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ExpectTheSame(ReadAll(entry.path()), entry.path().filename(), {Some});
  }
}

}  // namespace
}  // namespace exdiag::test
