// Names -> types: of a module, of what it imports, and of the modules that those come from.

#include <algorithm>

#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::semantics {

using Tag = Type::Tag;

namespace {

constexpr int kMaxImports = 60;

bool is_builtin(std::string_view name) {
  // Source: dir(builtins) of Python 3.12.
  static const text::Words names(
      "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError "
      "BrokenPipeError BufferError ChildProcessError ConnectionAbortedError ConnectionError "
      "ConnectionRefusedError ConnectionResetError EOFError Exception ExceptionGroup FileExistsError "
      "FileNotFoundError GeneratorExit IOError ImportError IndexError InterruptedError IsADirectoryError "
      "KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError "
      "NotImplementedError OSError OverflowError PermissionError ProcessLookupError RecursionError "
      "ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError SystemExit "
      "TimeoutError TypeError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError Warning "
      "ZeroDivisionError __import__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable "
      "chr classmethod compile complex delattr dict dir divmod enumerate eval exec exit filter float format "
      "frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals "
      "map max memoryview min next object oct open ord pow print property quit range repr reversed round set "
      "setattr slice sorted staticmethod str sum super tuple type vars zip");
  return names.contain(name);
}

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('.')); }

// `app.gen.shop_pb2_grpc`: made when the project is built, so that it may be missing here.
bool is_generated_by_protoc(std::string_view path) {
  return path.find("_pb2_grpc.") != std::string_view::npos || path.ends_with("_pb2_grpc");
}

}  // namespace

const ModuleIndex& Resolver::module_of(const UnitModel& unit) const {
  if (unit.file == module_.key()) return module_;
  const auto found = files_.find(unit.file);
  return found == files_.end() ? module_ : *found->second;
}

const std::vector<std::uint32_t>& Resolver::units_with(const ModuleIndex& module, std::uint64_t name) {
  const auto [found, is_new] = units_with_[&module].try_emplace(name);
  const auto& units = module.units();
  for (std::uint32_t i = 0; is_new && i < units.size(); ++i) {
    if (units[i]->names.may_have(name)) found->second.push_back(i);
  }
  return found->second;
}

void Resolver::enter(const ModuleIndex& module) {
  if (&module == &module_) {
    is_asked_by_others_ = true;
    return;
  }
  if (asked_.insert(&module).second) files_.emplace(module.key(), &module);
}

Modules::Found Resolver::find_module(const ModuleIndex& from, std::string_view path) {
  if (modules_ == nullptr) return {};
  if (const auto known = imports_.find({&from, path}); known != imports_.end()) return known->second;
  const Modules::Found found = modules_->find(from, path);
  if (found.module != nullptr) enter(*found.module);
  imports_.emplace(Import{&from, intern(std::string(path))}, found);
  return found;
}

TypeSet Resolver::name(const ModuleIndex& module, std::string_view name) {
  if (module.look_up(name) != nullptr) return exported(module, name);
  if (TypeSet found = star_imported(module, name); !found.empty()) return found;
  if (!is_builtin(name)) return {};
  return {object_at(name)};
}

TypeSet Resolver::exported(const ModuleIndex& module, std::string_view name) {
  const auto* values = module.look_up(name);
  if (values == nullptr) return star_imported(module, name);
  if (const auto found = exported_.find(values); found != exported_.end()) return found->second;
  TypeSet result;
  std::vector<TermRef> room;
  for (const TermRef& ref : telling(*values, room)) {
    if (unite(result, value_of(ref))) continue;
    result.clear();
    break;
  }
  if (const auto* fills = module.look_up_fills(name)) result = filled(*fills, std::move(result));
  // Where more is under way, some of the values may be unknown for that alone.
  if (depth_ <= 1) exported_.emplace(values, result);
  return result;
}

TypeSet Resolver::star_imported(const ModuleIndex& module, std::string_view name) {
  if (name.starts_with('_') || depth_ > kMaxImports) return {};
  for (const std::string_view star : module.star_imports()) {
    const std::string source = module.absolute(star);
    const std::string path = source + "." + std::string(name);
    const std::string_view canonical = knowledge::canonical(path);
    if (knowledge::find_callable(canonical) != nullptr || knowledge::find_class(canonical) != nullptr) {
      return {object_at(path)};
    }
    ++depth_;
    const TypeSet types = import(module, source);
    const Type* type = only(types);
    TypeSet found = type != nullptr && type->module != nullptr ? exported(*type->module, name) : TypeSet();
    --depth_;
    if (!found.empty()) return found;
  }
  return {};
}

// What the libraries' tables speak of comes from there, whatever files of the same name there are.
TypeSet Resolver::import(const ModuleIndex& from, std::string_view path) {
  if (path.empty() || path.front() == '.') return {};
  if (knowledge::knows_module(first_part(path)) || depth_ > kMaxImports) return {object_at(path)};
  const Modules::Found found = find_module(from, path);
  if (found.module == nullptr) return {object_at(path)};
  ++depth_;
  TypeSet value{object_of(*found.module)};
  for (std::size_t at = found.length; at < path.size() && !value.empty();) {
    const std::size_t end = std::min(path.find('.', at + 1), path.size());
    const Type* one = only(value);
    const std::string_view name = path.substr(at + 1, end - at - 1);
    if (one != nullptr && one->module != nullptr && one->module->look_up(name) == nullptr) {
      const Modules::Found inner = submodule(*one->module, path.substr(at + 1));
      if (inner.module != nullptr) {
        value = {object_of(*inner.module)};
        at += 1 + inner.length;
        continue;
      }
    }
    value = one == nullptr ? TypeSet() : attribute(*one, intern(std::string(name)));
    at = end;
  }
  --depth_;
  return value.empty() && is_generated_by_protoc(path) ? TypeSet{object_at(path)} : value;
}

// A name that the package binds itself comes before a module in its folder.
TypeSet Resolver::module_attribute(const ModuleIndex& module, std::string_view name) {
  if (module.look_up(name) != nullptr) {
    if (TypeSet bound = exported(module, name); !bound.empty()) return bound;
  }
  const Modules::Found inner = submodule(module, name);
  if (inner.module != nullptr) return {object_of(*inner.module)};
  TypeSet starred = star_imported(module, name);
  const bool folder = starred.empty() && inner.length > 0;
  return folder ? TypeSet{object_at(intern(module.name() + "." + std::string(name)))} : starred;
}

Modules::Found Resolver::submodule(const ModuleIndex& package, std::string_view dotted) {
  if (modules_ == nullptr || !package.is_package()) return {};
  const Modules::Found found = modules_->submodule(package, dotted);
  if (found.module != nullptr) enter(*found.module);
  return found;
}

Type Resolver::object_of(const ModuleIndex& module) {
  Type type = make(Tag::object, intern(module.name()));
  type.module = &module;
  return type;
}

}  // namespace surefoot::semantics
