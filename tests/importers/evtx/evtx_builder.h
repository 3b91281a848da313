// Writes .evtx files byte by byte, for tests to read and to damage.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exdiag::test {

// Little-endian bytes of a number.
template <typename T>
std::string Bytes(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
  return bytes;
}

std::string Utf16(std::string_view ascii);
// Each string with its NUL, as arrays of strings hold them.
std::string Utf16Array(const std::vector<std::string>& strings);
// S-1-<authority>-<sub>-<sub>...
std::string Sid(std::uint8_t authority, const std::vector<std::uint32_t>& subs);

// 2021-06-04T08:41:47.9821280Z
inline constexpr std::uint64_t kSomeFileTime = 132'672'697'079'821'280;

inline constexpr int kNoDependency = 0xffff;
inline constexpr int kOutsideTemplate = -1;  // elements have no dependency id there

// A classic event as ReportEvent writes it.
struct ClassicEvent {
  std::string source = "MSExchangeTransport";
  std::string computer = "EX1.corp.example";
  std::string channel = "Application";
  std::uint16_t event_id = 7010;
  std::uint16_t qualifiers = 0xC004;
  std::uint8_t level = 2;
  std::uint16_t category = 4;
  std::uint64_t record_id = 1;
  std::uint64_t time = kSomeFileTime;
  std::string sid = {};  // Sid(...), "" for none
  std::vector<std::string> strings = {};
  std::string binary = {};
};

class ChunkBuilder {
 public:
  ChunkBuilder();

  // One record; `content` writes its BinXML with the functions below.  Returns its chunk offset.
  std::size_t Record(std::uint64_t id, std::uint64_t header_time,
                     const std::function<void()>& content);
  std::size_t Classic(const ClassicEvent& event);

  void Fragment() { Raw(std::string("\x0f\x01\x01\x00", 4)); }
  void End() { Raw(std::string(1, '\0')); }
  // `dependency` is kOutsideTemplate outside of templates.
  void Open(std::string_view name, int dependency = kNoDependency);
  void OpenWithAttributes(std::string_view name, const std::function<void()>& attributes,
                          int dependency = kNoDependency);
  void Attribute(std::string_view name);  // its value follows
  void CloseStart() { Raw("\x02"); }
  void CloseEmpty() { Raw("\x03"); }
  void Close() { Raw("\x04"); }
  void Text(std::string_view ascii);
  void Value(std::uint16_t index, std::uint8_t type);          // substitution
  void OptionalValue(std::uint16_t index, std::uint8_t type);  // gone when NULL
  void Leaf(std::string_view name, std::string_view text, int dependency = kNoDependency);
  void Name(std::string_view name);

  // A template instance: the definition where it is first used, a reference from then on.
  struct TypedValue {
    TypedValue(std::uint8_t type, std::string bytes) : type(type), bytes(std::move(bytes)) {}
    TypedValue(std::uint8_t type, std::function<void()> nested)
        : type(type), nested(std::move(nested)) {}

    std::uint8_t type;
    std::string bytes;
    std::function<void()> nested;  // writes the value in place, for BinXML
  };
  void Instance(std::string_view guid, const std::function<void()>& definition,
                const std::vector<TypedValue>& values);

  void Raw(std::string_view bytes) { bytes_.append(bytes); }
  std::size_t size() const { return bytes_.size(); }

  // The chunk, 64 KiB, with correct CRCs.
  std::string Finish() const;

 private:
  std::string bytes_;
  std::map<std::string, std::size_t, std::less<>> names_;
  std::map<std::string, std::size_t, std::less<>> templates_;
  std::uint64_t first_id_ = 0;
  std::uint64_t last_id_ = 0;
  std::size_t last_offset_ = 0;
  std::uint64_t count_ = 0;
};

// A 16-byte GUID from a word.
std::string Guid(std::string_view word);

// The file header and the chunks behind it.
std::string EvtxFile(const std::vector<std::string>& chunks, std::uint32_t flags = 0);

// Overwrites bytes, and makes the chunk's CRCs right again.
void Poke(std::string& bytes, std::size_t offset, std::string_view with);
void FixChunkCrcs(std::string& chunk);

}  // namespace exdiag::test
