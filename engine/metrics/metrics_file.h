// The file that node_exporter's textfile collector reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/metrics/metrics.h"

namespace exdiag {

// One site's part of the file.  Several sites may share a file: the collector does not take two
// files that describe the same metric in different words, but one with all sites.
struct SiteMetrics {
  std::string site;  // letters, digits, '.', '_', '-'; the value of the label "site"
  // All that there are, in the order of the file, also those without samples.  The first label of
  // each sample is added here: "site".
  std::vector<MetricFamily> families;
  // False: of families without samples those of an earlier run stay, as when a run failed and has
  // nothing newer to say.
  bool complete = true;
};

// Puts these figures in the place of the site's earlier ones.  What other sites have in the file
// stays when they are in `sites`.  The collector sees the old file or the new one, never a part;
// two processes that do this at once both have their say.  The file can be read by everybody,
// whatever the umask says.
Result<void> UpdateMetricsFile(const std::string& file, const std::vector<std::string>& sites,
                               const SiteMetrics& metrics);

}  // namespace exdiag
