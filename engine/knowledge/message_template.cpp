#include "engine/knowledge/message_template.h"

#include <algorithm>
#include <array>

namespace exdiag {
namespace {

// The layers of the MTA, longest first where one begins with another.  A layer of more than one
// word is the reason why tags cannot simply be split at blanks.
constexpr std::array<std::string_view, 8> kLayers = {"base il",  "base", "mta",       "xapi",
                                                     "platform", "pop4", "db server", "rd server"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumber(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), IsDigit);
}

void TrimEnd(std::string_view& text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
}

// Takes "(14)" off the end of `text`, with the blanks before it.
bool DropSeverity(std::string_view& text) {
  if (!text.ends_with(')')) return false;
  std::size_t at = text.size() - 1;
  while (at > 0 && IsDigit(text[at - 1])) --at;
  if (at == 0 || text[at - 1] != '(' || at == text.size() - 1) return false;
  text = text.substr(0, at - 1);
  TrimEnd(text);
  return true;
}

bool DropStop(std::string_view& text) {
  if (!text.ends_with('.')) return false;
  text.remove_suffix(1);
  TrimEnd(text);
  return true;
}

// Where the bracket that closes `text` was opened: protocol strings inside a tag hold brackets of
// their own.
std::size_t OpeningBracket(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] == ']') ++depth;
    if (text[at] == '[' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// As MessageMatch has them.
template <typename Word>
void FindWords(std::string_view text, std::size_t begin, std::size_t end,
               std::vector<Word>& words) {
  words.clear();
  while (begin < end) {
    const std::size_t stop = std::min(end, text.find(' ', begin));
    if (stop > begin) words.push_back({begin, stop});
    begin = stop + 1;
  }
}

// Length of the layer's name at the front of `text`; 0 when it begins with none.
std::size_t LayerLength(std::string_view text) {
  for (const std::string_view layer : kLayers) {
    if (!text.starts_with(layer)) continue;
    if (text.size() == layer.size() || text[layer.size()] == ' ') return layer.size();
  }
  return 0;
}

// Where the layer stands among the words of a tag.
struct LayerPlace {
  std::size_t first = 0;  // word; that behind the leading strings when there is no layer
  std::size_t words = 0;  // 0: no layer
};

// The layer stands behind `lead` words at least, or in front where there are too few.
template <typename Word>
LayerPlace FindLayer(std::string_view text, const std::vector<Word>& words, std::size_t lead) {
  const auto length_at = [&](std::size_t i) {
    return LayerLength(text.substr(words[i].begin, words.back().end - words[i].begin));
  };
  const auto search = [&](std::size_t from, std::size_t to) {
    LayerPlace place;
    for (std::size_t at = from; at < to; ++at) {
      const std::size_t length = length_at(at);
      if (length == 0) continue;
      place = {at, 0};
      while (at + place.words < words.size() &&
             words[at + place.words].end <= words[at].begin + length) {
        ++place.words;
      }
      // "/CN=MICROSOFT MTA PLATFORM KERNEL": a name in front may end in a layer's name.
      const std::size_t next = at + place.words;
      const bool name =
          lead > 0 && next + 1 < words.size() && length_at(next) != 0 && length_at(next) != length;
      if (!name) break;
    }
    return place;
  };
  if (lead == 0) return search(0, std::min<std::size_t>(1, words.size()));
  LayerPlace place = search(lead, words.size());
  if (place.words == 0) place = search(0, std::min(lead, words.size()));
  if (place.words == 0) place.first = std::min(lead, words.size());
  return place;
}

bool IsPlaceholder(std::string_view text) {
  return text.size() > 1 && text.front() == '%' && IsNumber(text.substr(1));
}

}  // namespace

MessageTemplate::MessageTemplate(std::string text, const std::vector<Field>& fields)
    : text_(std::move(text)), field_count_(fields.size()), printed_(fields.size()) {
  Compile(fields);
}

bool MessageTemplate::Prints(std::size_t position) const {
  return position < printed_.size() && printed_[position];
}

// The position that a "%n" at `at` means, or kNone when there is none or the layout has no such
// string.  `length` is that of the placeholder.
std::size_t MessageTemplate::PlaceholderAt(std::string_view text, std::size_t at,
                                           std::size_t& length) const {
  std::size_t number = 0;
  length = 1;
  while (at + length < text.size() && length < 3 && IsDigit(text[at + length])) {
    number = number * 10 + static_cast<std::size_t>(text[at + length] - '0');
    ++length;
  }
  return number == 0 || number > field_count_ ? kNone : number - 1;
}

void MessageTemplate::Compile(const std::vector<Field>& fields) {
  FoldedMessage folded;
  folded.Assign(text_);
  std::string_view rest = folded.text();
  ends_in_severity_ = DropSeverity(rest);
  ends_in_stop_ = DropStop(rest);
  if (rest.ends_with(']')) {
    const std::size_t open = OpeningBracket(rest);
    if (open != std::string_view::npos &&
        CompileTag(rest.substr(open + 1, rest.size() - open - 2), fields)) {
      rest = rest.substr(0, open);
      TrimEnd(rest);
    }
  }
  CompileBody(rest);
}

