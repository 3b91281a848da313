// All of kbdata, loaded once and passed about as one thing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/evidence/fact.h"
#include "engine/knowledge/catalogue.h"

namespace exdiag {

// One row of kbdata/errors/*.yaml.
struct ErrorCode {
  std::uint32_t code = 0;
  std::string name;                  // "ERROR_ACCESS_DENIED"
  std::string meaning;               // our own words
  std::string component;             // "Win32", "RPC", "SSPI", "MTA", "SMTP", "DS"
  std::vector<std::string> seen_in;  // "MSExchangeMTA/9318"
};

// An error code as people write it: 5, -1073741819, 0x8009030c, 8009030C, "05 00 07 80" (the bytes
// of an event's Data, little-endian).  All readings that make sense, most likely first.
std::vector<std::uint32_t> ReadErrorCode(std::string_view text);

struct Article {
  std::string number;  // "Q217142"
  std::string title;
  std::string applies_to;
  std::string fixed_in;  // "" when no build fixes it
};

// kbdata/builds: MTA build number to product.
struct Build {
  std::string version;  // "2448.1"
  std::string product;  // "Exchange 5.5 SP2"
};

class Knowledge {
 public:
  // Reads events/, errors/, articles/, builds/ and files/ below `folder`.
  static Result<Knowledge> Load(const std::string& folder, DiagnosticSink& problems);

  const Catalogue& catalogue() const { return catalogue_; }
  Catalogue& catalogue() { return catalogue_; }

  // All meanings of a code, by component; empty when it is not known.
  std::vector<const ErrorCode*> FindError(std::uint32_t code) const;
  const Article* FindArticle(std::string_view number) const;
  // The release a build belongs to: the last one not newer than it.
  const Build* FindBuild(std::string_view version) const;

  // Adds what kbdata/files knows of a file_version fact (crypto_strength); leaves other facts
  // alone.
  void Complete(Fact& fact) const;

 private:
  // What tells one build of a file from another: every given value must match.
  struct FileFingerprint {
    std::string name;
    std::optional<std::uint64_t> size;
    std::string date;
    std::string version;
    std::map<std::string, std::string> gives;  // attributes that the fact gets
  };

  Catalogue catalogue_;
  std::multimap<std::uint32_t, ErrorCode> errors_;
  std::map<std::string, Article, std::less<>> articles_;
  std::vector<Build> builds_;
  std::vector<FileFingerprint> files_;
};

// -1, 0, 1 as build numbers compare, part by part: "2448.1" < "2650.24"; missing parts count as 0.
int CompareVersions(std::string_view a, std::string_view b);

}  // namespace exdiag
