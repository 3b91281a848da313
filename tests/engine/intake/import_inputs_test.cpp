// The import driver: every kind of input, good and bad, and what the user and the ledger are told.
#include "engine/intake/import_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/intake/input_files.h"
#include "tests/importers/archive/archive_builder.h"
#include "tests/importers/trace/trace_bytes.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An NT export of `count` events, the n-th `from + n` minutes after eleven.
std::string NtCsv(int count, int from = 0) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += "11/23/99,11:" + std::string(i < 10 ? "0" : "") + std::to_string(i) +
            ":22 AM,MSExchangeMTA,Warning,X.400 Service ,9322,N/A,BREST,An error. (" +
            std::to_string(i) + ")\r\n";
  }
  return text;
}

class ImportInputsTest : public ::testing::Test {
 protected:
  ImportInputsTest() : store_(Store::OpenTemporary().value()) {
    std::string name = (fs::temp_directory_path() / "exdiag-test-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ImportInputsTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // Writes a file and returns its path.
  std::string File(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  ImportSummary Import(const std::vector<std::string>& inputs) {
    auto summary = ImportInputs(inputs, options_, knowledge_, *store_, problems_);
    EXPECT_TRUE(summary.ok()) << summary.error().message;
    return *summary;
  }

  // "file format records=stored+duplicates+rejected", file names without the test's folder.
  std::vector<std::string> Rows(const ImportSummary& summary) const {
    std::vector<std::string> rows;
    for (const LedgerRow& row : summary.rows) {
      rows.push_back(Short(row.file) + " " +
                     (row.error.empty()
                          ? row.format + " " + std::to_string(row.records) + "=" +
                                std::to_string(row.stored) + "+" + std::to_string(row.duplicates) +
                                "+" + std::to_string(row.rejected)
                          : row.error));
    }
    return rows;
  }

  std::string Short(std::string text) const {
    for (std::size_t at; (at = text.find(folder_ + "/")) != std::string::npos;) {
      text.erase(at, folder_.size() + 1);
    }
    return text;
  }

  std::uint64_t Events() const {
    std::uint64_t events = 0;
    const auto counts = store_->CountEvents({});
    for (const EventCount& count : *counts) events += count.count;
    return events;
  }

  // "id: what the user reads"
  std::vector<std::string> Problems() const {
    std::vector<std::string> lines;
    for (const Diagnostic& item : problems_.items()) {
      lines.push_back(item.id + ": " + Short(ToString(item)));
    }
    return lines;
  }

  std::string folder_;
  std::unique_ptr<Store> store_;
  Knowledge knowledge_;
  DiagnosticList problems_;
  ImportInputsOptions options_;
};

TEST_F(ImportInputsTest, FilesAndFoldersInTheOrderOfNames) {
  const std::string late = File("logs/z.txt", NtCsv(1, 3));
  File("logs/sub/b.log", NtCsv(2));
  File("logs/a.evtx", NtCsv(3));
  // The folder again, a file in it by another name, and a link that leads back.
  fs::create_directory_symlink(folder_ + "/logs", folder_ + "/logs/sub/back");
  const auto summary =
      Import({late, folder_ + "/logs", folder_ + "/logs/", folder_ + "/logs/./a.evtx"});
  EXPECT_THAT(Rows(summary), ElementsAre("logs/z.txt nt-csv 1=1+0+0", "logs/a.evtx nt-csv 3=3+0+0",
                                         "logs/sub/b.log nt-csv 2=0+2+0"));
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_EQ(summary.failed, 0u);
  EXPECT_EQ(Events(), 4u);
}

// Large files of a run without a store are told apart by their sizes first.
TEST_F(ImportInputsTest, LargeFilesThatRepeatAnother) {
  std::string log;
  for (int i = 0; i < 250; ++i) log += NtCsv(50);
  ASSERT_GT(log.size(), std::size_t{1} << 20);
  std::string other = log;
  other[log.size() - 4] = '7';
  const std::string first = File("a.csv", log);
  EXPECT_THAT(Rows(Import({first})), ElementsAre("a.csv nt-csv 12500=12500+0+0"));
  EXPECT_EQ((*store_->Ledger())[0].content_hash, "");

  store_ = Store::OpenTemporary().value();
  const std::string second = File("b.csv", log), same_size = File("c.csv", other);
  File("d.csv", log + NtCsv(1));
  EXPECT_THAT(Rows(Import({folder_})),
              ElementsAre("a.csv nt-csv 12500=12500+0+0", "b.csv nt-csv 12500=0+12500+0",
                          "c.csv nt-csv 12500=1+12499+0", "d.csv nt-csv 12501=1+12500+0"));
  EXPECT_THAT(Problems(), ElementsAre("input.repeated: b.csv: the same bytes as a.csv, which is "
                                      "imported already; not read again"));

  store_ = Store::OpenTemporary().value();
  problems_ = {};
  const std::string archive = File("z.zip", test::BuildArchive({}, {{"e.csv", log}}));
  EXPECT_THAT(Rows(Import({first, archive})),
              ElementsAre("a.csv nt-csv 12500=12500+0+0", "z.zip!/e.csv nt-csv 12500=0+12500+0"));
  EXPECT_EQ(Problems().size(), 1u);
}

TEST_F(ImportInputsTest, TellsHowFarItIs) {
  const std::string broken =
      "11/23/99,11:05:22 AM,MSExchangeMTA,Warning,X.400 Service ,no number,N/A,BREST,x\r\n";
  std::string log;
  for (int i = 0; i < 12; ++i) log += NtCsv(50);
  const std::string plain = File("a.csv", log + broken);
  const std::string archive =
      File("b.zip", test::BuildArchive({}, {{"c.csv", log + NtCsv(1, 55)}}));
  std::vector<ImportProgress> told;
  options_.progress = [&](const ImportProgress& progress) { told.push_back(progress); };
  Import({plain, archive, folder_ + "/none.csv"});

  const std::uint64_t bytes = fs::file_size(plain) + fs::file_size(archive);
  ASSERT_GE(told.size(), 2u);
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].files, 3u);
    EXPECT_EQ(told[i].bytes, bytes);
    EXPECT_LE(told[i].bytes_done, bytes);
    EXPECT_GE(told[i].records, i == 0 ? 0 : told[i - 1].records);
  }
  EXPECT_EQ(told.front().files_done, 0u);
  EXPECT_EQ(told.front().bytes_done + told.front().records, 0u);
  EXPECT_EQ(told.back().files_done, 3u);
  EXPECT_EQ(told.back().bytes_done, bytes);
  EXPECT_EQ(told.back().records, 600u + 1 + 601);
  EXPECT_EQ(told.back().rejected, 1u);
  const auto inside = [&](std::uint64_t files_done, std::uint64_t records, std::uint64_t from) {
    return std::any_of(told.begin(), told.end(), [&](const ImportProgress& one) {
      return one.files_done == files_done && one.records == records && one.bytes_done > from;
    });
  };
  EXPECT_TRUE(inside(0, 256, 0));
  EXPECT_TRUE(inside(1, 601 + 256, fs::file_size(plain)));
}

