// systeminfo, tables of hotfixes, ipconfig, nltest, net use: from text to facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "importers/host/host_facts.h"
#include "importers/host/host_importers.h"
#include "tests/importers/fact_capture.h"
#include "tests/importers/hostile_text.h"

namespace exdiag {
namespace {

using namespace import_test;
using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  const char* why;
  std::string text;
  std::vector<std::string> facts;
};

void Check(const Importer& importer, const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    SCOPED_TRACE(row.why);
    EXPECT_TRUE(Recognises(importer, row.text));
    const auto source = MemorySource(row.text);
    ASSERT_NE(FindImporter(*source), nullptr);
    EXPECT_EQ(FindImporter(*source)->name(), importer.name());
    EXPECT_EQ(Texts(Import(importer, row.text).facts), row.facts);
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
      EXPECT_LE(Import(importer, Damager(seed).Damage(row.text)).facts.size(), 40U);
    }
  }
}

TEST(HostReports, SystemInfo) {
  Check(*MakeSystemInfoImporter(),
        {{"without the host",
          "OS Name:                Microsoft Windows 10 Enterprise\r\n"
          "OS Version:             10.0.17134 N/A Build 17134\r\n"
          "OS Manufacturer:        Microsoft Corporation\r\n"
          "OS Configuration:       Member Workstation\r\nDomain:                 CORP\r\n"
          "Hotfix(s):              1 Hotfix(s) Installed.\r\n"
          "                        [01]: KB4487038\r\n",
          {"hotfix article=Q4487038 id=KB4487038",
           "system_info configuration=Member Workstation domain=CORP os=Microsoft Windows 10 "
           "Enterprise version=10.0.17134",
           "hotfix_listing count=1 source=systeminfo"}},
         {"2003",
          "\r\nHost Name:                 EX1\r\n"
          "OS Name:                   Microsoft(R) Windows(R) Server 2003 Standard x64 Edition\r\n"
          "OS Version:                5.2.3790 Service Pack 1 Build 3790\r\n"
          "OS Manufacturer:           Microsoft Corporation\r\n"
          "OS Configuration:          Member Server\r\n"
          "Processor(s):              1 Processor(s) Installed.\r\n"
          "                           [01]: EM64T Family 6 Model 78 ~2496 Mhz\r\n"
          "Time Zone:                 (GMT+01:00) Amsterdam\r\n"
          "Page File: Max Size:       2,491 MB\r\n"
          "Domain:                    CORP\r\nLogon Server:              \\\\DC1\r\n"
          "Hotfix(s):                 3 Hotfix(s) Installed.\r\n"
          "                           [01]: File 1\r\n"
          "                           [02]: Q147222\r\n"
          "                           [03]: KB893803v2 - Update\r\n",
          {"ex1 hotfix article=Q147222 id=Q147222", "ex1 hotfix article=Q893803 id=KB893803v2",
           "ex1 system_info configuration=Member Server domain=CORP os=Microsoft(R) Windows(R) "
           "Server 2003 Standard x64 Edition service_pack=1 time_zone=(GMT+01:00) Amsterdam "
           "version=5.2.3790",
           "ex1 hotfix_listing count=2 source=systeminfo"}},
         {"German, two hosts in one file",
          "Hostname:                                      EX1\n"
          "Betriebssystemname:                            Microsoft Windows 7\n"
          "Betriebssystemversion:                         6.1.7601 Service Pack 1 Build 7601\n"
          "Betriebssystemhersteller:                      Microsoft Corporation\n"
          "Betriebssystemkonfiguration:                   Eigenständige Arbeitsstation\n"
          "Domäne:                                        CORP\n"
          "Anmeldeserver:                                 \\\\DC1\n"
          "Hotfix(es):                                    1 Hotfix(e) installiert.\n"
          "                                               [01]: KB2491683\n"
          "Hostname:                                      EX2\n"
          "Betriebssystemname:                            Microsoft Windows 7\n"
          "Betriebssystemversion:                         6.1.7601\n",
          {"ex1 hotfix article=Q2491683 id=KB2491683",
           "ex1 system_info configuration=Eigenständige Arbeitsstation domain=CORP os=Microsoft "
           "Windows 7 service_pack=1 version=6.1.7601",
           "ex1 hotfix_listing count=1 source=systeminfo",
           "ex2 system_info os=Microsoft Windows 7 version=6.1.7601"}}});
}

