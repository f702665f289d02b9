# Reads #include lines and prints every one that points where ARCHITECTURE.md draws no arrow.
# server -> protocol, server -> analysis, tests -> all; inside analysis/ a folder sees itself and those before it.

BEGIN {
  order = split("text syntax knowledge semantics project fixes rules engine", names, " ")
  for (i = 1; i <= order; i++) rank[names[i]] = i
  # What analysis/ must not know: JSON, sockets, logging, threads, clocks, disks. std::stop_token is a value and may be
  # seen, and so is the formatting library that comes with spdlog.
  foreign = "^(nlohmann|boost|sys|netinet|arpa)/|^spdlog/[^f]|^(thread|future|mutex|condition_variable|chrono|ctime|filesystem|fstream|unistd\\.h|fcntl\\.h)$"
}

function complain(why) {
  printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
  bad = 1
}

function check_analysis_order(from, to,    a, b) {
  split(from, a, "/")
  split(to, b, "/")
  if (!(a[2] in rank)) complain("analysis/" a[2] " is no known layer of analysis")
  else if (!(b[2] in rank)) complain("analysis/" b[2] " is no known layer of analysis")
  else if (rank[b[2]] > rank[a[2]]) complain("analysis/" a[2] " may not see analysis/" b[2])
}

function check_project_include(target,    from, to) {
  from = FILENAME; sub("/.*", "", from)
  to = target; sub("/.*", "", to)
  if (to !~ /^(protocol|analysis|server|tests)$/) complain("includes are written from the project's root")
  else if (from == "tests" || (from == "server" && to != "tests")) return
  else if (from != to) complain(from " may not see " to)
  else if (from == "analysis") check_analysis_order(FILENAME, target)
}

match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]+"/) {
  target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
  check_project_include(target)
}

match($0, /^[ \t]*#[ \t]*include[ \t]*<[^>]+>/) {
  target = $0; sub(/^[^<]*</, "", target); sub(/>.*/, "", target)
  # The compiler of the knowledge tables is a program that runs while we build.
  if (FILENAME ~ /^analysis\// && FILENAME !~ /^analysis\/knowledge\/compiler\// && target ~ foreign) complain("analysis is a pure function of bytes")
  if (target == "ranges") complain("the clang of the fuzz preset cannot compile these views")
  if (FILENAME ~ /^protocol\// && target ~ /^tree_sitter\//) complain("protocol knows nothing of Python")
}

END { exit bad }