TEST_F(ImportInputsTest, APatternThatNoShellUnfolded) {
  File("a1.csv", NtCsv(1));
  File("a2.csv", NtCsv(1, 1));
  File("b[1].csv", NtCsv(1, 2));
  EXPECT_THAT(Rows(Import({folder_ + "/a?.csv", folder_ + "/b[1].csv", folder_ + "/c*"})),
              ElementsAre("a1.csv nt-csv 1=1+0+0", "a2.csv nt-csv 1=1+0+0",
                          "b[1].csv nt-csv 1=1+0+0", "c* No such file or directory; not read"));
}

TEST_F(ImportInputsTest, MembersOfArchivesAreFilesOfTheirOwn) {
  const std::string inner = test::BuildArchive({}, {{"deep.csv", NtCsv(1, 5)}});
  const std::string middle = test::BuildArchive({}, {{"inner.zip", inner}});
  const std::string archive = File("logs.zip", test::BuildArchive({}, {{"sub/", ""},
                                                                       {"sub/a.csv", NtCsv(2)},
                                                                       {"note.bin", "\x89PNG"},
                                                                       {"inner.zip", inner},
                                                                       {"middle.zip", middle},
                                                                       {"again.csv", NtCsv(2)}}));
  const auto summary = Import({archive});
  EXPECT_THAT(Rows(summary),
              ElementsAre("logs.zip!/sub/a.csv nt-csv 2=2+0+0",
                          "logs.zip!/note.bin not in a format that exdiag knows; not read",
                          "logs.zip!/inner.zip!/deep.csv nt-csv 1=1+0+0",
                          "logs.zip!/middle.zip!/inner.zip an archive in an archive in an archive; "
                          "not read",
                          "logs.zip!/again.csv nt-csv 2=0+2+0"));
  EXPECT_EQ(summary.failed, 2u);
  EXPECT_EQ(Events(), 3u);
}

