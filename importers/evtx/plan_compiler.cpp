#include "importers/evtx/plan_compiler.h"

#include <algorithm>

#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {
namespace {

// Real events are at most 7 elements deep and need some 60 ops.
constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxOps = 8192;
constexpr std::uint16_t kNoDependency = 0xffff;
constexpr std::uint32_t kNameHeaderSize = 8;

enum Token : std::uint8_t {
  kEndOfStream = 0x00,
  kOpenStart = 0x01,
  kCloseStart = 0x02,
  kCloseEmpty = 0x03,
  kEndElement = 0x04,
  kValueText = 0x05,
  kAttribute = 0x06,
  kCData = 0x07,
  kCharacterReference = 0x08,
  kEntityReference = 0x09,
  kPiTarget = 0x0a,
  kPiData = 0x0b,
  kSubstitution = 0x0d,
  kOptionalSubstitution = 0x0e,
  kFragmentHeader = 0x0f,
  kMore = 0x40,  // flag: attributes follow, or another piece of the same kind
};

struct NamedField {
  std::string_view element;
  std::string_view attribute;  // "" for the element's text
  Field field;
};

constexpr NamedField kSystemFields[] = {
    {"Provider", "Name", Field::kProvider},
    {"Provider", "EventSourceName", Field::kEventSource},
    {"EventID", "", Field::kEventId},
    {"EventID", "Qualifiers", Field::kQualifiers},
    {"Level", "", Field::kLevel},
    {"Task", "", Field::kTask},
    {"Keywords", "", Field::kKeywords},
    {"TimeCreated", "SystemTime", Field::kTime},
    {"EventRecordID", "", Field::kRecordId},
    {"Channel", "", Field::kChannel},
    {"Computer", "", Field::kComputer},
    {"Security", "UserID", Field::kUser},
};

constexpr NamedField kRenderedFields[] = {
    {"Message", "", Field::kMessage},
    {"Task", "", Field::kCategoryText},
};

Field FindField(std::span<const NamedField> fields, std::string_view element,
                std::string_view attribute) {
  for (const NamedField& row : fields) {
    if (row.element == element && row.attribute == attribute) return row.field;
  }
  return Field::kNone;
}

Context ContextInEvent(std::string_view name) {
  if (name == "System") return Context::kSystem;
  if (name == "EventData") return Context::kEventData;
  if (name == "RenderingInfo") return Context::kRenderingInfo;
  if (name == "BinaryEventData") return Context::kBinary;
  if (name == "UserData" || name == "ProcessingErrorData" || name == "DebugData") {
    return Context::kUserData;
  }
  return Context::kIgnored;
}

Context ContextOf(Context parent, std::string_view name) {
  switch (parent) {
    case Context::kDocument:
      return name == "Event" ? Context::kEvent : Context::kIgnored;
    case Context::kEvent:
      return ContextInEvent(name);
    case Context::kSystem:
      return Context::kSystemField;
    case Context::kEventData:
      return name == "Binary" ? Context::kBinary : Context::kDataItem;
    case Context::kRenderingInfo:
      return Context::kRendered;
    case Context::kDataItem:
    case Context::kUserData:
    case Context::kUserItem:
      return Context::kUserItem;
    default:
      return Context::kIgnored;
  }
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string_view EntityText(std::string_view name) {
  if (name == "amp") return "&";
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "quot") return "\"";
  if (name == "apos") return "'";
  return "";
}

}  // namespace

struct PlanCompiler::Element {
  Context context = Context::kIgnored;
  std::string_view name;
  std::string_view data_name;   // of a Data element
  std::size_t first_piece = 0;  // in open_pieces_
  bool has_children = false;
  bool gave_attributes = false;  // as insertion strings
};

void PlanCompiler::BeginChunk(std::span<const std::byte> chunk) {
  chunk_ = chunk;
  ++chunk_number_;
}

