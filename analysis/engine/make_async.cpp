#include "analysis/engine/make_async.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/async_candidates.hpp"
#include "analysis/engine/async_rewrite.hpp"
#include "analysis/engine/async_twin.hpp"
#include "analysis/engine/explain.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/project/mentions.hpp"

namespace surefoot::engine {
namespace {

using project::Mention;
using project::Module;
using project::ModulePtr;
using project::OwnedFunction;
using project::Program;

/// A change of more than this is no refactoring that anybody reads.
constexpr std::size_t kMostFunctions = 60;

ModulePtr pointer_to(const Program& program, const Module& module) { return program.pointer(module.index->key()); }

std::optional<AsyncWish::Sink> sink_of(const project::CallGraph::Cause& cause, const Program& program,
                                       const Config& config) {
  const ModulePtr pointer = program.pointer(project::module_key(cause.site.file->place().location()));
  if (pointer == nullptr || !cause.site.file->is_of(pointer->text)) return std::nullopt;
  const Module& module = *pointer;
  const auto call = find_call(module, [&](syntax::Node node, std::uint32_t offset) {
    return node.end() + offset == cause.end &&
           node.child(syntax::Field::function).start() + offset == cause.site.span.start;
  });
  if (!call) return std::nullopt;
  const fixes::FileView file{module.place.path, module.text, module.units, module.models, *module.index, config};
  semantics::Resolver resolver(*module.index, &program);
  rules::Context context(file, call->unit, resolver);
  if (!has_twin(call->node, cause.code, context)) return std::nullopt;
  return AsyncWish::Sink{pointer, fixes::span_in_file(file, *call), cause.code};
}

/// The function, and all that its calls run here and now.
std::vector<std::uint32_t> run_by(const project::CallGraph& graph, std::uint32_t function) {
  std::vector<std::uint32_t> found{function};
  std::set<std::uint32_t> seen{function};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const std::uint32_t number : graph.function(found[i]).calls) {
      const project::CallGraph::Call call = graph.call(number);
      if (project::runs_here(call.runs) && seen.insert(call.callee).second) found.push_back(call.callee);
    }
  }
  return found;
}

/// All functions that change, and what happens where.
class Planner {
 public:
  Planner(const AsyncWish& wish, const Program& program, const std::shared_ptr<const Config>& config)
      : wish_(wish), program_(program), config_(config) {}

  AsyncPlan run() {
    for (const AsyncWish::Sink& sink : wish_.sinks) add_sink(sink);
    for (std::size_t i = 0; i < functions_.size() && plan_.obstacle.empty(); ++i) add_callers(functions_[i]);
    if (plan_.obstacle.empty()) rewrite();
    if (plan_.obstacle.empty()) compare();
    if (!plan_.obstacle.empty()) plan_.files.clear();
    return std::move(plan_);
  }

 private:
  struct Changes {
    std::vector<std::uint32_t> definitions;
    std::vector<AsyncSite> sites;
  };

  void refuse(std::string why) {
    if (plan_.obstacle.empty()) plan_.obstacle = std::move(why);
  }

  void add_sink(const AsyncWish::Sink& sink) {
    const auto call = find_call(*sink.module, sink.call);
    if (!call) return refuse("the code has changed");
    make_async(*sink.module, static_cast<std::uint32_t>(call->unit), call->node);
    changes_[sink.module.get()].sites.push_back({sink.call, sink.code});
  }

  /// The function whose body holds the node has to be a coroutine.
  void make_async(const Module& module, std::uint32_t unit, syntax::Node node) {
    const semantics::Function* function = module.models[unit]->function_around(node);
    if (function == nullptr) {
      return refuse(fmt::format("a call in `{}` is made when it is imported", module.place.path));
    }
    const OwnedFunction owned{&module, unit, function};
    if (function->is_async || std::find(functions_.begin(), functions_.end(), owned) != functions_.end()) return;
    plan_.names.insert(std::string(function->name));
    functions_.push_back(owned);
    if (functions_.size() > kMostFunctions) return refuse("too many functions would change");
    if (module.place.root != wish_.sinks.front().module->place.root) {
      return refuse(fmt::format("`{}` belongs to another project", module.place.path));
    }
    const std::uint32_t offset = module.units.units[unit].offset;
    changes_[&module].definitions.push_back(node.ast().node(function->node).start() + offset);
    if (std::string why = obstacle_to_async(owned, program_, *config_); !why.empty()) refuse(std::move(why));
  }

