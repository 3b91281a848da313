#include "engine/knowledge/knowledge.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "engine/base/text.h"
#include "engine/knowledge/knowledge_reader.h"
#include "engine/yaml/cache.h"
#include "engine/yaml/files.h"

namespace exdiag {
namespace {

// Reads every file of one folder below kbdata.
template <typename Read>
Result<void> ReadFolder(const std::string& folder, DiagnosticSink& problems, YamlCache& cache,
                        Read read) {
  const auto files = ListYamlFiles(folder);
  if (!files) return files.error();
  for (const YamlFile& file : *files) {
    YamlProblems file_problems(file.path, "file not used", problems);
    const auto root = cache.Load(file.path, file_problems);
    if (root && !file_problems.failed()) read(*root, file_problems);
  }
  return {};
}

// The next number of a build number, which loses it; 0 at the end.
std::uint64_t NextPart(std::string_view& version) {
  const std::size_t dot = std::min(version.find('.'), version.size());
  std::uint64_t number = 0;
  std::from_chars(version.data(), version.data() + dot, number);
  version.remove_prefix(std::min(dot + 1, version.size()));
  return number;
}

bool Matches(const FileFingerprint& print, const Fact& fact) {
  const auto is = [&](std::string_view attribute, std::string_view wanted) {
    const auto found = fact.attributes.find(attribute);
    return found != fact.attributes.end() && EqualsIgnoreCase(found->second, wanted);
  };
  return is("name", print.name) && (!print.size || is("size", std::to_string(*print.size))) &&
         (print.date.empty() || is("date", print.date)) &&
         (print.version.empty() || is("version", print.version));
}

// True when `reply` begins with `status` as words: "550 5.7.1 Unable" with "550 5.7.1" and "550".
bool BeginsWithWords(std::string_view reply, std::string_view status) {
  return !status.empty() && reply.starts_with(status) &&
         (reply.size() == status.size() || reply[status.size()] == ' ');
}

// "451": three digits.
bool IsReplyCode(std::string_view text) {
  return text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<Knowledge> Knowledge::Load(const std::string& folder, DiagnosticSink& problems) {
  YamlCache none;
  return Load(folder, problems, none);
}

Result<Knowledge> Knowledge::Load(const std::string& folder, DiagnosticSink& problems,
                                  YamlCache& cache) {
  Knowledge knowledge;
  auto catalogue = Catalogue::Load(folder + "/events", problems, cache);
  if (!catalogue) return catalogue.error();
  knowledge.catalogue_ = std::move(*catalogue);

  auto read = ReadFolder(folder + "/errors", problems, cache, [&](const auto& root, auto& file) {
    ReadErrorFile(root, file, knowledge.errors_);
  });
  if (!read) return read.error();
  read = ReadFolder(folder + "/articles", problems, cache, [&](const auto& root, auto& file) {
    ReadArticleFile(root, file, knowledge.articles_);
  });
  if (!read) return read.error();
  read = ReadFolder(folder + "/builds", problems, cache, [&](const auto& root, auto& file) {
    ReadBuildFile(root, file, knowledge.builds_);
  });
  if (!read) return read.error();
  read = ReadFolder(folder + "/files", problems, cache, [&](const auto& root, auto& file) {
    ReadFingerprintFile(root, file, knowledge.files_);
  });
  if (!read) return read.error();
  std::error_code ignored;
  if (std::filesystem::is_directory(folder + "/data_names", ignored)) {
    read = ReadFolder(folder + "/data_names", problems, cache, [&](const auto& root, auto& file) {
      ReadDataNamesFile(root, file, knowledge.data_names_);
    });
    if (!read) return read.error();
  }

  std::stable_sort(
      knowledge.errors_.begin(), knowledge.errors_.end(),
      [](const ErrorCode& a, const ErrorCode& b) { return a.component < b.component; });
  std::stable_sort(
      knowledge.builds_.begin(), knowledge.builds_.end(),
      [](const Build& a, const Build& b) { return CompareVersions(a.version, b.version) < 0; });
  if (cache.enabled()) {
    const auto files = ListYamlFiles(folder);
    if (!files) return files.error();
    const std::string hash = cache.HashOf(*files);
    if (cache.steady()) knowledge.content_hash_ = hash;
  }
  return knowledge;
}

std::vector<const ErrorCode*> Knowledge::FindError(std::uint32_t code) const {
  std::vector<const ErrorCode*> found;
  for (const ErrorCode& error : errors_) {
    if (error.code == code) found.push_back(&error);
  }
  return found;
}

std::vector<const ErrorCode*> Knowledge::FindErrorText(std::string_view text) const {
  const std::string wanted = CollapseSpace(text);
  std::vector<const ErrorCode*> found;
  std::size_t longest = 1;
  for (const ErrorCode& error : errors_) {
    if (!wanted.empty() && EqualsIgnoreCase(error.name, wanted)) found.push_back(&error);
    if (BeginsWithWords(wanted, error.status)) longest = std::max(longest, error.status.size());
  }
  for (const ErrorCode& error : errors_) {
    if (error.status.size() == longest && BeginsWithWords(wanted, error.status)) {
      found.push_back(&error);
    }
  }
  if (!found.empty() || !IsReplyCode(wanted)) return found;
  for (const ErrorCode& error : errors_) {
    if (BeginsWithWords(error.status, wanted)) found.push_back(&error);
  }
  return found;
}

const Article* Knowledge::FindArticle(std::string_view number) const {
  const auto found = articles_.find(number);
  return found == articles_.end() ? nullptr : &found->second;
}

const Build* Knowledge::FindBuild(std::string_view version) const {
  const auto newer = std::upper_bound(builds_.begin(), builds_.end(), version,
                                      [](std::string_view wanted, const Build& build) {
                                        return CompareVersions(wanted, build.version) < 0;
                                      });
  return newer == builds_.begin() ? nullptr : &*std::prev(newer);
}

const DataNames* Knowledge::FindDataNames(std::string_view provider, std::uint16_t event_id,
                                          std::span<const std::string_view> names) const {
  const auto found = data_names_.find(std::pair(ToLower(provider), event_id));
  if (found == data_names_.end()) return nullptr;
  for (const DataNames& version : found->second) {
    const auto is_asked_for = [&](const DataName& data) {
      return std::find(names.begin(), names.end(), data.name) != names.end();
    };
    const auto held = std::count_if(version.begin(), version.end(), is_asked_for);
    if (static_cast<std::size_t>(held) == names.size()) return &version;
  }
  return nullptr;
}

void Knowledge::Complete(Fact& fact) const {
  if (fact.kind != "file_version") return;
  for (const FileFingerprint& print : files_) {
    if (!Matches(print, fact)) continue;
    for (const auto& [attribute, value] : print.gives)
      fact.attributes.try_emplace(attribute, value);
  }
}

int CompareVersions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::uint64_t left = NextPart(a);
    const std::uint64_t right = NextPart(b);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

}  // namespace exdiag
