// What a host says of its network: ipconfig /all, nltest, net use.
#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "importers/host/host_facts.h"
#include "importers/host/host_importers.h"
#include "importers/text/lines.h"

namespace exdiag {
namespace {

// ---- ipconfig /all --------------------------------------------------------------------------

struct Dotted {
  std::string_view label;
  std::string_view value;
};

// "   DNS Servers . . . . . . . . . . . : 192.168.23.151"
std::optional<Dotted> ReadDotted(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view before = Trim(line.substr(0, colon));
  const std::size_t end = before.find_last_not_of(". ");
  const std::string_view tail = before.substr(std::min(end + 1, before.size()));
  if (end == std::string_view::npos || tail.find('.') == std::string_view::npos) {
    return std::nullopt;
  }
  return Dotted{before.substr(0, end + 1), Trim(line.substr(colon + 1))};
}

bool IsIpv4(std::string_view text) {
  int parts = 0;
  for (const std::string_view part : Split(text, '.')) {
    const bool number = !part.empty() && part.size() <= 3 &&
                        part.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number || ParseInteger(part).value_or(256) > 255) return false;
    ++parts;
  }
  return parts == 4;
}

bool IsIpv6(std::string_view text) {
  return std::count(text.begin(), text.end(), ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

bool IsMask(std::string_view address) { return address.starts_with("255."); }

// Without "(Preferred)" and the scope "%11".
std::string_view AddressOf(std::string_view text) {
  const std::string_view address = text.substr(0, text.find_first_of("(% \t"));
  return IsIpv4(address) || IsIpv6(address) ? address : std::string_view();
}

bool HasWord(std::string_view text, std::string_view word) {
  const auto is_letter = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
  }
  return false;
}

// "Windows 2000 IP Configuration", "Windows-IP-Konfiguration", "Configuration IP de Windows".
bool IsHeadline(std::string_view line) {
  constexpr std::size_t kLongest = 80;
  return line.size() <= kLongest && line.find(':') == std::string_view::npos &&
         HasWord(line, "Windows") && HasWord(line, "IP");
}

bool IsIpconfig(std::string_view text) {
  constexpr int kLinesBehind = 3;  // in which a dotted label follows the headline
  int left = 0;
  bool dotted = false;
  ForEachLine(text, [&](std::string_view line, std::uint64_t) {
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty()) return;
    dotted = dotted || (left > 0 && ReadDotted(line).has_value());
    left = IsHeadline(trimmed) ? kLinesBehind : left - 1;
  });
  return dotted;
}

class Ipconfig final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty()) return;
    if (IsHeadline(trimmed)) {
      Finish();
      first_line_ = number;
    } else if (const auto dotted = ReadDotted(line)) {
      Labelled(dotted->label, dotted->value);
      Address(dotted->value, number);
    } else if (line.front() != ' ' && line.front() != '\t') {
      adapter_ = trimmed.substr(0, trimmed.find_last_not_of(':') + 1);
      list_.reset();
      behind_mask_ = false;
    } else {
      Address(trimmed, number);  // a further value of the label above
    }
  }

  void Finish() override {
    if (first_line_ != 0) {
      Put(host_, "ip_configuration", first_line_,
          {{"dns_suffix", suffix_}, {"node_type", node_type_}});
      for (std::size_t i = 0; i < kLists.size(); ++i) {
        // In another language a label that was not understood is no sign that there is none.
        if (!english_ && !seen_[i]) continue;
        Put(host_, std::string(kLists[i]) + "_listing", first_line_,
            {{"count", std::to_string(counts_[i])}});
      }
    }
    host_.clear();
    suffix_.clear();
    node_type_.clear();
    adapter_.clear();
    list_.reset();
    behind_mask_ = false;
    english_ = true;
    labels_ = 0;
    counts_.fill(0);
    seen_.fill(false);
    first_line_ = 0;
  }

 private:
  enum List : std::uint8_t { kAddresses, kDnsServers, kWinsServers, kGateways };
  static constexpr std::array<std::string_view, 4> kLists = {"ip_address", "dns_server",
                                                             "wins_server", "default_gateway"};

  static bool Holds(std::string_view label, std::string_view part) {
    return label.find(part) != std::string_view::npos;
  }

  void Labelled(std::string_view label, std::string_view value) {
    if (++labels_ == 1) english_ = IsEnglish(label);
    list_ = english_ ? EnglishList(label) : ListByShape(label, value);
    if (list_) seen_[*list_] = true;
    if (english_) {
      if (label == "Host Name") host_ = value;
      if (EqualsIgnoreCase(label, "Primary DNS Suffix")) suffix_ = value;
      if (label == "Node Type") node_type_ = value;
    } else if (adapter_.empty()) {
      InFront(label, value);
    }
  }

  // Of the first label; without /all it is one of an adapter.
  static bool IsEnglish(std::string_view label) {
    constexpr std::string_view kFirst[] = {"Host Name", "Connection-specific DNS Suffix",
                                           "Media State", "IP Address", "Description"};
    return std::find(std::begin(kFirst), std::end(kFirst), label) != std::end(kFirst);
  }

  // "IP Address", "IPv4 Address", "Link-local IPv6 Address", "Autoconfiguration IPv4 Address".
  static std::optional<List> EnglishList(std::string_view label) {
    if (Holds(label, "IP") && label.ends_with("Address")) return kAddresses;
    if (Holds(label, "DNS Servers")) return kDnsServers;
    if (Holds(label, "WINS Server")) return kWinsServers;
    if (Holds(label, "Default Gateway")) return kGateways;
    return std::nullopt;
  }

  // Every language keeps the abbreviations.  The gateway, which has none, is the first label behind
  // the mask with an address or nothing; only the days of a lease can stand between.
  std::optional<List> ListByShape(std::string_view label, std::string_view value) {
    const std::string_view address = AddressOf(value);
    if (IsMask(address)) {
      behind_mask_ = true;
      return std::nullopt;
    }
    if (Holds(label, "DHCP")) return std::nullopt;
    const bool dns = Holds(label, "DNS"), wins = Holds(label, "WINS"), ip = Holds(label, "IP");
    if (!address.empty() && dns) return kDnsServers;
    if (!address.empty() && wins) return kWinsServers;
    if (!address.empty() && ip) return kAddresses;
    if (dns || wins || ip || (address.empty() && !value.empty())) return std::nullopt;
    return std::exchange(behind_mask_, false) ? std::optional(kGateways) : std::nullopt;
  }

  // What stands in front of the adapters: the host's name, its suffix, its node type.
  void InFront(std::string_view label, std::string_view value) {
    if (labels_ == 1 && value.find(' ') == std::string_view::npos) host_ = value;
    if (labels_ == 2 && Holds(label, "DNS") && AddressOf(value).empty()) suffix_ = value;
    constexpr std::string_view kTypes[] = {"Hybrid", "Broadcast", "Peer-Peer", "Mixed"};
    const bool known = std::find(std::begin(kTypes), std::end(kTypes), value) != std::end(kTypes);
    if (labels_ == 3 && known) node_type_ = value;
  }

  void Address(std::string_view value, std::uint64_t number) {
    const std::string_view address = AddressOf(value);
    if (address.empty() || !list_) return;
    ++counts_[*list_];
    Put(host_, std::string(kLists[*list_]), number, {{"address", address}, {"adapter", adapter_}});
  }

  std::string host_;
  std::string suffix_;
  std::string node_type_;
  std::string adapter_;
  std::optional<List> list_;  // of the label above
  bool behind_mask_ = false;
  bool english_ = true;
  std::size_t labels_ = 0;
  std::array<std::size_t, kLists.size()> counts_ = {};
  std::array<bool, kLists.size()> seen_ = {};
  std::uint64_t first_line_ = 0;
};

