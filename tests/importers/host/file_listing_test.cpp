#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "importers/host/host_importers.h"
#include "tests/importers/fact_capture.h"
#include "tests/importers/hostile_text.h"

namespace exdiag {
namespace {

using namespace import_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

struct Layout {
  const char* why;
  std::string text;
  std::vector<std::string> facts;
};

const std::string kSystem32 = " path=C:\\WINNT\\system32";

std::vector<Layout> Layouts() {
  const std::string security =
      "file_version date=1999-09-23 name=Security.dll" + kSystem32 + " size=59152";
  const std::string listing = "file_version_listing count=1" + kSystem32;
  return {
      {"Windows 2000, US",
       " Volume in drive C has no label.\r\n Volume Serial Number is 1111-2222\r\n\r\n"
       " Directory of C:\\WINNT\\system32\r\n\r\n"
       "09/23/1999  11:04a      <DIR>          .\r\n"
       "09/23/1999  11:04a              59,152 Security.dll\r\n"
       "               1 File(s)         59,152 bytes\r\n",
       {security, listing}},
      {"NT 4.0, years of two digits",
       " Directory of C:\\WINNT\\system32\n\n09/23/99  11:04a              59,152 Security.dll\n",
       {security, listing}},
      {"without thousands separators, AM apart",
       " Directory of C:\\WINNT\\system32\n\n09/23/1999  11:04 AM             59152 Security.dll\n",
       {security, listing}},
      {"German",
       " Verzeichnis von C:\\WINNT\\system32\n\n23.09.1999  11:04            59.152 Security.dll\n",
       {security, listing}},
      {"French, thousands set apart by a blank",
       " R\xc3\xa9pertoire de C:\\WINNT\\system32\n\n"
       "23/09/1999  11:04            59 152 Security.dll\n",
       {security, listing}},
      {"French, by a no-break space",
       " R\xc3\xa9pertoire de C:\\WINNT\\system32\n\n"
       "23/09/1999  11:04            59\xc2\xa0"
       "152 Security.dll\n",
       {security, listing}},
      {"ISO dates",
       " Katalog C:\\WINNT\\system32\n\n1999-09-23  11:04            59,152 Security.dll\n",
       {security, listing}},
      {"Japanese, the words behind the path",
       " C:\\WINNT\\system32 \xe3\x81\xae\xe3\x83\x87\xe3\x82\xa3\n\n"
       "1999/09/23  11:04            59,152 Security.dll\n",
       {security, listing}},
      {"dir /q puts the owner in front",
       " Directory of C:\\WINNT\\system32\n\n"
       "09/23/1999  11:04a              59,152 BUILTIN\\Administrators Security.dll\n",
       {security, listing}},
      {"dir /x puts the short name in front",
       " Directory of C:\\WINNT\\system32\n\n"
       "09/23/1999  11:04a              59,152 SECURI~1.DLL Security.dll\n",
       {security, listing}},
      {"a share tells the host",
       " Directory of \\\\EX1.corp.example\\c$\\WINNT\\system32\n\n"
       "09/23/1999  11:04a              59,152 Security.dll\n",
       {"ex1 file_version date=1999-09-23 name=Security.dll "
        "path=\\\\EX1.corp.example\\c$\\WINNT\\system32 size=59152",
        "ex1 file_version_listing count=1 path=\\\\EX1.corp.example\\c$\\WINNT\\system32"}},
      {"PowerShell's table",
       "\n\n    Directory: C:\\WINNT\\system32\n\n\n"
       "Mode                LastWriteTime         Length Name\n"
       "----                -------------         ------ ----\n"
       "d-----        9/23/1999  11:04 AM                drivers\n"
       "-a----        9/23/1999  11:04 AM          59152 Security.dll\n",
       {security, listing}},
      {"PowerShell's table from a remote host",
       "\n    Directory: C:\\WINNT\\system32\n\n\n"
       "Mode                LastWriteTime         Length Name             PSComputerName\n"
       "----                -------------         ------ ----             --------------\n"
       "-a----        9/23/1999  11:04 AM          59152 Security.dll     EX1\n",
       {"ex1 file_version date=1999-09-23 name=Security.dll" + kSystem32 + " size=59152",
        listing.substr(0, 20) + " count=0" + kSystem32, "ex1 " + listing}},
      {"VersionInfo as a table",
       "\nProductVersion   FileVersion      FileName\n"
       "--------------   -----------      --------\n"
       "5.00.2195.1      4.86.1964.1877   C:\\WINNT\\system32\\Security.dll\n",
       {"file_version name=Security.dll" + kSystem32 + " version=4.86.1964.1877", listing}},
      {"a table as articles have it, with versions",
       "   Date         Time   Version        Size      File name     Platform\n"
       "   ---------------------------------------------------------------\n"
       "   23-Sep-1999  11:04  4.86.1964.1    59,152    Security.dll  I386\n"
       "   23-Sep-1999  11:04                 1,024     Readme.txt    I386\n",
       {"file_version date=1999-09-23 name=Security.dll size=59152 version=4.86.1964.1",
        "file_version date=1999-09-23 name=Readme.txt size=1024", "file_version_listing count=2"}},
      {"Get-ChildItem | Format-List *",
       "\r\n\r\n    Directory: C:\\WINNT\\system32\r\n\r\n\r\nName           : Security.dll\r\n"
       "Length         : 59152\r\nLastWriteTime  : 9/23/1999 11:04:00 AM\r\n"
       "VersionInfo    : File:             C:\\WINNT\\system32\\Security.dll\r\n"
       "                 FileVersion:      4.86.1964.1877 (lab)\r\n                 \r\n\r\n",
       {"file_version date=1999-09-23 name=Security.dll" + kSystem32 +
            " size=59152 version=4.86.1964.1877",
        listing}},
      {"Get-ChildItem as CSV, whole",
       "#TYPE System.IO.FileInfo\r\n"
       "\"PSPath\",\"PSChildName\",\"Mode\",\"VersionInfo\",\"Name\",\"Length\",\"FullName\","
       "\"LastWriteTime\"\r\n"
       "\"Microsoft.PowerShell.Core\\FileSystem::C:\\WINNT\\system32\\Security.dll\","
       "\"Security.dll\",\"-a----\",\"File:             C:\\WINNT\\system32\\Security.dll\r\n"
       "InternalName:     security\r\nFileVersion:      4.86.1964.1877 (lab)\r\n\","
       "\"Security.dll\",\"59152\",\"C:\\WINNT\\system32\\Security.dll\","
       "\"9/23/1999 11:04:00 AM\"\r\n",
       {"file_version date=1999-09-23 name=Security.dll" + kSystem32 +
            " size=59152 version=4.86.1964.1877",
        listing}},
      {"a selection as CSV with the host",
       "\"Name\",\"Length\",\"LastWriteTime\",\"PSComputerName\"\n"
       "\"Security.dll\",\"59152\",\"9/23/1999 11:04:00 AM\",\"EX1\"\n",
       {"ex1 file_version date=1999-09-23 name=Security.dll size=59152",
        "ex1 file_version_listing count=1"}},
      {"VersionInfo as CSV with semicolons",
       "FileVersion;FileName\n4.86.1964.1877;C:\\WINNT\\system32\\Security.dll\n",
       {"file_version name=Security.dll" + kSystem32 + " version=4.86.1964.1877", listing}},
  };
}

TEST(FileListing, EveryLayoutIsReadAndRecognised) {
  const auto importer = MakeFileListingImporter();
  for (const Layout& c : Layouts()) {
    EXPECT_TRUE(Recognises(*importer, c.text)) << c.why;
    const Imported imported = Import(*importer, c.text);
    EXPECT_EQ(Texts(imported.facts), c.facts) << c.why;
    EXPECT_THAT(imported.rejects, IsEmpty()) << c.why;
  }
}

TEST(FileListing, EveryFolderHasItsOwnListing) {
  const Imported imported =
      Import(*MakeFileListingImporter(),
             " Directory of C:\\a\n\n03/24/2021  03:15 PM                 0 file name.txt\n\n"
             " Directory of C:\\b\n\n03/24/2021  03:15 PM                12 x.dll\n"
             "03/24/2021  03:15 PM             1,234 100 days.txt\n");
  EXPECT_THAT(Texts(imported.facts),
              ElementsAre("file_version date=2021-03-24 name=file name.txt path=C:\\a size=0",
                          "file_version date=2021-03-24 name=x.dll path=C:\\b size=12",
                          "file_version date=2021-03-24 name=100 days.txt path=C:\\b size=1234",
                          "file_version_listing count=1 path=C:\\a",
                          "file_version_listing count=2 path=C:\\b"));
}

TEST(FileListing, DamagedLinesAreRejected) {
  struct Case {
    const char* why;
    std::string text;
    KeptReject reject;
  };
  const std::vector<Case> cases = {
      {"a line that breaks off",
       " Directory of C:\\a\n\n03/24/2021  03:15 PM\n",
       {"in: line 3", "file-listing.line",
        "a date, and no size and name behind it; this file is not listed"}},
      {"a CSV row with a field too few",
       "\"Name\",\"Length\",\"LastWriteTime\"\n\"a.dll\",\"1\"\n",
       {"in: line 2", "file-listing.columns",
        "2 columns, the header has 3; this file is not listed"}},
      {"a CSV row without a name",
       "\"Name\",\"Length\",\"LastWriteTime\"\n\"\",\"1\",\"9/23/1999 11:04:00 AM\"\n",
       {"in: line 2", "file-listing.name", "the row names no file; it is not listed"}},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Import(*MakeFileListingImporter(), c.text).rejects, ElementsAre(c.reject)) << c.why;
  }
}

TEST(FileListing, ADayThatDoesNotExistLeavesTheDateOut) {
  const Imported imported =
      Import(*MakeFileListingImporter(),
             " Directory of C:\\a\n\n31/02/2021  03:15                12 x.dll\n");
  EXPECT_THAT(Texts(imported.OfKind("file_version")),
              ElementsAre("file_version name=x.dll path=C:\\a size=12"));
}

TEST(FileListing, EventLogsAreNotRecognised) {
  const auto importer = MakeFileListingImporter();
  for (const char* text :
       {"", "11/2/1999,7:05:04 PM,MSExchangeMTA,Warning,Interface,9322,N/A,EX1,text\n",
        "11/2/1999\t7:05:04 PM\tMSExchangeMTA\tWarning\tInterface\t9322\tN/A\tEX1\ttext\n",
        "11/2/1999 7:05:04 PM 16 something went wrong in C:\\exchsrvr\n",
        "\"Message\",\"Id\",\"Version\",\"Length\",\"Name\",\"LastWriteTime\"\n\"a\",\"1\"\n",
        "Date: 11/2/1999\nTime: 7:05:04 PM\nEvent ID: 9322\n"}) {
    EXPECT_FALSE(Recognises(*importer, text)) << text;
  }
}

TEST(FileListing, AQuoteThatIsNeverClosedCostsItsRow) {
  const Imported imported = Import(*MakeFileListingImporter(),
                                   "\"Name\",\"Length\",\"LastWriteTime\"\n\"a.dll,1,2\nb,2,3\n");
  EXPECT_THAT(imported.rejects,
              ElementsAre(KeptReject{"in: line 2", "file-listing.columns",
                                     "1 columns, the header has 3; this file is not listed"}));
  EXPECT_THAT(Texts(imported.OfKind("file_version")), ElementsAre("file_version name=b size=2"));
}

TEST(FileListing, DamageNeverCostsMoreThanWhatItHits) {
  const auto importer = MakeFileListingImporter();
  for (const Layout& layout : Layouts()) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      const std::string text = Damager(seed).Damage(layout.text);
      const Imported imported = Import(*importer, text);
      EXPECT_EQ(imported.error, "") << layout.why << seed;
      for (const Fact& fact : imported.facts) {
        EXPECT_TRUE(fact.kind.starts_with("file_version")) << layout.why << seed;
      }
    }
  }
}

TEST(FileListing, RealOnesAreRead) {
  const std::string folder = std::string(EXDIAG_SHARED_DIR) + "/formats/samples/host/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference listings at " << folder;
  const auto importer = MakeFileListingImporter();
  for (const auto& [name, count] : {std::pair("dir-C.txt", 9U), std::pair("dir-S.txt", 14U)}) {
    const auto file = OpenFile(folder + name);
    ASSERT_TRUE(file) << file.error().message;
    Imported imported;
    DiagnosticList problems;
    ASSERT_TRUE(importer->Import({name, **file, {}}, imported, problems));
    EXPECT_THAT(imported.rejects, IsEmpty()) << name;
    EXPECT_EQ(imported.OfKind("file_version").size(), count) << name;
    EXPECT_THAT(Texts(imported.OfKind("file_version")),
                Contains("file_version date=2019-12-07 name=ExtExport.exe "
                         "path=C:\\Program Files\\Internet Explorer size=54784"))
        << name;
  }
}

}  // namespace
}  // namespace exdiag
