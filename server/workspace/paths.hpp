#pragma once
// Paths as strings with forward slashes, handled without looking at the disk. Any thread.

#include <string>
#include <string_view>

namespace surefoot::server {

/// `path` made absolute on `folder` (itself absolute), with ".", ".." and doubled slashes resolved by text alone:
/// symbolic links are not followed. No slash at the end, but for the root.
std::string absolute_path(std::string_view path, std::string_view folder);

/// The folder that holds `path`; "/" for "/".
std::string_view parent_folder(std::string_view path);

/// The last name of `path`.
std::string_view file_name(std::string_view path);

/// `folder`/`name`.
std::string join_path(std::string_view folder, std::string_view name);

/// True for `folder` itself and for all beneath it.
bool is_within(std::string_view path, std::string_view folder);

/// `path` as seen from `folder`, both absolute: "app/main.py", "." for the folder itself. `path` as it is when it is
/// not within the folder.
std::string relative_path(std::string_view path, std::string_view folder);

/// The working directory, as absolute_path() would give it.
std::string current_folder();

}  // namespace surefoot::server
