// The statements of the audit. Used by audit_book.cpp only; constants, any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/audit.hpp"

namespace orders::persistence {

/// Facts of the products after :p1, at most :p2.
const std::string& product_page_facts();
/// Facts of the products of the array :p1.
const std::string& chosen_product_facts();
/// (product, seq, intended) of the products of the array :p1.
const std::string& ledger_marks();
/// How many orders there are, how many were not given back, and whether an instance runs.
const std::string& order_counts();

/// For each kind a statement that gives (order, product, units, other, age, count of all, count of those
/// older than :p2 seconds), at most :p1 rows.
const std::vector<std::pair<FindingKind, std::string>>& finding_queries();

}  // namespace orders::persistence
