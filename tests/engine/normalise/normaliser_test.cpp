#include "engine/normalise/normaliser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Knowledge& Shipped() {
  static const Knowledge knowledge = [] {
    DiagnosticList problems;
    auto loaded = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
    EXPECT_TRUE(loaded.ok());
    return std::move(*loaded);
  }();
  return knowledge;
}

// A record that owns what it points to.
struct Owned {
  Record record;
  std::string message;
  std::string computer;
  std::vector<std::string> strings;
  std::vector<std::string_view> views;

  const Record& Get() {
    record.message = message;
    record.computer = computer;
    views.assign(strings.begin(), strings.end());
    record.strings = views;
    return record;
  }
};

// 1999-11-02T18:05:31Z
const Ticks kTime = *TicksFromCivil({1999, 11, 2, 18, 5, 31, 0});
const Duration kOneHour = Duration::Seconds(3600);

struct Case {
  const char* why;
  const char* provider;
  std::uint16_t id;
  const char* category;
  std::vector<std::string> strings;  // as the program passes them
  const char* message;               // as its viewer shows it
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"9318 of 4.0: six strings",
       "MSExchangeMTA",
       9318,
       "Interface",
       {"9", "1722", "BASE IL", "MAIN BASE", "1", "500"},
       "An RPC communications error occurred. Unable to bind over RPC. The locality table (LTAB) "
       "index is 9. Windows NT error code: 1722. [BASE IL MAIN BASE 1 500] (12)"},
      {"9318 of 5.5 SP3: the layer is passed and not printed",
       "MSExchangeMTA",
       9318,
       "Interface",
       {"4", "5", "5", "0", "LYON", "BASE IL", "MAIN BASE", "1", "500"},
       "An RPC communications error occurred. Unable to bind over RPC. Locality Table (LTAB) "
       "index: "
       "4, NT/MTA error code: 5. Comms error 5, Bind error 0, Remote Server Name LYON [MAIN BASE 1 "
       "500 %10] (14)"},
      {"9318 of Exchange 2000",
       "MSExchangeMTA",
       9318,
       "Interface",
       {"4", "5", "5", "0", "LYON", "BASE IL", "MAIN BASE", "1", "500"},
       "An RPC communications error occurred. Unable to bind over RPC. Locality Table (LTAB) "
       "index: "
       "4, Windows 2000/MTA error code: 5. Comms error 5, Bind error 0, Remote Server Name LYON "
       "[MAIN BASE 1 500 %10] (14)"},
      {"9322 of 5.5 SP2",
       "MSExchangeMTA",
       9322,
       "Interface",
       {"13", "5", "5", "0", "LYON", "ncacn_ip_tcp:192.0.2.4[4749]", "BASE IL", "INCOMING RPC",
        "23", "507"},
       "An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) "
       "index: 13, NT/MTA error code: 5. Comms error 5, Bind error 0, Remote Server Name LYON, "
       "Protocol String ncacn_ip_tcp:192.0.2.4[4749] [BASE IL INCOMING RPC 23 507] (14)"},
      {"9322 mis-rendered: six strings in the text for ten",
       "MSExchangeMTA",
       9322,
       "Interface",
       {"209", "9260", "BASE IL", "INCOMING RPC", "104", "507"},
       "An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) "
       "index: 209, NT/MTA error code: 9260. Comms error BASE IL, Bind error INCOMING RPC, Remote "
       "Server Name 104, Protocol String 507 [%7 %8 %9 %10] (14)"},
      {"9234 mis-rendered: one string short",
       "MSExchangeMTA",
       9234,
       "Operating System",
       {"10038", "BASE IL", "TCP/IP ASYNC", "11", "280"},
       "A sockets error BASE IL on a select() call was detected. The MTA will attempt to recover "
       "the "
       "sockets connection. Control block index: 10038. [TCP/IP ASYNC 11 280 %6] (12)"},
      {"9316 with the tag of a Dynamic RAS connector",
       "MSExchangeMTA",
       9316,
       "Interface",
       {"3", "9301", "BASE IL", "PIPE RAS", "36", "500"},
       "An RPC communications error occurred. No data was sent over the RPC connection. Locality "
       "Table (LTAB) index: 3. Windows NT error: 9301. The MTA will attempt to recover the RPC "
       "connection. [BASE IL PIPE RAS 36 500] (12)"},
      {"9301 prints its strings in the other order",
       "MSExchangeMTA",
       9301,
       "Configuration",
       {"/O=K/OU=L/CN=CONFIGURATION/CN=SERVERS/CN=X/CN=TCP", "C0000204", "BASE IL", "TCP/IP DRVR",
        "8", "218"},
       "The message transfer gateway that uses the network address C0000204 and the transport "
       "stack "
       "/O=K/OU=L/CN=CONFIGURATION/CN=SERVERS/CN=X/CN=TCP could not be found. Check the "
       "configuration "
       "of the mail gateway. [BASE IL TCP/IP DRVR 8 218] (10)"},
      {"9277 has peer, call and endpoint in its tag",
       "MSExchangeMTA",
       9277,
       "Interface",
       {"22", "142", "1804070", "0", "BREST", "RPC inactive", "ncacn_ip_tcp:192.0.2.4[1966]",
        "BASE IL"},
       "The MTA has issued an RPC Cancel call for thread 22, Locality Table Index: 142, Time (ms): "
       "1804070, Cancel result: 0 [BREST RPC inactive ncacn_ip_tcp:192.0.2.4[1966] BASE IL] (14)"},
      {"9266 has a number in front of its tag",
       "MSExchangeMTA",
       9266,
       "Operating System",
       {"5", "BASE IL", "MAIN BASE", "1", "173"},
       "A fatal system error occurred while initializing the MTA. Reboot the computer. If that "
       "does "
       "not work, contact Microsoft Technical Support. [5 BASE IL MAIN BASE 1 173] (16)"},
      {"1294 has four",
       "MSExchangeMTA",
       1294,
       "X.400 Service",
       {"/O=K/CN=CONNECTIONS/CN=DRAS", "198", "1", "0", "1", "PLATFORM", "KERNEL", "20", "130"},
       "An association with entity /O=K/CN=CONNECTIONS/CN=DRAS ended abnormally. [198 1 0 1 "
       "PLATFORM "
       "KERNEL 20 130] (10)"},
      {"290 with an empty redirect",
       "MSExchangeMTA",
       290,
       "X.400 Service",
       {"unable-to-transfer", "content-too-long", "C=US;A= ;P=K;L=X-35", "DN:/o=K/cn=u\xc2\xa7",
        "1", "", "MTA", "DISP:RESULT", "20", "136"},
       "A non-delivery report (reason code unable-to-transfer and diagnostic code "
       "content-too-long) "
       "is being generated for message C=US;A= ;P=K;L=X-35. It was originally destined for "
       "DN:/o=K/cn=u\xc2\xa7 (recipient number 1), and was to be redirected to . [MTA DISP:RESULT "
       "20 "
       "136] (12)"},
      {"9225 in the words of the MTA's own log",
       "MSExchangeMTA",
       9225,
       "Internal Processing",
       {"769", "1", "2", "BASE IL", "TCP/IP DRVR", "22", "255"},
       "Bad message type 769 for socket CB 1 in state 2 [BASE IL TCP/IP DRVR 22 255] (14)"},
      {"9236, only known in those words",
       "MSExchangeMTA",
       9236,
       "Operating System",
       {"1", "0", "BASE IL", "TCP/IP DRVR", "22", "262"},
       "Receive socket closed on CB 1 Socket error 0 [BASE IL TCP/IP DRVR 22 262] (12)"},
      {"4293 has strings side by side",
       "MSExchangeMTA",
       4293,
       "Field Engineering",
       {"", "", "58343030"},
       "Incoming Connection rejected due to an incorrect T-selector. Called T-Selector is: "
       "58343030"},
      {"9405 carries the whole error text",
       "MSExchangeMTA",
       9405,
       "Field Engineering",
       {"Unable to create file EV0.LOG, return code 110", "BASE", "MAIN BASE", "1"},
       "An unexpected error has occurred which may cause the MTA to terminate. Error: Unable to "
       "create file EV0.LOG, return code 110. [BASE MAIN BASE 1] (16)"},
      {"1706 joins file and line",
       "MSExchangeTransport",
       1706,
       "SMTP Protocol",
       {"mail.kite.example", "CSessionContext::OnEXPSInNegotiate", "HrServerNegotiateAuth",
        "0x8009030c", "f:\\exps\\expslib\\context.cpp", "1799"},
       "EXPS is temporarily unable to provide protocol security with \"mail.kite.example\". "
       "\"CSessionContext::OnEXPSInNegotiate\" called \"HrServerNegotiateAuth\" which failed with "
       "error code 0x8009030c ( f:\\exps\\expslib\\context.cpp@1799 )."},
      {"7004 of Exchange 2003: line ends inside the strings",
       "MSExchangeTransport",
       7004,
       "SMTP Protocol",
       {"1", "44", "mail.kite.example", "x-exps", "535 5.7.3 Failed\r\n", "X-EXPS\r\n"},
       "This is an SMTP protocol error log for virtual server ID 1, connection #44. The remote "
       "host "
       "\"mail.kite.example\", responded to the SMTP command \"x-exps\" with \"535 5.7.3 "
       "Failed\r\n\". "
       "The full command sent was \"X-EXPS\r\n\". This will probably cause the connection to "
       "fail."},
      {"7004 of Exchange 2010: another event",
       "MSExchangeTransport",
       7004,
       "Components",
       {"00:01:10", "00:00:50", "a=1", "b=2"},
       "The activation of all modules took longer than expected to complete. Total Load Time: "
       "00:01:10 Total Start Time: 00:00:50 Load Time Breakdown: a=1 Start Time Breakdown: b=2"},
      {"7010",
       "MSExchangeTransport",
       7010,
       "SMTP Protocol",
       {"1", "30", "192.0.2.4", "xexch50", "504 Need to authenticate first ", "xexch50 1092 2"},
       "This is an SMTP protocol log for virtual server ID 1, connection #30. The client at "
       "\"192.0.2.4\" sent a \"xexch50\" command, and the SMTP server responded with \"504 Need to "
       "authenticate first \". The full command sent was \"xexch50 1092 2\". This will probably "
       "cause "
       "the connection to fail."},
      {"Admin 1008",
       "MSExchangeAdmin",
       1008,
       "Move Mailbox",
       {"user", "The server does not respond."},
       "Unable to move mailbox 'user'. Error: The server does not respond."},
      {"a service event without strings",
       "EventLog",
       6005,
       "",
       {},
       "The Event log service was started."},
      {"System log",
       "NETLOGON",
       5719,
       "",
       {"KITE", "There are currently no logon servers available."},
       "No Windows NT Domain Controller is available for domain KITE. (This event is expected and "
       "can "
       "be ignored when booting with the 'No Net' Hardware Profile.) The following error occurred: "
       "\r\nThere are currently no logon servers available."},
  };
  return cases;
}