  void add_callers(const OwnedFunction function) {  // a copy: the list grows
    for (const Mention& mention : project::mentions(program_, function)) {
      const std::string where = fmt::format(
          "{}:{}", mention.module->place.path,
          mention.module->text.line_of(mention.module->units.units[mention.unit].offset +
                                       mention.module->models[mention.unit]->unit->ast.node(mention.node).start()) +
              1);
      if (mention.kind == Mention::Kind::other) {
        return refuse(fmt::format("`{}` {} at {}", function.function->name, mention.why, where));
      }
      const syntax::Node call = mention.module->models[mention.unit]->unit->ast.node(mention.node);
      const std::uint32_t offset = mention.module->units.units[mention.unit].offset;
      make_async(*mention.module, mention.unit, call);
      changes_[mention.module].sites.push_back({{call.start() + offset, call.end() + offset}, {}});
      if (!plan_.obstacle.empty()) return;
    }
  }

  void rewrite() {
    std::vector<ModulePtr> before;
    for (const auto& [module, changes] : changes_) before.push_back(pointer_to(program_, *module));
    std::sort(before.begin(), before.end(),
              [](const ModulePtr& a, const ModulePtr& b) { return a->index->location() < b->index->location(); });
    for (const ModulePtr& module : before) {
      if (!is_readable(*module)) return refuse(fmt::format("`{}` has syntax errors", module->place.path));
      AsyncRewrite rewrite(module, program_, config_);
      Changes& changes = changes_[module.get()];
      if (std::string why = rewrite.run(changes.definitions, changes.sites); !why.empty()) return refuse(why);
      if (!is_readable(*rewrite.module())) return refuse(fmt::format("`{}` would not parse", module->place.path));
      plan_.files.push_back({module, std::string(rewrite.module()->text.bytes())});
      after_.push_back(rewrite.module());
    }
  }

  static bool is_readable(const Module& module) {
    return std::none_of(module.units.units.begin(), module.units.units.end(), [](const syntax::PlacedUnit& unit) {
      const syntax::Ast& ast = unit.unit->ast;
      bool opaque = ast.root().has_error();
      for (std::uint32_t i = 0; i < ast.size() && !opaque; ++i) opaque = ast.node(i).is(syntax::Kind::opaque);
      return opaque;
    });
  }

  /// The rules see what was overlooked: a coroutine that nobody awaits, a lock that is held across an `await`, another
  /// call that blocks the loop from now on.
  void compare() {
    std::vector<ModulePtr> all = program_.all();
    for (ModulePtr& module : all) {
      for (const ModulePtr& changed : after_) {
        if (changed->index->location() == module->index->location()) module = changed;
      }
    }
    auto checks = std::make_shared<Config>(*config_);
    checks->select = {"RT101", "RT102", "RT103", "RT104", "RT105", "RT106", "RT107", "RT108", "RT109", "RT111",
                      "RT114", "RT115", "RT116", "RT117", "RT201", "RT212", "RT213", "RT214", "RT221"};
    checks->extend_select.clear();
    checks->ignore.clear();
    checks->per_file_ignores.clear();
    const auto before = Project::empty(checks)->over(program_.of(program_.all()));
    const auto after = Project::empty(checks)->over(program_.of(std::move(all)));
    for (std::size_t i = 0; i < after_.size(); ++i) {
      const auto old = counts(plan_.files[i].module, before);
      for (const auto& [code, count] : counts(after_[i], after)) {
        const auto known = old.find(code);
        if (count <= (known == old.end() ? 0 : known->second)) continue;
        return refuse(fmt::format("`{}` would have another problem: {}", after_[i]->place.path, code));
      }
    }
  }

  static std::map<std::string, std::size_t> counts(const ModulePtr& module, const ProjectPtr& project) {
    std::map<std::string, std::size_t> counts;
    const auto analysis = analyze({module->place, module->text}, project->config(), project);
    for (const Finding& finding : analysis->findings()) ++counts[finding.code];
    return counts;
  }

  const AsyncWish& wish_;
  const Program& program_;
  const std::shared_ptr<const Config>& config_;
  AsyncPlan plan_;
  std::vector<OwnedFunction> functions_;
  std::map<const Module*, Changes> changes_;
  std::vector<ModulePtr> after_;  // in the order of plan_.files
};

}  // namespace

std::optional<AsyncWish> wish_for(const project::CallGraph& graph, std::uint32_t number, const Program& program,
                                  const std::shared_ptr<const Config>& config) {
  const project::CallGraph::Function function = graph.function(number);
  if (function.kind != project::CallGraph::Kind::plain) return std::nullopt;
  AsyncWish wish{std::string(function.name), {}};
  for (const std::uint32_t holder : run_by(graph, number)) {
    for (const project::CallGraph::Cause& cause : graph.causes_of(holder)) {
      if (!is_blocking(cause.code)) continue;
      auto sink = sink_of(cause, program, *config);
      if (!sink) return std::nullopt;
      wish.sinks.push_back(*std::move(sink));
    }
  }
  return wish.sinks.empty() ? std::nullopt : std::optional(std::move(wish));
}

AsyncPlan plan_async(const AsyncWish& wish, const Program& program, const std::shared_ptr<const Config>& config) {
  return Planner(wish, program, config).run();
}

}  // namespace surefoot::engine