TEST(HostReports, HotfixTables) {
  Check(
      *MakeHotfixTableImporter(),
      {{"wmic qfe, behind the sentence of XP; files without a name",
        "Please wait while WMIC is being installed."
        "CSName  Description      HotFixID  InstalledBy  InstalledOn       ServicePackInEffect  "
        "\r\r\n"
        "EX1                      File 1                                   \r\r\n"
        "EX1     Security Update  KB893803  CORP\\Bjö     3/17/2019         SP1                  "
        "\r\r\n"
        "EX1     Update           KB2919355 a            01d4dfd0fb4eb361                       "
        "\r\r\n"
        "EX2     Update           Q147222   b            20190321                               "
        "\r\r\n",
        {"ex1 hotfix article=Q893803 description=Security Update id=KB893803 "
         "installed_on=2019-03-17 service_pack=SP1",
         "ex1 hotfix article=Q2919355 description=Update id=KB2919355 installed_on=2019-03-21",
         "ex2 hotfix article=Q147222 description=Update id=Q147222 installed_on=2019-03-21",
         "ex1 hotfix_listing count=2 source=hotfix-table",
         "ex2 hotfix_listing count=1 source=hotfix-table"}},
       {"Get-HotFix",
        "\nSource        Description      HotFixID      InstalledBy          InstalledOn\n"
        "------        -----------      --------      -----------          -----------\n"
        "EX1           Security Update  KB4562830     NT AUTHORITY\\SYSTEM  6/9/2020 12:00:00 AM\n",
        {"ex1 hotfix article=Q4562830 description=Security Update id=KB4562830 "
         "installed_on=2020-06-09",
         "ex1 hotfix_listing count=1 source=hotfix-table"}},
       {"wmic qfe /format:csv",
        "\r\nNode,Caption,CSName,Description,HotFixID,InstalledOn\r\n"
        "EX1,http://x,EX1,Update,KB4562830,6/9/2020\r\n",
        {"ex1 hotfix article=Q4562830 description=Update id=KB4562830 installed_on=2020-06-09",
         "ex1 hotfix_listing count=1 source=hotfix-table"}}});
}

TEST(HostReports, HotfixList) {
  Check(*MakeHotfixTableImporter(),
        {{"Get-HotFix | Format-List",
          "\r\n\r\nPSComputerName : EX1\r\nDescription    : Security Update\r\n"
          "HotFixID       : KB4486553\r\nInstalledOn    : 3/21/2019 12:00:00 AM\r\n\r\n"
          "PSComputerName : EX1\r\nDescription    : Update\r\n"
          "HotFixID       : KB4483452\r\nInstalledOn    : 3/17/2019 12:00:00 AM\r\n\r\n",
          {"ex1 hotfix article=Q4486553 description=Security Update id=KB4486553 "
           "installed_on=2019-03-21",
           "ex1 hotfix article=Q4483452 description=Update id=KB4483452 installed_on=2019-03-17",
           "ex1 hotfix_listing count=2 source=hotfix-table"}}});
}

TEST(HostReports, InstallDates) {
  const std::pair<const char*, const char*> kDates[] = {{"3/17/2019", "2019-03-17"},
                                                        {"20190321", "2019-03-21"},
                                                        {"01d4dfd0fb4eb361", "2019-03-21"},
                                                        {"", ""},
                                                        {"17/3/2019", ""},
                                                        {"20191321", ""},
                                                        {"3/17/19", ""},
                                                        {"01d4dfd0fb4eb36g", ""}};
  for (const auto& [text, want] : kDates) EXPECT_EQ(host::ReadInstallDate(text), want) << text;
}

TEST(HostReports, Ipconfig) {
  Check(*MakeIpconfigImporter(),
        {{"2008",
          "\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : EX1\r\n"
          "   Primary Dns Suffix  . . . . . . . : corp.example\r\n"
          "   Node Type . . . . . . . . . . . . : Hybrid\r\n\r\n"
          "Ethernet adapter Local Area Connection:\r\n\r\n"
          "   Description . . . . . . . . . . . : Intel(R) PRO/1000\r\n"
          "   Physical Address. . . . . . . . . : 00-0C-29-76-C8-D0\r\n"
          "   Link-local IPv6 Address . . . . . : fe80::9595:e8d9:b190:ecac%11(Preferred)\r\n"
          "   IPv4 Address. . . . . . . . . . . : 192.168.23.154(Preferred)\r\n"
          "   Subnet Mask . . . . . . . . . . . : 255.255.255.0\r\n"
          "   Default Gateway . . . . . . . . . :\r\n"
          "   DNS Servers . . . . . . . . . . . : 192.168.23.151\r\n"
          "                                       192.168.23.152\r\n"
          "   Primary WINS Server . . . . . . . : 192.168.23.9\r\n",
          {"ex1 ip_address adapter=Ethernet adapter Local Area Connection "
           "address=fe80::9595:e8d9:b190:ecac",
           "ex1 ip_address adapter=Ethernet adapter Local Area Connection address=192.168.23.154",
           "ex1 dns_server adapter=Ethernet adapter Local Area Connection address=192.168.23.151",
           "ex1 dns_server adapter=Ethernet adapter Local Area Connection address=192.168.23.152",
           "ex1 wins_server adapter=Ethernet adapter Local Area Connection address=192.168.23.9",
           "ex1 ip_configuration dns_suffix=corp.example node_type=Hybrid",
           "ex1 ip_address_listing count=2", "ex1 dns_server_listing count=2",
           "ex1 wins_server_listing count=1", "ex1 default_gateway_listing count=0"}}});
}

