#pragma once
// The only place that pushes diagnostics. Strand only, and only for the version a document has now, so what is pushed
// is never stale.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/types_diagnostic.hpp"
#include "server/session/client.hpp"
#include "server/session/counters.hpp"
#include "server/session/document.hpp"
#include "server/workspace/config_files.hpp"

namespace surefoot::server {

class Publisher {
 public:
  Publisher(Client& client, Counters& counters) : client_(client), counters_(counters) {}

  /// The findings of the document's snapshot, or none if it has none. Nothing is sent that was sent already, unless the
  /// client has edited the document since: editors tie diagnostics to versions. A client that pulls is told to pull
  /// again when what it has got is no longer true and it has not edited the document since.
  void publish(Document& document, const ClientView& client);
  /// A client that pulls gets the document's snapshot.
  static void pulled(Document& document);
  /// Tells a client that pulls to pull again, once for all that happens until it answers.
  void refresh();
  /// The document is closed, or no longer trusted: takes back what is shown.
  void clear(Document& document, const ClientView& client);

  using Problems = std::map<std::string, std::shared_ptr<const ConfigFileProblem>>;  // by the file's URI
  /// The configuration files that cannot be used now; what is no longer among them is taken back.
  void publish_problems(Problems problems, const ClientView& client);

 private:
  void send(std::string_view uri, std::optional<std::int32_t> version, std::vector<protocol::Diagnostic> diagnostics);

  Client& client_;
  Counters& counters_;
  Problems problems_;
  bool refreshing_ = false;  // a refresh waits for its answer
  bool refresh_again_ = false;
};

}  // namespace surefoot::server
