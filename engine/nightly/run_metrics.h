// The figures of a run for Prometheus; docs/nightly.md lists them.
#pragma once

#include "engine/metrics/metrics_file.h"
#include "engine/nightly/run_summary.h"

namespace exdiag {

SiteMetrics MetricsOfRun(const RunSummary& summary);

// Of a run at that moment that came to no end: only that.
SiteMetrics MetricsOfFailedRun(const std::string& site, Ticks at);

}  // namespace exdiag
