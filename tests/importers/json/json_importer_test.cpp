#include "importers/json/json_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "importers/json/json_objects.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/support/shared_files.h"
#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The event that the rows below show, each in its own way.
OwnedRecord Want() {
  return {.line = 1,
          .channel = "Application",
          .provider = "MSExchangeTransport",
          .id = 7004,
          .qualifiers = 49156,
          .level = "error",
          .category = 3,
          .keywords = kKeywordClassic,
          .time = "2006-08-22T03:15:41Z",
          .record_id = 5,
          .computer = "EX1",
          .has_strings = true,
          .strings = {"host", "", "535"}};
}

OwnedRecord With(void (*change)(OwnedRecord&)) {
  OwnedRecord record = Want();
  change(record);
  return record;
}

const struct Shape {
  std::string_view why;
  std::string bytes;
  OwnedRecord record;
} kShapes
    [] =
        {
            {"evtx_dump -o jsonl",
             R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"MSExchangeTransport"}},"EventID":{"#attributes":{"Qualifiers":49156},"#text":7004},"Level":2,"Task":3,"Keywords":"0x80000000000000","TimeCreated":{"#attributes":{"SystemTime":"2006-08-22T03:15:41.000000Z"}},"EventRecordID":5,"Channel":"Application","Computer":"EX1","Security":null},"EventData":{"Data":{"#text":["host","","535"]}}}})",
             Want()},
            {"the same with --separate-json-attributes, of a forwarded event: all values are texts",
             R"({"Event_attributes":{"xmlns":"x"},"Event":{"System":{"Provider_attributes":{"Name":"MSExchangeTransport"},"EventID_attributes":{"Qualifiers":"49156"},"EventID":"7004","Level":"2","Task":"3","Keywords":"0x80000000000000","TimeCreated_attributes":{"SystemTime":"2006-08-22T03:15:41Z"},"EventRecordID":"5","Channel":"Application","Computer":"EX1","Security_attributes":{"UserID":"S-1-5-18"}},"EventData":{"Data":["host",null,535],"Binary":"00FF"}}})",
             With([](OwnedRecord& r) {
               r.user = "S-1-5-18";
               r.binary = "00ff";
             })},
            {"attributes with @, as Newtonsoft writes them; repeated names with numbers",
             R"({"Event":{"@xmlns":"x","System":{"Provider":{"@Name":"MSExchangeTransport"},"EventID":{"@Qualifiers":"49156","#text":"7004"},"Level":"2","Task":"3","Keywords":"0x80000000000000","TimeCreated":{"@SystemTime":"2006-08-22T03:15:41Z"},"EventRecordID":"5","Channel":"Application","Computer":"EX1"},"EventData":{"Data":"host","Data_1":"","Data_2":"535"}}})",
             Want()},
            {"names of manifest values, as members or as attributes",
             R"({"Event":{"System":{"Provider":{"Name":"P"},"EventID":{"text":"7004","Qualifiers":""},"Level":"2","TimeCreated":{"SystemTime":"2006-08-22T03:15:41Z"}},"EventData":{"Data":[{"text":"a","Name":"x"},{"text":"b","Name":"y"}],"port":5,"flag":true}}})",
             {.line = 1,
              .provider = "P",
              .id = 7004,
              .level = "error",
              .time = "2006-08-22T03:15:41Z",
              .has_strings = true,
              .strings = {"a", "b", "5", "true"},
              .names = {"x", "y", "port", "flag"}}},
            {"UserData: leaves and attributes as from .evtx",
             R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":1},"UserData":{"Outer":{"#attributes":{"xmlns":"u"},"Path":"C:\\a","Error":{"#attributes":{"Code":"5"}},"Header":"h0","Header_1":"h1","More_attributes":{"n":"1"},"More":"t"}}}})",
             {.line = 1,
              .provider = "P",
              .id = 1,
              .has_strings = true,
              .strings = {"C:\\a", "5", "h0", "h1", "1", "t"},
              .names = {"Path", "Error@Code", "Header", "Header", "More@n", "More"}}},
            {"Get-WinEvent | ConvertTo-Json, 5.1",
             R"({"Id":7004,"Version":null,"Qualifiers":49156,"Level":2,"Task":3,"Keywords":36028797018963968,"RecordId":5,"ProviderName":"MSExchangeTransport","LogName":"Application","ProcessId":0,"MachineName":"EX1","UserId":{"BinaryLength":12,"AccountDomainSid":null,"Value":"S-1-5-18"},"TimeCreated":"\/Date(1156216541000)\/","Bookmark":{},"LevelDisplayName":"Error","TaskDisplayName":"SMTP Protocol","KeywordsDisplayNames":["Classic"],"Properties":[{"Value":"host"},{"Value":""},{"Value":535},{"Value":[0,255]}],"Message":"a\r\nb \u0027c\u0027"})",
             With([](OwnedRecord& r) {
               r.category_text = "SMTP Protocol";
               r.user = "S-1-5-18";
               r.message = "a\nb 'c'";
               r.binary = "00ff";
             })},
            {"7.x: ISO 8601 with offset; the depth did not reach the properties",
             R"({"Id":7004,"Qualifiers":49156,"Level":2,"Task":3,"Keywords":36028797018963968,"RecordId":5,"ProviderName":"MSExchangeTransport","LogName":"Application","MachineName":"EX1","UserId":null,"TimeCreated":"2006-08-22T05:15:41.0000000+02:00","Properties":["System.Diagnostics.Eventing.Reader.EventProperty"],"Message":"m"})",
             With([](OwnedRecord& r) {
               r.has_strings = false;
               r.strings.clear();
               r.message = "m";
             })},
            {"a bare date is an object; signed keywords; a projection without a zone",
             R"({"TimeCreated":{"value":"\/Date(1156216541000)\/","DisplayHint":2,"DateTime":"x"},"Id":7004,"ProviderName":"P","Keywords":-9223372036854775808,"LevelDisplayName":"Warnung"})",
             {.line = 1,
              .provider = "P",
              .id = 7004,
              .level = "warning",
              .keywords = 0x8000'0000'0000'0000,
              .time = "2006-08-22T03:15:41Z"}},
            {"Get-EventLog | ConvertTo-Json",
             R"({"EventID":7004,"MachineName":"EX1","Data":[0,255],"Index":5,"Category":"SMTP Protocol","CategoryNumber":3,"EntryType":1,"Message":"m","Source":"MSExchangeTransport","ReplacementStrings":["host","","535"],"InstanceId":3221494620,"TimeGenerated":"\/Date(1156216541000)\/","TimeWritten":"\/Date(1156216542000)\/","UserName":null})",
             With([](OwnedRecord& r) {
               r.channel = "";
               r.qualifiers = 0xc004;
               r.category_text = "SMTP Protocol";
               r.keywords = 0;
               r.message = "m";
               r.binary = "00ff";
             })},
            {"WMI",
             R"({"Category":3,"CategoryString":"SMTP Protocol\r\n","ComputerName":"EX1","EventCode":7004,"EventIdentifier":3221494620,"EventType":1,"InsertionStrings":["host","","535"],"Logfile":"Application","Message":"-","RecordNumber":5,"SourceName":"MSExchangeTransport","TimeGenerated":"20060822051541.000000+120","Type":"Error","User":"CORP\\svc"})",
             With([](OwnedRecord& r) {
               r.category_text = "SMTP Protocol";
               r.keywords = 0;
               r.user = "CORP\\svc";
             })},
            {"winlogbeat 6: empty strings are left out, the order is not kept",
             R"({"@timestamp":"2006-08-22T03:15:41.000Z","@metadata":{"beat":"winlogbeat"},"event_data":{"param3":"535","param1":"host"},"task":"SMTP Protocol","source_name":"MSExchangeTransport","event_id":7004,"log_name":"Application","record_number":"5","computer_name":"EX1","level":"Error","keywords":["Classic"],"message":"m"})",
             With([](OwnedRecord& r) {
               r.qualifiers = 0;
               r.category = 0;
               r.category_text = "SMTP Protocol";
               r.keywords = 0;
               r.message = "m";
             })},
            {"winlogbeat 7 and later",
             R"({"@timestamp":"2006-08-22T03:15:41.000Z","winlog":{"channel":"Application","provider_name":"MSExchangeTransport","event_id":"7004","record_id":5,"computer_name":"EX1","task":"SMTP Protocol","keywords":["Audit Failure"],"user":{"identifier":"S-1-5-18"},"event_data":{"param1":"host","param2":"","param3":"535","Binary":"00FF"}},"log":{"level":"error"},"message":"m","event":{"code":"7004"}})",
             With([](OwnedRecord& r) {
               r.qualifiers = 0;
               r.category = 0;
               r.category_text = "SMTP Protocol";
               r.keywords = kKeywordAuditFailure;
               r.user = "S-1-5-18";
               r.message = "m";
               r.binary = "00ff";
             })},
            {"NXLog: local time; the 32-bit number",
             R"({"EventTime":"2006-08-22 03:15:41","Hostname":"EX1","Keywords":36028797018963968,"EventType":"ERROR","SeverityValue":4,"EventID":3221494620,"SourceName":"MSExchangeTransport","Task":3,"RecordNumber":5,"Channel":"Application","Domain":"CORP","AccountName":"svc","Message":"a\r\nb","Category":"SMTP Protocol","SourceModuleType":"im_msvistalog"})",
             With([](OwnedRecord& r) {
               r.category_text = "SMTP Protocol";
               r.time = "2006-08-22T03:15:41";
               r.user = "CORP\\svc";
               r.has_strings = false;
               r.strings.clear();
               r.message = "a\nb";
             })},
            {"EvtxECmd: an offset behind UTC that is none; joined strings",
             R"({"ChunkNumber":1,"Computer":"EX1","Payload":"{\"EventData\":{\"Data\":\"host, , 535\",\"Binary\":\"00FF\"}}","Channel":"Application","Provider":"MSExchangeTransport","EventId":7004,"EventRecordId":"5","Level":"Error","Keywords":"Classic","TimeCreated":"2006-08-22T03:15:41.0000000+05:30","RecordNumber":1})",
             With([](OwnedRecord& r) {
               r.qualifiers = 0;
               r.category = 0;
               r.keywords = 0;
               r.has_strings = false;
               r.strings.clear();
               r.message =
                   "The description for Event ID ( 7004 ) in Source ( MSExchangeTransport ) cannot "
                   "be "
                   "found. The following information is part of the event: host, , 535.";
               r.binary = "00ff";
             })},
            {"EvtxECmd: named values",
             R"({"ChunkNumber":1,"Computer":"EX1","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"x\",\"#text\":\"a\"},{\"@Name\":\"y\"}]}}","Provider":"P","EventId":1,"EventRecordId":"5","Level":"Info","TimeCreated":"2006-08-22T03:15:41.0000000+00:00"})",
             {.line = 1,
              .provider = "P",
              .id = 1,
              .level = "information",
              .time = "2006-08-22T03:15:41Z",
              .record_id = 5,
              .computer = "EX1",
              .has_strings = true,
              .strings = {"a", ""},
              .names = {"x", "y"}}},
            {"plaso: microseconds since 1970",
             R"({"__container_type__":"event","computer_name":"EX1","data_type":"windows:evtx:record","event_identifier":7004,"event_level":2,"message":"[7004 / 0x1b5c]","message_identifier":3221494620,"record_number":5,"source_name":"MSExchangeTransport","strings":["host","","535"],"timestamp":1156216541000000,"user_sid":"S-1-5-18"})",
             With([](OwnedRecord& r) {
               r.channel = "";
               r.category = 0;
               r.keywords = 0;
               r.user = "S-1-5-18";
               r.message = "[7004 / 0x1b5c]";
             })},
            {"Log Analytics: Event, with the strings as XML",
             R"({"TenantId":"t","TimeGenerated":"2006-08-22T03:15:41Z","Source":"MSExchangeTransport","EventLog":"Application","Computer":"EX1","EventLevel":1,"EventLevelName":"Error","ParameterXml":"<Param>host</Param><Param></Param><Param>535</Param>","EventID":7004,"EventCategory":3,"UserName":"N/A","RenderedDescription":"m"})", With([](OwnedRecord& r) {
               r.qualifiers = 0;
               r.keywords = 0;
               r.record_id = 0;
               r.message = "m";
             })},
            {"Log Analytics: SecurityEvent and WindowsEvent, with XML and with JSON inside",
             R"({"TimeGenerated":"2006-08-22T03:15:41Z","EventSourceName":"P","Channel":"Security","Task":1,"Level":"0","EventData":"<EventData xmlns=\"x\">\r\n  <Data Name=\"a\">1<\/Data>\r\n<\/EventData>","EventID":1})",
             {.line = 1,
              .channel = "Security",
              .provider = "P",
              .id = 1,
              .level = "log_always",
              .category = 1,
              .time = "2006-08-22T03:15:41Z",
              .has_strings = true,
              .strings = {"1"},
              .names = {"a"}}},
            {"Log Analytics, saved from the portal: the name says the zone",
             R"({"TimeGenerated [UTC]":"8/22/2006, 3:15:41.120 AM","Source":"MSExchangeTransport","EventLog":"Application","Computer":"EX1","EventLevel":1,"EventLevelName":"Error","EventID":7004,"EventCategory":3,"ParameterXml":"<Param>host</Param><Param></Param><Param>535</Param>"})",
             With([](OwnedRecord& r) {
               r.qualifiers = 0;
               r.keywords = 0;
               r.record_id = 0;
               r.time = "2006-08-22T03:15:41.12Z";
             })},
            {"what Select-Object leaves mostly has no provider",
             R"({"TimeCreated":"2006-08-22T03:15:41Z","Id":7004,"LevelDisplayName":"Error","Message":"m"})",
             {.line = 1,
              .id = 7004,
              .level = "error",
              .time = "2006-08-22T03:15:41Z",
              .message = "m"}},
};

