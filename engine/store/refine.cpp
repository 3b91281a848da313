#include "engine/store/refine.h"

#include "engine/evidence/strings.h"

namespace exdiag {
namespace {

// How many strings are shown, not counting empty places for unknown ones.
std::size_t KnownStrings(std::string_view encoded) {
  std::size_t known = 0;
  StringsReader reader(encoded);
  std::optional<std::string_view> value;
  while (reader.Next(value)) known += value ? 1 : 0;
  return known;
}

bool FinerTime(const EventDetail& shown, const EventDetail& stored) {
  const auto shown_precision = EventFlags::Precision(shown.flags);
  const auto stored_precision = EventFlags::Precision(stored.flags);
  if (shown_precision != stored_precision) return shown_precision < stored_precision;
  if (shown.fraction != 0 && stored.fraction == 0) return true;
  // With equal times what remains is how sure they are: UTC is before the others in the enum.
  return shown.fraction == stored.fraction &&
         EventFlags::Basis(shown.flags) < EventFlags::Basis(stored.flags);
}

// "EX1.corp.example" says more than "EX1".
const std::string& Longer(const std::string& stored, const std::string& shown) {
  return shown.size() > stored.size() ? shown : stored;
}

std::size_t CountOf(std::string_view encoded) {
  std::size_t count = 0;
  StringsReader reader(encoded);
  for (std::optional<std::string_view> value; reader.Next(value);) ++count;
  return count;
}

// Of two exports that name the strings, the one with more of them gives both: Refine of EventDetail
// decides in the same way.
const std::string& MoreNames(const std::string& stored, const std::string& shown) {
  return stored != shown && CountOf(shown) > CountOf(stored) ? shown : stored;
}

template <typename Value>
const Value& FirstGiven(const Value& stored, const Value& shown) {
  return stored == Value{} ? shown : stored;
}

}  // namespace

EventDetail Refine(const EventDetail& stored, const EventDetail& shown) {
  EventDetail result = stored;
  const EventDetail& time = FinerTime(shown, stored) ? shown : stored;
  // An event that one sound export shows is not a recovered one.  What is comparable in one form
  // stays so.
  const bool recovered = (stored.flags & shown.flags & EventFlags::kRecovered) != 0;
  const bool incomparable = (stored.flags & shown.flags & EventFlags::kIncomparable) != 0;
  result.fraction = time.fraction;
  result.flags = EventFlags::Pack(EventFlags::Basis(time.flags), EventFlags::Precision(time.flags),
                                  recovered, !incomparable);
  result.record_id = FirstGiven(stored.record_id, shown.record_id);
  result.user = FirstGiven(stored.user, shown.user);
  result.message = FirstGiven(stored.message, shown.message);
  result.binary = FirstGiven(stored.binary, shown.binary);
  if (stored.strings != shown.strings &&
      KnownStrings(shown.strings) > KnownStrings(stored.strings)) {
    result.strings = shown.strings;
  }
  return result;
}

EventClass Refine(const EventClass& stored, const EventClass& shown) {
  EventClass result = stored;
  result.computer = Longer(stored.computer, shown.computer);
  result.channel = FirstGiven(stored.channel, shown.channel);
  result.category_text = FirstGiven(stored.category_text, shown.category_text);
  result.names = MoreNames(stored.names, shown.names);
  result.keywords = FirstGiven(stored.keywords, shown.keywords);
  result.qualifiers = FirstGiven(stored.qualifiers, shown.qualifiers);
  result.category = FirstGiven(stored.category, shown.category);
  if (stored.level == Level::kUnknown) result.level = shown.level;
  return result;
}

}  // namespace exdiag
