#include "engine/yaml/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/base/content_hash.h"
#include "engine/base/now.h"
#include "engine/base/packed.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "exdiag yaml trees 1\n";
constexpr std::size_t kHashLength = 32;

// Deeper trees than any of ours are not kept.
constexpr int kMaxDepth = 64;

// The coarsest clock of a file system (FAT) ticks every two seconds.
constexpr std::int64_t kClockTick = 2'500'000'000;

std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp StampFrom(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          Nanoseconds(status.st_mtim), Nanoseconds(status.st_ctim)};
}

std::string HashOfText(std::string_view text) {
  ContentHash hash;
  hash.Add(text);
  return hash.Hex();
}

// ---- trees

void PackPlace(const Place& place, PackedWriter& out) {
  out.Number(static_cast<std::uint64_t>(place.unit));
  out.Number(place.value);
  out.Number(place.column);
}

Place UnpackPlace(PackedReader& in) {
  const std::uint64_t unit = in.Number();
  if (unit > static_cast<std::uint64_t>(Place::Unit::kLine)) in.Fail();
  Place place;
  place.unit = static_cast<Place::Unit>(unit);
  place.value = in.Number();
  place.column = static_cast<std::uint32_t>(in.Number());
  return place;
}

// A member that is added to YamlNode or YamlEntry does not compile here until it is packed too.
void Pack(const YamlNode& node, PackedWriter& out) {
  const auto& [kind, place, text, quoted, items, entries] = node;
  out.Number(static_cast<std::uint64_t>(kind) << 1 | (quoted ? 1 : 0));
  PackPlace(place, out);
  if (kind == YamlNode::Kind::kText) out.Text(text);
  if (kind == YamlNode::Kind::kList) {
    out.Number(items.size());
    for (const YamlNode& item : items) Pack(item, out);
  }
  if (kind == YamlNode::Kind::kMap) {
    out.Number(entries.size());
    for (const auto& [key, key_place, value] : entries) {
      out.Text(key);
      PackPlace(key_place, out);
      Pack(value, out);
    }
  }
}

void Unpack(PackedReader& in, YamlNode& node, int depth) {
  const std::uint64_t head = in.Number();
  if (depth > kMaxDepth || head >> 1 > static_cast<std::uint64_t>(YamlNode::Kind::kMap)) in.Fail();
  node.kind = static_cast<YamlNode::Kind>(head >> 1);
  node.quoted = (head & 1) != 0;
  node.place = UnpackPlace(in);
  if (!in.ok()) return;
  if (node.kind == YamlNode::Kind::kText) node.text = in.Text();
  if (node.kind == YamlNode::Kind::kList) {
    node.items.resize(in.Count());
    for (YamlNode& item : node.items) Unpack(in, item, depth + 1);
  }
  if (node.kind == YamlNode::Kind::kMap) {
    node.entries.resize(in.Count());
    for (YamlEntry& entry : node.entries) {
      entry.key = in.Text();
      entry.key_place = UnpackPlace(in);
      Unpack(in, entry.value, depth + 1);
    }
  }
}

int DepthOf(const YamlNode& node) {
  int depth = 0;
  for (const YamlNode& item : node.items) depth = std::max(depth, DepthOf(item));
  for (const YamlEntry& entry : node.entries) depth = std::max(depth, DepthOf(entry.value));
  return depth + 1;
}

// ---- the file

// "" when it is not there, or is not this user's (or root's) alone to write.
std::string ReadOwnFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {};
  std::string content;
  struct stat status {};
  const bool ours = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                    (status.st_uid == ::geteuid() || status.st_uid == 0) &&
                    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (ours) {
    content.resize(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < content.size()) {
      const ssize_t got = ::read(file, content.data() + done, content.size() - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    content.resize(done);
  }
  ::close(file);
  return content;
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Makes the folder; false when it, or the one it would be made in, belongs to somebody else: root
// leaves nothing in the home of a user that the user could not replace.
bool PrepareFolder(const fs::path& folder) {
  std::error_code error;
  fs::path existing = folder;
  while (!existing.empty() && !fs::exists(existing, error)) {
    if (existing == existing.parent_path()) return false;
    existing = existing.parent_path();
  }
  struct stat status {};
  if (::stat(existing.c_str(), &status) != 0 || status.st_uid != ::geteuid()) return false;
  fs::create_directories(folder, error);
  return !error;
}

// A whole file under its name, or nothing.  No sync: after a power cut the checksum tells.
void ReplaceFile(const std::string& path, std::string_view head, std::string_view body) {
  std::string draft = path + ".XXXXXX";
  const int file = ::mkostemp(draft.data(), O_CLOEXEC);  // readable by its owner only
  if (file < 0) return;
  const bool written = WriteAll(file, head) && WriteAll(file, body);
  const bool closed = ::close(file) == 0;
  if (!written || !closed || std::rename(draft.c_str(), path.c_str()) != 0) {
    ::unlink(draft.c_str());
  }
}

}  // namespace

std::optional<FileStamp> StampOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return StampFrom(status);
}

std::string PackTree(const YamlNode& node) {
  PackedWriter out;
  Pack(node, out);
  return out.Take();
}

std::optional<YamlNode> UnpackTree(std::string_view bytes) {
  PackedReader in(bytes);
  std::optional<YamlNode> node(std::in_place);
  Unpack(in, *node, 0);
  if (!in.ok() || !in.at_end()) node.reset();
  return node;
}

YamlCache::YamlCache(std::string file, std::string program)
    : file_(std::move(file)), program_(std::move(program)) {
  if (enabled()) Read();
}

