// Parsed YAML files kept from run to run, because parsing is what takes most of a short run.
//
// What is kept is the tree of each file as ParseYaml gave it, places included, and nothing that was
// made of it: who adds a key to a rule or an event has nothing to do here, and every check is made
// and every complaint is given as if the file had been parsed.  Files that ParseYaml complains
// about are not kept.
//
// A kept tree is used only for the very bytes it was made of.  The bytes are the same when the file
// has the same device, inode, size and times (mtime, ctime; nanoseconds), provided that it was read
// well after the last change: a file that changes twice within one tick of the file system's clock
// looks the same twice.  In every other case the file is read and the hash of its bytes decides.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/yaml/files.h"
#include "engine/yaml/node.h"

namespace exdiag {

// By which a change of a file shows without reading it.
struct FileStamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified = 0, changed = 0;  // nanoseconds since 1970

  bool operator==(const FileStamp&) const = default;
};

// nullopt when there is no such file.
std::optional<FileStamp> StampOf(const std::string& path);

class YamlCache {
 public:
  // Keeps nothing: every file is parsed.
  YamlCache() = default;
  // Takes what `file` holds, unless it is not there, is damaged, was written by another `program`
  // (any text that differs from build to build), or could have been written by another user; then
  // everything is parsed as on the first run.  That is no error, nor is anything else about `file`.
  YamlCache(std::string file, std::string program);
  YamlCache(const YamlCache&) = delete;
  YamlCache& operator=(const YamlCache&) = delete;

  bool enabled() const { return !file_.empty(); }

  // False when a file changed between two looks at it: its tree is then not of the bytes that
  // HashOf spoke of.
  bool steady() const { return !shifting_; }

  // What it could not save so far.
  struct Work {
    std::size_t read = 0;    // files whose bytes were read to compare them
    std::size_t parsed = 0;  // files that were parsed
  };
  const Work& work() const { return work_; }

  // As LoadYamlFile.
  std::optional<YamlNode> Load(const std::string& path, YamlProblems& problems);
  // Hash of the bytes that Load gives the tree of; "" when they cannot be read.
  std::string HashOf(const std::string& path);
  // Of the names and the bytes of all these files; "" when one of them cannot be read.
  std::string HashOf(std::span<const YamlFile> files);

  // A text that somebody worked out from many files, `key` being a hash of all that it depends on.
  // It is not kept when one of the files changed while they were being read.
  std::optional<std::string_view> Note(std::string_view name, std::string_view key) const;
  void SetNote(std::string_view name, std::string_view key, std::string text);

  // Writes what is new, at once or not at all: another process finds the old file or the new one.
  // Makes the folder.  Silently does nothing where it cannot, or when the folder is not this
  // user's.  Files that were not asked for since the beginning are forgotten.
  void Save();

 private:
  struct Entry {
    FileStamp stamp;
    bool settled = false;  // the stamp alone tells that nothing changed
    bool asked = false;
    std::string hash;
    std::string_view kept;  // the tree, in content_; or
    std::string tree;       // the same, made in this run

    std::string_view packed() const { return tree.empty() ? kept : std::string_view(tree); }
  };
  struct NoteText {
    std::string key, text;
  };

  void Read();
  bool ReadBody(std::string_view body);
  // The entry of the file as it is now, or nullptr; `text` gets its bytes if they had to be read.
  Entry* Refresh(const std::string& given, std::optional<std::string>& text);
  std::string Body() const;

  std::string file_, program_;
  std::string content_;                                // of file_
  std::map<std::string, Entry, std::less<>> entries_;  // by path
  std::map<std::string, NoteText, std::less<>> notes_;
  Work work_;
  bool dirty_ = false;
  bool shifting_ = false;  // a file changed between two looks at it: no note is to be trusted
};

// A tree as bytes and back; nullopt when `bytes` are no such tree.
std::string PackTree(const YamlNode& node);
std::optional<YamlNode> UnpackTree(std::string_view bytes);

}  // namespace exdiag