Owned Base(const Case& row) {
  Owned owned;
  owned.record.provider = row.provider;
  owned.record.event_id = row.id;
  owned.record.time = kTime;
  owned.record.time_basis = TimeBasis::kUtc;
  owned.computer = "LYON";
  return owned;
}

Owned AsEvt(const Case& row) {
  Owned owned = Base(row);
  owned.record.has_strings = true;
  owned.strings = row.strings;
  owned.record.category = 7;
  owned.record.record_id = 4711;
  owned.record.level = Level::kWarning;
  owned.record.time_precision = TimePrecision::kSecond;
  return owned;
}

Owned AsEvtx(const Case& row) {
  Owned owned = AsEvt(row);
  owned.record.channel = "Application";
  owned.record.time = kTime + Duration{9'821'280};
  owned.record.time_precision = TimePrecision::kTicks;
  owned.computer = "lyon.kite.example";
  return owned;
}

// Event Viewer's CSV: local time, category in words, the message.
Owned AsNtCsv(const Case& row) {
  Owned owned = Base(row);
  owned.record.category_text = row.category;
  owned.record.level = Level::kWarning;
  owned.record.time = kTime + kOneHour;
  owned.record.time_basis = TimeBasis::kLocalUnknown;
  owned.record.time_precision = TimePrecision::kSecond;
  owned.message = row.message;
  return owned;
}