bool MessageTemplate::CompileTag(std::string_view inside, const std::vector<Field>& fields) {
  Tag tag;
  std::vector<std::size_t> positions;
  std::vector<MessageMatch::Range> words;
  FindWords(inside, 0, inside.size(), words);
  for (const MessageMatch::Range& word : words) {
    const std::string_view text = inside.substr(word.begin, word.end - word.begin);
    std::size_t length = 0;
    const std::size_t position = text.front() == '%' ? PlaceholderAt(text, 0, length) : kNone;
    if (!IsPlaceholder(text)) return false;
    if (position == kNone) continue;  // beyond the layout: stays "%10" in the message
    const std::string_view name = fields[position].name;
    positions.push_back(position);
    if (name == "tag_layer") {
      tag.layer = position;
    } else if (name == "tag_module") {
      tag.module = position;
    } else if (name == "tag_thread") {
      tag.thread = position;
    } else if (name == "tag_procedure") {
      tag.procedure = position;
    } else {
      tag.lead.push_back(position);
    }
  }
  if (tag.layer == kNone && tag.module == kNone) return false;
  // Free text may be of several words; hosts, numbers and entities are of one.
  const auto text = std::find_if(tag.lead.begin(), tag.lead.end(), [&](std::size_t position) {
    return fields[position].type == FieldType::kText;
  });
  if (text != tag.lead.end()) tag.wordy = static_cast<std::size_t>(text - tag.lead.begin());
  for (const std::size_t position : positions) printed_[position] = true;
  tag_ = std::move(tag);
  return true;
}

void MessageTemplate::CompileBody(std::string_view body) {
  std::string literal;
  const auto flush = [&] {
    if (literal.empty()) return;
    literal_length_ += literal.size();
    parts_.push_back({.literal = std::move(literal)});
    literal.clear();
  };
  for (std::size_t at = 0; at < body.size();) {
    std::size_t length = 1;
    const std::size_t position = body[at] == '%' ? PlaceholderAt(body, at, length) : kNone;
    if (position == kNone) {
      literal.append(body.substr(at, length));
    } else {
      flush();
      parts_.push_back({.literal = {}, .position = position});
      printed_[position] = true;
    }
    at += length;
  }
  flush();
}

std::optional<InsertionStrings> MessageTemplate::Match(const FoldedMessage& message) const {
  MessageMatch match;
  if (!Match(message, match)) return std::nullopt;
  return InsertionStrings(match.strings().begin(), match.strings().end());
}

bool MessageTemplate::Match(const FoldedMessage& message, MessageMatch& match) const {
  const std::string_view text = message.text();
  if (!MatchUpTo(text, match)) {
    const std::size_t length = message.LengthWithoutRemark();
    if (length == text.size() || !MatchUpTo(text.substr(0, length), match)) return false;
  }
  Take(message, match);
  return true;
}

bool MessageTemplate::MatchUpTo(std::string_view text, MessageMatch& match) const {
  match.ranges_.assign(field_count_, {});
  std::string_view rest = text;
  if (ends_in_severity_) DropSeverity(rest);
  if (ends_in_stop_ && !(rest.ends_with("...") && !tag_)) DropStop(rest);
  if (!tag_) return MatchBody(rest, match.ranges_);
  if (rest.ends_with(']')) {
    const std::size_t open = OpeningBracket(rest);
    if (open == std::string_view::npos) return false;
    std::string_view body = rest.substr(0, open);
    TrimEnd(body);
    return MatchBody(body, match.ranges_) && MatchTag(text, open + 1, rest.size() - 1, match);
  }
  return MatchBody(rest, match.ranges_);
}

// Each string is as short as the text behind it allows; the last text must stand at the end.  For a
// line of text and gaps that finds a way whenever there is one, without ever going back.
bool MessageTemplate::MatchBody(std::string_view text, Ranges& ranges) const {
  std::size_t at = 0;
  std::size_t pending = kNone;  // the string that waits for its end
  const auto close = [&](std::size_t end) {
    if (pending != kNone && ranges[pending].begin == kNone) ranges[pending] = {at, end};
    pending = kNone;
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    if (part.position != kNone) {
      if (pending != kNone) close(at);  // side by side: the last of them takes it all
      pending = part.position;
      continue;
    }
    const std::string_view literal = part.literal;
    std::size_t found = std::string_view::npos;
    std::size_t length = literal.size();
    // An empty string between two blanks leaves one blank, which the text before has used up.
    const bool after_blank =
        at > 0 && text[at - 1] == ' ' && literal.starts_with(' ') && literal != " ";
    if (pending == kNone) {
      found = text.substr(at).starts_with(literal) ? at : std::string_view::npos;
    } else if (after_blank && text.substr(at).starts_with(literal.substr(1))) {
      found = at;
      length = literal.size() - 1;
    } else if (i + 1 == parts_.size()) {
      if (text.size() >= at + length && text.ends_with(literal)) found = text.size() - length;
    } else {
      found = FindPart(text, literal, at);
    }
    // A string at the end may be missing with the blank before it.
    if (found == std::string_view::npos && i + 2 == parts_.size() && literal.ends_with(' ') &&
        text.ends_with(literal.substr(0, length - 1)) && text.size() >= at + length - 1) {
      found = text.size() - (length - 1);
      length -= 1;
    }
    if (found == std::string_view::npos) return false;
    close(found);
    at = found + length;
  }
  if (pending != kNone) {
    close(text.size());
    return true;
  }
  return at == text.size();
}

