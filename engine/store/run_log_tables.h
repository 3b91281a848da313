// The run log in SQLite.  Only engine/store includes this.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/store/run_log.h"
#include "engine/store/sqlite.h"

namespace exdiag {

struct RunLogAccess {
  // Begins to write, or says why that cannot be.
  std::function<Result<void>()> begin;
  // Makes it durable; on an error nothing of it was written.
  std::function<Result<void>()> commit;
  // "site.db: the disk is full; ...", when something went wrong since.
  std::function<Result<void>()> check;
};

// `database` must outlive it.
std::unique_ptr<RunLog> MakeRunLog(sql::Database& database, RunLogAccess access);

}  // namespace exdiag
