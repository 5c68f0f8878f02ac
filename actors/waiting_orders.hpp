// Orders that wait for another one to end before they begin: of the same cart (actors/customer.cpp), with the
// same key (actors/keyed_orders.cpp). They hold nothing. Each object belongs to one actor.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>

#include "actors/protocol.hpp"

namespace orders::actors {

using WaitingOrders = std::deque<PlaceOrder>;

/// Takes out those whose client has gone or whose deadline is over, and answers the late ones.
inline void let_go(WaitingOrders& waiting, std::chrono::steady_clock::time_point now, ErrorCode late,
                   const std::string& why) {
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(),
                               [&](const PlaceOrder& order) {
                                 if (skip_unwanted(order)) return true;
                                 return order.deadline <= now && order.reply(Error{late, why});
                               }),
                waiting.end());
}

}  // namespace orders::actors
