#include "importers/text/codepage_guess.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/importers/support/shared_files.h"

namespace exdiag {
namespace {

std::string Encode(std::string utf8, const char* codepage) {
  const iconv_t handle = ::iconv_open(codepage, "UTF-8");
  std::string out(utf8.size() * 2, '\0');
  char* from = utf8.data();
  char* to = out.data();
  std::size_t left = utf8.size();
  std::size_t room = out.size();
  ::iconv(handle, &from, &left, &to, &room);
  ::iconv_close(handle);
  EXPECT_EQ(left, 0u) << utf8 << " in " << codepage;
  out.resize(out.size() - room);
  return out;
}

TEST(CodepageGuessTest, TextOfEachLanguage) {
  const struct {
    std::string_view language;
    const char* text;
    std::vector<const char*> pages;
  } kCases[] = {
      {"German", "Die Größe des Postfachs wurde überschritten.", {"windows-1252", "CP850"}},
      {"one umlaut", "Der Dienst wird für Sie gestartet.", {"windows-1252", "CP850"}},
      {"a capital in front", "Überwachung gescheitert für Ölpumpe", {"windows-1252", "CP850"}},
      {"French", "Nom du système d'exploitation : arrêté, déjà à côté", {"windows-1252", "CP850"}},
      {"Spanish", "Configuración del sistema: año, no está", {"windows-1252", "CP850"}},
      {"Italian", "Modalità di monitoraggio: perché più", {"windows-1252", "CP850"}},
      {"Portuguese", "Não foi possível iniciar a operação", {"windows-1252", "CP850"}},
      {"Swedish", "Tjänsten på servern är igång, körs", {"windows-1252", "CP850"}},
      {"Danish", "Tjenesten på serveren kører, ændret", {"windows-1252", "CP850"}},
      {"Polish", "Usługa została zatrzymana, błąd żądania", {"windows-1250", "CP852"}},
      {"Russian", "Служба остановлена. Код ошибки: Ёмкость", {"windows-1251", "CP866"}},
      {"Japanese", "サービスが停止しました。エラー: 情報", {"CP932"}},
      {"Chinese", "主机名: 服务已停止。操作系统版本", {"CP936"}},
      {"Chinese of Taiwan", "主機名稱: 服務已停止。作業系統版本", {"CP950"}},
      {"Korean", "서비스가 중지되었습니다. 오류", {"CP949"}},
      {"signs in English",
       "Microsoft\xc2\xae Windows\xc2\xae \xe2\x80\x93 don\xe2\x80\x99t",
       {"windows-1252"}},
      {"the mark that the MTA puts behind names",
       "DN:/o=A/cn=B\xc2\xa7 C=NL;A=;cn=bob\xc2\xa7"
       "C=NL, ALL\xc2\xa7 (recipient 1)",
       {"windows-1252"}},
      {"what could be either", "Tor \xc2\xa7 5", {"windows-1252"}},
  };
  for (const auto& row : kCases) {
    for (const char* const page : row.pages) {
      SCOPED_TRACE(std::string(row.language) + " in " + page);
      EXPECT_EQ(GuessCodepage(Encode(row.text, page)), page);
      EXPECT_EQ(GuessCodepage("first line\r\n" + Encode(row.text, page) + "\r\nlast\r\n"), page);
    }
  }
  EXPECT_EQ(GuessCodepage(""), "windows-1252");
  EXPECT_EQ(GuessCodepage("plain"), "windows-1252");
}

TEST(CodepageGuessTest, RealFilesOfTheConsole) {
  const auto folder = test::SharedDir() / "formats/samples/host";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there: real console output not read";
  }
  const struct {
    const char* file;
    const char* page;
  } kFiles[] = {
      {"wesng-10_1803_x64_pro_it_systeminfo.txt", "CP850"},
      {"wesng-10_1809_x64_education_es_systeminfo.txt", "CP850"},
      {"wesng-10_1809_x64_enterprise_zh-cn_systeminfo.txt", "CP936"},
      {"wesng-7_sp1_x64_enterprise_fr_systeminfo_cmd.txt", "CP850"},
  };
  for (const auto& row : kFiles) {
    std::ifstream stream(folder / row.file, std::ios::binary);
    EXPECT_EQ(GuessCodepage(std::string(std::istreambuf_iterator<char>(stream), {})), row.page)
        << row.file;
  }
}

}  // namespace
}  // namespace exdiag
