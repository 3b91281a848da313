// The configuration of the nightly job; docs/nightly.md describes it,
// docs/schema/nightly.schema.json for editors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/location.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/mail/send.h"
#include "engine/report/format.h"
#include "importers/importer.h"

namespace exdiag {

// How exports are read that do not say it themselves; as --timezone, --codepage and --tpkt-port of
// import.
struct ReadingConfig {
  std::string timezone;  // known to TimeZone::Find; "" for none
  ImportOptions other;
};

struct InboxConfig {
  std::string path;  // folder, file or pattern; absolute
  ReadingConfig reading;
};

// A log that has to arrive.
struct ExpectedLog {
  std::string channel;  // "" for any log of the server
  Duration every;
};

struct ServerConfig {
  std::string name;                // as written; CanonicalHost() tells whose events are its own
  std::vector<InboxConfig> inbox;  // none: its logs lie in the site's
  std::vector<ExpectedLog> logs;   // none: nothing is missed
  Location where;
};

struct RetentionConfig {
  // Each {0}: kept for ever.
  Duration events;       // in the store, by their time
  Duration reports;      // dated ones that the job wrote; never latest.*
  Duration inbox_files;  // since they were read whole
};

enum class MailWhen : std::uint8_t {
  kChanges,   // something is new, worse, cleared, came back, or a log did not arrive
  kFindings,  // something is wrong, or changed
  kAlways,
};

struct MailConfig {
  std::vector<MailAddress> to;  // none: no mail
  MailAddress from;
  MailWhen when = MailWhen::kChanges;
  bool attach_report = true;  // the HTML page
  MailRoute route;            // files absolute
};

struct MetricsConfig {
  std::string file;  // absolute; "": none
};

struct SiteConfig {
  std::string name;  // letters, digits, '.', '_', '-'; unique without case
  std::string store;
  std::string reports;          // folder
  std::vector<Format> formats;  // at least one
  std::string site_file;        // "": exdiag-site.yaml beside the store, if there is one
  std::string lock;             // file
  std::vector<InboxConfig> inbox;
  std::vector<ServerConfig> servers;
  Duration settle = Duration::Seconds(60);          // a file changed since is left for later
  Duration quiet = Duration::Seconds(86'400);       // after which trouble without a check is over
  Duration window = Duration::Seconds(7 * 86'400);  // unexplained events and logs that are shown
  RetentionConfig retention;
  MailConfig mail;
  MetricsConfig metrics;
  Location where;
};

struct NightlyConfig {
  std::string file;
  std::vector<SiteConfig> sites;  // at least one
};

// Reads a configuration.  Every mistake goes to `problems` with line and column.  An Error when
// there was any: a job that runs by itself must not run on half of what was meant.  All paths come
// out absolute; in the file, relative ones start at its folder.
Result<NightlyConfig> LoadNightlyConfig(const std::string& path, DiagnosticSink& problems);

}  // namespace exdiag
