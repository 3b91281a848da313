// libcurl, loaded when it is needed.
//
// Linking it would make each start of the program load some 30 more libraries: about 6 ms on top of
// 7 for a question such as "exdiag causes 9322" that has nothing to do with mail.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "engine/base/result.h"

namespace exdiag {

struct CurlLibrary {
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

// Loaded once and for the rest of the process; the same answer from then on.  The Error is a reason
// without place and consequence.
Result<const CurlLibrary*> LoadCurl();

}  // namespace exdiag
