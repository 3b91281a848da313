#include "engine/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace exdiag {
namespace {

template <typename Value>
Option AddBound(CLI::App& app, const std::string& name, Value& value, const std::string& text) {
  return Option(app.add_option(name, value, text));
}

void Read(const Arguments::Reader& read, const std::string& value) {
  if (const std::string wrong = read(value); !wrong.empty()) throw CLI::ValidationError(wrong);
}

}  // namespace

Option Option::Called(const char* value) {
  option_->type_name(value);
  return *this;
}

Option Option::Saying(const char* text) {
  option_->description(text);
  return *this;
}

Option Option::Defaulting(const char* value) {
  option_->default_str(value);
  return *this;
}

Option Option::Required() {
  option_->required();
  return *this;
}

Option Option::OneEach() {
  option_->allow_extra_args(false);
  return *this;
}

Option Arguments::Add(const std::string& name, std::string& value, const std::string& text) {
  return AddBound(*app_, name, value, text);
}

Option Arguments::Add(const std::string& name, std::optional<std::string>& value,
                      const std::string& text) {
  return AddBound(*app_, name, value, text);
}

Option Arguments::Add(const std::string& name, std::uint64_t& value, const std::string& text) {
  return AddBound(*app_, name, value, text);
}

Option Arguments::Add(const std::string& name, std::vector<std::string>& values,
                      const std::string& text) {
  return AddBound(*app_, name, values, text);
}

Option Arguments::Add(const std::string& name, std::vector<std::uint16_t>& values,
                      const std::string& text) {
  return AddBound(*app_, name, values, text);
}

Option Arguments::AddRead(const std::string& name, Reader read, const std::string& text) {
  return Option(app_->add_option_function<std::string>(
      name, [read = std::move(read)](const std::string& value) { Read(read, value); }, text));
}

Option Arguments::AddReadEach(const std::string& name, Reader read, const std::string& text) {
  return Option(app_->add_option_function<std::vector<std::string>>(
                    name,
                    [read = std::move(read)](const std::vector<std::string>& values) {
                      for (const std::string& value : values) Read(read, value);
                    },
                    text))
      .OneEach();
}

void Arguments::AddFlag(const std::string& name, bool& given, const std::string& text) {
  app_->add_flag(name, given, text);
}

Arguments Arguments::AddCommand(std::string_view name, std::string_view summary) {
  return Arguments(*app_->add_subcommand(std::string(name), std::string(summary)));
}

void Arguments::RequireCommand() { app_->require_subcommand(1); }

void Arguments::AllowCommand() { app_->require_subcommand(0, 1); }

bool Arguments::given() const { return app_->parsed(); }

}  // namespace exdiag
