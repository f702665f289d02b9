#pragma once
// Django's settings: which files and classes give them values for production.
// Source: Django documentation, "Settings", "Deployment checklist"; django-configurations.

#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a setting that only Django has: "INSTALLED_APPS".
bool is_django_setting(std::string_view name);

/// True for a file of settings that is not one for development, tests or a demonstration, by its path.
bool is_production_settings(Context& context);

/// True for the assignment of a name at the top level of such a file, or in a class of settings (django-configurations)
/// that is not one for development, when nothing gives the name another value afterwards.
bool is_production_setting(Node assignment, Context& context);

/// True when `from x import *` follows in the file: what it brings may replace the settings.
bool may_be_replaced(Context& context);

}  // namespace surefoot::rules
