// What a host says of its network: ipconfig /all, nltest, net use.
#include <algorithm>
#include <array>

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

// Without "(Preferred)" and the scope "%11".
std::string_view AddressOf(std::string_view text) {
  const std::string_view address = text.substr(0, text.find_first_of("(% \t"));
  const bool like = address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
  return like && address.find_first_of(".:") != std::string_view::npos ? address
                                                                       : std::string_view();
}

bool IsIpconfig(std::string_view text) {
  bool headline = false;
  bool dotted = false;
  ForEachLine(text, [&](std::string_view line, std::uint64_t) {
    const std::string_view trimmed = Trim(line);
    headline = headline ||
               (trimmed.starts_with("Windows") && trimmed.find(" IP ") != std::string_view::npos);
    dotted = dotted || (headline && ReadDotted(line).has_value());
  });
  return dotted;
}

class Ipconfig final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty()) return;
    if (trimmed.starts_with("Windows") && trimmed.find(" IP ") != std::string_view::npos) {
      Finish();
      first_line_ = number;
    } else if (const auto dotted = ReadDotted(line)) {
      label_ = dotted->label;
      Value(dotted->value, number);
    } else if (line.front() != ' ' && line.front() != '\t') {
      adapter_ = trimmed.substr(0, trimmed.find_last_not_of(':') + 1);
      label_.clear();
    } else {
      Value(trimmed, number);  // a further value of the label above
    }
  }

  void Finish() override {
    if (first_line_ != 0) {
      Put(host_, "ip_configuration", first_line_,
          {{"dns_suffix", suffix_}, {"node_type", node_type_}});
      for (std::size_t i = 0; i < kLists.size(); ++i) {
        Put(host_, std::string(kLists[i].kind) + "_listing", first_line_,
            {{"count", std::to_string(counts_[i])}});
      }
    }
    host_.clear();
    suffix_.clear();
    node_type_.clear();
    adapter_.clear();
    label_.clear();
    counts_.fill(0);
    first_line_ = 0;
  }

 private:
  struct List {
    std::string_view label;  // what the label begins with or holds
    std::string_view kind;
  };
  static constexpr std::array<List, 4> kLists = {{{"IP", "ip_address"},
                                                  {"DNS Servers", "dns_server"},
                                                  {"WINS Server", "wins_server"},
                                                  {"Default Gateway", "default_gateway"}}};

  // "IP Address", "IPv4 Address", "Link-local IPv6 Address", "Autoconfiguration IPv4 Address".
  static bool Fits(std::string_view label, const List& list) {
    if (list.kind == "ip_address") {
      return label.find("IP") != std::string_view::npos && label.ends_with("Address");
    }
    return label.find(list.label) != std::string_view::npos;
  }

  void Value(std::string_view value, std::uint64_t number) {
    if (label_ == "Host Name") host_ = value;
    if (label_ == "Primary Dns Suffix" || label_ == "Primary DNS Suffix") suffix_ = value;
    if (label_ == "Node Type") node_type_ = value;
    const std::string_view address = AddressOf(value);
    if (address.empty()) return;
    for (std::size_t i = 0; i < kLists.size(); ++i) {
      if (!Fits(label_, kLists[i])) continue;
      ++counts_[i];
      Put(host_, kLists[i].kind, number, {{"address", address}, {"adapter", adapter_}});
    }
  }

  std::string host_;
  std::string suffix_;
  std::string node_type_;
  std::string adapter_;
  std::string label_;
  std::array<std::size_t, kLists.size()> counts_ = {};
  std::uint64_t first_line_ = 0;
};

// ---- nltest ---------------------------------------------------------------------------------

constexpr std::string_view kTrusts = "List of domain trusts:";
constexpr std::string_view kTrustedDc = "Trusted DC Name";
constexpr std::string_view kChannelStatus = "Trusted DC Connection Status Status = ";

bool IsNltest(std::string_view text) {
  bool found = false;
  ForEachLine(text, [&](std::string_view line, std::uint64_t) {
    const std::string_view trimmed = Trim(line);
    found = found || trimmed == kTrusts || trimmed.starts_with(kTrustedDc) ||
            trimmed.starts_with(kChannelStatus);
  });
  return found;
}

class Nltest final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    const std::string_view trimmed = Trim(line);
    if (trimmed == kTrusts) {
      Finish();
      list_line_ = number;
    } else if (trimmed.starts_with(kTrustedDc)) {
      controller_ = Trim(trimmed.substr(kTrustedDc.size()));
    } else if (trimmed.starts_with(kChannelStatus)) {
      Channel(trimmed.substr(kChannelStatus.size()), number);
    } else if (list_line_ != 0 && !trimmed.empty()) {
      if (!Trust(trimmed, number)) Finish();
    }
  }

  void Finish() override {
    if (list_line_ != 0) {
      Put({}, "trusted_domain_listing", list_line_, {{"count", std::to_string(count_)}});
    }
    list_line_ = 0;
    count_ = 0;
  }

 private:
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
    Put({}, "trusted_domain", number,
        {{"domain", std::string_view(names).substr(0, blank)},
         {"dns_name", Trim(std::string_view(names).substr(blank))},
         {"outbound", has("Direct Outbound")},
         {"inbound", has("Direct Inbound")},
         {"primary", has("Primary Domain")}});
    return true;
  }

  // "1355 0x54b ERROR_NO_SUCH_DOMAIN"
  void Channel(std::string_view status, std::uint64_t number) {
    const std::string words = CollapseSpace(status);
    const auto parts = Split(words, ' ');
    Put({}, "secure_channel", number,
        {{"controller", CanonicalHost(controller_)},
         {"status", parts[0]},
         {"name", parts.size() > 2 ? parts[2] : std::string_view()}});
    controller_.clear();
  }

  std::string controller_;
  std::uint64_t list_line_ = 0;
  std::size_t count_ = 0;
};

// ---- net use --------------------------------------------------------------------------------

bool IsNetUseHeading(std::string_view line) {
  return CollapseSpace(line) == "Status Local Remote Network";
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
      local_at_ = line.find("Local");
      return;
    }
    const std::size_t remote = line.find("\\\\");
    if (heading_line_ == 0 || remote == std::string_view::npos) return;
    const std::string_view share = line.substr(remote, line.find("  ", remote) - remote);
    const std::string_view server = share.substr(2, share.find('\\', 2) - 2);
    const std::size_t local_at = std::min(local_at_, remote);
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
