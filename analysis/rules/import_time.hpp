#pragma once
// Code that runs when its module is imported.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True at module and class level, but for what only the main program or a type checker sees, in a file that others may
/// import as far as its name tells.
bool runs_at_import(Node node, Context& context);

/// For Rule::confirm: false when the code of the file says that it is run, not imported: it starts with `#!`, or
/// prints, exits, reads arguments or calls `main` at module level.
bool may_be_imported(const Report& report, Context& context);

/// True for calls that load a model or a table of data: `torch.load`, `spacy.load`, `pandas.read_csv`.
bool loads_much(std::string_view qualified_name);

/// Makes what the report's call gives when it is first used (fixes::make_lazy).
Fixes make_lazy(const Report& report, Context& context);

/// True when the target version has `functools.cache` (https://docs.python.org/3/library/functools.html: 3.9).
bool has_functools_cache(const Context& context);

}  // namespace surefoot::rules