// What the labels are called does not matter; where they stand and what is behind them does.
TEST(HostReports, IpconfigInOtherLanguages) {
  Check(*MakeIpconfigImporter(),
        {{"German, Vista and later, with a lease",
          "\r\nWindows-IP-Konfiguration\r\n\r\n   Hostname  . . . . . . . . . . . . : EX1\r\n"
          "   Prim\u00e4res DNS-Suffix . . . . . . . : corp.example\r\n"
          "   Knotentyp . . . . . . . . . . . . : Hybrid\r\n"
          "   IP-Routing aktiviert  . . . . . . : Nein\r\n"
          "   DNS-Suffixsuchliste . . . . . . . : corp.example\r\n\r\n"
          "Ethernet-Adapter LAN:\r\n\r\n   Verbindungsspezifisches DNS-Suffix: corp.example\r\n"
          "   Physische Adresse . . . . . . . . : 00-0C-29-76-C8-D0\r\n"
          "   Verbindungslokale IPv6-Adresse  . : fe80::9595%11(Bevorzugt)\r\n"
          "   IPv4-Adresse  . . . . . . . . . . : 192.168.23.154(Bevorzugt)\r\n"
          "   Subnetzmaske  . . . . . . . . . . : 255.255.255.0\r\n"
          "   Lease erhalten. . . . . . . . . . : Montag, 12. M\u00e4rz 2012 08:00:00\r\n"
          "   Standardgateway . . . . . . . . . : 192.168.23.1\r\n"
          "   DHCP-Server . . . . . . . . . . . : 192.168.23.3\r\n"
          "   DNS-Server  . . . . . . . . . . . : 192.168.23.151\r\n"
          "                                       192.168.23.152\r\n"
          "   Prim\u00e4rer WINS-Server. . . . . . . : 192.168.23.9\r\n",
          {"ex1 ip_address adapter=Ethernet-Adapter LAN address=fe80::9595",
           "ex1 ip_address adapter=Ethernet-Adapter LAN address=192.168.23.154",
           "ex1 default_gateway adapter=Ethernet-Adapter LAN address=192.168.23.1",
           "ex1 dns_server adapter=Ethernet-Adapter LAN address=192.168.23.151",
           "ex1 dns_server adapter=Ethernet-Adapter LAN address=192.168.23.152",
           "ex1 wins_server adapter=Ethernet-Adapter LAN address=192.168.23.9",
           "ex1 ip_configuration dns_suffix=corp.example node_type=Hybrid",
           "ex1 ip_address_listing count=2", "ex1 dns_server_listing count=2",
           "ex1 wins_server_listing count=1", "ex1 default_gateway_listing count=1"}},
         {"French, in a code page of DOS; two addresses, no gateway, no WINS",
          "Configuration IP de Windows\r\n\r\n   Nom de l'h\x93te . . . . . . . . . . : EX1\r\n"
          "   Suffixe DNS principal . . . . . . :\r\n"
          "   Type de n\x9cud. . . . . . . . . . : Diffusion\r\n\r\n"
          "Carte Ethernet Connexion au r\x82seau local:\r\n\r\n"
          "   Adresse IP. . . . . . . . . . . . : 10.0.0.1\r\n"
          "   Masque de sous-r\x82seau . . . . . : 255.0.0.0\r\n"
          "   Adresse IP. . . . . . . . . . . . : 10.0.0.2\r\n"
          "   Masque de sous-r\x82seau . . . . . : 255.0.0.0\r\n"
          "   Passerelle par d\x82"
          "faut . . . . . :\r\n"
          "   Serveurs DNS. . . . . . . . . . . : 10.0.0.3\r\n",
          {"ex1 ip_address adapter=Carte Ethernet Connexion au réseau local address=10.0.0.1",
           "ex1 ip_address adapter=Carte Ethernet Connexion au réseau local address=10.0.0.2",
           "ex1 dns_server adapter=Carte Ethernet Connexion au réseau local address=10.0.0.3",
           "ex1 ip_configuration", "ex1 ip_address_listing count=2",
           "ex1 dns_server_listing count=1", "ex1 default_gateway_listing count=0"}},
         {"Japanese; nothing that tells of WINS or a gateway is no sign that there is none",
          "Windows IP \u69cb\u6210\r\n\r\n   \u30db\u30b9\u30c8\u540d . . . . . : EX1\r\n"
          "   \u30d7\u30e9\u30a4\u30de\u30ea DNS \u30b5\u30d5\u30a3\u30c3\u30af\u30b9 . . : "
          "corp.example\r\n"
          "   \u30ce\u30fc\u30c9 \u30bf\u30a4\u30d7 . . . : "
          "\u30cf\u30a4\u30d6\u30ea\u30c3\u30c9\r\n\r\n"
          "\u30ed\u30fc\u30ab\u30eb \u30a8\u30ea\u30a2\u63a5\u7d9a:\r\n\r\n"
          "   IPv4 \u30a2\u30c9\u30ec\u30b9 . . . : 10.0.0.1(\u512a\u5148)\r\n"
          "   DNS \u30b5\u30fc\u30d0\u30fc . . . : 10.0.0.3\r\n",
          {"ex1 ip_address adapter=\u30ed\u30fc\u30ab\u30eb \u30a8\u30ea\u30a2\u63a5\u7d9a "
           "address=10.0.0.1",
           "ex1 dns_server adapter=\u30ed\u30fc\u30ab\u30eb \u30a8\u30ea\u30a2\u63a5\u7d9a "
           "address=10.0.0.3",
           "ex1 ip_configuration dns_suffix=corp.example", "ex1 ip_address_listing count=1",
           "ex1 dns_server_listing count=1"}}});
  EXPECT_FALSE(Recognises(*MakeIpconfigImporter(),
                          "On Windows the IP address is in the table of contents\r\n"
                          "that follows this sentence.\r\nIt has dots.\r\nMany.\r\n"
                          "Chapter 1 . . . . . : 12\r\n"));
}

