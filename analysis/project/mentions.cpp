#include "analysis/project/mentions.hpp"

#include <algorithm>
#include <optional>

#include "analysis/semantics/resolver.hpp"

namespace surefoot::project {
namespace {

using semantics::ModuleIndex;
using semantics::Resolver;
using semantics::Type;
using semantics::TypeSet;
using semantics::UnitModel;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' ||
         static_cast<unsigned char>(byte) >= 0x80;
}

// "load", "app.service.load" and "app.service:load" name it.
bool names(std::string_view text, std::string_view name) {
  if (!text.ends_with(name)) return false;
  const std::size_t before = text.size() - name.size();
  return before == 0 || text[before - 1] == '.' || text[before - 1] == ':';
}

bool in_all(Node text) {
  for (Node node = text.parent(); node; node = node.parent()) {
    if (node.is(Kind::assignment) || node.is(Kind::augmented_assignment)) {
      return node.child(Field::left).text() == "__all__";
    }
  }
  return false;
}

// Names that are no uses of what they name: of parameters, of keyword arguments, of definitions.
bool only_names(Node identifier) {
  const Node parent = identifier.parent();
  switch (parent.kind()) {
    case Kind::function_definition:
    case Kind::class_definition:
    case Kind::keyword_argument:
    case Kind::default_parameter:
    case Kind::typed_default_parameter:
      return identifier.field() == Field::name;
    case Kind::parameters:
    case Kind::lambda_parameters:
    case Kind::typed_parameter:
    case Kind::list_splat_pattern:
    case Kind::dictionary_splat_pattern:
      return true;
    default:
      return false;
  }
}

// One file.
class Search {
 public:
  Search(const Program& program, const Module& module, const OwnedFunction& target, std::vector<Mention>& found)
      : module_(module), target_(target), resolver_(*module.index, &program), found_(found) {}

  void run() {
    for (std::uint32_t unit = 0; unit < module_.models.size(); ++unit) {
      model_ = module_.models[unit].get();
      unit_ = unit;
      const syntax::Ast& ast = model_->unit->ast;
      if (ast.text().find(name()) == std::string_view::npos) continue;
      for (std::uint32_t i = 0; i < ast.size(); ++i) look_at(ast.node(i));
    }
  }

 private:
  std::string_view name() const { return target_.function->name; }
  bool is_own_file() const { return &module_ == target_.module; }
  bool is_method() const { return !target_.function->container.empty(); }
  bool is_global() const { return target_.function->path == target_.function->name; }

  void look_at(Node node) {
    if (node.is(Kind::opaque) && has_word(node.text())) return other(node, "stands in code that cannot be read");
    if (node.is(Kind::string_content)) return text(node);
    if (!node.is(Kind::identifier) || node.text() != name() || only_names(node)) return;
    const Node parent = node.parent();
    if (parent.is(Kind::dotted_name)) return imported(parent);
    if (parent.is(Kind::aliased_import)) return;
    if (parent.is(Kind::global_statement) || parent.is(Kind::nonlocal_statement)) return other(node, "is rebound");
    const bool member = parent.is(Kind::attribute) && node.field() == Field::attribute;
    use(member ? parent : node, member);
  }

