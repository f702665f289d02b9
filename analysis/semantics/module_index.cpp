#include "analysis/semantics/module_index.hpp"

#include <algorithm>
#include <unordered_set>

#include "analysis/knowledge/tables.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::semantics {

namespace {

using Names = std::unordered_set<std::uint64_t>;

bool hands_to(const UnitModel& unit, const Names& receivers) {
  return std::any_of(unit.shape().handings.begin(), unit.shape().handings.end(),
                     [&](const Handing& one) { return receivers.contains(one.to); });
}

void add_receivers(const UnitModel& unit, const NameHashes& depends, Names& into) {
  for (const std::uint64_t receiver : unit.receives) {
    if (depends.has(receiver)) into.insert(receiver);
  }
}

// The functions whose parameters are part of what other files see: of what functions give, or objects keep.
Names seen_parameters(const std::vector<std::shared_ptr<const UnitModel>>& units) {
  Names seen;
  for (const auto& unit : units) add_receivers(*unit, unit->shape().declared_by, seen);
  for (std::size_t known = 0; known != seen.size();) {
    known = seen.size();
    for (const auto& unit : units) {
      if (!unit->receives.empty() && hands_to(*unit, seen)) add_receivers(*unit, unit->shape().handed_by, seen);
    }
  }
  return seen;
}

std::uint64_t hash_shapes(std::string_view path, const std::vector<std::shared_ptr<const UnitModel>>& units) {
  text::Hasher hash;
  hash.add(path);
  for (const auto& unit : units) {
    if (!unit->shape().declared.empty()) hash.add(unit->shape().hash);
  }
  const Names seen = seen_parameters(units);
  for (const auto& unit : units) {
    for (const Handing& one : unit->shape().handings) {
      if (seen.contains(one.to)) hash.add(one.content);
    }
  }
  return hash.value();
}

// Importing `a.b.c` imports `a` and `a.b`.
void add_imported(std::string_view path, std::vector<std::uint64_t>& into) {
  for (std::size_t end = path.find('.'); end != std::string_view::npos; end = path.find('.', end + 1)) {
    into.push_back(NameFilter::hash(path.substr(0, end)));
  }
  into.push_back(NameFilter::hash(path));
}

std::string distinct_name(const std::string& dotted) {
  return knowledge::knows_module(dotted.substr(0, dotted.find('.'))) ? "<project>." + dotted : dotted;
}

}  // namespace

std::uint64_t Shape::value() const {
  found_.run([this] { value_ = hash_shapes(module_->path(), module_->units()); });
  return value_;
}

ModuleIndex::~ModuleIndex() {
  if (shape_.use_count() > 1) shape_->value();
}

ModuleIndex::ModuleIndex(std::string path, std::vector<std::shared_ptr<const UnitModel>> units, std::string location)
    : path_(std::move(path)),
      location_(location.empty() ? path_ : std::move(location)),
      key_(text::Hasher().add(location_).value()),
      dotted_(module_name(path_)),
      name_(distinct_name(dotted_)),
      is_package_(path_.ends_with("__init__.py") || path_.ends_with("__init__.pyi")),
      units_(std::move(units)),
      shape_(std::make_shared<Shape>(*this)) {
  names_.reserve(units_.size());
  for (const auto& unit : units_) {
    for (const Class& one : unit->classes) {
      ClassEntry& entry = classes_[one.path];
      entry.unit = unit.get();
      entry.definition = &one;
    }
  }
  for (const auto& unit : units_) {
    for (const Binding& binding : unit->bindings) {
      const TermRef ref{unit.get(), binding.term, binding.kind, binding.node};
      if (binding.kind == BindingKind::import) add_imported(unit->terms[binding.term].name, imported_);
      if (binding.kind == BindingKind::star_import) {
        add_imported(binding.name, imported_);
        star_imports_.push_back(binding.name);
      } else if (binding.container.empty()) {
        names_[binding.name].push_back(ref);
      } else {
        classes_[binding.container].attributes[binding.name].push_back(ref);
      }
    }
    for (const AttributeBinding& attribute : unit->attributes) {
      classes_[attribute.container].attributes[attribute.name].push_back(
          {unit.get(), attribute.term, BindingKind::assignment, attribute.node});
    }
    for (const AttributeBinding& fill : unit->fills) {
      auto& fills = fill.container.empty() ? fills_ : classes_[fill.container].fills;
      fills[fill.name].push_back({unit.get(), fill.term, BindingKind::other, fill.node});
    }
  }
  std::sort(imported_.begin(), imported_.end());
  for (const std::uint64_t module : imported_) may_import_.add(module);
}

const std::vector<TermRef>* ModuleIndex::find(std::string_view name) const {
  if (auto* reads = Reads::current()) reads->name(name);
  return look_up(name);
}

const ClassEntry* ModuleIndex::find_class(std::string_view path) const {
  if (auto* reads = Reads::current()) reads->name(path.substr(path.rfind('.') + 1));
  return look_up_class(path);
}

const std::vector<TermRef>* ModuleIndex::set_on_others(std::string_view attribute) const {
  if (auto* reads = Reads::current()) reads->name(attribute);
  const auto others = classes_.find(kOnOthers);
  if (others == classes_.end()) return nullptr;
  const auto found = others->second.attributes.find(attribute);
  return found == others->second.attributes.end() ? nullptr : &found->second;
}

const std::vector<TermRef>* ModuleIndex::look_up(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

const std::vector<TermRef>* ModuleIndex::look_up_fills(std::string_view name) const {
  const auto found = fills_.find(name);
  return found == fills_.end() ? nullptr : &found->second;
}

const ClassEntry* ModuleIndex::look_up_class(std::string_view path) const {
  const auto found = classes_.find(path);
  return found == classes_.end() || found->second.definition == nullptr ? nullptr : &found->second;
}

bool ModuleIndex::imports(std::string_view module) const {
  return std::binary_search(imported_.begin(), imported_.end(), NameFilter::hash(module));
}

ModuleNames::ModuleNames(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) hashes_.push_back(NameFilter::hash(name));
}

bool ModuleIndex::imports_any(const ModuleNames& modules) const {
  return std::any_of(modules.hashes_.begin(), modules.hashes_.end(), [&](std::uint64_t module) {
    return may_import_.may_have(module) && std::binary_search(imported_.begin(), imported_.end(), module);
  });
}

std::string ModuleIndex::absolute(std::string_view path) const {
  const std::size_t dots = std::min(path.find_first_not_of('.'), path.size());
  if (dots == 0) return std::string(path);
  std::string_view base = dotted_;
  for (std::size_t up = is_package_ ? 1 : 0; up < dots; ++up) {
    if (base.empty()) return std::string(path);
    const std::size_t cut = base.rfind('.');
    base = cut == std::string_view::npos ? std::string_view() : base.substr(0, cut);
  }
  const std::string_view rest = path.substr(dots);
  if (base.empty()) return std::string(rest);
  return rest.empty() ? std::string(base) : std::string(base) + "." + std::string(rest);
}

std::string module_name(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  if (path.starts_with("src/")) path.remove_prefix(4);
  for (const std::string_view suffix : {".pyi", ".pyw", ".py"}) {
    if (path.ends_with(suffix)) {
      path.remove_suffix(suffix.size());
      break;
    }
  }
  std::string name(path);
  std::replace(name.begin(), name.end(), '/', '.');
  if (name == "__init__") return "";
  if (name.ends_with(".__init__")) name.resize(name.size() - 9);
  return name;
}

}  // namespace surefoot::semantics