TEST(JsonImporterTest, EachToolsShape) {
  for (const Shape& row : kShapes) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, "json");
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(row.record));
  }
}

std::string Event(int record) {
  return R"({"EventID": 1, "SourceName": "P", "RecordNumber": )" + std::to_string(record) +
         R"(, "Message": "br{ce [ \" \\"})";
}

TEST(JsonImporterTest, EachWayToPutThemTogether) {
  const std::string pretty =
      "{\n  \"EventID\": 1,\n  \"SourceName\": \"P\",\n  \"RecordNumber\": 1,\n  \"Nested\": {\n"
      "    \"a\": [1, {\"b\": 2}]\n  }\n}";
  const struct {
    std::string_view why;
    std::string bytes;
    std::vector<std::uint64_t> lines;
  } kCases[] = {
      {"one a line", Event(1) + "\n" + Event(2) + "\r\n\r\n" + Event(3) + "\n", {1, 2, 4}},
      {"an array", "[" + Event(1) + "," + Event(2) + ",\n" + Event(3) + "]", {1, 1, 2}},
      {"a single object", pretty, {1}},
      {"an indented array",
       "\xef\xbb\xbf[\r\n    " + Event(1) + ",\r\n    " + Event(2) + "\r\n]\r\n",
       {2, 3}},
      {"one behind the other", pretty + "\n" + pretty + pretty, {1, 9, 16}},
      {"UTF-16 with mark",
       "\xff\xfe" + Utf16("[" + Event(1) + ",\r\n" + Event(2) + "]", false),
       {1, 2}},
      {"numbered, as evtx_dump -o json does",
       "Record 1\n" + pretty + "\nRecord 2\n" + pretty + "\n",
       {2, 11}},
      {"joined arrays", "[" + Event(1) + "]\n[" + Event(2) + "]\n", {1, 2}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
    std::vector<std::uint64_t> lines;
    for (const auto& record : got.records) lines.push_back(record.line);
    EXPECT_EQ(lines, row.lines);
  }
}

TEST(JsonImporterTest, ObjectsBehindProse) {
  const auto got = ImportBytes("Hello {all},\n\nthis is what we got:\n\n" + Event(1) +
                               "\n{\n  \"EventID\": 2,\n  \"SourceName\": \"P\"\n}\nregards\n");
  EXPECT_EQ(got.importer, "json");
  EXPECT_THAT(got.records, SizeIs(2));
  EXPECT_THAT(got.rejects, IsEmpty());
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 3 lines from here on belong to no record; not "
                                     "used [text.outside-records]"));
}

