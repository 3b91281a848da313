// A log that several threads prepare is imported as one that is read record by record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/intake/import_inputs.h"
#include "engine/store/forwarding_store.h"
#include "tests/importers/evtx/evtx_builder.h"

namespace exdiag {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t kChunks = 100, kRecords = 40;

// A session that has nothing prepared.
class PlainSession final : public ImportSession {
 public:
  explicit PlainSession(std::unique_ptr<ImportSession> session) : session_(std::move(session)) {}

  bool Add(const NormalisedEvent& event) override { return session_->Add(event); }
  void AddFact(Fact fact) override { session_->AddFact(std::move(fact)); }
  void AddReject(StoredReject reject) override { session_->AddReject(std::move(reject)); }
  Result<LedgerRow> Commit(const std::string& hash) override { return session_->Commit(hash); }

 private:
  std::unique_ptr<ImportSession> session_;
};

class PlainStore final : public ForwardingStore {
 public:
  explicit PlainStore(Store& store) : store_(store) {}

  Result<std::unique_ptr<ImportSession>> BeginImport(const std::string& file,
                                                     const std::string& format,
                                                     std::int64_t size) override {
    auto session = store_.BeginImport(file, format, size);
    if (!session) return session.error();
    return std::unique_ptr<ImportSession>(std::make_unique<PlainSession>(std::move(*session)));
  }

 private:
  const Store& inner() const override { return store_; }
  Store& writable() override { return store_; }