  bool has_word(std::string_view text) const {
    for (std::size_t at = text.find(name()); at != std::string_view::npos; at = text.find(name(), at + 1)) {
      const std::size_t end = at + name().size();
      if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]))) return true;
    }
    return false;
  }

  void text(Node node) {
    if (names(node.text(), name()) && !in_all(node)) other(node, "is named in a string");
  }

  // `from app.service import load`: what it is called here is its own name, and uses are found by that.
  void imported(Node dotted) {
    const Node outer = dotted.parent();
    if (!outer.is(Kind::aliased_import) || outer.child(Field::alias).text() == name()) return;
    const Node statement = outer.parent();
    if (!statement.is(Kind::import_from_statement)) return;
    const std::string_view from = statement.child(Field::module_name).text();
    const std::string path = std::string(from) + (from.ends_with('.') ? "" : ".") + std::string(dotted.text());
    const TypeSet types = resolver_.import(*module_.index, module_.index->absolute(path));
    if (types.empty() || has_target(types) || is_lost_import(types)) other(dotted, "is imported under another name");
  }

  void use(Node expression, bool member) {
    const TypeSet& types = resolver_.type_of(*model_, expression);
    if (has_target(types)) {
      const Node call = expression.parent();
      const bool called = call.is(Kind::call) && expression.field() == Field::function;
      if (!called) return other(expression, "is used as a value");
      if (semantics::only(types) == nullptr) return other(expression, "may be another function there");
      return add(Mention::Kind::call, call, {});
    }
    const bool unclear = types.empty() ? may_be_target(expression, member) : is_lost_import(types);
    if (unclear) other(expression, "may be what is meant there");
  }

  // `from service import load`, which leads nowhere as far as is known: some other path may lead to our file.
  bool is_lost_import(const TypeSet& types) const {
    const std::string& module = target_.module->index->name();
    const std::string path = module.substr(module.rfind('.') + 1) + "." + std::string(name());
    return std::any_of(types.begin(), types.end(), [&](const Type& type) {
      const bool unknown = type.tag == Type::Tag::object && type.function == nullptr && type.unit == nullptr &&
                           type.module == nullptr && type.callable == nullptr;
      return unknown && (type.name == path || type.name.ends_with("." + path));
    });
  }

  bool has_target(const TypeSet& types) const {
    return std::any_of(types.begin(), types.end(), [&](const Type& type) { return type.function == target_.function; });
  }

  // Nothing is known of the expression, but its last name is that of the function.
  bool may_be_target(Node expression, bool member) {
    if (is_method()) return member || in_class_body(expression);
    if (!is_global()) return !member && is_own_file() && model_ == target_.module->models[target_.unit].get();
    if (member) return may_be_module(expression.child(Field::object));
    if (binds_locally(expression)) return false;
    return is_own_file() || module_.index->find(name()) != nullptr || !module_.index->star_imports().empty() ||
           imports_locally(expression);
  }

  bool in_class_body(Node expression) const {
    return is_own_file() && model_->function_around(expression) == nullptr && !model_->container.empty();
  }

  // `service.load`, where nobody knows what `service` is: an import makes it a module.
  bool may_be_module(Node object) {
    if (!resolver_.type_of(*model_, object).empty()) return false;
    Node root = object;
    while (root.is(Kind::attribute)) root = root.child(Field::object);
    if (!root.is(Kind::identifier)) return false;
    const auto* bound = module_.index->find(root.text());
    const auto is_import = [](const semantics::TermRef& one) { return one.kind == semantics::BindingKind::import; };
    return bound != nullptr && std::any_of(bound->begin(), bound->end(), is_import);
  }

  // A parameter or local of a function around it, which is what the name then means.
  bool binds_locally(Node expression) const {
    for (Node node = expression.parent(); node; node = node.parent()) {
      if (!node.is(Kind::function_definition) && !node.is(Kind::lambda)) continue;
      for (std::uint32_t i = node.index(); i < node.after(); ++i) {
        const Node inner = node.ast().node(i);
        if (!inner.is(Kind::identifier) || inner.text() != name()) continue;
        const bool parameter = only_names(inner) && !inner.parent().is(Kind::keyword_argument) &&
                               !inner.parent().is(Kind::function_definition);
        const bool target = inner.field() == Field::left &&
                            (inner.parent().is(Kind::assignment) || inner.parent().is(Kind::for_statement) ||
                             inner.parent().is(Kind::for_in_clause));
        const bool in_with = inner.parent().is(Kind::as_pattern_target);
        if (parameter || target || in_with) return true;
      }
    }
    return false;
  }

  bool imports_locally(Node expression) const {
    Node root = expression;
    while (root.parent()) root = root.parent();
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::import_from_statement) && has_word(node.text())) return true;
    }
    return false;
  }

  void other(Node node, std::string why) { add(Mention::Kind::other, node, std::move(why)); }

  void add(Mention::Kind kind, Node node, std::string why) {
    found_.push_back({kind, &module_, unit_, node.index(), std::move(why)});
  }

  const Module& module_;
  const OwnedFunction& target_;
  Resolver resolver_;
  const UnitModel* model_ = nullptr;
  std::uint32_t unit_ = 0;
  std::vector<Mention>& found_;
};

}  // namespace

std::vector<Mention> mentions(const Program& program, const OwnedFunction& target) {
  std::vector<Mention> found;
  for (const ModulePtr& module : program.all()) {
    if (module->text.bytes().find(target.function->name) == std::string_view::npos) continue;
    Search(program, *module, target, found).run();
  }
  return found;
}

}  // namespace surefoot::project
