#pragma once
// Objects that are made once and used many times: clients of services, engines, pools.

#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a callable that makes a client with connections of its own, an engine or a pool, by its canonical name:
/// "boto3.client", "sqlalchemy.create_engine", "pymongo.MongoClient" … Those that belong to one event loop are none.
bool makes_shared_client(std::string_view name);

}  // namespace surefoot::rules
