#include "importers/clipboard/header.h"

#include <gtest/gtest.h>

namespace exdiag::clipboard {
namespace {

TEST(HeaderTest, LabelsAtTheFrontOfALine) {
  const struct {
    std::string_view why;
    std::string_view line;
    std::optional<Field> field;
    std::string_view value;
  } kCases[] = {
      {"tab behind it", "Event Source:\tESE", Field::kSource, "\tESE"},
      {"no colon", "Event ID 1706", Field::kEventId, "1706"},
      {"no colon and no number", "Event ID of it", std::nullopt, ""},
      {"another case", "EVENT ID: 5", Field::kEventId, " 5"},
      {"a wide colon", "ソース：ESE", Field::kSource, "ESE"},
      {"French blank before the colon", "Niveau\xc2\xa0: Erreur", Field::kLevel, " Erreur"},
      {"Data is a date in Italian", "Data:  11/01/2016 16:35:09", Field::kDate,
       "  11/01/2016 16:35:09"},
      {"Data is bytes in English", "Data: 0000: 05 00", std::nullopt, ""},
      {"longer than any label", "Source Database: /o=x", std::nullopt, ""},
      {"text", "The source: unknown", std::nullopt, ""},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto hit = LabelAt(row.line);
    ASSERT_EQ(hit.has_value(), row.field.has_value());
    if (!hit) continue;
    EXPECT_EQ(hit->field, *row.field);
    EXPECT_EQ(row.line.substr(hit->end), row.value);
  }
}

TEST(HeaderTest, SeveralFieldsOnALine) {
  const Header header = ReadHeader(
      "Event Type: Warning Event Source: smtpsvc Event Category: None Event ID: 4000 User: N/A "
      "Computer: X Description: text: y\n");
  EXPECT_EQ(header[Field::kType], "Warning");
  EXPECT_EQ(header[Field::kSource], "smtpsvc");
  EXPECT_EQ(header[Field::kCategory], "None");
  EXPECT_EQ(header[Field::kEventId], "4000");
  EXPECT_EQ(header[Field::kUser], "N/A");
  EXPECT_EQ(header[Field::kComputer], "X");
  EXPECT_TRUE(header.has(Field::kDescription));
  EXPECT_TRUE(IsEvent(header, Context::kDescription));
}

TEST(HeaderTest, WhatIsTakenForAnEvent) {
  const struct {
    std::string_view why;
    std::string_view text;
    bool outside;
    bool inside;
  } kCases[] = {
      {"number and source", "Event ID: 5\nSource: A\n", true, false},
      {"number, source, description", "Event ID: 5\nSource: A\nDescription: x\n", true, true},
      {"a number alone", "Event ID: 5\n", false, false},
      {"no number, but what only events have", "Log Name: System\nSource: A\nDescription: x\n",
       true, true},
      {"labels of any text", "User: a\nComputer: b\nDate: c\n", false, false},
      {"the number of another event ends the header", "Event ID: 5\nEvent ID: 6\nSource: B\n",
       false, false},
  };
  for (const auto& row : kCases) {
    const Header header = ReadHeader(row.text);
    EXPECT_EQ(IsEvent(header, Context::kOutside), row.outside) << row.why;
    EXPECT_EQ(IsEvent(header, Context::kDescription), row.inside) << row.why;
  }
}

}  // namespace
}  // namespace exdiag::clipboard
