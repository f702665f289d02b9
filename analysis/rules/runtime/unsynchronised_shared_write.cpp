#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/held_locks.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/thread_functions.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unsynchronised_shared_write;
const Rule unsynchronised_shared_write{
    .code = "RT306",
    .name = "unsynchronised-shared-write",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::augmented_assignment, Kind::assignment, Kind::if_statement, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
    .notes = true,
};

namespace {

// What changes the object of a method counts where several threads run it on the same one.
const Rule kOwnWrite{.code = "RT306.self", .name = "unsynchronised-own-write", .kinds = {}, .notes = true};

// Report::variant
constexpr int kShared = 0;   // a global, a class's attribute, a variable of an outer function
constexpr int kOfSelf = 1;   // an attribute of `self`: shared when the threads run the same object's method
constexpr int kGuarded = 2;  // of a class whose other methods make such changes under its lock: threads share it

// ---- what is shared

bool is_parameter(Node function, std::string_view name) { return mentions(function.child(Field::parameters), name); }

// True for a name that the function reads from outside of itself: of the module or of a function around it.
bool is_outer_name(std::string_view name, Node function, Context& context) {
  const semantics::Frame& frame = context.names_of(function);
  if (frame.slots.contains(name) || is_parameter(function, name)) return false;
  if (frame.globals.contains(name) || frame.nonlocals.contains(name)) return true;
  const auto* values = context.module().find(name);
  if (values != nullptr) {
    return std::all_of(values->begin(), values->end(), [](const semantics::TermRef& value) {
      return value.kind == semantics::BindingKind::assignment || value.kind == semantics::BindingKind::class_;
    });
  }
  return static_cast<bool>(context.enclosing_function(function));
}

bool is_first_parameter(Node name, Node function) {
  Node first = function.child(Field::parameters).first_child();
  if (first.is(Kind::typed_parameter)) first = first.first_child();
  return first.is(Kind::identifier) && first.text() == name.text();
}

bool is_method(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  return model != nullptr && !model->container.empty();
}

// The names at the root of `a.b[c].d`: `a`.
Node root_of(Node place) {
  while (place.is(Kind::attribute) || place.is(Kind::subscript)) {
    place = place.child(place.is(Kind::attribute) ? Field::object : Field::value);
  }
  return place;
}

bool is_of_one_thread(Node place, Context& context) {
  for (; place.is(Kind::attribute) || place.is(Kind::subscript);) {
    place = place.child(place.is(Kind::attribute) ? Field::object : Field::value);
    if (context.is_instance(place, "threading.local") || context.is_instance(place, "contextvars.ContextVar"))
      return true;
  }
  return false;
}

// `counts[index]` with an index that the thread was given: each thread may have one of its own.
bool has_own_slot(Node place, Node function, Context& context) {
  const Node key = place.is(Kind::subscript) ? place.child(Field::subscript) : Node();
  if (!key.is(Kind::identifier) || !is_parameter(function, key.text())) return false;
  return !context.is_instance(place.child(Field::value), "dict");
}

// `state.dropped`, of another module of the project.
bool is_kept_by_module(Node place, Context& context) {
  if (place.is(Kind::subscript)) place = place.child(Field::value);
  const Node object = place.is(Kind::attribute) ? place.child(Field::object) : Node();
  const Type* type = object.is(Kind::identifier) ? semantics::only(context.type_of(object)) : nullptr;
  return type != nullptr && type->module != nullptr;
}

// Which of the two a place is; nothing for a local one, or where that cannot be told.
std::optional<int> shared_form(Node place, Context& context) {
  const Node function = context.enclosing_function(place);
  const Node root = root_of(place);
  if (!function.is(Kind::function_definition) || !root.is(Kind::identifier)) return std::nullopt;
  if (is_of_one_thread(place, context)) return std::nullopt;
  if (place.is(Kind::identifier)) {
    const semantics::Frame& frame = context.names_of(function);
    const bool declared = frame.globals.contains(place.text()) || frame.nonlocals.contains(place.text());
    return declared ? std::optional(kShared) : std::nullopt;
  }
  if (is_first_parameter(root, function) && is_method(function, context)) {
    const bool of_class =
        root.text() == "cls" || place.text().starts_with("self.server.") || place.text().starts_with("self.__class__.");
    return of_class ? kShared : kOfSelf;
  }
  const bool shared = is_outer_name(root.text(), function, context) || is_kept_by_module(place, context);
  return shared ? std::optional(kShared) : std::nullopt;
}

// ---- what reads and then writes

bool has_text(Node tree, std::string_view text) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    if (tree.ast().node(i).text() == text) return true;
  }
  return false;
}

// `x = x + 1`, `d[k] = d.get(k, 0) + 1`
bool reads_what_it_writes(Node assignment) {
  const Node left = assignment.child(Field::left);
  const Node right = without_parentheses(assignment.child(Field::right));
  if (!right.is(Kind::binary_operator)) return false;
  if (has_text(right, left.text())) return true;
  const Node table = left.is(Kind::subscript) ? left.child(Field::value) : Node();
  return table && has_text(right, std::string(table.text()) + ".get");
}

