// `setspn -L ACCOUNT`: a headline with the account's distinguished name, then its service principal
// names, one a line, indented.
//
//   Registered ServicePrincipalNames for CN=EX1,OU=Servers,DC=example,DC=com:
//       SMTPSVC/EX1
//       SMTPSVC/mail.example.com
//
// The words in front of the name are translated on some systems, so only the name is looked for.
// `setspn -Q` prints the same without a colon; what it prints is no complete list.  `setspn -X`
// turns it round, for names that several accounts have:
//
//   HTTP/mail.example.com is registered on these accounts:
//       CN=EX1,OU=Servers,DC=example,DC=com
//
//   found 1 group of duplicate SPNs.
#include "engine/base/text.h"
#include "importers/host/host_importers.h"
#include "importers/text/lines.h"

namespace exdiag {
namespace {

constexpr std::string_view kName = "setspn";

struct Headline {
  std::string_view account;  // distinguished name
  bool complete = false;     // all SPNs of the account follow
};

bool IsIndented(std::string_view line) {
  return !line.empty() && (line.front() == ' ' || line.front() == '\t');
}

std::optional<Headline> ParseHeadline(std::string_view line) {
  if (IsIndented(line)) return std::nullopt;
  line = Trim(line);
  const std::size_t at = FindIgnoreCase(line, "CN=");
  if (at == std::string_view::npos || FindIgnoreCase(line, "DC=", at) == std::string_view::npos) {
    return std::nullopt;
  }
  const bool listed = line.back() == ':';
  if (at != 0 && !listed) return std::nullopt;  // a sentence that names somebody
  if (listed) line.remove_suffix(1);
  return Headline{Trim(line.substr(at)), listed};
}

// The value of the first part: "EX1" of "CN=EX1,OU=Servers,...".  A comma in it is escaped.
std::string CommonName(std::string_view account) {
  std::string name;
  for (std::size_t i = 3; i < account.size() && account[i] != ','; ++i) {
    if (account[i] == '\\' && i + 1 < account.size()) ++i;
    name += account[i];
  }
  return name;
}

struct Spn {
  std::string_view service;
  std::string_view instance;
  std::string_view port;
};

// service/instance[:port][/service name].  [MS-ADTS] 2.2.21
std::optional<Spn> ParseSpn(std::string_view text) {
  if (text.find_first_of(" \t") != std::string_view::npos) return std::nullopt;
  const auto parts = Split(text, '/');
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty() || parts[1].empty()) {
    return std::nullopt;
  }
  const std::size_t colon = parts[1].rfind(':');
  if (colon == std::string_view::npos) return Spn{parts[0], parts[1], {}};
  return Spn{parts[0], parts[1].substr(0, colon), parts[1].substr(colon + 1)};
}

bool IsAccount(std::string_view text) {
  return StartsWithIgnoreCase(text, "CN=") && FindIgnoreCase(text, "DC=") != std::string_view::npos;
}

// The name at the front of a headline of `setspn -X`.
std::optional<std::string_view> ParseSharedName(std::string_view line) {
  if (IsIndented(line) || !Trim(line).ends_with(':')) return std::nullopt;
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !ParseSpn(line.substr(0, blank))) return std::nullopt;
  return line.substr(0, blank);
}