void YamlCache::Read() {
  content_ = ReadOwnFile(file_);
  const std::string_view content = content_;
  if (!content.starts_with(kMagic) || content.size() < kMagic.size() + kHashLength) return;
  const std::string_view sum = content.substr(kMagic.size(), kHashLength);
  const std::string_view body = content.substr(kMagic.size() + kHashLength);
  if (HashOfText(body) == sum && ReadBody(body)) return;
  entries_.clear();
  notes_.clear();
}

bool YamlCache::ReadBody(std::string_view body) {
  PackedReader in(body);
  if (in.Text() != program_) return false;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string path(in.Text());
    Entry entry;
    entry.stamp.device = in.Number();
    entry.stamp.inode = in.Number();
    entry.stamp.size = in.Number();
    entry.stamp.modified = in.Signed();
    entry.stamp.changed = in.Signed();
    entry.settled = in.Number() != 0;
    entry.hash = in.Text();
    entry.kept = in.Text();
    entries_.emplace_hint(entries_.end(), std::move(path), std::move(entry));
  }
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string name(in.Text());
    std::string key(in.Text());
    notes_.emplace(std::move(name), NoteText{std::move(key), std::string(in.Text())});
  }
  return in.ok() && in.at_end();
}

std::string YamlCache::Body() const {
  PackedWriter out;
  out.Text(program_);
  const auto asked = [](const auto& row) { return row.second.asked; };
  out.Number(static_cast<std::uint64_t>(std::count_if(entries_.begin(), entries_.end(), asked)));
  for (const auto& [path, entry] : entries_) {
    if (!entry.asked) continue;
    out.Text(path);
    out.Number(entry.stamp.device);
    out.Number(entry.stamp.inode);
    out.Number(entry.stamp.size);
    out.Signed(entry.stamp.modified);
    out.Signed(entry.stamp.changed);
    out.Number(entry.settled ? 1 : 0);
    out.Text(entry.hash);
    out.Text(entry.packed());
  }
  out.Number(notes_.size());
  for (const auto& [name, note] : notes_) {
    out.Text(name);
    out.Text(note.key);
    out.Text(note.text);
  }
  return out.Take();
}

YamlCache::Entry* YamlCache::Refresh(const std::string& given, std::optional<std::string>& text) {
  std::error_code ignored;
  const std::string path = fs::absolute(given, ignored).lexically_normal().string();
  const std::int64_t now = (Now() - TicksFromUnix(0)).ticks * 100;  // nanoseconds since 1970
  const auto stamp = StampOf(path);
  const auto known = entries_.find(path);
  if (stamp && known != entries_.end()) {
    Entry& entry = known->second;
    if (entry.asked || (entry.settled && entry.stamp == *stamp)) {
      entry.asked = true;
      return &entry;
    }
  }
  text = ReadYamlText(path);
  ++work_.read;
  if (!stamp || !text) return nullptr;
  Entry fresh;
  fresh.stamp = *stamp;
  // A file that changed while it was read has bytes that belong to no stamp.
  fresh.settled = std::max(stamp->modified, stamp->changed) + kClockTick < now &&
                  StampOf(path) == stamp && text->size() == stamp->size;
  fresh.asked = true;
  fresh.hash = HashOfText(*text);
  if (known == entries_.end()) {
    dirty_ = true;
    return &entries_.emplace(path, std::move(fresh)).first->second;
  }
  Entry& entry = known->second;
  if (entry.hash == fresh.hash) {
    fresh.kept = entry.kept;
    dirty_ = dirty_ || fresh.settled;
  } else {
    dirty_ = true;
  }
  entry = std::move(fresh);
  return &entry;
}

std::optional<YamlNode> YamlCache::Load(const std::string& path, YamlProblems& problems) {
  if (!enabled()) return LoadYamlFile(path, problems);
  std::optional<std::string> text;
  Entry* entry = Refresh(path, text);
  if (entry != nullptr && !entry->packed().empty()) {
    if (auto tree = UnpackTree(entry->packed())) return tree;
  }
  if (!text) text = ReadYamlText(path);
  const std::size_t errors = problems.errors();
  ++work_.parsed;
  auto tree = ParseYamlText(text, problems);
  const bool same = entry != nullptr && text && HashOfText(*text) == entry->hash;
  shifting_ = shifting_ || !same;
  if (tree && same && problems.errors() == errors && DepthOf(*tree) < kMaxDepth) {
    entry->tree = PackTree(*tree);
    dirty_ = true;
  }
  return tree;
}

std::string YamlCache::HashOf(const std::string& path) {
  if (!enabled()) return {};
  std::optional<std::string> text;
  const Entry* entry = Refresh(path, text);
  return entry == nullptr ? std::string() : entry->hash;
}

std::string YamlCache::HashOf(std::span<const YamlFile> files) {
  PackedWriter all;
  for (const YamlFile& file : files) {
    const std::string hash = HashOf(file.path);
    if (hash.empty()) return {};
    all.Text(file.name);
    all.Text(hash);
  }
  return HashOfText(all.bytes());
}

std::optional<std::string_view> YamlCache::Note(std::string_view name, std::string_view key) const {
  const auto found = notes_.find(name);
  if (shifting_ || found == notes_.end() || found->second.key != key) return std::nullopt;
  return found->second.text;
}

void YamlCache::SetNote(std::string_view name, std::string_view key, std::string text) {
  if (!enabled() || shifting_ || Note(name, key) == text) return;
  notes_.insert_or_assign(std::string(name), NoteText{std::string(key), std::move(text)});
  dirty_ = true;
}

void YamlCache::Save() {
  if (!enabled() || !dirty_) return;
  dirty_ = false;
  if (!PrepareFolder(fs::path(file_).parent_path())) return;
  const std::string body = Body();
  ReplaceFile(file_, std::string(kMagic) + HashOfText(body), body);
}

}  // namespace exdiag
