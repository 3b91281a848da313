#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/host/host_importers.h"
#include "tests/importers/fact_capture.h"
#include "tests/importers/hostile_text.h"

namespace exdiag {
namespace {

using namespace import_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kListing =
    "C:\\>setspn -L EX1\r\n"
    "Registered ServicePrincipalNames for CN=EX1,OU=Mail,DC=corp,DC=example:\r\n"
    "    SMTPSVC/EX1\r\n"
    "    SMTPSVC/ex1.corp.example\r\n"
    "\texchangeMDB/EX1:135\r\n"
    "    ldap/ex1.corp.example/corp.example\r\n"
    "\r\n"
    "C:\\>\r\n";

TEST(Setspn, NamesBecomeFactsOfTheHost) {
  const auto importer = MakeSetspnImporter();
  EXPECT_TRUE(Recognises(*importer, kListing));
  const Imported imported = Import(*importer, kListing);
  EXPECT_THAT(
      Texts(imported.facts),
      ElementsAre("ex1 spn account=CN=EX1,OU=Mail,DC=corp,DC=example instance=EX1 service=SMTPSVC",
                  "ex1 spn account=CN=EX1,OU=Mail,DC=corp,DC=example instance=ex1.corp.example "
                  "service=SMTPSVC",
                  "ex1 spn account=CN=EX1,OU=Mail,DC=corp,DC=example instance=EX1 port=135 "
                  "service=exchangeMDB",
                  "ex1 spn account=CN=EX1,OU=Mail,DC=corp,DC=example instance=ex1.corp.example "
                  "service=ldap",
                  "ex1 spn_listing account=CN=EX1,OU=Mail,DC=corp,DC=example count=4"));
  EXPECT_EQ(ToString(imported.facts[0].where), "in: line 3");
  EXPECT_EQ(ToString(imported.facts[4].where), "in: line 2");
  EXPECT_THAT(imported.rejects, IsEmpty());
}

TEST(Setspn, SeveralAccountsMayStandInOneFile) {
  const Imported imported = Import(
      *MakeSetspnImporter(),
      "Registered ServicePrincipalNames for CN=EX1,OU=Mail,DC=corp,DC=example:\n\tSMTP/EX1\n"
      "Registered ServicePrincipalNames for CN=Mail\\, West,CN=Users,DC=corp,DC=example:\n"
      "Registered ServicePrincipalNames for CN=EX2,OU=Mail,DC=corp,DC=example:\n\tSMTP/EX2\n");
  EXPECT_THAT(Texts(imported.OfKind("spn_listing")),
              ElementsAre("ex1 spn_listing account=CN=EX1,OU=Mail,DC=corp,DC=example count=1",
                          "mail, west spn_listing account=CN=Mail\\, West,CN=Users,DC=corp,"
                          "DC=example count=0",
                          "ex2 spn_listing account=CN=EX2,OU=Mail,DC=corp,DC=example count=1"));
}

TEST(Setspn, TranslatedHeadlinesAndQueriesAreRead) {
  const auto importer = MakeSetspnImporter();
  const std::string german =
      "Registrierte Dienstprinzipalnamen (SPN) f\xc3\xbcr CN=EX1,OU=Mail,DC=corp,DC=example:\n"
      "        SMTPSVC/EX1\n";
  EXPECT_TRUE(Recognises(*importer, german));
  EXPECT_EQ(Import(*importer, german).OfKind("spn_listing").size(), 1U);

  // A query shows the accounts that have one name, not all names of an account.
  const std::string query =
      "Checking domain DC=corp,DC=example\nCN=EX1,OU=Mail,DC=corp,DC=example\n"
      "        SMTPSVC/mail.corp.example\n\nExisting SPN found!\n";
  EXPECT_TRUE(Recognises(*importer, query));
  const Imported imported = Import(*importer, query);
  EXPECT_EQ(imported.OfKind("spn").size(), 1U);
  EXPECT_THAT(imported.OfKind("spn_listing"), IsEmpty());
}

TEST(Setspn, NamesThatSeveralAccountsHave) {
  const auto importer = MakeSetspnImporter();
  const std::string listing =
      "Checking domain DC=corp,DC=example\r\nProcessing entry 0\r\n"
      "exchangeMDB/EX1 is registered on these accounts:\r\n"
      "\tCN=EX1,OU=Mail,DC=corp,DC=example\r\n\tCN=OLD,OU=Mail,DC=corp,DC=example\r\n\r\n"
      "HTTP/ex2:80 is registered on these accounts:\r\n\tCN=EX2,CN=Users,DC=corp,DC=example\r\n"
      "\r\nfound 2 groups of duplicate SPNs.\r\n";
  EXPECT_TRUE(Recognises(*importer, listing));
  const Imported imported = Import(*importer, listing);
  EXPECT_THAT(
      Texts(imported.facts),
      ElementsAre(
          "ex1 spn account=CN=EX1,OU=Mail,DC=corp,DC=example instance=EX1 service=exchangeMDB",
          "old spn account=CN=OLD,OU=Mail,DC=corp,DC=example instance=EX1 service=exchangeMDB",
          "ex2 spn account=CN=EX2,CN=Users,DC=corp,DC=example instance=ex2 port=80 service=HTTP",
          "shared_spn_listing count=2"));
  EXPECT_THAT(imported.rejects, IsEmpty());

  const std::string none =
      "Checking domain DC=corp,DC=example\r\nProcessing entry 0\r\nfound 0 group of duplicate "
      "SPNs.\r\n";
  EXPECT_TRUE(Recognises(*importer, none));
  EXPECT_THAT(Texts(Import(*importer, none).facts), ElementsAre("shared_spn_listing count=0"));
}

TEST(Setspn, AnUnreadableNameIsRejected) {
  const Imported imported =
      Import(*MakeSetspnImporter(),
             "Registered ServicePrincipalNames for CN=EX1,OU=Mail,DC=corp,DC=example:\n"
             "    SMTPSVC\n    SMTPSVC/EX1\n    a/b/c/d\n    no name \x1b[31m\n");
  EXPECT_THAT(
      imported.rejects,
      ElementsAre(KeptReject{"in: line 2", "setspn.name",
                             "\"SMTPSVC\" is not of the form service/instance; this name is not "
                             "used"},
                  KeptReject{"in: line 4", "setspn.name",
                             "\"a/b/c/d\" is not of the form service/instance; this name is not "
                             "used"},
                  KeptReject{"in: line 5", "setspn.name",
                             "\"no name \\x1b[31m\" is not of the form service/instance; this name "
                             "is not used"}));
  EXPECT_THAT(Texts(imported.OfKind("spn_listing")),
              ElementsAre("ex1 spn_listing account=CN=EX1,OU=Mail,DC=corp,DC=example count=1"));
}

TEST(Setspn, AnAccountThatWasNotFoundIsReported) {
  const Imported imported = Import(
      *MakeSetspnImporter(),
      "FindDomainForAccount: Call to DsGetDcNameWithAccountW failed with return value 0x00000525\n"
      "Could not find account EX9\n");
  EXPECT_THAT(imported.facts, IsEmpty());
  EXPECT_THAT(imported.diagnostics,
              ElementsAre("setspn.account | in: line 1: setspn did not list an account: "
                          "FindDomainForAccount: Call to DsGetDcNameWithAccountW failed with "
                          "return value 0x00000525; nothing is known of its names",
                          "setspn.account | in: line 2: setspn did not list an account: Could not "
                          "find account EX9; nothing is known of its names"));
}

TEST(Setspn, DamageNeverCostsMoreThanWhatItHits) {
  const auto importer = MakeSetspnImporter();
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    const std::string text = Damager(seed).Damage(kListing);
    const Imported imported = Import(*importer, text);
    EXPECT_EQ(imported.error, "") << seed;
    for (const Fact& fact : imported.facts) {
      EXPECT_TRUE(fact.kind.starts_with("spn")) << seed << fact.kind;
      EXPECT_LE(fact.where.place.value, static_cast<std::uint64_t>(text.size())) << seed;
    }
  }
}

TEST(Setspn, OtherTextIsNotRecognised) {
  const auto importer = MakeSetspnImporter();
  for (const char* text : {"", "CN=EX1,OU=Mail,DC=corp,DC=example\nsomething\n",
                           "The server CN=EX1,DC=corp,DC=example does not answer:\nno\n",
                           "Event Source:\tMSExchangeMTA\nDescription:\nAn error for DC=corp:\n"}) {
    EXPECT_FALSE(Recognises(*importer, text)) << text;
  }
}

}  // namespace
}  // namespace exdiag