const char* PlanCompiler::CompileDefinition(ChunkRange body, Context context, Plan& plan) {
  plan_ = &plan;
  plan.Clear();
  open_pieces_.clear();
  begin_ = position_ = body.begin;
  end_ = body.end;
  in_definition_ = true;
  error_ = nullptr;
  bool any = false;
  while (position_ < end_ && error_ == nullptr) {
    const std::uint8_t token = Peek();
    if (token == kEndOfStream) break;
    if (token == kFragmentHeader) {
      if (Need(4)) position_ += 4;
    } else if ((token & ~kMore) == kOpenStart) {
      any = true;
      ParseElement(context, 0);
    } else if (token == kPiTarget || token == kPiData) {
      SkipProcessingInstruction(token);
    } else {
      Fail("a template begins with a token that no element begins with");
    }
  }
  if (!any) Fail("a template holds no element");
  if (text_.overflowed()) Fail("a template holds more text than a chunk can");
  return error_;
}

const char* PlanCompiler::CompileElement(ChunkRange& range, Context context, Plan& plan) {
  plan_ = &plan;
  plan.Clear();
  open_pieces_.clear();
  begin_ = position_ = range.begin;
  end_ = range.end;
  in_definition_ = false;
  error_ = nullptr;
  ParseElement(context, 0);
  range.begin = position_;
  return error_;
}

bool PlanCompiler::Fail(const char* reason) {
  if (error_ == nullptr) error_ = reason;
  return false;
}

bool PlanCompiler::Need(std::size_t size) {
  return end_ - position_ >= size || Fail("an element ends behind its place");
}

std::uint8_t PlanCompiler::Peek() const { return std::to_integer<std::uint8_t>(chunk_[position_]); }

std::uint8_t PlanCompiler::TakeU8() { return std::to_integer<std::uint8_t>(chunk_[position_++]); }

std::uint16_t PlanCompiler::TakeU16() {
  position_ += 2;
  return LoadU16(chunk_.data() + position_ - 2);
}

std::uint32_t PlanCompiler::TakeU32() {
  position_ += 4;
  return LoadU32(chunk_.data() + position_ - 4);
}

// u32 offset of the name: next in its hash chain (u32), hash (u16), characters (u16), UTF-16, NUL.
// It lies right here when the offset says so, elsewhere in the chunk otherwise.
bool PlanCompiler::ParseName(std::string_view& name) {
  if (!Need(4)) return false;
  NameReference reference{.position = position_ - begin_};
  const std::uint32_t offset = TakeU32();
  reference.is_inline = offset == position_;
  KnownName& known = known_names_[HashOf(offset)];
  const bool may_be_known = !in_definition_ && !reference.is_inline;
  if (may_be_known && known.chunk == chunk_number_ && known.offset == offset &&
      text_.CountUtf16(known.size, known.text.size())) {
    name = known.text;
    return true;
  }
  const std::size_t limit = reference.is_inline ? end_ : chunk_.size();
  if (limit < 8 || offset > limit - 8) return Fail("a name lies outside its chunk");
  const std::size_t size = std::size_t{LoadU16(chunk_.data() + offset + 6)} * 2;
  if (size > limit - 8 - offset) return Fail("a name ends outside its chunk");
  const auto utf16 = chunk_.subspan(offset + 8, size);
  if (reference.is_inline) {
    if (!Need(8 + size + 2)) return false;
    position_ += static_cast<std::uint32_t>(8 + size + 2);
  } else if (in_definition_) {
    reference.begin = static_cast<std::uint32_t>(plan_->name_bytes.size());
    reference.size = static_cast<std::uint32_t>(size);
    plan_->name_bytes.append(reinterpret_cast<const char*>(utf16.data()), size);
  }
  name = TextOf(utf16);
  if (in_definition_) plan_->names.push_back(reference);
  if (!may_be_known || name.empty()) return true;  // it is empty too when the text overflows
  if (const auto* kept = names_.Intern(name)) known = {offset, size, chunk_number_, kept->text};
  return true;
}

