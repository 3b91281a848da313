// Real files, where the reference material is at hand: pasted events as they were published, and
// the evaluation cases in the four text formats that its tool writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/base/text.h"
#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

using ::testing::IsEmpty;

const fs::path kShared = EXDIAG_SHARED_DIR;

std::string ReadAll(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Published {
  std::string_view file;
  std::string_view importer;
  // "provider/id" in order, blank-separated: providers here are given without their blanks.
  std::string_view events;
  std::string_view computer;  // of all of them
};

constexpr Published kRealLogs[] = {
    {"kb2693078-4999-1051-10003-bad-charset.txt", "clipboard-vista",
     "MSExchangeCommon/4999 MSExchangeExtensibility/1051 MSExchangeTransport/10003", "*"},
    {"kb2709935-10003-starttls-capabilities.txt", "clipboard-vista", "MSExchangeTransport/10003",
     "Computer"},
    {"kb278966-1006-9548-1022-disabled-user.txt", "clipboard",
     "MSExchangeAdmin/1006 MSExchangeIS/9548 MSExchangeISMailboxStore/1022", "ALIA"},
    {"kb279616-4000-smtpsvc-overwritten.txt", "clipboard", "smtpsvc/4000", "SERVERNAME"},
    {"kb286673-4000-smtpsvc-8bitmime.txt", "clipboard", "Smtpsvc/4000", ""},
    {"kb289549-4004-message-format.txt", "clipboard", "MSExchangeTransport/4004", ""},
    {"kb2958036-1019-1018-port25-hubtransport-connector.txt", "clipboard-vista",
     "MSExchangeTransport/1019 MSExchangeTransport/1018 MSExchangeTransport/1036 "
     "MSExchangeCommon/4999 MSExchangeTransportService/1046",
     "2013 Server"},
    {"kb328671-1706-327.txt", "clipboard",
     "MSExchangeTransport/1706 MSExchangeTransport/327 MSExchangeTransport/327", ""},
    {"kb817425-4004-756-ndr-511.txt", "clipboard",
     "MSExchangeTransport/4004 MSExchangeTransport/756", "server"},
    {"kb818530-1709-virtual-server-name-not-fqdn.txt", "clipboard", "MSExchangeTransport/1709",
     "servername"},
    {"kb840469-mta-stacks-not-starting.txt", "clipboard",
     "MSExchangeMTA/9406 MSExchangeMTA/2219 MSExchangeMTA/2206 MSExchangeMTA/2207 "
     "MSExchangeMTA/9405",
     ""},
    {"kb841666-958-master-removed.txt", "clipboard", "MSExchangeTransport/958", ""},
    {"kb843106-7004-7010-504.txt", "clipboard", "MSExchangeTransport/7004 MSExchangeTransport/7010",
     "COMPUTERNAME"},
    {"kb884996-9035-6004-journal-recipient.txt", "clipboard",
     "MSExchangeTransport/9035 MSExchangeTransport/6004", "computername"},
    {"kb900088-2028-ndr-deleted.txt", "clipboard", "MSExchangeISPublicStore/2028", ""},
    {"kb914137-exps-logon-denied-spn.txt", "clipboard",
     "MSExchangeTransport/1706 MSExchangeTransport/7004 MSExchangeTransport/7004", "computer_name"},
    {"kb919091-4006-semaphore.txt", "clipboard", "MSExchangeTransport/4006", "Server_Name"},
    {"kb951558-327-references-header.txt", "clipboard", "MSExchangeTransport/327", ""},
    {"kb979174-1035-illegalmessage.txt", "clipboard", "MSExchangeTransport/1035", ""},
};

TEST(SharedSamplesTest, PublishedEventsAreAllRead) {
  const fs::path folder = kShared / "cases" / "real-logs";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there: published events not tried";
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, std::size(kRealLogs));
  for (const Published& want : kRealLogs) {
    SCOPED_TRACE(want.file);
    const auto got = ImportBytes(ReadAll(folder / want.file));
    EXPECT_EQ(got.importer, want.importer);
    EXPECT_THAT(got.rejects, IsEmpty());
    std::string events;
    for (const OwnedRecord& record : got.records) {
      std::string provider = record.provider;
      std::erase(provider, ' ');
      events += (events.empty() ? "" : " ") + provider + "/" + std::to_string(record.id);
      EXPECT_GT(record.message.size(), 40u);
      EXPECT_NE(record.level, "");
      if (want.computer != "*") {
        EXPECT_EQ(record.computer, want.computer);
      }
    }
    EXPECT_EQ(events, want.events);
  }
}

