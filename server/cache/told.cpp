#include "server/cache/told.hpp"

#include "server/cache/bytes.hpp"

namespace surefoot::server {
namespace {

void write(Writer& writer, text::Span span) {
  writer.number(span.start);
  writer.number(span.end);
}

void write(Writer& writer, const engine::Finding& finding) {
  writer.text(finding.code);
  writer.text(finding.name);
  writer.number(static_cast<std::uint64_t>(finding.severity));
  writer.text(finding.message);
  write(writer, finding.span);
  writer.fixed(finding.fingerprint);
  writer.number(finding.related.size());
  for (const engine::Related& related : finding.related) {
    writer.text(related.path);
    write(writer, related.span);
    writer.text(related.message);
  }
}

void write(Writer& writer, const engine::Fix& fix) {
  writer.text(fix.title);
  writer.number(static_cast<std::uint64_t>(fix.applicability));
  writer.number(fix.files.size());
  for (const engine::FileEdits& file : fix.files) {
    writer.text(file.path);
    writer.number(file.edits.size());
    for (const text::TextEdit& edit : file.edits) {
      write(writer, edit.span);
      writer.text(edit.content);
    }
  }
}

text::Span read_span(Reader& reader) {
  const auto start = static_cast<std::uint32_t>(reader.number());
  return {start, static_cast<std::uint32_t>(reader.number())};
}

engine::Finding read_finding(Reader& reader) {
  engine::Finding finding;
  finding.code = reader.text();
  finding.name = reader.text();
  finding.severity = static_cast<rules::Severity>(reader.number());
  finding.message = reader.text();
  finding.span = read_span(reader);
  finding.fingerprint = reader.fixed();
  finding.related.resize(reader.count());
  for (engine::Related& related : finding.related) {
    related.path = reader.text();
    related.span = read_span(reader);
    related.message = reader.text();
  }
  return finding;
}

engine::Fix read_fix(Reader& reader) {
  engine::Fix fix;
  fix.title = reader.text();
  fix.applicability = static_cast<fixes::Applicability>(reader.number());
  fix.files.resize(reader.count());
  for (engine::FileEdits& file : fix.files) {
    file.path = reader.text();
    file.edits.resize(reader.count());
    for (text::TextEdit& edit : file.edits) {
      edit.span = read_span(reader);
      edit.content = reader.text();
    }
  }
  return fix;
}

}  // namespace

std::string to_bytes(const Told& told) {
  if (told.empty()) return {};
  Writer writer;
  writer.number(told.size());
  for (const ToldFinding& one : told) {
    write(writer, one.finding);
    writer.text(one.fixes.reason);
    writer.number(one.fixes.offered.size());
    for (const engine::Fix& fix : one.fixes.offered) write(writer, fix);
  }
  return writer.take();
}

std::optional<Told> told_from(std::string_view bytes) {
  if (bytes.empty()) return Told();
  Reader reader(bytes);
  Told told(reader.count());
  for (ToldFinding& one : told) {
    one.finding = read_finding(reader);
    one.fixes.reason = reader.text();
    one.fixes.offered.resize(reader.count());
    for (engine::Fix& fix : one.fixes.offered) fix = read_fix(reader);
    if (reader.failed()) return std::nullopt;
  }
  return reader.at_end() ? std::optional(std::move(told)) : std::nullopt;
}

}  // namespace surefoot::server
