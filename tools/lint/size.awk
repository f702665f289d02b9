# Prints files over 400 lines and functions over 60, and the comment ratios. The formatter puts the brace that ends a
# function alone on a line, indented as the line its head begins on, so no C++ need be parsed to measure one.
# First operand: the allow-list, `PATH[:FUNCTION] reason`.

FNR == 1 {
  finish()
  in_allow = (FILENAME == ARGV[1])
}
in_allow {
  if ($0 !~ /^#/ && NF > 1) allowed[$1] = 1
  else if ($0 !~ /^#/ && NF == 1) { print FILENAME ":" FNR ": an exception needs a reason: " $1; bad = 1 }
  next
}

{ file = FILENAME; lines = FNR; count_comment(file) }

# Between functions: gather what stands before a brace, which tells a function from a namespace, a type or a table.
depth == 0 && (/^ *$/ || /^ *(\/\/|#)/ || /\\$/ || /^ *(public|private|protected):$/) { head = 0; next }
depth == 0 && !head { head = FNR; text = ""; indent = leading($0) }
depth == 0 { text = text " " $0 }
depth == 0 && /{$/ && is_function(text) { depth = 1; name = function_name(text); next }
depth == 0 && /[;{}]$/ { head = 0 }
depth == 1 && leading($0) == indent && /^ *}/ { measure() }

function leading(line) { match(line, /^ */); return RLENGTH }

function is_function(text) {
  return text ~ /\(/ && text !~ /= *{$/ && text !~ /^ *(template *<[^>]*> *)?(namespace|class|struct|enum|union|extern)[ {]/
}

function function_name(text) {
  sub(/\(.*/, "", text)
  sub(/.*[ *&]/, "", text)
  return text
}

function measure(    length_) {
  length_ = FNR - head + 1
  functions++
  if (length_ > longest) { longest = length_; longest_name = file ":" name }
  if (length_ > 60 && !((file ":" name) in allowed)) {
    printf "%s:%d: %s is %d lines long; 60 are the limit\n", file, head, name, length_
    bad = 1
  }
  depth = head = 0
}

function count_comment(path,    kind) {
  kind = path ~ /\.hpp$/ ? "header" : "source"
  if ($0 ~ /^ *$/) return
  if ($0 ~ /^ *(\/\/|\/\*|\*)/) comment[kind]++
  else {
    code[kind]++
    if ($0 ~ /[;{},] +\/\//) comment[kind]++
  }
}

function finish() {
  if (lines > 400 && !(file in allowed)) {
    printf "%s: %d lines; 400 are the limit\n", file, lines
    bad = 1
  }
  if (lines) files++
  lines = depth = head = 0
}

function ratio(kind) { return code[kind] ? comment[kind] / code[kind] : 0 }

END {
  finish()
  printf "%d files, %d functions, the longest %d lines (%s)\n", files, functions, longest, longest_name
  printf "comment lines to code lines: headers %.2f, sources %.2f\n", ratio("header"), ratio("source")
  exit bad
}
