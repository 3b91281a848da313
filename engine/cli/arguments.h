// What a command takes on its command line.  CLI11 is met in arguments.cpp and main.cpp only, where
// its exceptions end: whoever includes its header compiles all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace exdiag {

// One option or argument; refers to what Arguments::Add made.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option Called(const char* value);      // what its value is called in the help: FILE
  Option Saying(const char* text);       // what the help says about it, in place of what it said
  Option Defaulting(const char* value);  // what the help shows as its default
  Option Required();
  Option OneEach();  // may be repeated, with one value each time

 private:
  CLI::Option* option_;
};

// The arguments of one command and the commands below it; refers to what lives as long as the
// program.  What is bound to must live until the command line was read.
class Arguments {
 public:
  // Takes a value; what it returns, when not empty, is said as a wrong use.
  using Reader = std::function<std::string(const std::string& value)>;

  Arguments() = default;
  explicit Arguments(CLI::App& app) : app_(&app) {}

  // `name`: "-o,--output" for an option, "FILE" for an argument.
  Option Add(const std::string& name, std::string& value, const std::string& text);
  Option Add(const std::string& name, std::optional<std::string>& value, const std::string& text);
  Option Add(const std::string& name, std::uint64_t& value, const std::string& text);
  Option Add(const std::string& name, std::vector<std::string>& values, const std::string& text);
  Option Add(const std::string& name, std::vector<std::uint16_t>& values, const std::string& text);
  Option AddRead(const std::string& name, Reader read, const std::string& text);
  // The same for one that may be repeated.
  Option AddReadEach(const std::string& name, Reader read, const std::string& text);
  void AddFlag(const std::string& name, bool& given, const std::string& text);

  Arguments AddCommand(std::string_view name, std::string_view summary);
  void RequireCommand();  // one of those below it
  void AllowCommand();    // one of those below it, or none

  // Whether the command was given; not before the command line was read.
  bool given() const;

 private:
  CLI::App* app_ = nullptr;
};

}  // namespace exdiag