TEST(JsonImporterTest, TheOrderOfDatesIsThatOfTheFile) {
  const std::string first =
      R"({"Id":1,"LevelDisplayName":"Error","TimeCreated":"07.10.2021 12:28:26","Message":"m"})";
  const std::string second =
      R"({"Id":1,"LevelDisplayName":"Error","TimeCreated":"27.10.2021 12:28:26","Message":"m"})";
  const auto got = ImportBytes("[" + first + ",\n" + second + "]");
  ASSERT_THAT(got.records, SizeIs(2));
  EXPECT_EQ(got.records[0].time, "2021-10-07T12:28:26");
  EXPECT_EQ(got.records[1].time, "2021-10-27T12:28:26");
  const std::string slashes =
      R"({"Id":1,"LevelDisplayName":"Error","TimeCreated":"7/10/2021 12:28:26","Message":"m"})";
  EXPECT_THAT(ImportBytes(slashes).notes,
              ElementsAre("in: day and month cannot be told apart in any date; read as "
                          "month/day/year [text.date-order]"));
}

TEST(JsonImporterTest, DamageCostsItsOwnObjectOnly) {
  const std::string whole =
      R"({"EventID":1,"SourceName":"P","TimeCreated":"2020-01-01T00:00:00Z"})";
  const struct {
    std::string_view why;
    std::string middle;
    std::size_t records;
    std::vector<std::string> rejects;
    std::vector<std::string> notes;
  } kCases[] = {
      {"cut off",
       whole.substr(0, 30),
       2,
       {"in: line 2: another object begins before this one ends; kept as a reject [json.event]"},
       {}},
      {"a quote is missing",
       R"({"EventID":1,"SourceName":"P,"Level":2})",
       2,
       {"in: line 2: another object begins before this one ends; kept as a reject [json.event]"},
       {}},
      {"no JSON",
       R"({"EventID":1,,"SourceName":"P"})",
       2,
       {"in: line 2: no JSON (The JSON document has an improper structure: missing or superfluous "
        "commas, braces, missing keys, etc.); kept as a reject [json.event]"},
       {}},
      {"no event",
       R"({"a":{"b":1}})",
       2,
       {"in: line 2: an object without a provider or an event number; kept as a reject "
        "[json.event]"},
       {}},
      {"no number",
       R"({"EventID":"x","SourceName":"P"})",
       2,
       {"in: line 2: an object without a provider or an event number; kept as a reject "
        "[json.event]"},
       {}},
      {"a lone half of a surrogate pair",
       R"({"EventID":1,"SourceName":"P","Message":"\ud83d x \ude00 \ud83d\ude00","TimeCreated":"2020-01-01T00:00:00Z"})",
       3,
       {},
       {}},
      {"text between",
       "some words",
       2,
       {},
       {"in: line 2: 1 line from here on belongs to no record; not used [text.outside-records]"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(whole + "\n" + row.middle + "\n" + whole + "\n");
    EXPECT_THAT(got.records, SizeIs(row.records));
    EXPECT_EQ(got.rejects, row.rejects);
    EXPECT_EQ(got.notes, row.notes);
    if (row.records == 3) {
      EXPECT_EQ(got.records[1].message, "\xef\xbf\xbd x \xef\xbf\xbd \xf0\x9f\x98\x80");
    }
  }
}