TEST_F(ImportInputsTest, AnArchiveThatIsDamagedOrHollow) {
  const std::string whole = test::BuildArchive({ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE},
                                               {{"a.csv", NtCsv(1)}, {"b.csv", NtCsv(40, 7)}});
  const std::string cut = File("cut.tar", whole.substr(0, 512 + 512 + 512 + 700));
  const std::string hollow = File("hollow.zip", test::BuildArchive({}, {{"sub/", ""}}));
  const auto summary = Import({cut, hollow});
  EXPECT_THAT(Problems(),
              ElementsAre("input.archive: cut.tar!/b.csv: Truncated tar archive; not read",
                          "input.archive: cut.tar: Truncated input file (needed 2884 bytes, only 0 "
                          "available); the rest is not read",
                          "input.empty: hollow.zip: the archive holds no files; nothing read"));
  EXPECT_EQ(Events(), 1u);
}

TEST_F(ImportInputsTest, EachBadInputIsOneLineAndTheOthersAreDone) {
  File("empty.evtx", "");
  File("photo.csv", "\x89PNG\r\n\x1a\n and so on");
  fs::create_directory(folder_ + "/hollow");
  File("good.csv", NtCsv(2));
  const auto summary = Import({folder_ + "/missing.evtx", folder_ + "/empty.evtx",
                               folder_ + "/photo.csv", folder_ + "/hollow", folder_ + "/good.csv"});
  EXPECT_THAT(Problems(),
              ElementsAre("input.open: missing.evtx: No such file or directory; not read",
                          "input.empty: empty.evtx: the file is empty; nothing read",
                          "input.format: photo.csv: not in a format that exdiag knows; not read",
                          "input.open: hollow: the folder is empty; nothing read"));
  EXPECT_EQ(summary.failed, 4u);
  EXPECT_FALSE(summary.all_failed());
  EXPECT_EQ(summary.rows.size(), 5u);
  EXPECT_EQ(Events(), 2u);
  // The ledger says the same.
  const auto ledger = store_->Ledger();
  ASSERT_EQ(ledger->size(), 5u);
  EXPECT_EQ((*ledger)[0].error, "No such file or directory; not read");
  EXPECT_TRUE(Import({folder_ + "/missing.evtx"}).all_failed());
}

TEST_F(ImportInputsTest, AFileThatMayNotBeRead) {
  const std::string file = File("secret.csv", NtCsv(1));
  ::chmod(file.c_str(), 0);
  if (::access(file.c_str(), R_OK) == 0) GTEST_SKIP() << "whoever runs this may read every file";
  EXPECT_THAT(Rows(Import({file})), ElementsAre("secret.csv Permission denied; not read"));
}

TEST_F(ImportInputsTest, TheSameBytesAreNotReadAgain) {
  const std::string file = File("a.csv", NtCsv(2)), copy = File("copy.csv", NtCsv(2));
  Import({file});
  EXPECT_THAT(Rows(Import({file, copy})),
              ElementsAre("a.csv nt-csv 2=0+2+0", "copy.csv nt-csv 2=0+2+0"));
  EXPECT_THAT(
      Problems(),
      ElementsAre("input.repeated: a.csv: the same bytes as before, which is imported already; "
                  "not read again",
                  "input.repeated: copy.csv: the same bytes as a.csv, which is imported already; "
                  "not read again"));
  EXPECT_EQ(Events(), 2u);
  // With a zone it is another reading.
  options_.zone = TimeZone::Find("Europe/Paris");
  EXPECT_THAT(Rows(Import({file})), ElementsAre("a.csv nt-csv 2=2+0+0"));
}

TEST_F(ImportInputsTest, ACaptureFedAgainWithAnotherPortIsReadAgain) {
  using namespace trace_test;
  const std::string file =
      File("x400.pcap",
           PcapHeader() + PcapFrame(Frame({.destination_port = 3001}, Tpkt(7, Connect(0xe0)))));
  const std::string again =
      "input.repeated: x400.pcap: the same bytes as before, which is imported already; not read "
      "again";
  const auto frames = [&] { return store_->Facts("tpkt_frame")->size(); };
  Import({file});
  EXPECT_EQ(frames(), 0u);
  options_.reading.tpkt_ports = {3001};
  Import({file});
  EXPECT_EQ(frames(), 1u);
  EXPECT_THAT(Problems(), IsEmpty());
  Import({file});
  EXPECT_THAT(Problems(), ElementsAre(again));
  // Another reading, of the same fact.
  options_.reading.tpkt_ports = {3001, 3002};
  Import({file});
  EXPECT_EQ(frames(), 1u);
  EXPECT_THAT(Problems(), ElementsAre(again));
}