// The number in the last line of `setspn -X`.
std::optional<std::string_view> SharedNames(std::string_view line) {
  constexpr std::string_view kFound = "found ";
  if (!line.starts_with(kFound) || line.find(" of duplicate SPNs") == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = line.substr(kFound.size());
  return rest.substr(0, rest.find(' '));
}

// What setspn says instead of a listing: "FindDomainForAccount: Call to DsGetDcNameWithAccountW
// failed with return value 0x00000525" and "Could not find account NAME".
bool IsFailure(std::string_view line) {
  return StartsWithIgnoreCase(line, "FindDomainForAccount") ||
         StartsWithIgnoreCase(line, "Could not find account") ||
         StartsWithIgnoreCase(line, "Unable to locate account");
}

class Reader {
 public:
  Reader(std::string file, EvidenceSink& evidence, DiagnosticSink& problems)
      : file_(std::move(file)), evidence_(evidence), problems_(problems) {}

  void Line(std::string_view line, std::uint64_t number) {
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty()) return;
    if (!shared_name_.empty() && IsIndented(line) && IsAccount(trimmed)) {
      account_ = trimmed;
      Name(shared_name_, line, number);
      account_.clear();
    } else if (const auto shared = ParseSharedName(line)) {
      Finish();
      shared_name_ = *shared;
    } else if (const auto count = SharedNames(line)) {
      Finish();
      Fact listing;
      listing.kind = "shared_spn_listing";
      listing.attributes.emplace("count", *count);
      listing.where = {file_, Place::Line(number)};
      evidence_.OnFact(std::move(listing));
    } else if (const auto headline = ParseHeadline(line)) {
      Finish();
      account_ = headline->account;
      complete_ = headline->complete;
      headline_number_ = number;
    } else if (IsFailure(trimmed)) {
      Finish();
      problems_.Report({Severity::kWarning,
                        "setspn.account",
                        {file_, Place::Line(number)},
                        "setspn did not list an account: " + Printable(trimmed) +
                            "; nothing is known of its names"});
    } else if (!account_.empty() && IsIndented(line)) {
      Name(trimmed, line, number);
    } else {
      Finish();  // a prompt or another command's output ends the list
    }
  }

  void Finish() {
    if (!account_.empty() && complete_) {
      Fact listing = FactAt("spn_listing", headline_number_);
      listing.attributes.emplace("count", std::to_string(count_));
      evidence_.OnFact(std::move(listing));
    }
    account_.clear();
    shared_name_.clear();
    count_ = 0;
  }

 private:
  void Name(std::string_view text, std::string_view line, std::uint64_t number) {
    const auto spn = ParseSpn(text);
    if (!spn) {
      evidence_.OnReject({Place::Line(number), "setspn.name",
                          std::string("\"")
                              .append(Printable(text.substr(0, 80)))
                              .append("\" is not of the form service/instance; this name is not "
                                      "used"),
                          std::as_bytes(std::span(line))});
      return;
    }
    ++count_;
    Fact fact = FactAt("spn", number);
    fact.attributes.emplace("service", spn->service);
    fact.attributes.emplace("instance", spn->instance);
    if (!spn->port.empty()) fact.attributes.emplace("port", spn->port);
    evidence_.OnFact(std::move(fact));
  }

  Fact FactAt(std::string_view kind, std::uint64_t number) const {
    Fact fact;
    fact.host = CanonicalHost(CommonName(account_));
    fact.kind = kind;
    fact.attributes.emplace("account", account_);
    fact.where = {file_, Place::Line(number)};
    return fact;
  }

  std::string file_;
  EvidenceSink& evidence_;
  DiagnosticSink& problems_;
  std::string account_;      // "" outside of a list
  std::string shared_name_;  // whose accounts are listed; "" elsewhere
  bool complete_ = false;
  std::uint64_t headline_number_ = 0;
  std::uint64_t count_ = 0;
};

class SetspnImporter final : public Importer {
 public:
  std::string_view name() const override { return kName; }

  // A headline with an SPN or nothing behind it, or setspn's own words for "Registered"; a name
  // with an account behind it.
  bool Recognises(const Head& head) const override {
    bool after_headline = false, after_name = false, found = false;
    ForEachLine(head.text, [&](std::string_view line, std::uint64_t) {
      const auto headline = ParseHeadline(line);
      if (headline && headline->complete &&
          StartsWithIgnoreCase(Trim(line), "Registered ServicePrincipalName")) {
        found = true;
      }
      if (after_headline && IsIndented(line) && ParseSpn(Trim(line))) found = true;
      if (after_name && IsIndented(line) && IsAccount(Trim(line))) found = true;
      if (SharedNames(line)) found = true;
      after_headline = headline.has_value();
      after_name = ParseSharedName(line).has_value();
    });
    return found;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    Reader reader(input.name, evidence, problems);
    const auto read = ForEachLineOf(
        input, problems,
        [&](std::string_view line, std::uint64_t number) { reader.Line(line, number); });
    if (!read) return read.error();
    reader.Finish();
    return {};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeSetspnImporter() { return std::make_unique<SetspnImporter>(); }

}  // namespace exdiag
