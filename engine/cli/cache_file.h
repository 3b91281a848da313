// Where the program keeps what it has worked out from its data files; see engine/yaml/cache.h.
#pragma once

#include <string>

namespace exdiag {

// The cache file for what lies below `folder`: in $EXDIAG_CACHE (empty: no cache; a relative one is
// below the working folder), else in $XDG_CACHE_HOME/exdiag, else in $HOME/.cache/exdiag, else, for
// root, in /var/cache/exdiag.  "" when there is no cache.  Nothing is made or looked at.
std::string CacheFileFor(const std::string& folder);

// A text that differs between any two builds of the program; "" when it cannot be told.
std::string ProgramIdentity();

}  // namespace exdiag
