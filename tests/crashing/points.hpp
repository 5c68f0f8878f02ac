// The crash points of orderd_crashing, in the order in which they lie on the way of an order. One list for
// the program and for the test that goes through them; constants, any thread.
#pragma once

#include <array>
#include <string_view>

namespace orders::test {

inline constexpr std::array<std::string_view, 50> crash_points{
    "ids.reserved",        // a block of order ids is taken
    "order.numbered",      // an order has its id
    "order.begins",        // the customer's actor takes it up
    "order.cart_fetched",  // its lines have come from the cart
    "order.asks",          // before its products are asked
    "cycle.begins",        // before the ledger is read
    "cycle.ledger_read",   // before the GET
    "cycle.seen",          // the catalog has answered it
    "cycle.records",       // before the intent is asked for
    "intent.begins",       // before its transaction
    "intent.seeded",       // inside it, step by step
    "intent.locked",
    "intent.released",
    "intent.written",
    "intent.commits",        // before its COMMIT
    "intent.committed",      // after it, with nobody told
    "cycle.recorded",        // the product's actor knows
    "cycle.puts",            // before the PUT
    "cycle.put_sent",        // on its way
    "cycle.put_unanswered",  // it failed
    "cycle.put_answered",    // it did not
    "cycle.confirmed",       // the holds are answered
    "mark.begins",           // before the answered PUT is recorded as such
    "mark.done",
    "order.held",  // everything is held
    "order.writes",
    "order.commits",    // before the order's COMMIT
    "order.committed",  // after it, with nobody told
    "order.stands",     // the customer's actor knows
    "order.answered",
    "order.gives_up",      // before the holds of a failed order are given back
    "order.refused",       // after it
    "order.begins_again",  // after a conflict
    "refusal.writes",      // before a refusal is kept under its key
    "refusal.commits",
    "refusal.committed",  // after it, with nobody told
    "cart.looks",         // before the cart is compared
    "cart.puts",          // before it is marked as ordered
    "cart.tried",
    "cart.records",
    "cart.recorded",
    "cancel.writes",
    "cancel.commits",
    "cancel.committed",
    "cancel.giving_back",  // before the owed units are asked to be given back
    "cancel.answered",
    "recovery.page_read",
    "recovery.asks",
    "recovery.answered",
    "recovery.walked",
};

}  // namespace orders::test
