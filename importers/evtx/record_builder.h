// Fills a Record with what the ops of plans found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"
#include "importers/binary_log/ansi_decoder.h"
#include "importers/binary_log/record_text.h"
#include "importers/evtx/interned_texts.h"
#include "importers/evtx/plan.h"
#include "importers/evtx/value.h"

namespace exdiag::evtx {

class RecordBuilder {
 public:
  using Entry = InternedTexts::Entry;

  // Borrows both; what it makes of values stands in `text`.
  RecordBuilder(const AnsiDecoder& ansi, RecordText& text);

  // Empties `record`, which the calls up to Finish() fill.
  void Begin(Record& record);
  // `has_data`: the insertion strings are whole.
  void Finish(bool has_data);

  // Shows the record to `look` with what System says of it, when all of that was put.
  template <typename Look>
  bool Glimpse(Look look) {
    const bool borrowed = record_->provider.empty();
    NameSource();
    const bool result = look(*record_);
    if (borrowed) {
      record_->provider = {};
      numbers_.provider = 0;
    }
    return result;
  }

  // For those who know the field when they are compiled.
  Record& record() { return *record_; }

  void PutNumber(Field field, std::uint64_t number);
  void PutLevel(std::uint64_t number) {
    record_->level = number <= 5 ? static_cast<Level>(number) : Level::kUnknown;
  }
  void PutNumberOf(Field field, const Value& value);
  void PutText(Field field, std::string_view text);
  // A constant, or what was put together: any field, numbers are text here too.
  void PutWritten(Field field, std::string_view text, std::string_view name);

  void PutProvider(const Entry& entry) {
    record_->provider = entry.text;
    numbers_.provider = entry.number;
  }
  void PutChannel(const Entry& entry) {
    record_->channel = entry.text;
    numbers_.channel = entry.number;
  }
  void PutComputer(const Entry& entry) {
    record_->computer = entry.text;
    numbers_.computer = entry.number;
  }
  // A string value; `last` is kept by the caller: the entry of its last value, which is mostly the
  // one of this too.
  void PutSystemText(Field field, const Value& value, const Entry*& last);

  void PutFileTime(std::uint64_t filetime);
  void PutTime(const Value& value);
  void PutSid(std::span<const std::byte> sid, const Entry*& last);
  void PutUser(const Value& value);
  void PutBinary(const Value& value);

  // The next insertion string.
  void PutString(std::string_view text, std::string_view name) {
    if (!next_name_.empty()) {
      name = next_name_;
      next_name_ = {};
    }
    any_name_ |= !name.empty();
    if (count_ == strings_.size()) Grow();
    strings_[count_] = text;
    names_[count_] = name;
    ++count_;
  }
  // Of the next one, whatever PutString says.
  void PutName(std::string_view name) { next_name_ = name; }

  std::string_view TextOf(const Value& value);

  InternedTexts& texts() { return texts_; }

 private:
  // Of interned texts; 0 is that of no text.
  static constexpr std::uint32_t kNoNumber = ~std::uint32_t{0};
  struct Numbers {
    std::uint32_t provider = 0;
    std::uint32_t event_source = 0;
    std::uint32_t channel = 0;
    std::uint32_t computer = 0;
  };

  void Grow();
  void PutEntry(Field field, const Entry& entry);
  void PutUnkept(Field field, std::string_view text);
  void PutHexadecimal(std::string_view text);
  void NameSource();

  const AnsiDecoder& ansi_;
  RecordText& text_;
  InternedTexts texts_{0, 2};   // by themselves; numbers are even,
  InternedTexts values_{1, 2};  // by their UTF-16, and odd
  InternedTexts users_;         // by the bytes of the SID
  std::uint64_t series_;        // in front of all numbers that are handed out

  Record* record_ = nullptr;
  std::vector<std::string_view> strings_;  // the first `count_` are this record's
  std::vector<std::string_view> names_;
  std::size_t count_ = 0;
  std::string_view event_source_;
  std::string_view next_name_;
  Numbers numbers_;
  bool any_name_ = false;
  std::vector<std::byte> hex_bytes_;  // Binary of records without templates, where it is text
};

}  // namespace exdiag::evtx
