#include "tests/importers/evtx/evtx_builder.h"

#include <zlib.h>

#include <cstring>

namespace exdiag::test {
namespace {

std::uint32_t Crc(std::string_view bytes, std::uint32_t before = 0) {
  return static_cast<std::uint32_t>(::crc32(before, reinterpret_cast<const Bytef*>(bytes.data()),
                                            static_cast<uInt>(bytes.size())));
}

std::uint32_t U32At(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace

std::string Utf16(std::string_view ascii) {
  std::string bytes;
  for (const char c : ascii) bytes.append({c, '\0'});
  return bytes;
}

std::string Utf16Array(const std::vector<std::string>& strings) {
  std::string bytes;
  for (const std::string& text : strings) bytes += Utf16(text) + Bytes(std::uint16_t{0});
  return bytes;
}

std::string Sid(std::uint8_t authority, const std::vector<std::uint32_t>& subs) {
  std::string bytes = {1, static_cast<char>(subs.size()), 0, 0, 0, 0, 0};
  bytes.push_back(static_cast<char>(authority));
  for (const std::uint32_t sub : subs) bytes += Bytes(sub);
  return bytes;
}

std::string Guid(std::string_view word) {
  std::string guid(word.substr(0, 16));
  guid.resize(16, '#');
  return guid;
}

void Poke(std::string& bytes, std::size_t offset, std::string_view with) {
  bytes.replace(offset, with.size(), with);
}

ChunkBuilder::ChunkBuilder() : bytes_(512, '\0') {}

std::size_t ChunkBuilder::Record(std::uint64_t id, std::uint64_t header_time,
                                 const std::function<void()>& content) {
  const std::size_t offset = size();
  Raw(std::string("\x2a\x2a\0\0", 4) + Bytes(std::uint32_t{0}) + Bytes(id) + Bytes(header_time));
  content();
  // Behind the BinXML lies whatever was there before, up to a multiple of 8.
  while ((size() - offset + 4) % 8 != 0) Raw("\x55");
  const auto record_size = static_cast<std::uint32_t>(size() - offset + 4);
  Raw(Bytes(record_size));
  Poke(bytes_, offset + 4, Bytes(record_size));
  if (count_++ == 0) first_id_ = id;
  last_id_ = id;
  last_offset_ = offset;
  return offset;
}

void ChunkBuilder::Name(std::string_view name) {
  const auto known = names_.find(name);
  if (known != names_.end()) return Raw(Bytes(static_cast<std::uint32_t>(known->second)));
  const std::size_t at = size() + 4;
  names_.emplace(name, at);
  Raw(Bytes(static_cast<std::uint32_t>(at)) + Bytes(std::uint32_t{0}) + Bytes(std::uint16_t{0}) +
      Bytes(static_cast<std::uint16_t>(name.size())) + Utf16(name) + Bytes(std::uint16_t{0}));
}

void ChunkBuilder::Open(std::string_view name, int dependency) {
  Raw("\x01");
  if (dependency != kOutsideTemplate) Raw(Bytes(static_cast<std::uint16_t>(dependency)));
  Raw(Bytes(std::uint32_t{0}));  // the size, which readers do not need
  Name(name);
}

void ChunkBuilder::OpenWithAttributes(std::string_view name,
                                      const std::function<void()>& attributes, int dependency) {
  const std::size_t token = size();
  Open(name, dependency);
  bytes_[token] = '\x41';
  Raw(Bytes(std::uint32_t{0}));
  attributes();
}

void ChunkBuilder::Attribute(std::string_view name) {
  Raw("\x06");
  Name(name);
}

void ChunkBuilder::Text(std::string_view ascii) {
  Raw(std::string("\x05\x01") + Bytes(static_cast<std::uint16_t>(ascii.size())) + Utf16(ascii));
}

void ChunkBuilder::Value(std::uint16_t index, std::uint8_t type) {
  Raw("\x0d");
  Raw(Bytes(index) + Bytes(type));
}

void ChunkBuilder::OptionalValue(std::uint16_t index, std::uint8_t type) {
  Raw("\x0e");
  Raw(Bytes(index) + Bytes(type));
}

void ChunkBuilder::Leaf(std::string_view name, std::string_view text, int dependency) {
  Open(name, dependency);
  CloseStart();
  Text(text);
  Close();
}

void ChunkBuilder::Instance(std::string_view guid, const std::function<void()>& definition,
                            const std::vector<TypedValue>& values) {
  Raw("\x0c\x01");
  Raw(guid.substr(0, 4));
  const auto known = templates_.find(guid);
  if (known != templates_.end()) {
    Raw(Bytes(static_cast<std::uint32_t>(known->second)));
  } else {
    const std::size_t at = size() + 4;
    templates_.emplace(guid, at);
    Raw(Bytes(static_cast<std::uint32_t>(at)) + Bytes(std::uint32_t{0}));
    Raw(guid);
    Raw(Bytes(std::uint32_t{0}));
    definition();
    Poke(bytes_, at + 20, Bytes(static_cast<std::uint32_t>(size() - at - 24)));
  }
  Raw(Bytes(static_cast<std::uint32_t>(values.size())));
  const std::size_t descriptors = size();
  Raw(std::string(values.size() * 4, '\0'));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = size();
    Raw(values[i].bytes);
    if (values[i].nested) values[i].nested();
    Poke(bytes_, descriptors + 4 * i,
         Bytes(static_cast<std::uint16_t>(size() - begin)) + static_cast<char>(values[i].type));
  }
}

std::size_t ChunkBuilder::Classic(const ClassicEvent& event) {
  const auto field = [this](std::string_view name, std::uint16_t index, std::uint8_t type) {
    Open(name, index);
    CloseStart();
    OptionalValue(index, type);
    Close();
  };
  const auto definition = [&] {
    Fragment();
    OpenWithAttributes("Event", [this] {
      Attribute("xmlns");
      Text("http://schemas.microsoft.com/win/2004/08/events/event");
    });
    CloseStart();
    Open("System");
    CloseStart();
    OpenWithAttributes("Provider", [&] {
      Attribute("Name");
      Text(event.source);
    });
    CloseEmpty();
    OpenWithAttributes(
        "EventID",
        [this] {
          Attribute("Qualifiers");
          OptionalValue(4, 0x06);
        },
        3);
    CloseStart();
    OptionalValue(3, 0x06);
    Close();
    field("Level", 0, 0x04);
    field("Task", 2, 0x06);
    field("Keywords", 5, 0x15);
    OpenWithAttributes("TimeCreated", [this] {
      Attribute("SystemTime");
      OptionalValue(6, 0x11);
    });
    CloseEmpty();
    field("EventRecordID", 10, 0x0a);
    Leaf("Channel", event.channel);
    Leaf("Computer", event.computer);
    OpenWithAttributes("Security", [this] {
      Attribute("UserID");
      OptionalValue(12, 0x13);
    });
    CloseEmpty();
    Close();
    OptionalValue(13, 0x21);
    Close();
    End();
  };
  const auto data = [&] {
    Fragment();
    Instance(
        Guid("EventData"),
        [this] {
          Fragment();
          Open("EventData");
          CloseStart();
          Open("Data", 0);
          CloseStart();
          OptionalValue(0, 0x81);
          Close();
          Open("Binary", 2);
          CloseStart();
          OptionalValue(2, 0x0e);
          Close();
          Close();
          End();
        },
        {{event.strings.empty() ? std::uint8_t{0} : std::uint8_t{0x81}, Utf16Array(event.strings)},
         {0x08, Bytes(static_cast<std::uint32_t>(event.binary.size()))},
         {event.binary.empty() ? std::uint8_t{0} : std::uint8_t{0x0e}, event.binary}});
    End();
  };
  const std::string null;
  return Record(event.record_id, event.time, [&] {
    Fragment();
    Instance(Guid(event.source + event.computer + event.channel), definition,
             {{0x04, Bytes(event.level)},
              {0x04, Bytes(std::uint8_t{0})},
              {0x06, Bytes(event.category)},
              {0x06, Bytes(event.event_id)},
              {0x06, Bytes(event.qualifiers)},
              {0x15, Bytes(std::uint64_t{0x80000000000000})},
              {0x11, Bytes(event.time)},
              {0x00, std::string(14, 'x')},  // a NULL may have bytes, which are skipped
              {0x00, null},
              {0x00, null},
              {0x0a, Bytes(event.record_id)},
              {0x00, null},
              {event.sid.empty() ? std::uint8_t{0} : std::uint8_t{0x13}, event.sid},
              {0x21, data}});
    End();
  });
}

void FixChunkCrcs(std::string& chunk) {
  const std::uint32_t free_space = U32At(chunk, 48);
  Poke(chunk, 52, Bytes(Crc(std::string_view(chunk).substr(512, free_space - 512))));
  const std::string_view view(chunk);
  Poke(chunk, 124, Bytes(Crc(view.substr(128, 384), Crc(view.substr(0, 120)))));
}

std::string ChunkBuilder::Finish() const {
  std::string chunk = bytes_;
  chunk.resize(65536, '\0');
  Poke(chunk, 0,
       std::string("ElfChnk\0", 8) + Bytes(std::uint64_t{1}) + Bytes(count_) + Bytes(first_id_) +
           Bytes(last_id_) + Bytes(std::uint32_t{128}) +
           Bytes(static_cast<std::uint32_t>(last_offset_)) +
           Bytes(static_cast<std::uint32_t>(bytes_.size())));
  Poke(chunk, 120, Bytes(std::uint32_t{1}));
  FixChunkCrcs(chunk);
  return chunk;
}

std::string EvtxFile(const std::vector<std::string>& chunks, std::uint32_t flags) {
  std::string file(4096, '\0');
  const std::uint64_t count = chunks.size();
  Poke(file, 0,
       std::string("ElfFile\0", 8) + Bytes(std::uint64_t{0}) + Bytes(count - 1) +
           Bytes(std::uint64_t{1}) + Bytes(std::uint32_t{128}) + Bytes(std::uint16_t{1}) +
           Bytes(std::uint16_t{3}) + Bytes(std::uint16_t{4096}) +
           Bytes(static_cast<std::uint16_t>(count)));
  Poke(file, 120, Bytes(flags));
  Poke(file, 124, Bytes(Crc(std::string_view(file).substr(0, 120))));
  for (const std::string& chunk : chunks) file += chunk;
  return file;
}

}  // namespace exdiag::test