// `utf16` lies in the chunk.
std::string_view PlanCompiler::TextOf(std::span<const std::byte> utf16) {
  const char* mark = text_.mark();
  const std::byte* const chunk_end = chunk_.data() + chunk_.size();
  if (static_cast<std::size_t>(chunk_end - utf16.data()) - utf16.size() >= kUtf16Padding) {
    text_.AppendPaddedUtf16(utf16);
  } else {
    text_.AppendUtf16(utf16);
  }
  return text_.Since(mark);
}

bool PlanCompiler::ParseElement(Context parent, int depth) {
  if (depth >= kMaxDepth) return Fail("elements are nested more than 64 deep");
  if (plan_->ops.size() > kMaxOps) return Fail("a template has more than 8192 parts");
  Element element;
  const std::uint8_t token = TakeU8();
  if (!Need(in_definition_ ? 6 : 4)) return false;
  const std::uint16_t dependency = in_definition_ ? TakeU16() : kNoDependency;
  TakeU32();  // size of the element: the tokens say it too, and they are what counts
  if (!ParseName(element.name)) return false;
  element.context = ContextOf(parent, element.name);
  element.first_piece = open_pieces_.size();
  plan_->has_event |= element.context == Context::kEvent;

  // Event and System are there whatever a value says.
  const bool guarded = dependency != kNoDependency && element.context != Context::kEvent &&
                       element.context != Context::kSystem;
  const std::size_t guard = plan_->ops.size();
  if (guarded) plan_->ops.push_back({.kind = Op::Kind::kSkipIfNull, .index = dependency});
  if ((token & kMore) != 0 && !ParseAttributes(element)) return false;
  if (!Need(1)) return false;
  switch (TakeU8()) {
    case kCloseEmpty:
      break;
    case kCloseStart:
      if (!ParseContent(element, depth)) return false;
      break;
    default:
      return Fail("a start tag does not end");
  }
  if (element.has_children) {
    EmitContent(element);
  } else {
    EmitLeaf(element);
  }
  open_pieces_.resize(element.first_piece);
  if (guarded) CloseGuard(guard);
  return true;
}

// The op at `guard` watches over all that were emitted after it.
void PlanCompiler::CloseGuard(std::size_t guard) {
  std::vector<Op>& ops = plan_->ops;
  const std::size_t count = ops.size() - guard - 1;
  ops[guard].count = static_cast<std::uint32_t>(count);
  // Mostly that is one value, which depends on itself and needs no watching.
  if (count == 1 && ops.back().kind == Op::Kind::kValue && ops.back().index == ops[guard].index) {
    ops[guard] = ops.back();
    ops.pop_back();
  }
}

bool PlanCompiler::ParseAttributes(Element& element) {
  if (!Need(4)) return false;
  TakeU32();  // size of the list
  while (position_ < end_ && (Peek() & ~kMore) == kAttribute) {
    if (plan_->ops.size() > kMaxOps) return Fail("a template has more than 8192 parts");
    ++position_;
    std::string_view name;
    if (!ParseName(name)) return false;
    if (!ParsePieces()) return false;
    EmitAttribute(element, name);
    open_pieces_.resize(element.first_piece);
  }
  return true;
}

// The pieces of an attribute's value; ends in front of the first token that is no piece.
bool PlanCompiler::ParsePieces() {
  while (position_ < end_) {
    switch (Peek() & ~kMore) {
      case kValueText:
      case kCData:
      case kCharacterReference:
      case kEntityReference:
      case kSubstitution:
      case kOptionalSubstitution:
        if (!ParsePiece(TakeU8())) return false;
        break;
      default:
        return true;
    }
  }
  return true;
}

