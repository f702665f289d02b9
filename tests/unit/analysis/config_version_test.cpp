#include "analysis/engine/config.hpp"
#include "tests/unit/catch.hpp"

using surefoot::engine::parse_requires_python;
using surefoot::engine::parse_target_version;
using surefoot::engine::PythonVersion;

TEST_CASE("a target version is py312 or 3.12") {
  CHECK(parse_target_version("py312") == PythonVersion{3, 12});
  CHECK(parse_target_version("py39") == PythonVersion{3, 9});
  CHECK(parse_target_version("3.8") == PythonVersion{3, 8});
  CHECK(parse_target_version("py313t") == PythonVersion{3, 13, true});
  CHECK(parse_target_version("3.14t") == PythonVersion{3, 14, true});
  for (const char* wrong : {"", "py", "py3", "3", "3.", "py27", "2.7", "312", "py3.12", "3.12.1", "3.12 ", "latest",
                            "py3-12", "py312t", "py313tt", "3.-1", "py399999999999", "3.100"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_target_version(wrong));
  }
}

TEST_CASE("requires-python gives the lowest version it admits") {
  CHECK(parse_requires_python(">=3.9") == PythonVersion{3, 9});
  CHECK(parse_requires_python(" >= 3.9 , < 4 ") == PythonVersion{3, 9});
  CHECK(parse_requires_python("<4,>=3.10.2") == PythonVersion{3, 10});
  CHECK(parse_requires_python("==3.11.*") == PythonVersion{3, 11});
  CHECK(parse_requires_python("==3.11") == PythonVersion{3, 11});
  CHECK(parse_requires_python("===3.11.4") == PythonVersion{3, 11});
  CHECK(parse_requires_python("~=3.8") == PythonVersion{3, 8});
  CHECK(parse_requires_python("~=3.8.1") == PythonVersion{3, 8});
  CHECK(parse_requires_python(">3.8") == PythonVersion{3, 8});
  CHECK(parse_requires_python(">=3") == PythonVersion{3, 0});
  CHECK(parse_requires_python(">=3.7,>=3.9") == PythonVersion{3, 9});
}

TEST_CASE("versions that are shut out are passed over") {
  CHECK(parse_requires_python(">=3.9,!=3.10.*,!=3.9.*") == PythonVersion{3, 11});
  CHECK(parse_requires_python(">=2.7,!=3.0.*,!=3.1.*") == PythonVersion{2, 7});
  CHECK(parse_requires_python(">=3.9,!=3.9.1") == PythonVersion{3, 9});
}

TEST_CASE("a specifier that names no lowest version gives none") {
  for (const char* none : {"", "<4", "!=3.9.*", "nonsense", ">=", "3.9", ">=x", ",,,", ">=99999999999"}) {
    CAPTURE(none);
    CHECK_FALSE(parse_requires_python(none));
  }
}