// The place that an `if` finds unset: of `if x is None`, `if not x`, `if k not in d`.
Node tested_place(Node condition) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::not_operator)) return without_parentheses(condition.child(Field::argument));
  if (!condition.is(Kind::comparison_operator) || condition.child_count() != 3) return {};
  const std::string_view test = condition.child(Field::operators).text();
  if (test == "is" && condition.last_child().is(Kind::none)) return condition.first_child();
  return test == "not in" ? condition.last_child() : Node();
}

// The assignment in the block that sets what was tested: `x = …`, `d[k] = …`.
Node setting_in(Node block, Node tested) {
  Node found;
  for_each_own(block, [&](Node node) {
    const Node left = node.is(Kind::assignment) ? node.child(Field::left) : Node();
    if (found || !left) return;
    const bool item = left.is(Kind::subscript) && left.child(Field::value).text() == tested.text();
    if (left.text() == tested.text() || item) found = node;
  });
  return found;
}

struct Write {
  Node place;
  Node statement;
  Node set_at;  // where a lock would have to be held
};

std::optional<Write> write_at(Node node) {
  if (node.is(Kind::if_statement)) {
    const Node tested = tested_place(node.child(Field::condition));
    const Node setting = tested ? setting_in(node.child(Field::consequence), tested) : Node();
    if (!setting) return std::nullopt;
    return Write{setting.child(Field::left), node, setting};
  }
  if (node.is(Kind::assignment) && !reads_what_it_writes(node)) return std::nullopt;
  const Node statement = node.parent();
  if (!statement.is(Kind::expression_statement)) return std::nullopt;
  return Write{node.child(Field::left), statement, node};
}

bool uses_threads(Context& context) {
  static const semantics::ModuleNames kModules = {"threading",    "concurrent",  "multiprocessing", "_thread",
                                                  "socketserver", "http.server", "asyncio"};
  return context.module().imports_any(kModules);
}

bool is_decorated(Node function) { return function.parent().is(Kind::decorated_definition); }

// The call has several threads run a function of another file, which may read and write without a lock.
void ask(Node call, Context& context) {
  const semantics::FunctionRef function = handed_elsewhere(call, context);
  if (function.function == nullptr || !starts_several_threads(call, false, context)) return;
  const Node name = handed_work(call, context)->function;
  Question& question = context.ask(
      unsynchronised_shared_write, call, function,
      fmt::format("Several threads run `{}`, which reads and then writes: without a lock one's change undoes another's",
                  name.text()));
  question.report.span = name.span();
  question.effects = {unsynchronised_shared_write.code};
  question.at_once = true;
  if (starts_several_threads(call, true, context)) question.effects.push_back(kOwnWrite.code);
}

bool is_lock_type(const semantics::TermRef& value, Context& context) {
  const Type* type = semantics::only(context.resolver().type_of(*value.unit, value.term));
  return type != nullptr && (type->is_instance("threading.Lock") || type->is_instance("threading.RLock"));
}

// The only lock that the class or the module has; empty when there is none, or several.
std::string lock_of_class(std::string_view container, Context& context) {
  const semantics::ClassEntry* entry = context.module().find_class(container);
  std::string found;
  int locks = 0;
  if (entry == nullptr) return found;
  for (const auto& [name, values] : entry->attributes) {
    if (values.size() != 1 || !is_lock_type(values.front(), context)) continue;
    found = "self." + std::string(name);
    ++locks;
  }
  return locks == 1 ? found : std::string();
}

// A method of the class's own is called by others of it, which may hold the lock already.
bool is_called_by_others(Node function) {
  const std::string_view name = function.child(Field::name).text();
  return !name.starts_with("_") && !name.ends_with("_locked") && !name.ends_with("_unlocked");
}

void report_guarded(const Write& write, Node node, Node function, Context& context) {
  const std::string lock = lock_of_class(context.unit().container, context);
  if (!is_called_by_others(function) || lock.empty()) return;
  Report& report = context.report(
      unsynchronised_shared_write, node,
      fmt::format("`{}` is read and then written without `{}`, which other methods hold for such changes: one change "
                  "undoes another",
                  write.place.text(), lock));
  report.variant = kGuarded;
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) return ask(node, context);
  const auto write = write_at(node);
  if (!write) return;
  const Node function = context.enclosing_function(node);
  if (!function.is(Kind::function_definition) || function.is_async() || is_decorated(function)) return;
  const bool tested = node.is(Kind::if_statement);
  if (!tested && has_own_slot(write->place, function, context)) return;
  const auto form = shared_form(write->place, context);
  if (!form || may_hold_lock(write->set_at, context)) return;
  const bool made = function.child(Field::name).text().starts_with("__");
  if (!made) {
    const Rule& rule = *form == kOfSelf ? kOwnWrite : unsynchronised_shared_write;
    context.note(rule, node, std::string(write->place.text()), tested ? "is tested and then set" : "is changed");
  }
  if (!uses_threads(context)) return;
  const std::string_view how = tested ? "is tested and then set" : "is read and then written";
  Report& report =
      context.report(unsynchronised_shared_write, node,
                     fmt::format("`{}` {}, and several threads run `{}`: without a lock one's change undoes another's",
                                 write->place.text(), how, function.child(Field::name).text()));
  report.variant = *form;
  if (tested) report.span = {node.start(), node.child(Field::condition).end()};
  if (*form == kOfSelf && !tested) report_guarded(*write, node, function, context);
}