TEST_F(ImportInputsTest, OfManyRejectsTwentyAreShown) {
  std::string text = NtCsv(1);
  for (int i = 0; i < 25; ++i)
    text += "11/23/99,11:57:22 AM,MSExchangeMTA,Eror,None,9322,N/A,BREST,m\r\n";
  const auto summary = Import({File("a.csv", text)});
  ASSERT_EQ(summary.rows.size(), 1u);
  EXPECT_EQ(summary.rows[0].records, summary.rows[0].stored + summary.rows[0].rejected);
  ASSERT_EQ(summary.rows[0].rejected, 25u);
  EXPECT_EQ(problems_.items().size(), 21u);
  EXPECT_EQ(Problems().back(),
            "input.rejects: a.csv: 5 more records could not be read; kept as rejects");
  EXPECT_EQ(store_->Rejects()->size(), 25u);
}

// winlogbeat loses the order of the strings of an event and leaves empty ones out.  Unnamed ones
// get their places back; of named ones that kbdata does not know nothing tells the order, and so
// they stay apart.
TEST_F(ImportInputsTest, TheSameEventFromXmlAndFromWinlogbeat) {
  const auto xml = [](const std::string& data) {
    return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
           "<Provider Name='MSExchangeTransport'/><EventID>7004</EventID>"
           "<TimeCreated SystemTime='2006-08-22T03:15:41.000Z'/><EventRecordID>5</EventRecordID>"
           "<Channel>Application</Channel><Computer>EX1</Computer></System><EventData>" +
           data + "</EventData></Event>\n";
  };
  const auto winlogbeat = [](const std::string& data) {
    return R"({"@timestamp":"2006-08-22T03:15:41.000Z","@metadata":{"beat":"winlogbeat"},)"
           R"("source_name":"MSExchangeTransport","event_id":7004,"log_name":"Application",)"
           R"("record_number":"5","computer_name":"EX1","event_data":{)" +
           data + "}}\n";
  };
  const std::string unnamed_xml =
      File("a.xml", xml("<Data>host</Data><Data></Data><Data>535</Data><Data>q</Data>"));
  const std::string unnamed_json =
      File("a.json", winlogbeat(R"("param4":"q","param1":"host","param3":"535")"));
  const std::string named_xml =
      File("b.xml", xml("<Data Name='User'>u</Data><Data Name='Address'>a</Data>"));
  const std::string named_json = File("b.json", winlogbeat(R"("Address":"a","User":"u")"));
  const auto stored = [&](const std::string& first, const std::string& second) {
    store_ = Store::OpenTemporary().value();
    return Rows(Import({first, second}));
  };
  EXPECT_THAT(stored(unnamed_xml, unnamed_json),
              ElementsAre("a.xml xml 1=1+0+0", "a.json json 1=0+1+0"));
  EXPECT_THAT(stored(unnamed_json, unnamed_xml),
              ElementsAre("a.json json 1=1+0+0", "a.xml xml 1=0+1+0"));
  EXPECT_THAT(stored(named_xml, named_json),
              ElementsAre("b.xml xml 1=1+0+0", "b.json json 1=1+0+0"));
  EXPECT_THAT(stored(named_json, named_xml),
              ElementsAre("b.json json 1=1+0+0", "b.xml xml 1=1+0+0"));
  EXPECT_EQ(store_->Ledger()->at(0).incomparable, 1u);  // which the ledger says
}

