#include "engine/mail/curl_library.h"

#include <dlfcn.h>

namespace exdiag {
namespace {

// The name under which libcurl's interface has been kept compatible since 2006.
constexpr const char* kLibrary = "libcurl.so.4";

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Result<const CurlLibrary*> Load() {
  static CurlLibrary curl;
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  const bool all = library != nullptr && Find(library, "curl_easy_init", curl.easy_init) &&
                   Find(library, "curl_easy_setopt", curl.easy_setopt) &&
                   Find(library, "curl_easy_perform", curl.easy_perform) &&
                   Find(library, "curl_easy_strerror", curl.easy_strerror) &&
                   Find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                   Find(library, "curl_slist_append", curl.slist_append) &&
                   Find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!all) return Error{std::string("libcurl cannot be loaded: ") + ::dlerror()};
  return &curl;
}

}  // namespace

Result<const CurlLibrary*> LoadCurl() {
  static const Result<const CurlLibrary*> loaded = Load();
  return loaded;
}

}  // namespace exdiag
