// Mails of completed runs that did not go out: the run was killed before, or the way was closed.
// They are kept in the store, and the next run sends them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/store/store.h"

namespace exdiag {

struct UnsentMail {
  std::int64_t run = 0;  // RunRecord::id
  Ticks at;              // moment of the run
  std::string subject, text;
  std::string html_report;          // file to attach; "" for none
  std::string text_without_report;  // in place of `text` where the file is gone
};

// What the store keeps of runs up to `last_completed`, oldest first; of later ones the next run
// does the work again, and tells of it.
std::vector<UnsentMail> ReadUnsentMails(const Store& store, std::int64_t last_completed);

// Keeps these in place of all others, but no more than the newest ten.
Result<void> KeepUnsentMails(const std::vector<UnsentMail>& mails, Store& store);

}  // namespace exdiag
