#include <algorithm>
#include <array>

#include "analysis/semantics/extractor.hpp"
#include "analysis/semantics/shape.hpp"
#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::semantics {

using syntax::Kind;

Extractor::Extractor(std::shared_ptr<const syntax::Unit> unit, std::string container, std::uint64_t file)
    : model_(std::make_shared<UnitModel>()), ast_(unit->ast) {
  model_->unit = std::move(unit);
  model_->container = std::move(container);
  model_->file = file;
  model_->terms.emplace_back();
  model_->term_of_node.assign(ast().size(), kUnknown);
  Frame& frame = frames_.emplace_front();
  frame.kind = model_->container.empty() ? Frame::Kind::module : Frame::Kind::class_;
  frame.path = model_->container;
  frame.container = model_->container;
  frame_ = &frame;
}

namespace {

// False for what gives no names, and for names that stand in the text as identifiers, and not in a string.
bool may_hold_names(const Term& term, std::string_view text) {
  if (term.name.empty() || term.op == Op::builtin) return false;
  const bool named = term.op == Op::global || term.op == Op::attribute;
  return !named || term.name.data() < text.data() || term.name.data() >= text.data() + text.size();
}

}  // namespace

std::shared_ptr<const UnitModel> Extractor::run() {
  statement(ast().root());
  for (std::size_t i = 0; i < deferred_.size(); ++i) {  // it grows
    const Deferred next = deferred_[i];
    function_body(next.function, *next.frame);
  }
  for (std::uint32_t i = 0; i < ast_.size(); ++i) {
    const Node node = ast_.node(i);
    if (node.is(Kind::identifier)) model_->names.add(node.text());
    if (node.is(Kind::call)) note_handing(node);
  }
  for (const Term& term : model_->terms) {  // also of annotations in strings
    if (may_hold_names(term, ast_.text())) model_->names.add_parts(term.name);
  }
  model_->names.add_parts(model_->container);
  for (const std::uint64_t receiver : model_->receives) model_->names.add(receiver);
  return std::move(model_);
}

void Extractor::note_handing(Node call) {
  if (const std::string_view to = handed_to(*model_, call); !to.empty()) model_->handed.push_back({to, call.index()});
}

std::string Extractor::nested_path(std::string_view name) const {
  if (frame_->path.empty()) return std::string(name);
  const bool local = frame_->kind == Frame::Kind::function || frame_->kind == Frame::Kind::inline_;
  return frame_->path + (local ? ".<locals>." : ".") + std::string(name);
}

void Extractor::decorated(Node node) {
  std::vector<TermId> decorators;
  for (const Node child : node.children()) {
    if (child.is(Kind::decorator)) decorators.push_back(eval(child.first_child()));
  }
  const Node definition = node.child(Field::definition);
  if (definition.is(Kind::class_definition)) return class_definition(definition, std::move(decorators));
  if (definition.is(Kind::function_definition)) function_definition(definition, node, std::move(decorators));
}

void Extractor::function_definition(Node node, Node statement, std::vector<TermId> decorators) {
  const Node name = node.child(Field::name);
  if (!name) return;
  const auto number = static_cast<std::uint32_t>(model_->functions.size());
  Function& function = model_->functions.emplace_back();
  function.name = name.text();
  function.path = nested_path(name.text());
  if (frame_->kind == Frame::Kind::class_) function.container = frame_->container;
  function.node = node.index();
  function.statement = statement.index();
  function.is_async = node.is_async();
  function.decorators = std::move(decorators);
  parameters(node.child(Field::parameters), function);
  function.returns = annotation(node.child(Field::return_type));

  Frame& frame = frames_.emplace_front();
  frame.kind = Frame::Kind::function;
  frame.parent = frame_;
  frame.path = function.path;
  frame.container = function.container.empty() ? frame_->container : function.container;
  frame.function = static_cast<std::int32_t>(number);
  // The vector of functions grows and moves its strings.
  const std::string_view path = keep(function.path);
  bind(name.text(), add(Op::function, kUnknown, number, path, node.index()), node, BindingKind::function);
  deferred_.push_back({number, &frame});
}

void Extractor::parameters(Node list, Function& function) {
  bool keyword_only = false;
  for (const Node child : list.children()) {
    if (child.is(Kind::keyword_separator)) {
      keyword_only = true;
    } else if (!child.is(Kind::positional_separator)) {
      parameter(child, function, keyword_only);
      keyword_only = keyword_only || function.parameters.back().kind == Parameter::Kind::variadic;
    }
  }
}

void Extractor::parameter(Node node, Function& function, bool keyword_only) {
  Parameter result;
  result.node = node.index();
  result.kind = keyword_only ? Parameter::Kind::keyword_only : Parameter::Kind::normal;
  Node name = node;
  if (const Node named = node.child(Field::name)) name = named;
  if (node.is(Kind::typed_parameter)) name = node.first_child();
  if (name.is(Kind::list_splat_pattern)) result.kind = Parameter::Kind::variadic;
  if (name.is(Kind::dictionary_splat_pattern)) result.kind = Parameter::Kind::keywords;
  if (!name.is(Kind::identifier) && name.first_child()) name = name.first_child();
  result.name = name.text();
  result.annotation = annotation(node.child(Field::type));
  result.default_value = eval(node.child(Field::value));
  function.parameters.push_back(result);
}

