#include "engine/store/kept.h"

#include <optional>

#include "engine/base/content_hash.h"

namespace exdiag {
namespace {

constexpr std::size_t kSumLength = 32;

std::string SumOf(std::string_view text) {
  ContentHash hash;
  hash.Add(text);
  return hash.Hex();
}

std::optional<std::string_view> Checked(std::string_view content) {
  if (content.size() < kSumLength) return std::nullopt;
  const std::string_view text = content.substr(kSumLength);
  if (SumOf(text) != content.substr(0, kSumLength)) return std::nullopt;
  return text;
}

}  // namespace

void WriteKept(sql::Database& database, std::string_view name, std::string_view text) {
  sql::Statement put(database, "INSERT OR REPLACE INTO main.kept (name, content) VALUES (?1, ?2)",
                     false);
  const std::string content = SumOf(text).append(text);
  put.BindText(1, name).BindBytes(2, content).Run();
}

std::string ReadKept(sql::Database& database, std::string_view name) {
  sql::Statement one(database, "SELECT content FROM main.kept WHERE name = ?1", false);
  if (!one.BindText(1, name).Next()) return {};
  return std::string(Checked(one.Bytes(0)).value_or(std::string_view()));
}

std::vector<std::string> DamagedKept(sql::Database& database) {
  std::vector<std::string> names;
  sql::Statement all(database, "SELECT name, content FROM main.kept ORDER BY name", false);
  while (all.Next()) {
    if (!Checked(all.Bytes(1))) names.push_back(all.Text(0));
  }
  return names;
}

}  // namespace exdiag
