// The mailbox by itself: no timer and no other request can wake its owner here, so a wake-up that is missed
// is seen for certain.
#include "http/server/mailbox.hpp"

#include <atomic>
#include <poll.h>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace orders::test {

namespace {

using http::Mail;
using http::Mailbox;

constexpr int writers = 3;
constexpr std::uint64_t letters = 300'000;
constexpr int silence_ms = 2'000;

Mail letter(std::uint64_t number) {
  Mail mail;
  mail.kind = Mail::Kind::answer;
  mail.address.request = number;
  return mail;
}

bool rings(const Mailbox& mailbox, int milliseconds) {
  pollfd bell{mailbox.wake_fd(), POLLIN, 0};
  return ::poll(&bell, 1, milliseconds) == 1;
}

/// What the owner of a box has got.
struct Received {
  std::uint64_t count = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t taken_without_a_bell = 0;
  std::vector<std::uint64_t> last = std::vector<std::uint64_t>(writers, 0);

  void take(const std::vector<Mail>& batch) {
    for (const auto& mail : batch) {
      ++count;
      auto& before = last[static_cast<std::size_t>(mail.address.fd)];
      if (mail.address.request != before + 1) ++out_of_order;
      before = mail.address.request;
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mailbox)

BOOST_AUTO_TEST_CASE(letters_of_many_threads_arrive_and_none_waits_for_another_to_ring) {
  Mailbox mailbox;
  std::atomic<std::uint64_t> taken{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (std::uint64_t n = 1; n <= letters / writers; ++n) {
        Mail mail = letter(n);
        mail.address.fd = writer;
        mailbox.post(std::move(mail));
        // Few at a time, so that the box is emptied again and again, which is when a wake-up can get lost.
        while (n > taken / writers + 2) std::this_thread::yield();
      }
    });
  }
  Received received;
  std::vector<Mail> batch;
  while (received.count < letters) {
    const bool rang = rings(mailbox, silence_ms);
    if (mailbox.take(batch) && !rang) ++received.taken_without_a_bell;
    received.take(batch);
    taken = received.count;
    if (!rang && batch.empty()) break;  // lost
  }
  taken = letters;
  for (auto& thread : threads) thread.join();
  BOOST_TEST(received.count == letters);
  BOOST_TEST(received.taken_without_a_bell == 0U);
  BOOST_TEST(received.out_of_order == 0U);
}

BOOST_AUTO_TEST_CASE(its_owner_does_not_ring_for_itself_but_can_make_sure) {
  Mailbox mailbox;
  mailbox.owned_by_this_thread();
  BOOST_TEST(mailbox.post(letter(1)));
  BOOST_TEST(!rings(mailbox, 0));
  mailbox.wake_if_any();
  BOOST_TEST(rings(mailbox, 0));
  std::vector<Mail> batch;
  BOOST_TEST(mailbox.take(batch));
  BOOST_TEST(!rings(mailbox, 0));
  mailbox.wake_if_any();
  BOOST_TEST(!rings(mailbox, 0));
}

BOOST_AUTO_TEST_CASE(a_foreign_letter_after_one_of_the_owners_rings_too) {
  Mailbox mailbox;
  mailbox.owned_by_this_thread();
  BOOST_TEST(mailbox.post(letter(1)));
  std::thread([&] { mailbox.post(letter(2)); }).join();
  // The owner's own letter made the box non-empty without a bell; the owner looks before it sleeps.
  mailbox.wake_if_any();
  BOOST_TEST(rings(mailbox, 0));
}

BOOST_AUTO_TEST_CASE(a_closed_box_takes_nothing_and_gives_back_what_nobody_read) {
  Mailbox mailbox;
  BOOST_TEST(mailbox.post(letter(1)));
  BOOST_TEST(mailbox.close().size() == 1U);
  BOOST_TEST(!mailbox.post(letter(2)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
