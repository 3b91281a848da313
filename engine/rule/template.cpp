#include "engine/rule/template.h"

#include <fmt/format.h>

namespace exdiag {
namespace {

constexpr std::string_view kNameLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

// "refused.computer" -> both halves; no pattern when it is not of that form.
TemplatePart Reference(std::string_view inside) {
  const std::size_t dot = inside.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view pattern = inside.substr(0, dot);
  const std::string_view field = inside.substr(dot + 1);
  if (pattern.empty() || field.empty() ||
      pattern.find_first_not_of(kNameLetters) != std::string_view::npos ||
      field.find_first_not_of(kNameLetters) != std::string_view::npos) {
    return {};
  }
  return {"", std::string(pattern), std::string(field)};
}

void AppendText(std::string_view text, std::vector<TemplatePart>& parts) {
  if (parts.empty() || !parts.back().pattern.empty()) parts.push_back({});
  parts.back().text += text;
}

}  // namespace

Result<std::vector<TemplatePart>> ParseTemplate(std::string_view text) {
  std::vector<TemplatePart> parts;
  while (!text.empty()) {
    const std::size_t brace = text.find_first_of("{}");
    if (brace != 0) {
      AppendText(text.substr(0, brace), parts);
      text.remove_prefix(std::min(brace, text.size()));
      continue;
    }
    if (text.size() > 1 && text[1] == text[0]) {
      AppendText(text.substr(0, 1), parts);
      text.remove_prefix(2);
      continue;
    }
    const std::size_t end = text.find('}');
    if (text[0] == '}') return Error{"a \"}\" alone; a brace in the text is written twice"};
    if (end == std::string_view::npos) return Error{"a \"{\" that no \"}\" follows"};
    TemplatePart part = Reference(text.substr(1, end - 1));
    if (part.pattern.empty()) {
      return Error{
          fmt::format("\"{}\" is not of the form {{name.field}}; a brace in the text is "
                      "written twice",
                      text.substr(0, end + 1))};
    }
    parts.push_back(std::move(part));
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::string RenderTemplate(std::string_view text, const TemplateLookup& lookup) {
  return *ExpandTemplate(text, [&](std::string_view pattern, std::string_view field) {
    return std::optional(lookup(pattern, field).value_or(fmt::format("({} not known)", field)));
  });
}

std::optional<std::string> ExpandTemplate(std::string_view text, const TemplateLookup& lookup) {
  const auto parts = ParseTemplate(text);
  if (!parts) return std::string(text);
  std::string out;
  for (const TemplatePart& part : *parts) {
    if (part.pattern.empty()) {
      out += part.text;
    } else if (const auto value = lookup(part.pattern, part.field)) {
      out += *value;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace exdiag