bool PlanCompiler::ParseContent(Element& element, int depth) {
  while (true) {
    if (!Need(1)) return false;
    const std::uint8_t token = Peek();
    switch (token) {
      case kEndElement:
        ++position_;
        return true;
      case kOpenStart:
      case kOpenStart | kMore:
        element.has_children = true;
        EmitContent(element);
        if (!ParseElement(element.context, depth + 1)) return false;
        break;
      case kPiTarget:
      case kPiData:
        if (!SkipProcessingInstruction(token)) return false;
        break;
      default:
        ++position_;
        if (!ParsePiece(token)) return false;
    }
  }
}

bool PlanCompiler::ParsePiece(std::uint8_t token) {
  if (open_pieces_.size() + plan_->pieces.size() > kMaxOps) {
    return Fail("a template has more than 8192 parts");
  }
  switch (token) {
    case kValueText:
    case kValueText | kMore:
      if (!Need(1)) return false;
      if (TakeU8() != 1) return Fail("a text is not of type string");
      return ParseText();
    case kCData:
    case kCData | kMore:
      return ParseText();
    case kCharacterReference:
    case kCharacterReference | kMore:
      return ParseCharacter();
    case kEntityReference:
    case kEntityReference | kMore:
      return ParseEntity();
    case kSubstitution:
    case kOptionalSubstitution:
      return ParseSubstitution();
    default:
      return Fail("an element holds an unknown token");
  }
}

// u16 characters, UTF-16.
bool PlanCompiler::ParseText() {
  if (!Need(2)) return false;
  const std::size_t size = std::size_t{TakeU16()} * 2;
  if (!Need(size)) return false;
  open_pieces_.push_back({.text = TextOf(chunk_.subspan(position_, size))});
  position_ += static_cast<std::uint32_t>(size);
  return true;
}

bool PlanCompiler::ParseCharacter() {
  if (!Need(2)) return false;
  open_pieces_.push_back({.text = TextOf(chunk_.subspan(position_, 2))});
  position_ += 2;
  return true;
}

bool PlanCompiler::ParseEntity() {
  std::string_view name;
  if (!ParseName(name)) return false;
  std::string_view text = EntityText(name);
  if (text.empty()) {  // one that XML does not know by itself stays as it is written
    const char* mark = text_.mark();
    text_.Append('&');
    text_.Append(name);
    text_.Append(';');
    text = text_.Since(mark);
  } else {
    const char* mark = text_.mark();
    text_.Append(text);
    text = text_.Since(mark);
  }
  open_pieces_.push_back({.text = text});
  return true;
}

// u16 index, u8 declared type.  The type of the value decides; the declared one tells an array.
bool PlanCompiler::ParseSubstitution() {
  if (!in_definition_) return Fail("a substitution stands outside a template");
  if (!Need(3)) return false;
  Piece piece{.constant = false};
  piece.index = TakeU16();
  piece.array = (TakeU8() & 0x80) != 0;
  open_pieces_.push_back(piece);
  return true;
}

bool PlanCompiler::SkipProcessingInstruction(std::uint8_t token) {
  ++position_;
  if (token == kPiTarget) {
    std::string_view name;
    if (!ParseName(name)) return false;
    if (position_ < end_ && Peek() != kPiData) SkipStrayName();
    return true;
  }
  if (!Need(2)) return false;
  const std::size_t size = std::size_t{TakeU16()} * 2;
  if (!Need(size)) return false;
  position_ += static_cast<std::uint32_t>(size);
  return true;
}

// A name that lies right here although the offset in front of it says elsewhere; its hash tells.
void PlanCompiler::SkipStrayName() {
  if (end_ - position_ < kNameHeaderSize + 2) return;
  const std::byte* const at = chunk_.data() + position_;
  const std::size_t size = std::size_t{LoadU16(at + 6)} * 2;
  if (size > end_ - position_ - kNameHeaderSize - 2) return;
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < size; i += 2) {
    hash = hash * 65599 + LoadU16(at + kNameHeaderSize + i);
  }
  if (static_cast<std::uint16_t>(hash) != LoadU16(at + 4)) return;
  position_ += static_cast<std::uint32_t>(kNameHeaderSize + size + 2);
}

