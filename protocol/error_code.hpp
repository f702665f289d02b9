// The error codes of JSON-RPC 2.0 section 5.1 and LSP 3.17 "errorCodes", each with when we send it.
#pragma once

namespace surefoot::protocol {

enum class ErrorCode : int {
  kParseError = -32700,      // the body is not JSON (or not UTF-8, or nested too deeply); the id of the reply is null
  kInvalidRequest = -32600,  // JSON, but not a message (a batch, no method, a bad id); any request after `shutdown`;
                             // a second `initialize`
  kMethodNotFound = -32601,  // a request we do not know, `$/` ones included; unknown notifications are only ignored
  kInvalidParams = -32602,   // the parameters do not decode; the message names the JSON path
  kInternalError = -32603,   // a bug of ours: a handler threw or forgot to answer
  kServerNotInitialized = -32002,  // a request before `initialize`
  kUnknownErrorCode = -32001,      // never sent; what a client's error without a usable code is read as
  kRequestFailed = -32803,         // a well-formed request that cannot be met, such as a command on a closed document
  kServerCancelled = -32802,       // pulled diagnostics that became stale; carries `retriggerRequest`; nowhere else
  kContentModified = -32801,       // a resolve on a document that has changed since; not for changes still in our queue
  kRequestCancelled = -32800,  // the client sent `$/cancelRequest` and we stopped; a cancelled request is answered too
};

}  // namespace surefoot::protocol