// A logon as XML, with its data in their order and some of them empty, and as winlogbeat writes it.
TEST_F(ImportInputsTest, NamedDataOfKnownEventsFromXmlAndFromWinlogbeat) {
  DiagnosticList none;
  knowledge_ = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", none).value();
  const std::string xml = File(
      "a.xml",
      "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
      "<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4647</EventID>"
      "<TimeCreated SystemTime='2006-08-22T03:15:41.1234567Z'/><EventRecordID>5</EventRecordID>"
      "<Channel>Security</Channel><Computer>EX1</Computer></System><EventData>"
      "<Data Name='TargetUserSid'>S-1-5-18</Data><Data Name='TargetUserName'>svc</Data>"
      "<Data Name='TargetDomainName'></Data><Data Name='TargetLogonId'>0x3e7</Data>"
      "</EventData></Event>\n");
  const std::string json = File(
      "a.json", R"({"@timestamp":"2006-08-22T03:15:41.000Z","@metadata":{"beat":"winlogbeat"},)"
                R"("source_name":"Microsoft-Windows-Security-Auditing","event_id":4647,)"
                R"("log_name":"Security","record_number":"5","computer_name":"EX1",)"
                R"("message":"m","event_data":{"TargetUserName":"svc",)"
                R"("TargetLogonId":"0x3e7","TargetUserSid":"S-1-5-18"}})"
                "\n");
  for (const bool turned : {false, true}) {
    store_ = Store::OpenTemporary().value();
    const auto summary = Import({turned ? json : xml, turned ? xml : json});
    ASSERT_EQ(summary.rows.size(), 2u);
    EXPECT_EQ(summary.rows[0].stored, 1u) << turned;
    EXPECT_EQ(summary.rows[1].duplicates, 1u) << turned;
    EXPECT_EQ(summary.rows[1].refined, 1u) << turned;
    const auto read = store_->ForEachEvent({}, [&](const Event& event) {
      EXPECT_EQ(FormatTime(event.time, event.time_basis), "2006-08-22T03:15:41.1234567Z");
      EXPECT_EQ(event.message, "m");
      EXPECT_THAT(event.strings, ElementsAre("S-1-5-18", "svc", "", "0x3e7"));
      EXPECT_THAT(event.names, ElementsAre("TargetUserSid", "TargetUserName", "TargetDomainName",
                                           "TargetLogonId"));
      return true;
    });
    EXPECT_TRUE(read.ok());
    EXPECT_EQ(Events(), 1u);
    EXPECT_THAT(Rows(Import({turned ? xml : json})), ElementsAre(::testing::HasSubstr("1=0+")));
    EXPECT_THAT(*store_->Verify(), IsEmpty());
  }
}

// The name of the element in UserData, which winlogbeat writes among the values, is none of them.
TEST_F(ImportInputsTest, UserDataFromXmlAndFromWinlogbeat) {
  const std::string xml =
      File("a.xml",
           "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
           "<Provider Name='P'/><EventID>104</EventID>"
           "<TimeCreated SystemTime='2006-08-22T03:15:41.000Z'/><EventRecordID>5</EventRecordID>"
           "<Channel>System</Channel><Computer>EX1</Computer></System><UserData>"
           "<LogFileCleared xmlns='x'><User>svc</User><Log>System</Log></LogFileCleared>"
           "</UserData></Event>\n");
  const std::string json =
      File("a.json", R"({"@timestamp":"2006-08-22T03:15:41.000Z","winlog":{"provider_name":"P",)"
                     R"("event_id":"104","channel":"System","record_id":5,"computer_name":"EX1",)"
                     R"("user_data":{"xml_name":"LogFileCleared","User":"svc","Log":"System"}}})"
                     "\n");
  EXPECT_THAT(Rows(Import({xml, json})), ElementsAre("a.xml xml 1=1+0+0", "a.json json 1=0+1+0"));
}

TEST_F(ImportInputsTest, FactsGoToTheStore) {
  const std::string listing =
      "Registered ServicePrincipalNames for CN=EX1,OU=Mail,DC=corp,DC=example:\n"
      "        SMTPSVC/ex1.corp.example\n";
  const auto summary = Import({File("spn.txt", listing)});
  EXPECT_EQ(summary.failed, 0u);
  EXPECT_EQ(summary.rows.at(0).facts, store_->Facts()->size());
  const auto facts = store_->Facts("spn");
  ASSERT_EQ(facts->size(), 1u);
  EXPECT_EQ((*facts)[0].attributes.at("service"), "SMTPSVC");
  EXPECT_EQ(Short((*facts)[0].where.file), "spn.txt");
}

TEST_F(ImportInputsTest, CancellingLeavesTheStoreWhole) {
  const std::string first = File("a.csv", NtCsv(3)), second = File("b.csv", NtCsv(3, 10)),
                    third = File("c.csv", NtCsv(3, 20));
  std::uint64_t done = 0;
  options_.progress = [&](const ImportProgress& progress) { done = progress.files_done; };
  options_.cancelled = [&] { return done > 0; };
  const auto summary = Import({first, second, third});
  EXPECT_TRUE(summary.cancelled);
  EXPECT_THAT(Rows(summary), ElementsAre("a.csv nt-csv 3=3+0+0"));
  EXPECT_THAT(summary.not_imported, ElementsAre(second, third));
  EXPECT_EQ(Events(), 3u);
  EXPECT_THAT(*store_->Verify(), IsEmpty());
}