TEST(JsonImporterTest, CutOffAnywhere) {
  const std::string whole =
      R"({"EventID":1,"SourceName":"P","TimeCreated":"2020-01-01T00:00:00Z"})";
  const std::string text = "[" + whole + ",\n" + whole + "]";
  for (std::size_t size = whole.size() + 1; size < text.size(); ++size) {
    SCOPED_TRACE(size);
    const auto got = ImportBytes(text.substr(0, size));
    const bool begun = size > whole.size() + 3;
    const bool closed = size >= text.size() - 1;
    EXPECT_THAT(got.records, SizeIs(closed ? 2 : 1));
    EXPECT_THAT(got.rejects, SizeIs(begun && !closed ? 1 : 0));
    EXPECT_THAT(got.notes, IsEmpty());
  }
  EXPECT_THAT(ImportBytes(text.substr(0, text.size() - 9)).rejects,
              ElementsAre("in: line 2: the text ends before the object does; kept as a reject "
                          "[json.event]"));
}

TEST(JsonImporterTest, AnObjectWithoutEndIsBounded) {
  std::string text = Event(1) + "\n{\"EventID\":1,\"SourceName\":\"P\",\"x\":\"";
  text.append(3 * JsonObjects::kLongest, 'x');
  const auto got = ImportBytes(text);
  EXPECT_THAT(got.records, SizeIs(1));
  EXPECT_THAT(got.rejects, ElementsAre("in: line 2: an object of more than 4 MiB; kept as a reject "
                                       "[json.event]"));
}

