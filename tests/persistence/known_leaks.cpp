// What LeakSanitizer is told to pass over in the tests of persistence/.

/// SOCI 4.0.3 forgets a connection that dies under the first statement it runs on it (session.cpp makes that
/// rare, the tests that kill connections all the time still meet it). That no connections pile up has a test
/// of its own, which counts descriptors.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:PQconnectdb\n"; }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