// Mail programs wrap what is pasted into them.
Owned AsClipboard(const Case& row) {
  Owned owned = AsNtCsv(row);
  const std::size_t at = owned.message.find(' ', owned.message.size() / 2);
  if (at != std::string::npos) owned.message.replace(at, 1, "\r\n  ");
  owned.message += "\r\n";
  return owned;
}

Owned AsGetWinEvent(const Case& row) {
  Owned owned = Base(row);
  owned.record.channel = "Application";
  owned.record.record_id = 3;
  owned.record.time = kTime;
  owned.record.category_text = row.category;
  owned.message = row.message;
  owned.computer = "LYON.kite.example";
  return owned;
}

// The viewer of a computer without the program's message file.
Owned AsMissingDescription(const Case& row) {
  Owned owned = AsNtCsv(row);
  owned.message =
      "The description for Event ID ( 1 ) in Source ( X ) cannot be found. The local computer may "
      "not "
      "have the necessary registry information or message DLL files to display messages from a "
      "remote "
      "computer. The following information is part of the event: ";
  for (std::size_t i = 0; i < row.strings.size(); ++i) {
    if (i > 0) owned.message += "; ";
    owned.message += row.strings[i];
  }
  owned.message += ".";
  return owned;
}

NormaliseOptions Paris() { return {TimeZone::Find("Europe/Paris")}; }