TEST(JsonImporterTest, WhatIsNoExportOfEvents) {
  EXPECT_EQ(ImportBytes("{}").importer, "");
  EXPECT_EQ(ImportBytes("[1, 2]").importer, "");
  EXPECT_EQ(ImportBytes(R"({"name": "x", "version": 1})").importer, "");
  EXPECT_EQ(ImportBytes(R"(words {"EventID":1,"SourceName":"P"})").importer, "");
}

TEST(JsonImporterTest, ItStopsWhenTheSinkSaysSo) {
  EXPECT_THAT(ImportBytes(Event(1) + Event(2) + Event(3), {}, 2).records, SizeIs(2));
}

TEST(JsonImporterTest, DamagedAtRandom) {
  std::string text = "[\n";
  for (const Shape& row : kShapes) text += row.bytes + ",\n";
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const auto got = ImportBytes(import_test::Damager(seed).Damage(text));
    EXPECT_LE(got.records.size() + got.rejects.size(), 2 * std::size(kShapes) + 8) << seed;
  }
}

TEST(JsonImporterTest, RealFiles) {
  const auto folder = test::SharedDir() / "formats/samples";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there: real JSON exports not read";
  }
  const struct {
    std::string_view file;
    std::size_t records;
    std::string_view first;  // channel, provider, number, computer, time, strings
  } kFiles[] = {
      {"evtx_dump/chainsaw_search.jsonl", 2,
       "Security|Microsoft-Windows-Security-Auditing|4624|DESKTOP-JK4Q86I|"
       "2022-10-11T19:26:52.15408Z|27"},
      {"evtxecmd/sof-elk_pr259_rows.jsonl", 1,
       "Microsoft-Windows-SystemDataArchiver/Diagnostic|Microsoft-Windows-SystemDataArchiver|2050|"
       "<redacted_hostname>.<redacted_domain>|2022-10-25T07:48:00.0218984Z|1"},
      {"nxlog/hayabusa_test.jsonl", 2,
       "Microsoft-Windows-Sysmon/"
       "Operational|Microsoft-Windows-Sysmon|10|test.local|"
       "2020-05-01T22:55:23|0"},
      {"nxlog/otrf_proxylogon_MSExchange.jsonl", 24,
       "Application|MSExchange Mid-Tier Storage|9000|MXS01.azsentinel.local|"
       "2021-03-14T01:40:11.549Z|0"},
      {"sentinel/otrf_sysmon_log4shell_cve2021_44228_java_serialized_object.jsonl", 30,
       "Microsoft-Windows-Sysmon/Operational|Microsoft-Windows-Sysmon|3|WORKSTATION5|"
       "2022-05-13T08:54:06.347Z|18"},
      {"sentinel/otrf_securityauditing_log4shell_cve2021_44228_java_serialized_object.jsonl", 30,
       "Security|Microsoft-Windows-Security-Auditing|5156|WORKSTATION5|2022-05-13T08:54:05.21Z|13"},
      {"winlogbeat/otrf_empire_invoke_runas.jsonl", 40,
       "Microsoft-Windows-PowerShell/Operational|*"},
      {"winlogbeat/zircolite_winlogbeat_sysmon_sample.json", 2,
       "Microsoft-Windows-Sysmon/Operational|Microsoft-Windows-Sysmon|11|s.domain.local|"
       "2024-02-13T06:56:24.223Z|2"},
      {"maxpatrol-json/eventlog_Common_System_7036_Basic_Service_Operations.json", 1,
       "System|Service Control Manager|7036|SOMEONE.acme.com|2014-07-30T02:05:00Z|2"},
      {"maxpatrol-json/wmi_Common_System_7045_New_Windows_Service.json", 1,
       "System|Service Control Manager|7045|SOMEONE.acme.com|2013-11-11T09:56:25|5"},
  };
  for (const auto& row : kFiles) {
    SCOPED_TRACE(row.file);
    std::ifstream stream(folder / row.file, std::ios::binary);
    const auto got = ImportBytes({std::istreambuf_iterator<char>(stream), {}});
    EXPECT_EQ(got.importer, "json");
    EXPECT_THAT(got.rejects, IsEmpty());
    ASSERT_EQ(got.records.size(), row.records);
    const OwnedRecord& r = got.records[0];
    if (row.first.ends_with('*')) continue;
    EXPECT_EQ(r.channel + "|" + r.provider + "|" + std::to_string(r.id) + "|" + r.computer + "|" +
                  r.time + "|" + std::to_string(r.strings.size()),
              row.first);
  }
}

}  // namespace
}  // namespace exdiag
