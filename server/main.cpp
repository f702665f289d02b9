#include "server/cli/command_line.hpp"

int main(int argc, char** argv) { return surefoot::server::run_process(argc, argv); }