TEST(Normaliser, GivesOneEventOneIdentityInEveryFormat) {
  const struct {
    const char* name;
    Owned (*make)(const Case&);
  } kFormats[] = {{"evtx", AsEvtx},
                  {"NT CSV", AsNtCsv},
                  {"clipboard", AsClipboard},
                  {"Get-WinEvent", AsGetWinEvent},
                  {"missing description", AsMissingDescription}};
  Normaliser normaliser(Shipped(), Paris());
  for (const Case& row : Cases()) {
    const NormalisedEvent& evt = normaliser.Normalise(AsEvt(row).Get());
    const std::uint64_t identity = evt.identity;
    EXPECT_TRUE(evt.comparable) << row.why;
    for (const auto& format : kFormats) {
      SCOPED_TRACE(std::string(row.why) + " as " + format.name);
      Owned owned = format.make(row);
      const NormalisedEvent& event = normaliser.Normalise(owned.Get());
      EXPECT_EQ(event.identity, identity);
      EXPECT_TRUE(event.comparable);
    }
  }
}

TEST(Normaliser, TextExportsGiveTheStringsThatTheProgramPassed) {
  Normaliser normaliser(Shipped(), Paris());
  for (const Case& row : Cases()) {
    SCOPED_TRACE(row.why);
    Owned owned = AsNtCsv(row);
    const Event event = ToEvent(normaliser.Normalise(owned.Get()));
    for (std::size_t i = 0; i < row.strings.size(); ++i) {
      ASSERT_LT(i, event.strings.size());
      EXPECT_EQ(event.strings[i].value_or(row.strings[i]), row.strings[i]) << "%" << i + 1;
    }
    // Either the message is kept or it can be had again.
    EXPECT_EQ(event.message.empty() ? Shipped().catalogue().Render(event) : event.message,
              row.message);
  }
}

