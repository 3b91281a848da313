#include "importers/text/plain_event_xml.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "importers/text/event_xml_values.h"
#include "importers/text/xml_entity.h"

namespace exdiag {
namespace {

using Attribute = PlainEventXml::Attribute;
using Attributes = std::vector<Attribute>;

// So many zero bytes stand behind the element: each search stops at them, and may look at sixteen
// places at a time.
constexpr std::size_t kPadding = 16;

enum CharKind : std::uint8_t { kNameStart = 1, kName = 2, kBlank = 4 };

constexpr std::array<std::uint8_t, 256> kKinds = [] {
  std::array<std::uint8_t, 256> kinds = {};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    if (letter || c == '_' || c == ':') kinds[c] = kNameStart | kName;
    if ((c >= '0' && c <= '9') || c == '-' || c == '.') kinds[c] = kName;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') kinds[c] = kBlank;
  }
  return kinds;
}();

bool Is(CharKind kind, char c) { return (kKinds[static_cast<unsigned char>(c)] & kind) != 0; }

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The next of these, or the end.
template <char... kStops>
char* FindStop(char* at) {
#if defined(__SSE2__)
  for (;; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i hits = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kStops)))), ...);
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)); mask != 0) {
      return at + std::countr_zero(mask);
    }
  }
#else
  while (*at != '\0' && ((*at != kStops) && ...)) ++at;
  return at;
#endif
}

struct Tag {
  std::string_view name;
  bool empty = false;  // "<Data/>"
};

// The marks and texts of one element, one after the other.  Once something is not as it should be
// it is bad(), stands still, and gives nothing that counts.
class Cursor {
 public:
  Cursor(char* begin, char* end, Attributes& attributes)
      : at_(begin), end_(end), attributes_(&attributes) {}

  bool bad() const { return bad_; }
  void Fail() { bad_ = true; }
  // Nothing but blanks is left.
  bool AtEnd() {
    SkipBlanks();
    return !bad_ && at_ == end_;
  }

  // The start mark that comes next, perhaps behind blanks.
  Tag Start() {
    SkipBlanks();
    attributes_->clear();
    if (bad_ || *at_ != '<' || !Is(kNameStart, at_[1])) {
      Fail();
      return {};
    }
    ++at_;
    Tag tag{Name()};
    while (Is(kBlank, *at_)) {
      SkipBlanks();
      if (Is(kNameStart, *at_)) TakeAttribute();
    }
    tag.empty = *at_ == '/';
    if (tag.empty) ++at_;
    Expect('>');
    return tag;
  }

  // Of the last start mark.
  const Attributes& attributes() const { return *attributes_; }
  std::string_view attribute(std::string_view name) const {
    for (const Attribute& attribute : *attributes_) {
      if (attribute.name == name) return attribute.value;
    }
    return {};
  }

  // True when an end mark comes next, or nothing that counts: the end of a loop over an element.
  bool End(std::string_view name) {
    if (bad_) return true;
    if (*at_ != '<' || at_[1] != '/') return false;
    const std::string_view rest = Between(at_ + 2, end_);
    if (rest.size() <= name.size() || rest[name.size()] != '>' || !rest.starts_with(name)) {
      Fail();
    } else {
      at_ += name.size() + 3;
    }
    return true;
  }
  bool EndBehindBlanks(std::string_view name) {
    SkipBlanks();
    return End(name);
  }

  // Up to the next mark.
  std::string_view Text() { return Value<'<', '&', '\r'>('<'); }

 private:
  void SkipBlanks() {
    while (Is(kBlank, *at_)) ++at_;
  }

  void Expect(char c) {
    if (*at_ == c) {
      ++at_;
    } else {
      Fail();
    }
  }

  std::string_view Name() {
    const char* const begin = at_;
    while (Is(kName, *at_)) ++at_;
    return Between(begin, at_);
  }

  void TakeAttribute() {
    const std::string_view name = Name();
    if (*at_ != '=' || (at_[1] != '"' && at_[1] != '\'')) return Fail();
    const char quote = at_[1];
    at_ += 2;
    // A parser makes blanks of line ends and tabs in it; they are left to one.
    const std::string_view value = quote == '"' ? Value<'"', '&', '\r', '\n', '\t'>(quote)
                                                : Value<'\'', '&', '\r', '\n', '\t'>(quote);
    Expect(quote);
    attributes_->push_back({name, value});
  }

  // Up to `end`, with entities replaced and, in a text, each line end as \n.
  template <char... kStops>
  std::string_view Value(char end) {
    if (bad_) return {};
    char* const begin = at_;
    at_ = FindStop<kStops...>(at_);
    for (char* to = at_; *at_ != end;) {
      if (!TakeSpecial(end == '<', to)) {
        Fail();
        return {};
      }
      char* const from = at_;
      at_ = FindStop<kStops...>(at_);
      to = std::copy(from, at_, to);
      if (*at_ == end) return Between(begin, to);
    }
    return Between(begin, at_);
  }

  // What stands at a stop that is not the end of the value, put at `to`.
  bool TakeSpecial(bool in_text, char*& to) {
    if (*at_ == '&') {
      const auto entity = XmlEntityAt(Between(at_, end_));
      if (!entity) return false;
      to = std::copy_n(entity->utf8.data(), entity->length, to);
      at_ += entity->size;
      return true;
    }
    if (*at_ != '\r' || !in_text) return false;
    *to++ = '\n';
    at_ += at_[1] == '\n' ? 2 : 1;
    return true;
  }