TEST_F(ImportInputsTest, CancellingWhenAllIsDoneIsSaid) {
  const std::string log = File("a.csv", NtCsv(3));
  std::uint64_t done = 0;
  options_.progress = [&](const ImportProgress& progress) { done = progress.files_done; };
  options_.cancelled = [&] { return done > 0; };
  const auto summary = Import({log});
  EXPECT_TRUE(summary.cancelled);
  EXPECT_THAT(Rows(summary), ElementsAre("a.csv nt-csv 3=3+0+0"));
  EXPECT_THAT(summary.not_imported, IsEmpty());
  EXPECT_EQ(Events(), 3u);
}

TEST_F(ImportInputsTest, AFileThatChangesWhileItIsReadIsLeft) {
  const std::string log = File("a.csv", NtCsv(3)), bad = File("b.csv", "nothing that we know");
  options_.changed = [] { return true; };
  const auto summary = Import({log, bad});
  EXPECT_THAT(summary.changed, ElementsAre(log, bad));
  EXPECT_THAT(Rows(summary), IsEmpty());
  EXPECT_EQ(summary.failed, 0u);
  EXPECT_EQ(Events(), 0u);
  EXPECT_THAT(*store_->Ledger(), IsEmpty());
  options_.changed = [] { return false; };
  EXPECT_THAT(Rows(Import({log})), ElementsAre("a.csv nt-csv 3=3+0+0"));
  EXPECT_THAT(*store_->Verify(), IsEmpty());
}

TEST_F(ImportInputsTest, CancellingInsideAFileUndoesIt) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += NtCsv(60);
  std::uint64_t records = 0;
  options_.progress = [&](const ImportProgress& progress) { records = progress.records; };
  options_.cancelled = [&] { return records > 0; };
  const auto summary = Import({File("a.csv", text)});
  EXPECT_TRUE(summary.cancelled);
  EXPECT_THAT(Rows(summary), IsEmpty());
  EXPECT_EQ(Events(), 0u);
  EXPECT_THAT(*store_->Ledger(), IsEmpty());
  EXPECT_THAT(*store_->Verify(), IsEmpty());
}

TEST_F(ImportInputsTest, APipe) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(pipe) << NtCsv(4);
    ::_exit(0);
  }
  EXPECT_THAT(Rows(Import({pipe})), ElementsAre("pipe nt-csv 4=4+0+0"));
  ::waitpid(child, nullptr, 0);
}

TEST_F(ImportInputsTest, TheStoreMayLieAmongTheLogs) {
  File("a.csv", NtCsv(2));
  const auto store = Store::Open(folder_ + "/site.db");
  const auto summary = ImportInputs({folder_}, options_, knowledge_, **store, problems_);
  EXPECT_THAT(Rows(*summary), ElementsAre("a.csv nt-csv 2=2+0+0"));
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(ImportInputsTest, AStoreThatTakesNothingEndsTheRun) {
  const std::string site = folder_ + "/site.db";
  ASSERT_TRUE(Store::Open(site).ok());
  const auto store = Store::Open(site, {.read_only = true});
  const std::string file = File("a.csv", NtCsv(1));
  const auto summary = ImportInputs({file}, options_, knowledge_, **store, problems_);
  EXPECT_EQ(summary.error().message,
            site + ": opened for reading only; nothing of " + file + " was stored");
}

// A stream that does not fit into the memory that is granted to it.
TEST(OpenInputTest, ALargePipeIsCopiedToAFile) {
  constexpr std::size_t kSize = 40 << 20;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string block(1 << 16, ' ');
    for (std::size_t done = 0; done < kSize; done += block.size()) {
      block[0] = static_cast<char>('a' + done / block.size() % 26);
      if (::write(ends[1], block.data(), block.size()) < 0) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  const auto source = OpenInput("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ((*source)->size(), kSize);
  std::byte at{};
  EXPECT_EQ((*source)->ReadAt(27 << 16, {&at, 1}), 1u);
  EXPECT_EQ(at, std::byte{'b'});
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace exdiag