TEST(Normaliser, DifferentEventsHaveDifferentIdentities) {
  const Case& row = Cases()[1];
  Normaliser normaliser(Shipped(), Paris());
  const std::uint64_t identity = normaliser.Normalise(AsEvt(row).Get()).identity;
  const auto differs = [&](const char* why, auto change) {
    Owned owned = AsEvt(row);
    change(owned);
    EXPECT_NE(normaliser.Normalise(owned.Get()).identity, identity) << why;
  };
  differs("another second", [](Owned& o) { o.record.time = kTime + Duration::Seconds(1); });
  differs("another host", [](Owned& o) { o.computer = "BREST"; });
  differs("another ID", [](Owned& o) { o.record.event_id = 9317; });
  differs("another provider", [](Owned& o) { o.record.provider = "Other"; });
  differs("another string", [](Owned& o) { o.strings[4] = "METZ"; });
  differs("no time", [](Owned& o) { o.record.time = {}; });
  differs("a wall clock", [](Owned& o) { o.record.time_basis = TimeBasis::kLocalUnknown; });

  Normaliser without_zone(Shipped(), {});
  Owned local = AsEvt(row);
  local.record.time_basis = TimeBasis::kLocalUnknown;
  const NormalisedEvent& event = without_zone.Normalise(local.Get());
  EXPECT_NE(event.identity, identity);
  EXPECT_EQ(event.time, kTime);
  EXPECT_EQ(event.time_basis, TimeBasis::kLocalUnknown);
  EXPECT_FALSE(event.comparable);
}

TEST(Normaliser, WhatNoMessagePrintsDoesNotMatter) {
  Normaliser normaliser(Shipped(), {});
  Owned a = AsEvt(Cases()[1]);
  Owned b = AsEvt(Cases()[1]);
  b.strings[5] = "";  // the layer, which 9318 does not print
  b.strings.push_back("%10");
  EXPECT_EQ(normaliser.Normalise(a.Get()).identity, normaliser.Normalise(b.Get()).identity);
}

TEST(Normaliser, SaysWhatCannotBeComparedAcrossFormats) {
  Normaliser normaliser(Shipped(), Paris());
  const auto comparable = [&](auto change) {
    Owned owned = AsEvt(Cases()[1]);
    change(owned);
    return normaliser.Normalise(owned.Get()).comparable;
  };
  EXPECT_TRUE(comparable([](Owned&) {}));
  EXPECT_FALSE(comparable([](Owned& o) { o.record.event_id = 1; })) << "strings without an entry";
  EXPECT_FALSE(comparable([](Owned& o) { o.record.event_id = 2099; })) << "an entry without text";
  EXPECT_FALSE(comparable([](Owned& o) { o.record.time_precision = TimePrecision::kMinute; }));
  EXPECT_FALSE(comparable([](Owned& o) {
    o.record.has_strings = false;
    o.message = "Something that nobody knows.";
  })) << "a message without an entry";
}

TEST(Normaliser, KeepsMessagesThatCannotBeRenderedAgain) {
  Normaliser normaliser(Shipped(), Paris());
  const auto message = [&](auto make, auto change) {
    Owned owned = make(Cases()[1]);
    change(owned);
    return std::string(normaliser.Normalise(owned.Get()).message);
  };
  const std::string exact = Cases()[1].message;
  EXPECT_EQ(message(AsNtCsv, [](Owned&) {}), "");
  EXPECT_EQ(message(AsNtCsv, [](Owned& o) { o.message += " "; }), exact + " ");
  EXPECT_EQ(message(AsNtCsv, [](Owned& o) { o.message = "Unknown text."; }), "Unknown text.");
  // Forwarded records hold both.
  EXPECT_EQ(message(AsEvtx, [&](Owned& o) { o.message = exact; }), "");
  EXPECT_EQ(message(AsEvtx, [&](Owned& o) { o.message = "In French."; }), "In French.");
  // The sentence about a missing description, of an event that we cannot render either.
  const auto unknown = [](Owned& o) { o.record.event_id = 1; };
  EXPECT_NE(message(AsMissingDescription, unknown), "");
  EXPECT_EQ(message(AsMissingDescription, [](Owned&) {}), "");
}

TEST(Normaliser, FoldsNamesAndTimes) {
  Normaliser normaliser(Shipped(), Paris());
  Owned owned = AsNtCsv(Cases()[1]);
  owned.record.provider = "msexchangemta";
  owned.computer = "\\\\Lyon.kite.example";
  const NormalisedEvent& event = normaliser.Normalise(owned.Get());
  EXPECT_EQ(event.provider, "MSExchangeMTA");
  EXPECT_EQ(event.host, "lyon");
  EXPECT_EQ(event.computer, "\\\\Lyon.kite.example");
  EXPECT_EQ(event.time, kTime);
  EXPECT_EQ(event.time_basis, TimeBasis::kLocalWithOffset);
}