TEST(HostReports, Nltest) {
  Check(
      *MakeNltestImporter(),
      {{"/domain_trusts",
        "List of domain trusts:\r\n    0: OLDDOM (NT 4) (Direct Outbound) ( Attr: quarantined )\r\n"
        "    1: CORP corp.example (NT 5) (Forest Tree Root) (Primary Domain) (Native)\r\n"
        "The command completed successfully\r\n",
        {"trusted_domain domain=OLDDOM inbound=no outbound=yes primary=no",
         "trusted_domain dns_name=corp.example domain=CORP inbound=no outbound=no primary=yes",
         "trusted_domain_listing count=2"}},
       {"/sc_query",
        "Flags: 30 HAS_IP  HAS_TIMESERV \r\nTrusted DC Name \\\\DC1.corp.example \r\n"
        "Trusted DC Connection Status Status = 0 0x0 NERR_Success\r\n",
        {"secure_channel controller=dc1 name=NERR_Success status=0"}},
       {"/sc_query that failed",
        "Trusted DC Name \r\nTrusted DC Connection Status Status = 1355 "
        "0x54b ERROR_NO_SUCH_DOMAIN\r\n",
        {"secure_channel name=ERROR_NO_SUCH_DOMAIN status=1355"}},
       {"/dsgetdc",
        "           DC: \\\\DC1.corp.example\r\n      Address: \\\\10.0.0.5\r\n"
        "     Dom Guid: 29ae137a-f795-4fd5-a839-607b5807b1d7\r\n     Dom Name: corp.example\r\n"
        "  Forest Name: example\r\n Dc Site Name: Oslo\r\nOur Site Name: Bergen\r\n"
        "        Flags: PDC GC DS LDAP KDC\r\nThe command completed successfully\r\n",
        {"domain_controller address=10.0.0.5 controller=dc1 dc_site=Oslo domain=corp.example "
         "flags=PDC GC DS LDAP KDC forest=example own_site=Bergen status=0"}},
       {"/dsgetdc of a domain of NT, and where there is no site",
        "           DC: \\\\PDC1\n      Address: \\\\PDC1\n     Dom Name: OLDDOM\nThe command "
        "completed successfully\n",
        {"domain_controller address=PDC1 controller=pdc1 domain=OLDDOM status=0"}},
       {"/dsgetdc that failed, of 2000 and of later Windows",
        "DsGetDcName failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\n\n"
        "Getting DC name failed: Status = 1722 0x6ba RPC_S_SERVER_UNAVAILABLE\n",
        {"domain_controller name=ERROR_NO_SUCH_DOMAIN status=1355",
         "domain_controller name=RPC_S_SERVER_UNAVAILABLE status=1722"}},
       {"a host that the command names",
        "C:\\>nltest /server:EX1 /sc_query:CORP\nFlags: 30 HAS_IP\nTrusted DC Name \\\\DC1\n"
        "Trusted DC Connection Status Status = 0 0x0 NERR_Success\n\n"
        "C:\\>nltest /dsgetdc:CORP /server:EX2.corp.example\n           DC: \\\\DC1\n"
        "     Dom Name: CORP\n\nC:\\>nltest /dsgetdc:OLDDOM\n"
        "Getting DC name failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\n",
        {"ex1 secure_channel controller=dc1 name=NERR_Success status=0",
         "ex2 domain_controller controller=dc1 domain=CORP status=0",
         "domain_controller name=ERROR_NO_SUCH_DOMAIN status=1355"}}});
}