  char* at_;
  char* end_;
  Attributes* attributes_;
  bool bad_ = false;
};

// One element of the System, as EventXmlValues wants it.
struct SystemElement {
  const Cursor& cursor;
  std::string_view content;

  std::string_view text() const { return content; }
  std::string_view attribute(std::string_view name) const { return cursor.attribute(name); }
};

class Walk {
 public:
  Walk(Cursor cursor, EventXmlValues& values) : cursor_(cursor), values_(&values) {}

  bool TakeEvent() {
    const Tag event = cursor_.Start();
    if (event.name != "Event" || event.empty) return false;
    while (!cursor_.EndBehindBlanks("Event")) TakePart(cursor_.Start());
    return cursor_.AtEnd() && has_system_ && values_->is_event();
  }

 private:
  void TakePart(const Tag& tag) {
    const bool user_data =
        tag.name == "UserData" || tag.name == "ProcessingErrorData" || tag.name == "DebugData";
    if (tag.name == "System" && !tag.empty) {
      Once(has_system_);
      TakeSystem();
    } else if (tag.name == "EventData") {
      Once(values_->event.has_strings);
      if (!tag.empty) TakeEventData();
    } else if (user_data) {
      Once(values_->event.has_strings);
      while (!tag.empty && !cursor_.EndBehindBlanks(tag.name)) TakeItem(cursor_.Start(), false, 0);
    } else if (tag.name == "RenderingInfo") {
      Once(has_rendering_);
      if (!tag.empty) TakeRendering();
    } else {
      cursor_.Fail();
    }
  }

  // Of a second one the parser's tree says what counts.
  void Once(bool& seen) {
    if (std::exchange(seen, true)) cursor_.Fail();
  }

  void TakeSystem() {
    while (!cursor_.EndBehindBlanks("System")) {
      const Tag tag = cursor_.Start();
      const std::string_view text = Leaf(tag);
      if (!cursor_.bad()) values_->TakeSystem(tag.name, SystemElement{cursor_, text});
    }
  }

  // The text of an element that has no others in it.
  std::string_view Leaf(const Tag& tag) {
    if (tag.empty) return {};
    const std::string_view text = cursor_.Text();
    if (!cursor_.End(tag.name)) cursor_.Fail();
    return text;
  }

  void TakeEventData() {
    while (!cursor_.EndBehindBlanks("EventData")) {
      const Tag tag = cursor_.Start();
      if (tag.name == "Binary") {
        values_->ReadBinary(Leaf(tag));
      } else {
        TakeItem(tag, true, 0);
      }
    }
    values_->SplitStringArray();
  }

  // An element of EventData (`is_data_item`) or one inside of UserData: leaves and, of the latter,
  // attributes are insertion strings, in their order.
  void TakeItem(const Tag& tag, bool is_data_item, int depth) {
    const std::string_view name = is_data_item ? cursor_.attribute("Name") : tag.name;
    const bool gave_attributes = !is_data_item && PutAttributes(tag.name);
    const std::string_view text = tag.empty ? std::string_view() : cursor_.Text();
    if (tag.empty || cursor_.End(tag.name)) {
      if (!cursor_.bad()) values_->PutLeaf(tag.name, name, text, gave_attributes);
    } else if (depth == EventXmlValues::kDeepest) {
      cursor_.Fail();
    } else {
      // The text before the first of them does not count.
      do {
        TakeItem(cursor_.Start(), false, depth + 1);
      } while (!cursor_.EndBehindBlanks(tag.name));
    }
  }

  bool PutAttributes(std::string_view element) {
    bool any = false;
    for (const Attribute& attribute : cursor_.attributes()) {
      if (attribute.name.starts_with("xmlns")) continue;
      values_->PutAttribute(element, attribute.name, attribute.value);
      any = true;
    }
    return any;
  }

  void TakeRendering() {
    bool has_message = false;
    bool has_task = false;
    while (!cursor_.EndBehindBlanks("RenderingInfo")) {
      const Tag tag = cursor_.Start();
      if (tag.name == "Message") {
        Once(has_message);
        values_->event.message = Leaf(tag);
      } else if (tag.name == "Task") {
        Once(has_task);
        values_->event.task_text = Trim(Leaf(tag));
      } else {
        PassOver(tag, 0);
      }
    }
  }

  void PassOver(const Tag& tag, int depth) {
    if (tag.empty) return;
    cursor_.Text();
    while (!cursor_.EndBehindBlanks(tag.name)) {
      if (depth == EventXmlValues::kDeepest) return cursor_.Fail();
      PassOver(cursor_.Start(), depth + 1);
    }
  }

  Cursor cursor_;
  EventXmlValues* values_;
  bool has_system_ = false;
  bool has_rendering_ = false;
};

}  // namespace

bool PlainEventXml::Read(std::string_view xml, EventXmlValues& values) {
  if (std::memchr(xml.data(), '\0', xml.size()) != nullptr) return false;
  buffer_.assign(xml);
  buffer_.append(kPadding, '\0');
  values.Begin();
  Walk walk({buffer_.data(), buffer_.data() + xml.size(), attributes_}, values);
  if (!walk.TakeEvent()) return false;
  values.event.complete = true;
  values.event.well_formed = true;
  values.event.plain = true;
  values.Publish();
  return true;
}

}  // namespace exdiag
