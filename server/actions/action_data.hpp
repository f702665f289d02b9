#pragma once
// What a code action carries until the client asks for its edit: which cure of which finding, never the edit itself.
// It comes back from outside, so it is only a question put to today's analysis.

#include <cstdint>
#include <string>

#include "protocol/decode.hpp"
#include "protocol/json.hpp"

namespace surefoot::server {

enum class Cure : std::uint8_t {
  fix,       // one fix of one finding
  suppress,  // the comment that silences one finding
  fix_all,   // all safe fixes of the file, or of one rule in it
};

struct ActionData {
  std::string uri;  // in the client's spelling
  Cure cure = Cure::fix;
  std::string rule;         // code; empty for `fix_all` of all rules
  std::string fingerprint;  // see fingerprint_text(); empty for `fix_all`
  std::uint32_t nth = 0;    // among findings with this rule and fingerprint
  std::string title;        // which of the finding's fixes
  bool operator==(const ActionData&) const = default;
};

protocol::JsonValue to_json_value(const ActionData& data);

/// Refuses data of another version than ours ("v": 1).
void read(const protocol::Reader& in, ActionData& out);

}  // namespace surefoot::server