void PlanCompiler::EmitPieces(Field field, Context nested, std::string_view name,
                              std::size_t first_piece) {
  const std::size_t count = open_pieces_.size() - first_piece;
  Op op{.field = field, .context = nested, .name = name};
  if (count == 1 && !open_pieces_.back().constant) {
    op.kind = Op::Kind::kValue;
    op.index = open_pieces_.back().index;
    op.array = open_pieces_.back().array;
  } else if (count == 1) {
    op.text = open_pieces_.back().text;
  } else if (count > 1) {
    op.kind = Op::Kind::kPieces;
    op.first = static_cast<std::uint32_t>(plan_->pieces.size());
    op.count = static_cast<std::uint32_t>(count);
    plan_->pieces.insert(plan_->pieces.end(),
                         open_pieces_.begin() + static_cast<std::ptrdiff_t>(first_piece),
                         open_pieces_.end());
  }
  plan_->ops.push_back(op);
}

void PlanCompiler::EmitAttribute(Element& element, std::string_view name) {
  const std::size_t first = element.first_piece;
  if (element.context == Context::kSystemField) {
    const Field field = FindField(kSystemFields, element.name, name);
    if (field != Field::kNone) EmitPieces(field, Context::kIgnored, {}, first);
  } else if (element.context == Context::kDataItem && name == "Name") {
    const bool constant = open_pieces_.size() == first + 1 && open_pieces_.back().constant;
    if (constant) {
      element.data_name = open_pieces_.back().text;
    } else {
      EmitPieces(Field::kName, Context::kIgnored, {}, first);
    }
  } else if (element.context == Context::kUserItem && !name.starts_with("xmlns")) {
    // Attributes of UserData count as insertion strings.
    const char* mark = text_.mark();
    text_.Append(element.name);
    text_.Append('@');
    text_.Append(name);
    EmitPieces(Field::kString, Context::kUserItem, text_.Since(mark), first);
    element.gave_attributes = true;
  }
}

// An element without children.
void PlanCompiler::EmitLeaf(const Element& element) {
  const bool empty = open_pieces_.size() == element.first_piece;
  switch (element.context) {
    case Context::kSystemField: {
      const Field field = FindField(kSystemFields, element.name, "");
      if (field != Field::kNone) {
        EmitPieces(field, Context::kIgnored, {}, element.first_piece);
      }
      return;
    }
    case Context::kRendered: {
      const Field field = FindField(kRenderedFields, element.name, "");
      if (field != Field::kNone) {
        EmitPieces(field, Context::kIgnored, {}, element.first_piece);
      }
      return;
    }
    case Context::kDataItem: {
      std::string_view name = element.data_name;
      if (name.empty() && element.name != "Data") name = element.name;
      return EmitPieces(Field::kString, Context::kUserItem, name, element.first_piece);
    }
    case Context::kUserItem:
      if (empty && element.gave_attributes) return;
      return EmitPieces(Field::kString, Context::kUserItem, element.name, element.first_piece);
    case Context::kBinary:
      return EmitPieces(Field::kBinaryData, Context::kIgnored, {}, element.first_piece);
    default:
      return EmitContent(element);
  }
}

// What stands in an element beside its children, or in one that is made to have them: nested
// BinXML, in some data a value, else white space.  Emits what has gathered so far.
void PlanCompiler::EmitContent(const Element& element) {
  for (std::size_t i = element.first_piece; i < open_pieces_.size(); ++i) {
    const Piece& piece = open_pieces_[i];
    if (piece.constant && (!IsData(element.context) || IsBlank(piece.text))) continue;
    plan_->ops.push_back({.kind = piece.constant ? Op::Kind::kConstant : Op::Kind::kValue,
                          .field = Field::kContent,
                          .context = element.context,
                          .array = piece.array,
                          .index = piece.index,
                          .text = piece.text});
  }
  open_pieces_.resize(element.first_piece);
}

}  // namespace exdiag::evtx
