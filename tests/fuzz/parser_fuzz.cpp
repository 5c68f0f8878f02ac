// The entry of libFuzzer: an input that breaks a property of the parser ends the process, and is kept by it.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/parser_properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string fault = orders::test::parser_fault(data, size);
  if (!fault.empty()) {
    static_cast<void>(std::fprintf(stderr, "%s\n", fault.c_str()));
    std::abort();
  }
  return 0;
}
