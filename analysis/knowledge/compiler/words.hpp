#pragma once
// The closed vocabularies of the TOML files.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "analysis/knowledge/tables.hpp"

namespace surefoot::knowledge::compiler {

template <class Value>
struct Word {
  std::string_view spelling;
  Value value;
};

inline constexpr std::array<Word<Effect>, 18> kEffects{{
    {"blocks.sleep", Effect::blocks_sleep},
    {"blocks.network", Effect::blocks_network},
    {"blocks.database", Effect::blocks_database},
    {"blocks.file", Effect::blocks_file},
    {"blocks.file-metadata", Effect::blocks_file_metadata},
    {"blocks.subprocess", Effect::blocks_subprocess},
    {"blocks.wait", Effect::blocks_wait},
    {"blocks.cpu", Effect::blocks_cpu},
    {"blocks.input", Effect::blocks_input},
    {"runs-loop", Effect::runs_loop},
    {"loads-tls", Effect::loads_tls},
    {"imports", Effect::imports},
    {"queries-orm", Effect::queries_orm},
    {"needs-app-context", Effect::needs_app_context},
    {"sends", Effect::sends},
    {"opens-connection", Effect::opens_connection},
    {"starts-thread", Effect::starts_thread},
    {"writes-database", Effect::writes_database},
}};

/// What an async callable cannot do: the thread is the loop's.
inline constexpr Effect kHoldsThread = Effect::blocks_sleep | Effect::blocks_network | Effect::blocks_database |
                                       Effect::blocks_file | Effect::blocks_file_metadata | Effect::blocks_subprocess |
                                       Effect::blocks_wait | Effect::blocks_cpu | Effect::blocks_input |
                                       Effect::runs_loop | Effect::loads_tls | Effect::imports;

inline constexpr std::array<Word<TimeoutDefault>, 2> kTimeoutDefaults{{
    {"none", TimeoutDefault::waits_for_ever},
    {"finite", TimeoutDefault::finite},
}};

inline constexpr std::array<Word<Sides>, 3> kSides{{
    {"sync", Sides::sync},
    {"async", Sides::async},
    {"both", Sides::both},
}};

inline constexpr std::array<Word<Where>, 7> kWheres{{
    {"event-loop", Where::event_loop},
    {"worker-thread", Where::worker_thread},
    {"process", Where::process},
    {"after-commit", Where::after_commit},
    {"signal-handler", Where::signal_handler},
    {"finalizer", Where::finalizer},
    {"background", Where::background},
}};

inline constexpr std::array<Word<Handover>, 4> kHandovers{{
    {"rest", Handover::rest},
    {"tuple", Handover::tuple},
    {"none", Handover::none},
    {"later", Handover::later},
}};

/// Whether the caller owns a spawned task.
inline constexpr std::array<Word<bool>, 2> kOwners{{{"caller", true}, {"scope", false}}};

inline constexpr std::array<Word<Context>, 9> kContexts{{
    {"web-request", Context::web_request},
    {"task-worker", Context::task_worker},
    {"startup", Context::startup},
    {"cli", Context::cli},
    {"test", Context::test},
    {"fixture", Context::fixture},
    {"signal-receiver", Context::signal_receiver},
    {"consumer", Context::consumer},
    {"anywhere", Context::anywhere},
}};

inline constexpr std::array<Word<Provided>, 8> kProvided{{
    {"transaction", Provided::transaction},
    {"app-context", Provided::app_context},
    {"thread-lock", Provided::thread_lock},
    {"async-lock", Provided::async_lock},
    {"timeout", Provided::timeout},
    {"cancel-scope", Provided::cancel_scope},
    {"task-group", Provided::task_group},
    {"suppress", Provided::suppress},
}};

/// The word spelled so, null when there is none.
template <class Value>
const Word<Value>* find_word(std::span<const Word<Value>> words, std::string_view spelling) {
  for (const Word<Value>& word : words) {
    if (word.spelling == spelling) return &word;
  }
  return nullptr;
}

/// "`a`, `b`, `c`", for messages.
template <class Value>
std::string list_words(std::span<const Word<Value>> words) {
  std::string text;
  for (const Word<Value>& word : words) {
    text += (text.empty() ? "`" : ", `") + std::string(word.spelling) + "`";
  }
  return text;
}

}  // namespace surefoot::knowledge::compiler