// ---- nltest ---------------------------------------------------------------------------------

constexpr std::string_view kTrusts = "List of domain trusts:";
constexpr std::string_view kTrustedDc = "Trusted DC Name";
constexpr std::string_view kChannelStatus = "Trusted DC Connection Status Status = ";

constexpr std::string_view kLocatedDc = "DC: \\\\";
constexpr std::string_view kDomainName = "Dom Name: ";
// Of Windows 2000, and of 2003 and later.
constexpr std::string_view kLocatingFailed[] = {"DsGetDcName failed: Status = ",
                                                "Getting DC name failed: Status = "};

// What stands behind the words when one of them begins the line; nullopt otherwise.
std::optional<std::string_view> LocatingFailed(std::string_view line) {
  for (const std::string_view words : kLocatingFailed) {
    if (line.starts_with(words)) return line.substr(words.size());
  }
  return std::nullopt;
}

bool IsNltest(std::string_view text) {
  bool found = false;
  bool located = false;
  ForEachLine(text, [&](std::string_view line, std::uint64_t) {
    const std::string_view trimmed = Trim(line);
    found = found || trimmed == kTrusts || trimmed.starts_with(kTrustedDc) ||
            trimmed.starts_with(kChannelStatus) || LocatingFailed(trimmed) ||
            (located && trimmed.starts_with(kDomainName));
    located = located || trimmed.starts_with(kLocatedDc);
  });
  return found;
}

