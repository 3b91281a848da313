// One wording of an event's message: strings put in, strings taken out again.
//
// Windows renders a message by putting insertion strings where the template says %1, %2, ...
// Exports that carry only the rendered text are read by running the same template backwards.  That
// works because the literal text between the strings is long and peculiar; what it cannot tell is
// where one string ends when two stand side by side with a blank between, as in the tag that closes
// the MTA's messages: `[BASE IL TCP/IP DRVR 8 274] (12)` is layer, module, thread and procedure,
// and the first two may hold blanks.  Such a tag is read from the right, and the layer is known by
// name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/strings.h"
#include "engine/knowledge/field.h"
#include "engine/knowledge/folded_message.h"

namespace exdiag {

using StringViews = std::vector<std::optional<std::string_view>>;

// What a match gives and needs, with buffers that are used again.
class MessageMatch {
 public:
  // Of the last match: as many as the layout has fields, views into the raw message; nullopt for
  // those that the message does not show.
  const StringViews& strings() const { return strings_; }

 private:
  friend class MessageTemplate;

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  // A part of the folded message.
  struct Range {
    std::size_t begin = kNone;
    std::size_t end = 0;
  };

  StringViews strings_;
  std::vector<Range> ranges_;
  std::vector<Range> words_;
};

class MessageTemplate {
 public:
  // `fields` are those of the layout, %1 first.  Placeholders beyond them are text: a program
  // that passes nine strings to a template that wants ten leaves "%10" in the message.
  MessageTemplate(std::string text, const std::vector<Field>& fields);

  const std::string& text() const { return text_; }
  // How much of it is text: longer is more peculiar, so longer is tried first.
  std::size_t literal_length() const { return literal_length_; }
  // Whether the string at `position` (from 0) appears in the message.
  bool Prints(std::size_t position) const;

  // Takes the strings out of `message`.  False, and `match` void, when it is not of this wording.
  //
  // Taken as the same wording: other white space, other letter case, other quotes, another or no
  // severity at the end, no full stop at the end, no tag at the end.
  bool Match(const FoldedMessage& message, MessageMatch& match) const;
  // The same for a caller who does it once.
  std::optional<InsertionStrings> Match(const FoldedMessage& message) const;

  // Puts `strings` in; one that is not there stays as "%7".
  void Render(const InsertionStrings& strings, std::string& out) const;
  // Whether that would give `message`.
  bool Renders(const StringViews& strings, std::string_view message) const;

 private:
  static constexpr std::size_t kNone = MessageMatch::kNone;
  using Ranges = std::vector<MessageMatch::Range>;

  // Literal text (folded), or the place of a string.
  struct Part {
    std::string literal;
    std::size_t position = kNone;
  };

  // `[%3 %4 %5 %6]` where the last are layer, module, thread and procedure.
  struct Tag {
    std::vector<std::size_t> lead;  // data of the event in front of the tag proper
    std::size_t wordy = 0;          // which of `lead` takes the words that are too many
    std::size_t layer = kNone;
    std::size_t module = kNone;
    std::size_t thread = kNone;
    std::size_t procedure = kNone;
  };

  void Compile(const std::vector<Field>& fields);
  bool CompileTag(std::string_view inside, const std::vector<Field>& fields);
  void CompileBody(std::string_view body);
  std::size_t PlaceholderAt(std::string_view text, std::size_t at, std::size_t& length) const;

  template <typename Text, typename Value>
  void ForEachPiece(Text text, Value value) const;
  bool MatchUpTo(std::string_view text, MessageMatch& match) const;
  bool MatchBody(std::string_view text, Ranges& ranges) const;
  bool MatchTag(std::string_view text, std::size_t begin, std::size_t end,
                MessageMatch& match) const;
  void Take(const FoldedMessage& message, MessageMatch& match) const;

  std::string text_;
  std::size_t field_count_ = 0;
  std::size_t literal_length_ = 0;
  bool ends_in_stop_ = false;
  bool ends_in_severity_ = false;
  std::optional<Tag> tag_;
  std::vector<Part> parts_;  // of what stands before the tag
  std::vector<bool> printed_;
};

}  // namespace exdiag