TEST(Normaliser, PassesOnWhatTheRecordSays) {
  const std::byte binary[] = {std::byte{5}, std::byte{0}};
  const std::string_view strings[] = {"a", "", "c"};
  const std::string_view names[] = {"First", "Second", "Third"};
  Record record;
  record.place = Place::Offset(0x200);
  record.channel = "Custom";
  record.provider = "Some-Provider";
  record.event_id = 12;
  record.qualifiers = 49152;
  record.level = Level::kError;
  record.category = 3;
  record.keywords = kKeywordClassic;
  record.record_id = 99;
  record.user = "S-1-5-18";
  record.has_strings = true;
  record.strings = strings;
  record.names = names;
  record.binary = binary;
  record.recovered = true;
  Normaliser normaliser(Shipped(), {});
  const Event event = ToEvent(normaliser.Normalise(record));
  EXPECT_EQ(event.channel, "Custom");
  EXPECT_EQ(event.provider, "Some-Provider");
  EXPECT_EQ(event.event_id, 12);
  EXPECT_EQ(event.qualifiers, 49152);
  EXPECT_EQ(event.level, Level::kError);
  EXPECT_EQ(event.category, 3);
  EXPECT_EQ(event.keywords, kKeywordClassic);
  EXPECT_EQ(event.record_id, 99u);
  EXPECT_EQ(event.user, "S-1-5-18");
  EXPECT_THAT(event.strings, ElementsAre("a", "", "c"));
  EXPECT_THAT(event.names, ElementsAre("First", "Second", "Third"));
  EXPECT_THAT(event.binary, ElementsAre(std::byte{5}, std::byte{0}));
  EXPECT_TRUE(event.recovered);
  EXPECT_EQ(event.where.place, Place::Offset(0x200));
  EXPECT_EQ(event.time_basis, TimeBasis::kNone);
  EXPECT_THAT(event.message, IsEmpty());
}

struct NamedCase {
  const char* why;
  const char* provider;
  std::uint16_t id;
  bool any_order;
  std::vector<std::string_view> names, strings;
  std::vector<std::string_view> named_as, become;
};

