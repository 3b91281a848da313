#include "engine/metrics/metrics.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : Printable(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string SampleLine(std::string_view family, const MetricSample& sample) {
  std::string labels;
  for (const MetricLabel& label : sample.labels) {
    labels +=
        fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", label.name, Escaped(label.value));
  }
  return fmt::format("{}{{{}}} {}", family, labels, sample.value);
}

std::string FamilyHead(const MetricFamily& family) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", family.name, family.help);
}

}  // namespace exdiag