// "1355 0x54b ERROR_NO_SUCH_DOMAIN"
struct NltestStatus {
  std::string number;
  std::string name;
};

NltestStatus ReadNltestStatus(std::string_view text) {
  const std::string words = CollapseSpace(text);
  const auto parts = Split(words, ' ');
  return {std::string(parts[0]), parts.size() > 2 ? std::string(parts[2]) : std::string()};
}

// Where `nltest /dsgetdc:DOMAIN` found a controller:
//
//              DC: \\DC1.corp.example
//         Address: \\10.0.0.5
//        Dom Name: corp.example
//    Dc Site Name: Oslo
//   Our Site Name: Bergen
//           Flags: PDC GC DS LDAP KDC
struct LocatedController {
  std::uint64_t line = 0;  // 0: none was begun
  std::string controller, address, domain, forest, dc_site, own_site, flags;

  // False when the line is none of these.
  bool Take(std::string_view text) {
    const struct {
      std::string_view label;
      std::string& value;
    } kLabels[] = {{"Address:", address},        {"Dom Guid:", guid_},
                   {"Dom Name:", domain},        {"Forest Name:", forest},
                   {"Dc Site Name:", dc_site},   {"DC Site Name:", dc_site},
                   {"Our Site Name:", own_site}, {"Flags:", flags}};
    for (const auto& [label, value] : kLabels) {
      if (!text.starts_with(label)) continue;
      value = Trim(text.substr(label.size()));
      return true;
    }
    return false;
  }

 private:
  std::string guid_;
};

class Nltest final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    const std::string_view trimmed = Trim(line);
    if (located_.line != 0 && !located_.Take(trimmed)) PutLocated();
    if (IsCommand(trimmed)) {
      Finish();
      host_ = ServerOf(trimmed);
    } else if (trimmed == kTrusts) {
      Finish();
      list_line_ = number;
    } else if (trimmed.starts_with(kLocatedDc)) {
      located_.line = number;
      located_.controller = CanonicalHost(trimmed.substr(kLocatedDc.size()));
    } else if (const auto status = LocatingFailed(trimmed)) {
      const NltestStatus failed = ReadNltestStatus(*status);
      Put(host_, "domain_controller", number, {{"status", failed.number}, {"name", failed.name}});
    } else if (trimmed.starts_with(kTrustedDc)) {
      controller_ = Trim(trimmed.substr(kTrustedDc.size()));
    } else if (trimmed.starts_with(kChannelStatus)) {
      Channel(trimmed.substr(kChannelStatus.size()), number);
    } else if (list_line_ != 0 && !trimmed.empty()) {
      if (!Trust(trimmed, number)) Finish();
    }
  }

  void Finish() override {
    if (located_.line != 0) PutLocated();
    if (list_line_ != 0) {
      Put(host_, "trusted_domain_listing", list_line_, {{"count", std::to_string(count_)}});
    }
    list_line_ = 0;
    count_ = 0;
  }

 private:
  // "C:\>nltest /server:EX1 /sc_query:CORP": the command, where the prompt was copied with it.
  static bool IsCommand(std::string_view line) {
    const std::size_t at = FindIgnoreCase(line, "nltest");
    return at != std::string_view::npos && line.find(" /", at) != std::string_view::npos;
  }

  // The host that was asked; "" for the one on which the command ran, which nothing names.
  static std::string ServerOf(std::string_view command) {
    constexpr std::string_view kServer = "/server:";
    const std::size_t at = FindIgnoreCase(command, kServer);
    if (at == std::string_view::npos) return {};
    const std::string_view name = command.substr(at + kServer.size());
    return std::string(name.substr(0, name.find_first_of(" \t")));
  }

  void PutLocated() {
    Put(host_, "domain_controller", located_.line,
        {{"controller", located_.controller},
         {"address",
          std::string_view(located_.address)
              .substr(std::min(located_.address.find_first_not_of('\\'), located_.address.size()))},
         {"domain", located_.domain},
         {"forest", located_.forest},
         {"dc_site", located_.dc_site},
         {"own_site", located_.own_site},
         {"flags", located_.flags},
         {"status", "0"}});
    located_ = LocatedController();
  }

  // "0: CORP corp.example.com (NT 5) (Forest Tree Root) (Direct Outbound) (Direct Inbound)"
  bool Trust(std::string_view line, std::uint64_t number) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos ||
        line.substr(0, colon).find_first_not_of("0123456789") != std::string_view::npos) {
      return false;
    }
    const std::size_t flags_at = std::min(line.find('(', colon), line.size());
    const std::string_view flags = line.substr(flags_at);
    const std::string names = CollapseSpace(line.substr(colon + 2, flags_at - colon - 2));
    const std::size_t blank = std::min(names.find(' '), names.size());
    const auto has = [&](std::string_view word) {
      return flags.find(word) != std::string_view::npos ? std::string_view("yes")
                                                        : std::string_view("no");
    };
    ++count_;
    Put(host_, "trusted_domain", number,
        {{"domain", std::string_view(names).substr(0, blank)},
         {"dns_name", Trim(std::string_view(names).substr(blank))},
         {"outbound", has("Direct Outbound")},
         {"inbound", has("Direct Inbound")},
         {"primary", has("Primary Domain")}});
    return true;
  }

  void Channel(std::string_view text, std::uint64_t number) {
    const NltestStatus status = ReadNltestStatus(text);
    Put(host_, "secure_channel", number,
        {{"controller", CanonicalHost(controller_)},
         {"status", status.number},
         {"name", status.name}});
    controller_.clear();
  }

  std::string host_;  // that the command asked
  LocatedController located_;
  std::string controller_;
  std::uint64_t list_line_ = 0;
  std::size_t count_ = 0;
};

