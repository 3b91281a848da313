// A sink that wants only some kinds of event is told the same as one that wants all of them, but
// that it gets numbers for the others; one that has records prepared is told the same altogether.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <sstream>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"
#include "tests/importers/support/shared_files.h"

namespace exdiag::test {
namespace {

using Choice = std::function<bool(std::string_view, std::uint16_t)>;

std::string LineOf(const Record& record) {
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
  // Hostile logs hold gigabytes.
  constexpr std::size_t kMost = 4096;
  if (line.size() <= kMost) return line;
  return fmt::format("{}... {} {}", line.substr(0, kMost), line.size(),
                     std::hash<std::string>()(line));
}

struct PreparedLines final : PreparedRecords {
  std::size_t count() const override { return lines.size(); }
  void CutTo(std::size_t count) override { lines.resize(count); }

  std::vector<std::string> lines;
};

class LinePreparer final : public RecordPreparer {
 public:
  explicit LinePreparer(std::size_t room) : room_(room) {}

  void Begin(std::unique_ptr<PreparedRecords>& into) override {
    if (!into) into = std::make_unique<PreparedLines>();
    made_ = &static_cast<PreparedLines&>(*into);
    made_->lines.clear();
  }
  bool Add(const Record& record) override {
    if (made_->lines.size() >= room_) return false;
    made_->lines.push_back(LineOf(record));
    return true;
  }

 private:
  std::size_t room_;
  PreparedLines* made_ = nullptr;
};

constexpr std::size_t kRoom = 10'000;

// What was told, in its order, and the events of kinds that are not wanted by what is told of them.
class Told final : public EvidenceSink, public DiagnosticSink, private WantedKinds {
 public:
  Told(Choice wants, bool says_so) : wants_(std::move(wants)), says_so_(says_so) {}
  // Wants all of them; with `room` for so many of a piece, as prepared ones.
  explicit Told(std::size_t room)
      : wants_([](std::string_view, std::uint16_t) { return true; }), room_(room) {}

  bool OnRecord(const Record& record) override {
    if (stop_after != 0 && --stop_after == 0) return false;
    if (!Wants(record.provider, record.event_id)) {
      Count(record.recovered ? "recovered" : "log", record.channel, record.provider,
            record.computer, record.event_id, record.level, 1, record.time, record.time);
      return true;
    }
    lines.push_back(LineOf(record));
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

  std::unique_ptr<RecordPreparer> NewPreparer() const override {
    return room_ == 0 ? nullptr : std::make_unique<LinePreparer>(room_);
  }
  bool OnPrepared(PreparedRecords& records) override {
    for (std::string& line : static_cast<PreparedLines&>(records).lines) {
      if (stop_after != 0 && --stop_after == 0) return false;
      lines.push_back(std::move(line));
      ++prepared;
    }
    records.CutTo(0);
    return true;
  }

  std::vector<std::string> lines;
  std::size_t prepared = 0;  // of these
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
  bool says_so_ = false;
  std::size_t room_ = 0;
  std::map<std::string, Row> counts_;
};

// Bytes that cannot be read from a place on, and how many of them were seen by those who watch.
class WatchedMedium final : public ByteSource {
 public:
  WatchedMedium(const std::string& bytes, std::size_t readable)
      : bytes_(bytes), readable_(readable) {}

  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t got = ReadPart(offset, into);
    Passed(offset, into.first(got));
    return got;
  }
  std::size_t ReadPart(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= readable_) return 0;
    const auto from = static_cast<std::size_t>(offset);
    const std::size_t count = std::min(into.size(), readable_ - from);
    std::memcpy(into.data(), bytes_.data() + from, count);
    return count;
  }
  void Passed(std::uint64_t offset, std::span<const std::byte> bytes) const override {
    if (offset > seen) return;
    const auto from = static_cast<std::size_t>(offset);
    EXPECT_EQ(std::memcmp(bytes.data(), bytes_.data() + from, bytes.size()), 0);
    seen = std::max(seen, from + bytes.size());
  }

