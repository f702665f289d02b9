#pragma once
// From `subprocess` to asyncio's own subprocesses, where the two do the same.

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// What a call of subprocess gives, and what it does when the process fails.
enum class RunForm : std::uint8_t { run, call, check_call };

/// The form of a callable of `subprocess` by its qualified name; nothing for one that has no such rewrite.
std::optional<RunForm> run_form(std::string_view qualified_name);

/// `subprocess.call(["make"])` -> `await (await asyncio.create_subprocess_exec("make")).wait()`. Nothing where it would
/// not do the same: the command is not a list (`is_list`: its type is known to be one), the value of `run` is used,
/// output is captured, a shell, input or a timeout is asked for.
std::optional<Fix> await_subprocess(const FileView& file, const Place& call, RunForm form, bool is_list);

}  // namespace surefoot::fixes