TEST(HostReports, NetUse) {
  Check(*MakeNetUseImporter(),
        {{"connections with and without a drive",
          "New connections will be remembered.\r\n\r\n\r\n"
          "Status       Local     Remote                    Network\r\n\r\n"
          "-------------------------------------------------------------------------------\r\n"
          "OK           X:        \\\\EX2\\maildat$           Microsoft Windows Network\r\n"
          "Disconnected           \\\\EX3.corp.example\\IPC$   Microsoft Windows Network\r\n"
          "The command completed successfully.\r\n",
          {"network_connection local=X: remote=\\\\EX2\\maildat$ server=ex2 status=OK",
           "network_connection remote=\\\\EX3.corp.example\\IPC$ server=ex3 status=Disconnected",
           "network_connection_listing count=2"}},
         {"French: the columns stand in the same places",
          "\xc3\x89tat         Local     Distant                   R\xc3\xa9seau\n\n"
          "-------------------------------------------------------------------------------\n"
          "OK           X:        \\\\EX2\\maildat$           Microsoft Windows Network\n"
          "D\xc3\xa9"
          "connect\xc3\xa9              \\\\EX3\\IPC$              Microsoft Windows Network\n",
          {"network_connection local=X: remote=\\\\EX2\\maildat$ server=ex2 status=OK",
           "network_connection remote=\\\\EX3\\IPC$ server=ex3 status=D\xc3\xa9"
           "connect\xc3\xa9",
           "network_connection_listing count=2"}}});
}

// How many facts each gives; the hotfixes are as many as the file says.
TEST(HostReports, RealFiles) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(EXDIAG_SHARED_DIR) / "formats/samples/host";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there: real host reports not read";
  const struct {
    const char* file;
    const char* importer;
    std::size_t hotfixes;
  } kFiles[] = {
      {"wesng-7_sp1_x64_ultimaten_de_systeminfo.txt", "systeminfo", 245},
      {"wesng-7_sp1_x64_enterprise_fr_systeminfo_powershell.txt", "systeminfo", 93},
      {"wesng-srv_2003r2_sp2_x86_standard_en-us_systeminfo.txt", "systeminfo", 69},
      {"wesng-srv_2012r2_x64_standard_ru_systeminfo.txt", "systeminfo", 7},
      {"windows-2012r2-systeminfo.txt", "systeminfo", 5},
      {"wesng-srv_2012r2_u1_qfe.txt", "hotfix-table", 154},
      {"wesng-vista_x64_sp2_qfe.txt", "hotfix-table", 172},
      {"wesng-xp_sp2_x64_qfe.txt", "hotfix-table", 156},
      {"windows-7-ipconfig.txt", "ipconfig", 0},
      {"windows-xp-ipconfig.txt", "ipconfig", 0},
  };
  for (const auto& row : kFiles) {
    SCOPED_TRACE(row.file);
    const auto source = OpenFile((folder / row.file).string());
    ASSERT_TRUE(source.ok());
    const Importer* const importer = FindImporter(**source);
    ASSERT_NE(importer, nullptr);
    EXPECT_EQ(importer->name(), row.importer);
    Imported imported;
    DiagnosticList problems;
    EXPECT_TRUE(importer->Import({"in", **source, {}}, imported, problems).ok());
    EXPECT_EQ(imported.OfKind("hotfix").size(), row.hotfixes);
    EXPECT_THAT(imported.rejects, IsEmpty());
    EXPECT_FALSE(imported.facts.empty());
    EXPECT_NE(imported.facts.back().host, "");
  }
}

}  // namespace
}  // namespace exdiag