  mutable std::size_t seen = 0;  // from the beginning, none left out

 private:
  const std::string& bytes_;
  const std::size_t readable_;
};

void Import(const ByteSource& source, Told& told) {
  const auto result = MakeEvtxImporter()->Import({"test", source, {}}, told, told);
  if (!result) told.lines.push_back(result.error().message);
}

void Import(const std::string& bytes, Told& told) { Import(*MemorySource(bytes), told); }

bool None(std::string_view, std::uint16_t) { return false; }
bool Some(std::string_view provider, std::uint16_t event_id) {
  return (provider.size() + event_id) % 3 == 0;
}
bool All(std::string_view, std::uint16_t) { return true; }

void ExpectSameLines(const Told& told, const Told& expected, const std::string& name) {
  EXPECT_EQ(told.lines.size(), expected.lines.size()) << name;
  for (std::size_t i = 0; i < std::min(told.lines.size(), expected.lines.size()); ++i) {
    if (told.lines[i] == expected.lines[i]) continue;
    ADD_FAILURE() << name << ", line " << i << "\n" << told.lines[i] << "\n" << expected.lines[i];
    break;
  }
}

// How many records came prepared.
std::uint64_t ExpectTheSamePrepared(const std::string& bytes, const std::string& name,
                                    std::size_t room = kRoom) {
  Told one_by_one(0), prepared(room);
  Import(bytes, one_by_one);
  Import(bytes, prepared);
  EXPECT_EQ(one_by_one.prepared, 0U) << name;
  ExpectSameLines(prepared, one_by_one, name);
  return prepared.prepared;
}

// How many events came without their records.
std::uint64_t ExpectTheSame(const std::string& bytes, const std::string& name,
                            const std::vector<Choice>& choices = {None, Some, All}) {
  std::uint64_t counted = 0;
  for (const Choice& wants : choices) {
    Told all(wants, false), some(wants, true);
    Import(bytes, all);
    Import(bytes, some);
    EXPECT_EQ(some.counts(), all.counts()) << name;
    ExpectSameLines(some, all, name);
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

TEST(EvtxReadAheadTest, SoundLogIsCounted) {
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

TEST(EvtxReadAheadTest, DamageInTheMidstOfALog) {
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
  std::uint64_t prepared = 0;
  for (const Case& row : cases) {
    std::string file = sound;
    row.damage(file);
    ExpectTheSame(file, row.why);
    prepared += ExpectTheSamePrepared(file, row.why);
  }
  EXPECT_GT(prepared, std::size(cases) * 1000);
}

// Whoever read a part, those who watch what is read see all of it, in order.
TEST(EvtxReadAheadTest, MediumThatCannotBeReadFromAPlaceOn) {
  const std::string file = EvtxFile(Chunks(100, 20));
  const auto chunk_at = [](std::size_t number) { return 4096 + number * 65536; };
  for (const std::size_t readable : {file.size(), chunk_at(50), chunk_at(48), chunk_at(49) + 7}) {
    const WatchedMedium plain_medium(file, readable), medium(file, readable);
    Told one_by_one(0), prepared(kRoom);
    Import(plain_medium, one_by_one);
    Import(medium, prepared);
    ExpectSameLines(prepared, one_by_one, fmt::format("{} bytes", readable));
    EXPECT_GE(prepared.prepared, 900U);
    EXPECT_EQ(medium.seen, readable);
    EXPECT_EQ(plain_medium.seen, readable);
    const bool told =
        !prepared.lines.empty() && prepared.lines.back().ends_with("[evtx.file.read]");
    EXPECT_EQ(told, readable < file.size());
  }
}

TEST(EvtxReadAheadTest, StopsWhenTheSinkWantsNoMore) {
  const std::string file = EvtxFile(Chunks(200, 20));
  Told told(All, true), prepared(kRoom);
  told.stop_after = prepared.stop_after = 500;
  Import(file, told);
  Import(file, prepared);
  EXPECT_EQ(told.lines.size(), 499U);
  EXPECT_EQ(prepared.lines.size(), 499U);
}

TEST(EvtxReadAheadTest, RecordsArePreparedWhereThatIsWorthIt) {
  EXPECT_EQ(ExpectTheSamePrepared(EvtxFile(Chunks(100, 20)), "large"), 2000U);
  EXPECT_EQ(ExpectTheSamePrepared(EvtxFile(Chunks(15, 20)), "small"), 0U);
}

// What finds no room is read like what is not sound.
TEST(EvtxReadAheadTest, NoRoomForThePreparedRecords) {
  const std::string file = EvtxFile(Chunks(100, 20));
  EXPECT_EQ(ExpectTheSamePrepared(file, "none for a chunk", 19), 0U);
  const std::uint64_t some = ExpectTheSamePrepared(file, "some", 65);
  EXPECT_GT(some, 0U);
  EXPECT_LT(some, 2000U);
}

// A record whose template lies in a chunk long before it: whoever read that chunk.
TEST(EvtxReadAheadTest, TemplatesOfChunksThatOthersRead) {
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
  EXPECT_GT(ExpectTheSamePrepared(EvtxFile(chunks), "lost templates"), 0U);
}

TEST(EvtxReadAheadTest, RealLogs) {
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
  EXPECT_GT(ExpectTheSamePrepared(together, "all in one"), 0U);
  ExpectTheSamePrepared(shifted, "one behind the other");
}

// Does one kind of damage or another to one chunk or what is behind it.
void DamageSomewhere(std::string& file, std::mt19937& random) {
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  const std::size_t chunk = 4096 + below((file.size() - 4096) / 65536) * 65536;
  const std::size_t place = chunk + 512 + below(4000);
  switch (below(10)) {
    case 0:
      file[place] = static_cast<char>(file[place] ^ 0x55);
      break;
    case 1: {  // a record that nobody can tell is damaged but by reading it
      std::string whole = file.substr(chunk, 65536);
      if (whole.size() < 65536) break;
      const auto at = static_cast<std::ptrdiff_t>(place - chunk);
      whole[static_cast<std::size_t>(at)] ^= 0x11;
      FixChunkCrcs(whole);
      file.replace(chunk, 65536, whole);
      break;
    }
    case 2:
      file[chunk + below(512)] ^= 1;
      break;
    case 3:
      file[chunk] = 'X';
      break;
    case 4:
      file.replace(place, 300, 300, '\0');
      break;
    case 5:
      file.erase(place, below(3000));
      break;
    case 6:
      file.insert(place, below(3000), 'x');
      break;
    case 7:
      file.insert(chunk, (1 + below(20)) * 65536, '\0');
      break;
    case 8:
      file.insert(chunk, file.substr(chunk, (1 + below(3)) * 65536));
      break;
    default:  // free space with records in it
      if (file.size() > chunk + 2 * 65536) {
        file.replace(chunk + 40'000, 6000, file.substr(chunk + 65536 + 512, 6000));
      }
      break;
  }
}

TEST(EvtxReadAheadTest, DamageOfAllKindsAnywhere) {
  const std::string sound = EvtxFile(Chunks(110, 20));
  std::uint64_t prepared = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::string file = sound;
    for (unsigned i = 0; i <= seed % 8; ++i) DamageSomewhere(file, random);
    prepared += ExpectTheSamePrepared(file, fmt::format("seed {}", seed));
  }
  EXPECT_GT(prepared, 60 * 1000U);
}

TEST(EvtxReadAheadTest, DamagedFiles) {
  const auto folder = MakeDamagedFiles("counted-damaged");
  if (folder.empty()) GTEST_SKIP() << "SKIPPED: no maker of damaged files in " << SharedDir();
  const std::string sound = EvtxFile(Chunks(48, 20));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = ReadAll(entry.path());
    ExpectTheSame(bytes, entry.path().filename(), {Some});
    if (bytes.size() > std::size_t{16} << 20) continue;
    ExpectTheSamePrepared(sound + bytes + sound, entry.path().filename());
  }
}

}  // namespace
}  // namespace exdiag::test
