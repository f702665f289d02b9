#include "server/workspace/python_source.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot::server;

namespace {

std::string refusal(std::string bytes) {
  const auto result = read_python(std::move(bytes));
  const auto* why = std::get_if<std::string>(&result);
  return why == nullptr ? "" : *why;
}

std::string text_of(std::string bytes) {
  const auto result = read_python(std::move(bytes));
  return std::string(std::get<PythonSource>(result).text.bytes());
}

}  // namespace

TEST_CASE("an ordinary file is its own text") {
  CHECK(text_of("") == "");
  CHECK(text_of("x = 'caf\xC3\xA9'\n") == "x = 'caf\xC3\xA9'\n");
}

TEST_CASE("a byte order mark is set aside") {
  const auto source = std::get<PythonSource>(read_python("\xEF\xBB\xBFx = 1\n"));
  CHECK(source.text.bytes() == "x = 1\n");
  CHECK(source.byte_order_mark == "\xEF\xBB\xBF");
}

TEST_CASE("a file with NUL bytes is binary") {
  CHECK(refusal(std::string("x\ny\0", 4)) == "is a binary file (there is a NUL byte on line 2)");
}

TEST_CASE("invalid UTF-8 is refused unless another encoding is declared") {
  CHECK(refusal("a\nb = '\xE9'\n") == "is not valid UTF-8 (byte 0xE9 on line 2) and declares no other encoding");
  CHECK(refusal("# coding: utf-8\nb = '\xE9'\n") ==
        "is not valid UTF-8 (byte 0xE9 on line 2) and declares no other encoding");
  CHECK(text_of("# -*- coding: latin-1 -*-\nb = '\xE9'\n") == "# -*- coding: latin-1 -*-\nb = '\xE9'\n");
}

TEST_CASE("an encoding is declared as PEP 263 says") {
  CHECK(declared_encoding("") == "utf-8");
  CHECK(declared_encoding("# coding: latin-1\n") == "latin-1");
  CHECK(declared_encoding("#!/usr/bin/python\n# -*- coding: ISO_8859-1 -*-\n") == "iso-8859-1");
  CHECK(declared_encoding("# vim: set fileencoding=cp1252 :\r\n") == "cp1252");
  CHECK(declared_encoding(" \t# encoding=\tkoi8-r") == "koi8-r");
  CHECK(declared_encoding("# coding is fun, coding= \n# coding: big5\n") == "big5");
  CHECK(declared_encoding("import x\n# coding: latin-1\n") == "utf-8");
  CHECK(declared_encoding("\n\n# coding: latin-1\n") == "utf-8");
  CHECK(declared_encoding("x = 'coding: latin-1'\n") == "utf-8");
}

TEST_CASE("brackets may be open only so many at once") {
  CHECK(line_of_deep_bracket("((()))", 3) == -1);
  CHECK(line_of_deep_bracket("(([{}]))", 3) == 0);
  CHECK(line_of_deep_bracket("a = (\n[\n{\n(", 3) == 3);
  CHECK(line_of_deep_bracket("()()()()()", 3) == -1);
  CHECK(line_of_deep_bracket("x = '((((('\n# ((((((\ny = \"\"\"((((\n((((\"\"\"\n", 3) == -1);
  CHECK(line_of_deep_bracket("x = '\\'((((('\n", 3) == -1);
  CHECK(line_of_deep_bracket("x = 'open\n((((\n", 3) == 1);
  CHECK(line_of_deep_bracket("]]]]((((", 3) == 0);
  CHECK(line_of_deep_bracket("'((((", 3) == -1);
  CHECK(line_of_deep_bracket("'''((((\\", 3) == -1);
}

TEST_CASE("a hundred thousand brackets are refused at once") {
  CHECK(refusal("x = 1\ny = " + std::string(100000, '(') + std::string(100000, ')')) ==
        "is nested too deeply (more than 1000 brackets are open on line 2)");
  CHECK(refusal("y = " + std::string(1000, '[') + std::string(1000, ']')).empty());
}