// Thread and procedure, from the right; some call sites pass no procedure.  Takes them off `words`.
// Then layer and module; what is in front of the layer are the leading strings.
bool MessageTemplate::MatchTag(std::string_view text, std::size_t begin, std::size_t end,
                               MessageMatch& match) const {
  Ranges& ranges = match.ranges_;
  Ranges& words = match.words_;
  FindWords(text, begin, end, words);
  const auto word_text = [&](std::size_t i) {
    return text.substr(words[i].begin, words[i].end - words[i].begin);
  };
  const auto set = [&](std::size_t position, std::size_t first, std::size_t last) {
    if (position == kNone || first >= last) return;
    ranges[position] = {words[first].begin, words[last - 1].end};
  };
  while (!words.empty() && IsPlaceholder(word_text(words.size() - 1))) words.pop_back();

  std::size_t last = words.size();
  std::size_t numbers = 0;
  while (numbers < 2 && numbers < last && IsNumber(word_text(last - 1 - numbers))) ++numbers;
  if (tag_->procedure != kNone && numbers == 2) {
    set(tag_->procedure, last - 1, last);
    --last;
  }
  if (tag_->thread != kNone && numbers > 0) {
    set(tag_->thread, last - 1, last);
    --last;
  }

  words.resize(last);
  const LayerPlace layer = FindLayer(text, words, tag_->lead.size());
  // A wording that does not print the layer is not meant when there is one.
  if (tag_->layer == kNone && layer.words > 0 && layer.words < last) return false;
  const std::size_t layer_words = tag_->layer == kNone ? 0 : layer.words;
  // What is more than one word each goes to one of the leading strings:
  // "child length exceeds given maximum 85 2921", "TRUMAN RPC inactive
  // ncacn_ip_tcp:192.0.2.3[1966]".
  const std::size_t lead = tag_->lead.size();
  const std::size_t surplus = layer.first > lead ? layer.first - lead : 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < lead && first < layer.first; ++i) {
    const std::size_t next = first + 1 + (i == tag_->wordy ? surplus : 0);
    set(tag_->lead[i], first, next);
    first = next;
  }
  set(tag_->layer, layer.first, layer.first + layer_words);
  set(tag_->module, layer.first + layer_words, last);
  return true;
}

void MessageTemplate::Take(const FoldedMessage& message, MessageMatch& match) const {
  StringViews& strings = match.strings_;
  strings.assign(field_count_, std::nullopt);
  for (std::size_t i = 0; i < match.ranges_.size(); ++i) {
    const auto& [begin, end] = match.ranges_[i];
    if (begin == kNone) continue;
    const std::string_view raw = message.Raw(begin, end);
    // "%7" where string 7 should be: it was never passed.
    if (IsPlaceholder(raw) && raw.substr(1) == std::to_string(i + 1)) continue;
    strings[i] = raw;
  }
}

// Calls `text` with what stays as it is, and `value` with the position of each string and how it is
// written, both in the order of the text, as long as they want more.
template <typename Text, typename Value>
void MessageTemplate::ForEachPiece(Text text, Value value) const {
  const std::string_view all = text_;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t mark = std::min(all.find('%', at), all.size());
    if (mark > at && !text(all.substr(at, mark - at))) return;
    at = mark;
    if (at == all.size()) return;
    std::size_t length = 1;
    const std::size_t position = PlaceholderAt(all, at, length);
    const std::string_view written = all.substr(at, length);
    if (position == kNone ? !text(written) : !value(position, written)) return;
    at += length;
  }
}

void MessageTemplate::Render(const InsertionStrings& strings, std::string& out) const {
  const auto put = [&](std::string_view text) {
    out += text;
    return true;
  };
  ForEachPiece(put, [&](std::size_t position, std::string_view written) {
    const bool there = position < strings.size() && strings[position];
    return put(there ? std::string_view(*strings[position]) : written);
  });
}

bool MessageTemplate::Renders(const StringViews& strings, std::string_view message) const {
  bool same = true;
  const auto compare = [&](std::string_view text) {
    same = message.starts_with(text);
    if (same) message.remove_prefix(text.size());
    return same;
  };
  ForEachPiece(compare, [&](std::size_t position, std::string_view written) {
    const bool there = position < strings.size() && strings[position];
    return compare(there ? *strings[position] : written);
  });
  return same && message.empty();
}

}  // namespace exdiag
