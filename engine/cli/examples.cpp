#include "engine/cli/examples.h"

#include <array>
#include <utility>

namespace exdiag {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr auto kExamples = std::to_array<Row>({
    {"diagnose",
     "exdiag diagnose exported-logs/\n"
     "exdiag diagnose --timezone Europe/Oslo brest.csv lyon.evtx spn.txt\n"
     "exdiag diagnose exported-logs/ --format html --output report.html\n"
     "exdiag diagnose --store site.db --format json --output report.json"},
    {"import",
     "exdiag import --store site.db brest.evtx lyon.csv\n"
     "exdiag import --store site.db --timezone +01:00 'logs/*.txt'\n"
     "exdiag import --store site.db - < pasted-events.txt"},
    {"report",
     "exdiag report --store site.db\n"
     "exdiag report --store site.db --format html --output report.html"},
    {"nightly",
     "exdiag nightly --config exdiag.yaml --dry-run\n"
     "exdiag nightly --config exdiag.yaml --test-mail\n"
     "exdiag nightly --config exdiag.yaml\n"
     "exdiag nightly --config exdiag.yaml --site hq --at 2026-11-20T02:00:00Z"},
    {"init", "exdiag init\nexdiag init /etc/exdiag/exdiag.yaml"},
    {"causes",
     "exdiag causes 9322\n"
     "exdiag causes MSExchangeMTA/9322 --store site.db\n"
     "exdiag causes 9322 --store site.db --host EX1 --since 2026-11-01\n"
     "exdiag causes \"MSExchange Store Driver/1018\" --format json"},
    {"explain",
     "exdiag explain < pasted-event.txt\n"
     "exdiag explain 0x8009030c\n"
     "exdiag explain \"550 5.7.1\""},
    {"events",
     "exdiag events --store site.db --id 9318 9322 --host BREST\n"
     "exdiag events --store site.db --since 2001-03-14 --level error --format csv\n"
     "exdiag events --store site.db --text \"LTAB\" --newest-first --limit 20"},
    {"answer",
     "exdiag answer domains_trust_each_other no --store site.db\n"
     "exdiag answer smtp_peer_in_organization yes --host EX1 --store site.db"},
    {"answer list", "exdiag answer list --store site.db --all"},
    {"answer withdraw", "exdiag answer withdraw domains_trust_each_other --store site.db"},
    {"ack",
     "exdiag ack mta.rpc-denied.dras-untrusted-domains --host LYON --until 2026-12-31 "
     "--reason 'trust comes with the new domain' --store site.db"},
    {"ack list", "exdiag ack list --store site.db"},
    {"ack withdraw",
     "exdiag ack withdraw mta.rpc-denied.dras-untrusted-domains --host LYON --store site.db"},
    {"rules",
     "exdiag rules check\n"
     "exdiag rules why mta.rpc-denied.dras-untrusted-domains --store site.db"},
    {"rules check",
     "exdiag rules check\n"
     "exdiag rules check --rules my-rules --kbdata kbdata"},
    {"rules test",
     "exdiag rules test\n"
     "exdiag rules test mta.rpc-denied.dras-untrusted-domains"},
    {"rules list",
     "exdiag rules list\n"
     "exdiag rules list --format json"},
    {"rules show",
     "exdiag rules show mta.rpc-denied.dras-untrusted-domains\n"
     "exdiag rules show mta.rpc-denied.dras-untrusted-domains --format markdown"},
    {"rules why",
     "exdiag rules why mta.rpc-denied.dras-untrusted-domains --store site.db\n"
     "exdiag rules why mta.rpc-denied.dras-untrusted-domains --at 1999-11-02T19:05:31 brest.csv"},
    {"rules doc",
     "exdiag rules doc --output causes.md\n"
     "exdiag rules doc --format html --output causes.html"},
    {"rules new",
     "exdiag rules new mta.bind.certificate-expired --event MSExchangeMTA/9322\n"
     "exdiag rules new smtp.relay.open --rules my-rules"},
    {"store",
     "exdiag store info site.db\n"
     "exdiag store verify site.db"},
    {"store info",
     "exdiag store info site.db\n"
     "exdiag store info site.db --format json"},
    {"store verify", "exdiag store verify site.db"},
    {"help",
     "exdiag help\n"
     "exdiag help rules check"},
});

}  // namespace

std::string_view ExamplesOf(std::string_view command) {
  for (const auto& [name, examples] : kExamples) {
    if (name == command) return examples;
  }
  return {};
}

}  // namespace exdiag