  Store& store_;
};

std::string Log() {
  std::vector<std::string> chunks;
  for (std::size_t i = 0; i < kChunks; ++i) {
    test::ChunkBuilder chunk;
    for (std::size_t j = 0; j < kRecords; ++j) {
      const std::uint64_t number = i * kRecords + j + 1;
      test::ClassicEvent event;
      event.source = "Source" + std::to_string(number % (3 + i / 10));
      event.event_id = static_cast<std::uint16_t>(7000 + number % 9);
      event.record_id = number;
      event.time += number * 7'000'000;
      if (number % 4 == 0) {
        event.sid = test::Sid(5, {21, static_cast<std::uint32_t>(number / 50)});
      }
      event.strings = {"some  text", std::to_string(number % 5)};
      chunk.Classic(event);
    }
    chunks.push_back(chunk.Finish());
  }
  return test::EvtxFile(chunks);
}

std::string Damaged(std::string log) {
  const auto chunk_at = [](std::size_t number) { return 4096 + number * 65536; };
  log[chunk_at(20) + 3000] ^= 1;                                           // the CRC is wrong
  log.replace(chunk_at(37) + 2000, 100, 100, 'x');                         // a record is gone
  log[chunk_at(55)] = 'X';                                                 // no chunk
  log.replace(chunk_at(70) + 40'000, 4000, log, chunk_at(3) + 512, 4000);  // older records
  log.resize(chunk_at(90) + 5000);
  return log;
}

class LargeLogTest : public ::testing::Test {
 protected:
  LargeLogTest() : store_(Store::OpenTemporary().value()) {
    std::string name = (std::filesystem::temp_directory_path() / "exdiag-test-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~LargeLogTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string File(const std::string& bytes) {
    std::ofstream(folder_ + "/a.evtx", std::ios::binary) << bytes;
    return folder_ + "/a.evtx";
  }

  // All that came of an import, a line each.
  std::vector<std::string> Told(const std::string& file, Store& store) {
    DiagnosticList problems;
    ImportProgress last;
    ImportInputsOptions options;
    options.progress = [&](const ImportProgress& progress) { last = progress; };
    const auto summary = ImportInputs({file}, options, knowledge_, store, problems);
    if (!summary) return {summary.error().message};
    std::vector<std::string> lines = {std::to_string(last.records) + " read, " +
                                      std::to_string(last.rejected) + " rejected"};
    for (const LedgerRow& row : summary->rows) {
      lines.push_back(std::to_string(row.records) + "=" + std::to_string(row.stored) + "+" +
                      std::to_string(row.duplicates) + "+" + std::to_string(row.rejected) + " " +
                      std::to_string(row.incomparable) + " " + row.content_hash);
    }
    for (const Diagnostic& item : problems.items()) lines.push_back(ToString(item));
    const auto visited = store.ForEachEvent({}, [&](const Event& event) {
      std::string line = std::to_string(event.id) + " " + event.provider + " " +
                         std::to_string(event.event_id) + " " + event.host + " " + event.user +
                         " " + FormatTime(event.time, event.time_basis) + " " +
                         std::to_string(event.record_id) + " " + ToString(event.where) +
                         (event.recovered ? " recovered" : "");
      for (const auto& value : event.strings) line += "/" + value.value_or("");
      lines.push_back(std::move(line));
      return true;
    });
    EXPECT_TRUE(visited.ok());
    const auto coverage = store.CoverageRows();
    for (const Coverage& row : *coverage) {
      lines.push_back(row.host + "/" + row.channel + " " + std::to_string(row.events) + " " +
                      FormatTime(row.from, row.time_basis) + " " +
                      FormatTime(row.to, row.time_basis));
    }
    const auto stretches = store.NumberStretches();
    for (const NumberStretch& row : *stretches) {
      lines.push_back(row.host + "/" + row.channel + " " + std::to_string(row.first_record) + "-" +
                      std::to_string(row.last_record) + " " + std::to_string(row.events));
    }
    EXPECT_THAT(*store.Verify(), IsEmpty());
    return lines;
  }

  std::string folder_;
  Knowledge knowledge_;
  std::unique_ptr<Store> store_;
};

TEST_F(LargeLogTest, PreparedAsRecordByRecord) {
  for (const bool damaged : {false, true}) {
    const std::string file = File(damaged ? Damaged(Log()) : Log());
    const auto store = Store::OpenTemporary().value(), other = Store::OpenTemporary().value();
    PlainStore plain(*other);
    const std::vector<std::string> told = Told(file, *store);
    EXPECT_EQ(told, Told(file, plain)) << (damaged ? "damaged" : "sound");
    EXPECT_GT(told.size(), 3000U);
    if (!damaged) {
      EXPECT_EQ(told[0], "4000 read, 0 rejected");
    }
  }
}

// By the hash of all its bytes, whoever read them.
TEST_F(LargeLogTest, FedAgainItIsKnown) {
  for (const bool damaged : {false, true}) {
    const std::string file = File(damaged ? Damaged(Log()) : Log());
    const auto store = Store::Open(folder_ + (damaged ? "/damaged.db" : "/sound.db")).value();
    const std::vector<std::string> first = Told(file, *store), again = Told(file, *store);
    const std::string known =
        file + ": the same bytes as before, which is imported already; not read again";
    EXPECT_THAT(first, Not(Contains(known)));
    EXPECT_THAT(again, Contains(known));
  }
}

TEST_F(LargeLogTest, CancellingUndoesIt) {
  const std::string file = File(Log());
  std::uint64_t records = 0;
  ImportInputsOptions options;
  options.progress = [&](const ImportProgress& progress) { records = progress.records; };
  options.cancelled = [&] { return records > 1000; };
  DiagnosticList problems;
  const auto summary = ImportInputs({file}, options, knowledge_, *store_, problems);
  EXPECT_TRUE(summary->cancelled);
  EXPECT_THAT(summary->not_imported, ElementsAre(file));
  EXPECT_GT(records, 1000U);
  EXPECT_LT(records, kChunks * kRecords);
  EXPECT_THAT(problems.items(), IsEmpty());
  EXPECT_THAT(*store_->Ledger(), IsEmpty());
  EXPECT_THAT(*store_->Verify(), IsEmpty());
}

}  // namespace
}  // namespace exdiag
