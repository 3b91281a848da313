// What lies in the inboxes of a site, and what of it is new.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nightly/config.h"
#include "engine/store/run_log.h"

namespace exdiag {

enum class InboxState : std::uint8_t {
  kNew,      // to be read
  kSame,     // as it was when an earlier run read it
  kWriting,  // changed too lately, or has the name of a file that is being copied
  kMissing,  // cannot be read; `error` says why
};

struct InboxEntry {
  InboxFile file;  // as it is now
  InboxState state = InboxState::kNew;
  std::string error;
  ReadingConfig reading;
};

// Each file once, also when two inboxes lead to it: the first one in the order of the configuration
// decides how it is read (servers before the site, whose inbox may hold theirs).  `now`: the clock
// of the file system.  The site's own files are passed over.  An Error is the store's.
Result<std::vector<InboxEntry>> LookIntoInboxes(const SiteConfig& site, const RunLog* log,
                                                Ticks now);

// Size, time and number of a file as it is now; nullopt when it is gone.
std::optional<InboxFile> StampOf(const std::string& path, const ReadingConfig& reading);

}  // namespace exdiag
