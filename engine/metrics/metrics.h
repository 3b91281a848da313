// Figures in the text format of Prometheus (exposition format 0.0.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

struct MetricLabel {
  std::string_view name;  // ours: [a-z_]+
  std::string value;      // any text, may be hostile
};

struct MetricSample {
  std::vector<MetricLabel> labels;
  double value = 0;
};

// What is measured; always a gauge, since each run of the program is a process of its own that
// counts from the beginning.
struct MetricFamily {
  std::string_view name;  // ours: exdiag_[a-z_]+
  std::string_view help;  // one line
  std::vector<MetricSample> samples;
};

// NAME{site="north",host="EX1"} 3, without a line end.  Values of labels are made printable, with
// backslash and double quote escaped; a number is the shortest that reads back as the same.
std::string SampleLine(std::string_view family, const MetricSample& sample);

// The two lines before the samples of a family.
std::string FamilyHead(const MetricFamily& family);

}  // namespace exdiag