// `self.errors += 1` in a class that counts other things under its lock; what a thread runs may count for itself.
bool is_left_out(Node node, Node function, Context& context) {
  return function.child(Field::name).text() != "run" &&
         is_left_out_of_lock(node, lock_of_class(context.unit().container, context), context);
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kNoted || report.variant == kAnswered) return true;
  const Node node = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(node);
  if (report.variant == kGuarded) {
    return !runs_in_several_threads(function, true, context) &&
           (is_changed_under_lock(node, context) || is_left_out(node, function, context));
  }
  return runs_in_several_threads(function, report.variant == kOfSelf, context);
}

// ---- fix

std::string lock_of_module(Context& context) {
  std::string found;
  int locks = 0;
  for (const auto& model : context.file().models) {
    for (const semantics::Binding& binding : model->bindings) {
      const auto* values = binding.container.empty() ? context.module().find(binding.name) : nullptr;
      if (values == nullptr || values->size() != 1 || !is_lock_type(values->front(), context)) continue;
      found = binding.name;
      ++locks;
    }
  }
  return locks == 1 ? found : std::string();
}

// Adds `self._lock = threading.Lock()` to the constructor of the class; says what stands in the way.
std::string make_lock_in_constructor(std::string_view container, const fixes::Import& threading,
                                     std::vector<text::TextEdit>& edits, Context& context) {
  std::string problem = "its class has no `__init__` to make a lock in";
  for_each_unit(context, [&](Node, Context& inside) {
    for (const semantics::Function& function : inside.unit().functions) {
      if (function.container != container || function.name != "__init__") continue;
      Node first = inside.unit().unit->ast.node(function.node).child(Field::body).first_child();
      const bool docstring = first.is(Kind::expression_statement) && first.first_child().is(Kind::string);
      if (docstring && first.next_sibling()) first = first.next_sibling();
      const fixes::Place place = inside.place(first);
      const auto indent = fixes::indentation(context.file(), place);
      if (!indent) return;
      edits.push_back(fixes::insert_before(context.file(), place,
                                           fmt::format("self._lock = {}.Lock(){}{}", threading.name,
                                                       context.file().text.dominant_line_ending(), *indent)));
      problem.clear();
    }
  });
  return problem;
}

// The lock to take, made where there is none yet.
std::string lock_for(const Report& report, const fixes::Place& place, std::vector<text::TextEdit>& edits,
                     std::string& problem, Context& context) {
  const Node function = context.enclosing_function(place.node);
  const semantics::Function* model = context.unit().function_at(function.index());
  const bool of_self = report.variant != kShared && model != nullptr;
  std::string lock = of_self ? lock_of_class(model->container, context) : lock_of_module(context);
  if (!lock.empty()) return lock;
  fixes::Import threading = fixes::import_module(context.file(), place, "threading");
  problem = threading.problem;
  if (!problem.empty()) return {};
  if (threading.edit) edits.push_back(*threading.edit);
  if (of_self) {
    problem = make_lock_in_constructor(model->container, threading, edits, context);
    return "self._lock";
  }
  lock = fixes::free_name(context.file(), place, "_lock");
  edits.push_back(fixes::define_after_imports(context.file(), fmt::format("{} = {}.Lock()", lock, threading.name)));
  return lock;
}

Fixes fix(const Report& report, Context& context) {
  const auto write = write_at(context.unit().unit->ast.node(report.node));
  if (!write) return {};
  const fixes::Place place = context.place(write->statement);
  const auto indent = fixes::indentation(context.file(), place);
  if (!indent || !fixes::ends_its_line(context.file(), place)) {
    return {{}, "it shares its line with other statements"};
  }
  std::vector<text::TextEdit> edits;
  std::string problem;
  const std::string lock = lock_for(report, place, edits, problem, context);
  if (!problem.empty()) return {{}, problem};
  std::vector<text::TextEdit> lines = fixes::indent_lines(context.file(), place, place);
  lines.front().content =
      fmt::format("{}with {}:{}{}", *indent, lock, context.file().text.dominant_line_ending(), lines.front().content);
  edits.insert(edits.end(), lines.begin(), lines.end());
  return {{fixes::make_fix(fmt::format("Hold `{}` while it changes", lock), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