// Writes all cases in all four text formats, and what must come out of them, into a folder.
constexpr std::string_view kRender = R"(
import os, sys
sys.path.insert(0, os.path.join(sys.argv[1], 'tools'))
import cases
folder, out = os.path.join(sys.argv[1], 'cases', 'dev'), sys.argv[2]
for name in sorted(os.listdir(folder)):
    case = cases.load(os.path.join(folder, name))
    for fmt in ('nt-csv', 'nt-txt', 'clipboard', 'winevent'):
        with open(os.path.join(out, name + '.' + fmt), 'wb') as f:
            f.write(cases.render(case, fmt))
        events = case['events']
        if fmt.startswith('nt'):
            events = sorted(events, key=cases.when, reverse=True)
        with open(os.path.join(out, name + '.' + fmt + '.want'), 'w', newline='') as f:
            for e in events:
                text = str(e['message']).replace('\r\n', '\n').strip()
                if fmt != 'winevent':
                    text = text.encode('cp1252', 'replace').decode('cp1252')
                f.write('\x1f'.join([e['source'], str(e['id']), e.get('type', 'Warning').lower(),
                                     cases.when(e).isoformat(), e['computer'], text]) + '\x1e')
)";

std::vector<std::string> Want(const fs::path& file) {
  const std::string text = ReadAll(file);
  std::vector<std::string> rows;
  for (const std::string_view row : Split(text, '\x1e')) {
    if (!row.empty()) rows.emplace_back(row);
  }
  return rows;
}

std::string Shown(const OwnedRecord& r) {
  return r.provider + '\x1f' + std::to_string(r.id) + '\x1f' + r.level + '\x1f' + r.time + '\x1f' +
         r.computer + '\x1f' + r.message;
}

TEST(SharedSamplesTest, EvaluationCasesInAllTextFormats) {
  if (!fs::exists(kShared / "tools" / "cases.py")) {
    GTEST_SKIP() << kShared << " has no tools/cases.py: evaluation cases not tried";
  }
  const fs::path out = fs::path(::testing::TempDir()) / "exdiag_text_cases";
  fs::remove_all(out);
  fs::create_directories(out);
  std::ofstream(out / "render.py") << kRender;
  const std::string command = "/usr/bin/python3 -B '" + (out / "render.py").string() + "' '" +
                              kShared.string() + "' '" + out.string() + "'";
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "python3 or its yaml is missing";
  const std::map<std::string, std::string, std::less<>> importers = {{".nt-csv", "nt-csv"},
                                                                     {".nt-txt", "nt-txt"},
                                                                     {".clipboard", "clipboard"},
                                                                     {".winevent", "winevent-csv"}};
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(out)) {
    const auto importer = importers.find(entry.path().extension().string());
    if (importer == importers.end()) continue;
    SCOPED_TRACE(entry.path().filename());
    ++files;
    const auto got = ImportBytes(ReadAll(entry.path()));
    EXPECT_EQ(got.importer, importer->second);
    EXPECT_THAT(got.rejects, IsEmpty());
    std::vector<std::string> shown;
    for (const OwnedRecord& record : got.records) shown.push_back(Shown(record));
    EXPECT_EQ(shown, Want(entry.path().string() + ".want"));
  }
  EXPECT_GE(files, 400u);
  fs::remove_all(out);
}

}  // namespace
}  // namespace exdiag