TermId Extractor::implicit_self(const Function& function, std::size_t position) {
  if (position != 0 || function.container.empty()) return kUnknown;
  for (const TermId decorator : function.decorators) {
    const Term& term = model_->terms[decorator];
    if (term.op != Op::global && term.op != Op::class_name) continue;
    if (term.name == "staticmethod") return kUnknown;
    if (term.name == "classmethod") return add(Op::class_object, kUnknown, kUnknown, keep(function.container));
  }
  const bool on_class = function.name == "__new__" || function.name == "__init_subclass__";
  return add(on_class ? Op::class_object : Op::self, kUnknown, kUnknown, keep(function.container));
}

// The callers of the function say what it is where the function does not.
TermId Extractor::add_parameter(const Function& function, const Parameter& one) {
  const Op given = model_->terms[one.default_value].op;
  if (one.annotation != kUnknown || (one.default_value != kUnknown && given != Op::none)) {
    return add(Op::parameter, one.annotation, one.default_value, {}, one.node);
  }
  const bool makes = function.name == "__init__" && !function.container.empty();
  const std::string_view name = makes ? keep(std::string(last_part(function.container))) : function.name;
  const std::uint64_t receiver = parameters_of(NameFilter::hash(name));
  if (model_->receives.empty() || model_->receives.back() != receiver) model_->receives.push_back(receiver);
  return add(Op::parameter, one.annotation, one.default_value, name, one.node);
}

void Extractor::function_body(std::uint32_t number, Frame& frame) {
  const Node node = ast().node(model_->functions[number].node);
  const std::vector<Parameter> parameters = model_->functions[number].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& one = parameters[i];
    TermId value = kUnknown;
    const bool named = one.kind != Parameter::Kind::variadic && one.kind != Parameter::Kind::keywords;
    if (!named && one.annotation != kUnknown) {
      // The annotation is that of each of them.
      value =
          add_list(one.kind == Parameter::Kind::variadic ? Op::list : Op::dict, {add(Op::instance, one.annotation)});
    } else if (!named) {
      value = builtin(one.kind == Parameter::Kind::variadic ? "tuple" : "dict");
    } else {
      value = implicit_self(model_->functions[number], i);
      if (value == kUnknown) value = add_parameter(model_->functions[number], one);
    }
    const std::uint32_t slot = frame.add_slot(one.name);
    frame.state[slot] = value;
    frame.history[slot].push_back(value);
  }
  const Node body = node.child(Field::body);
  if (!body) return;
  collect_names(body, frame);
  frame_ = &frame;
  block(body);
}

void Extractor::class_definition(Node node, std::vector<TermId> decorators) {
  const Node name = node.child(Field::name);
  if (!name) return;
  Class result;
  result.name = name.text();
  result.path = nested_path(name.text());
  result.node = node.index();
  result.decorators = std::move(decorators);
  for (const Node base : node.child(Field::superclasses).children()) {
    const TermId term = eval(base);
    if (!base.is(Kind::keyword_argument)) result.bases.push_back(term);
  }
  const std::string path = result.path;
  model_->classes.push_back(std::move(result));
  bind(name.text(), add(Op::class_object, kUnknown, kUnknown, keep(path)), node, BindingKind::class_);

  Frame& frame = frames_.emplace_front();
  frame.kind = Frame::Kind::class_;
  frame.parent = frame_;
  frame.path = path;
  frame.container = path;
  frame_ = &frame;
  if (const Node body = node.child(Field::body)) block(body);
  frame_ = frame.parent;
}

const Function* UnitModel::function_at(std::uint32_t node) const {
  for (const Function& function : functions) {
    if (function.node == node) return &function;
  }
  return nullptr;
}

const Function* UnitModel::function_around(syntax::Node node) const {
  const Function* best = nullptr;
  for (const Function& function : functions) {
    const syntax::Node definition = unit->ast.node(function.node);
    const syntax::Node body = definition.child(syntax::Field::body);
    if (body && body.covers(node) && (best == nullptr || function.node > best->node)) best = &function;
  }
  return best;
}

namespace {

constexpr std::uint64_t kBits = 1024;

// Where a name with this hash leaves its marks.
std::array<std::uint64_t, 2> places_of(std::uint64_t hash) { return {hash % kBits, (hash >> 32U) % kBits}; }

}  // namespace

std::uint64_t NameFilter::hash(std::string_view name) { return text::Hasher().add(name).value(); }

void NameFilter::add(std::uint64_t hash) {
  for (const std::uint64_t bit : places_of(hash)) bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

namespace {

void for_each_part(std::string_view path, const auto& visit) {
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    if (end > start) visit(path.substr(start, end - start));
    start = end + 1;
  }
}

}  // namespace

void NameFilter::add_parts(std::string_view path) {
  for_each_part(path, [&](std::string_view part) { add(part); });
}

void NameHashes::add_parts(std::string_view path) {
  for_each_part(path, [&](std::string_view part) { add(part); });
}

void NameHashes::close() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
}

bool NameHashes::has(std::uint64_t hash) const { return std::binary_search(hashes_.begin(), hashes_.end(), hash); }

bool NameFilter::may_have(std::uint64_t hash) const {
  for (const std::uint64_t bit : places_of(hash)) {
    if ((bits_[bit / 64] >> (bit % 64) & 1U) == 0) return false;
  }
  return true;
}

std::shared_ptr<const UnitModel> model_unit(std::shared_ptr<const syntax::Unit> unit, std::string container,
                                            std::uint64_t file) {
  return Extractor(std::move(unit), std::move(container), file).run();
}

}  // namespace surefoot::semantics
