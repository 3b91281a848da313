# Writes page_assets.cpp: the page's style and script as they stand in their files, with their
# hashes.  Called by the build:  cmake -D STYLE=page.css -D SCRIPT=page.js -D OUT=page_assets.cpp -P
cmake_minimum_required(VERSION 3.25)

# Base64 of hexadecimal digits; a content security policy wants its hashes so.
function(base64_of_hex hex out)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(LENGTH "${hex}" digits)
  math(EXPR rest "${digits} % 6")
  set(padding "")
  if(rest EQUAL 2)
    string(APPEND hex "0000")
    set(padding "==")
  elseif(rest EQUAL 4)
    string(APPEND hex "00")
    set(padding "=")
  endif()
  string(REGEX MATCHALL "......" groups "${hex}")
  set(text "")
  foreach(group IN LISTS groups)
    foreach(shift 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING "${alphabet}" ${index} 1 letter)
      string(APPEND text "${letter}")
    endforeach()
  endforeach()
  string(LENGTH "${padding}" cut)
  string(LENGTH "${text}" length)
  math(EXPR length "${length} - ${cut}")
  string(SUBSTRING "${text}" 0 ${length} text)
  set(${out} "${text}${padding}" PARENT_SCOPE)
endfunction()

function(constant file name out)
  file(READ "${file}" content)
  file(SHA256 "${file}" hex)
  base64_of_hex("${hex}" hash)
  # String literals have a limit of 64 KiB in some compilers; the files are far below.
  set(${out} "const std::string_view ${name} = R\"page_asset(${content})page_asset\";\n\
const std::string_view ${name}Hash = \"sha256-${hash}\";\n" PARENT_SCOPE)
endfunction()

constant("${STYLE}" kPageStyle style)
constant("${SCRIPT}" kPageScript script)
file(WRITE "${OUT}" "// Made by engine/report/page/embed.cmake.\n\
#include \"engine/report/page/page_assets.h\"\n\n\
namespace exdiag {\n\n${style}\n${script}\n}  // namespace exdiag\n")
