#pragma once
// Places in the JSON that commands print: three keys, the same everywhere.

#include <nlohmann/json.hpp>

#include "server/check/report.hpp"

namespace surefoot::server {

inline nlohmann::ordered_json to_json(Location location) {
  return {{"row", location.row}, {"column", location.column}};
}

/// Puts the place's three keys behind those that are there.
inline void add_place(nlohmann::ordered_json& json, const ReportedPlace& place) {
  json["filename"] = place.filename;
  json["location"] = to_json(place.location);
  json["end_location"] = to_json(place.end_location);
}

}  // namespace surefoot::server
