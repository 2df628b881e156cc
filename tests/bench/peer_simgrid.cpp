// SPDX-License-Identifier: GPL-3.0-or-later
// M/M/c with SimGrid's S4U, for hr-bench --peers (bench_peers.c says how it is called): an actor a server, which waits at
// one semaphore for customers.
#include <simgrid/s4u.hpp>
#include <simgrid/version.h>
#include <xbt/log.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <random>
#include <string>

namespace sg4 = simgrid::s4u;

namespace {

struct Queue {
    std::queue<double> arrivals;
    sg4::SemaphorePtr waiting = sg4::Semaphore::create(0);
    std::mt19937_64 random{1};
    double latency = 0;

    double exponential(double rate) { return std::exponential_distribution<double>(rate)(random); }
};

constexpr double closing = -1; // tells a server to go home

void serve(Queue *queue)
{
    for (;;) {
        queue->waiting->acquire();
        const double arrived = queue->arrivals.front();
        queue->arrivals.pop();
        if (arrived == closing)
            return;
        sg4::this_actor::sleep_for(queue->exponential(1));
        queue->latency += sg4::Engine::get_clock() - arrived;
    }
}

void enter(Queue *queue, double arrived)
{
    queue->arrivals.push(arrived);
    queue->waiting->release();
}

void arrive(Queue *queue, double rate, unsigned servers, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        sg4::this_actor::sleep_for(queue->exponential(rate));
        enter(queue, sg4::Engine::get_clock());
    }
    for (unsigned i = 0; i < servers; i++)
        enter(queue, closing);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        int major, minor, patch;
        sg_version_get(&major, &minor, &patch);
        std::printf("SimGrid %d.%d\n", major, minor);
        return 0;
    }
    const double rate = std::atof(argv[1]);
    const unsigned servers = std::atoi(argv[2]), n = std::atoi(argv[3]);
    xbt_log_control_set("root.thres:warning"); // no word on gaps below a nanosecond
    sg4::Engine engine(&argc, argv);
    sg4::Host *host = sg4::create_full_zone("zone")->create_host("host", 1e9);
    Queue queue;
    const std::clock_t begin = std::clock();
    for (unsigned i = 0; i < servers; i++)
        sg4::Actor::create("server", host, serve, &queue);
    sg4::Actor::create("source", host, arrive, &queue, rate, servers, n);
    engine.run();
    std::printf("%g %.10g\n", static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, queue.latency / n);
    return 0;
}