// ---- net use --------------------------------------------------------------------------------

// Translated, but the four columns stand in the same places everywhere.
constexpr std::size_t kNetUseColumns[] = {0, 13, 23, 49};

bool IsNetUseHeading(std::string_view line) {
  if (CollapseSpace(line) == "Status Local Remote Network") return true;
  std::vector<std::size_t> words;
  std::size_t character = 0;
  bool blank = true;
  for (const char c : line) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;
    if (blank && c != ' ') words.push_back(character);
    blank = c == ' ';
    ++character;
  }
  return std::equal(words.begin(), words.end(), std::begin(kNetUseColumns),
                    std::end(kNetUseColumns));
}

bool IsNetUse(std::string_view text) {
  bool found = false;
  ForEachLine(
      text, [&](std::string_view line, std::uint64_t) { found = found || IsNetUseHeading(line); });
  return found;
}

class NetUse final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    if (IsNetUseHeading(line)) {
      Finish();
      heading_line_ = number;
      local_at_ = std::min(line.find("Local"), kNetUseColumns[1]);
      return;
    }
    const std::size_t remote = line.find("\\\\");
    if (heading_line_ == 0 || remote == std::string_view::npos) return;
    const std::string_view share = line.substr(remote, line.find("  ", remote) - remote);
    const std::string_view server = share.substr(2, share.find('\\', 2) - 2);
    std::size_t local_at = std::min(local_at_, remote);
    // The word for the status may have letters of several bytes.
    while (local_at < remote && line[local_at] != ' ' && line[local_at - 1] != ' ') ++local_at;
    ++count_;
    Put({}, "network_connection", number,
        {{"status", Trim(line.substr(0, local_at))},
         {"local", Trim(line.substr(local_at, remote - local_at))},
         {"remote", Trim(share)},
         {"server", CanonicalHost(server)}});
  }

  void Finish() override {
    if (heading_line_ != 0) {
      Put({}, "network_connection_listing", heading_line_, {{"count", std::to_string(count_)}});
    }
    heading_line_ = 0;
    count_ = 0;
  }

 private:
  std::uint64_t heading_line_ = 0;
  std::size_t local_at_ = 0;
  std::size_t count_ = 0;
};

template <typename Reader>
std::unique_ptr<host::LineReader> Make(EvidenceSink& evidence) {
  return std::make_unique<Reader>(evidence);
}

}  // namespace

std::unique_ptr<Importer> MakeIpconfigImporter() {
  return host::MakeLineImporter("ipconfig", IsIpconfig, Make<Ipconfig>);
}

std::unique_ptr<Importer> MakeNltestImporter() {
  return host::MakeLineImporter("nltest", IsNltest, Make<Nltest>);
}

std::unique_ptr<Importer> MakeNetUseImporter() {
  return host::MakeLineImporter("net-use", IsNetUse, Make<NetUse>);
}

}  // namespace exdiag