// What an export without the order of an event gives, against what .evtx gives.
TEST(Normaliser, PutsNamedDataInTheOrderOfTheEvent) {
  const char* const kAudit = "Microsoft-Windows-Security-Auditing";
  const std::vector<NamedCase> cases = {
      {"the order is the event's",
       kAudit,
       4647,
       true,
       {"TargetLogonId", "TargetUserSid", "TargetUserName", "TargetDomainName"},
       {"0x3e7", "S-1-5-18", "svc", "CORP"},
       {"TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId"},
       {"S-1-5-18", "svc", "CORP", "0x3e7"}},
      {"empty values come back",
       "microsoft-windows-security-auditing",
       4647,
       true,
       {"TargetLogonId", "TargetUserSid"},
       {"0x3e7", "S-1-5-18"},
       {"TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId"},
       {"S-1-5-18", "", "", "0x3e7"}},
      {"the shortest version that has all names",
       kAudit,
       4663,
       true,
       {"ProcessName", "HandleId"},
       {"p", "h"},
       {"SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "ObjectServer",
        "ObjectType", "ObjectName", "HandleId", "AccessList", "AccessMask", "ProcessId",
        "ProcessName"},
       {"", "", "", "", "", "", "", "h", "", "", "", "p"}},
      {"a later version",
       kAudit,
       4616,
       true,
       {"NewTime", "PreviousDate"},
       {"n", "d"},
       {"SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "PreviousDate",
        "PreviousTime", "NewDate", "NewTime", "ProcessId", "ProcessName"},
       {"", "", "", "", "d", "", "", "n", "", ""}},
      {"GUIDs, and nothing else, in lower case",
       kAudit,
       4769,
       true,
       {"LogonGuid", "TargetUserName"},
       {"{7E11CAF9-F69C-2554-CF7C-C82EB3C7AAFE}", "{7E11CAF9}"},
       {"TargetUserName", "TargetDomainName", "ServiceName", "ServiceSid", "TicketOptions",
        "TicketEncryptionType", "IpAddress", "IpPort", "Status", "LogonGuid",
        "TransmittedServices"},
       {"{7E11CAF9}", "", "", "", "", "", "", "", "", "{7e11caf9-f69c-2554-cf7c-c82eb3c7aafe}",
        ""}},
      {"an export that keeps the order",
       kAudit,
       4647,
       false,
       {"TargetLogonId", "TargetUserSid"},
       {"0x3e7", "S-1-5-18"},
       {"TargetLogonId", "TargetUserSid"},
       {"0x3e7", "S-1-5-18"}},
      {"a name that the event does not have",
       kAudit,
       4647,
       true,
       {"TargetLogonId", "TargetUserSid", "New"},
       {"0x3e7", "S-1-5-18", "n"},
       {"TargetLogonId", "TargetUserSid", "New"},
       {"0x3e7", "S-1-5-18", "n"}},
      {"a name twice",
       kAudit,
       4647,
       true,
       {"TargetUserSid", "TargetUserSid"},
       {"b", "a"},
       {"TargetUserSid", "TargetUserSid"},
       {"b", "a"}},
      {"an event that is not known",
       "Custom",
       4647,
       true,
       {"TargetLogonId", "TargetUserSid"},
       {"0x3e7", "S-1-5-18"},
       {"TargetLogonId", "TargetUserSid"},
       {"0x3e7", "S-1-5-18"}},
      {"no names", kAudit, 4647, true, {}, {"b", "a"}, {}, {"b", "a"}},
  };
  Normaliser normaliser(Shipped(), {});
  for (const NamedCase& row : cases) {
    Record record;
    record.provider = row.provider;
    record.event_id = row.id;
    record.has_strings = true;
    record.names = row.names;
    record.strings = row.strings;
    record.any_order = row.any_order;
    const NormalisedEvent& given = normaliser.Normalise(record);
    const std::uint64_t identity = given.identity;
    const Event event = ToEvent(given);
    const std::vector<std::string> names(row.named_as.begin(), row.named_as.end());
    const InsertionStrings strings(row.become.begin(), row.become.end());
    EXPECT_EQ(event.names, names) << row.why;
    EXPECT_EQ(event.strings, strings) << row.why;
    record.names = row.named_as;
    record.strings = row.become;
    record.any_order = false;
    EXPECT_EQ(normaliser.Normalise(record).identity, identity) << row.why;
  }
}

// More of them than are kept, and each under numbers of two readers and under none.
TEST(Normaliser, SourceNumbersMakeNoDifference) {
  Normaliser normaliser(Shipped(), {});
  Owned owned = AsEvtx(Cases()[1]);
  for (std::uint64_t i = 0; i < 210'000; ++i) {
    const std::uint64_t source = i / 3 % 70'000;
    owned.computer = "EX" + std::to_string(source) + ".kite.example";
    owned.record.source_number = i % 3 == 0 ? 0 : i % 3 << 45 | (source + 1);
    const NormalisedEvent& event = normaliser.Normalise(owned.Get());
    ASSERT_EQ(event.host, "ex" + std::to_string(source));
    ASSERT_EQ(event.source_number, owned.record.source_number);
    ASSERT_EQ(event.provider, "MSExchangeMTA");
    if (i % 1000 > 2) continue;
    const std::uint64_t identity = event.identity;
    Normaliser another(Shipped(), {});
    ASSERT_EQ(another.Normalise(owned.Get()).identity, identity);
  }
}

TEST(Normaliser, SplitsByTheLayoutWhereAStringHoldsTheSeparator) {
  Normaliser normaliser(Shipped(), Paris());
  Owned owned =
      AsMissingDescription({"", "MSExchangeAdmin", 1008, "", {"user", "No answer; given up"}, ""});
  const Event event = ToEvent(normaliser.Normalise(owned.Get()));
  EXPECT_THAT(event.strings, ElementsAre("user", "No answer; given up"));
}

}  // namespace
}  // namespace exdiag
