package dev.selvage.demo.fantatcp;

import dev.selvage.demo.stage.Dice;
import dev.selvage.demo.stage.ProgressBar;
import dev.selvage.demo.stage.Stage;
import dev.selvage.demo.stage.Times;
import dev.selvage.pool.routing.Routing;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * One strategy at work, from start to end: a server, a pool of ten connections to it, all the callers, and the
 * troublemaker. Each round has a server of its own, which behaves the same for the same seed.
 */
final class Round {

    static final int CONNECTIONS = 10;

    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration LONGEST_RETURN = Duration.ofSeconds(10);
    private static final Duration LONGEST_ROUND = Duration.ofMinutes(2);

    private final String strategy;
    private final Routing routing;
    private final Load load;
    private final Ledger ledger = new Ledger();

    /**
     * What came of it.
     *
     * @param strategy how connections were chosen
     * @param ledger what became of each call
     * @param server what the server counted
     * @param sent how many requests each connection sent
     * @param crashes how often the troublemaker crashed something
     * @param recoveries how long it took each time until all connections were there again
     * @param back whether they were there again each time, and at the end
     * @param tree the supervision tree at the end, as text
     */
    record Result(
            String strategy,
            Ledger ledger,
            FantaServer.Counts server,
            List<Long> sent,
            long crashes,
            Times recoveries,
            boolean back,
            String tree) {}

    Round(String strategy, Routing routing, Load load) {
        this.strategy = strategy;
        this.routing = routing;
        this.load = load;
    }

    Result play(Stage stage) throws IOException, InterruptedException {
        try (FantaServer server = FantaServer.start(load.manners(), stage.seed())) {
            return play(stage, server);
        }
    }

    private Result play(Stage stage, FantaServer server) throws InterruptedException {
        Dice dice = new Dice(stage.seed());
        FantaConnector connector = new FantaConnector(server.address(), CONNECTIONS);
        try (RoutingPool<String, String> pool = pool(connector);
                Supervisor supervisor = Supervisor.start(pool.spec());
                ProcessScope scope = ProcessScope.open("callers")) {
            pool.awaitReady(CONNECTIONS, LONGEST_RETURN); // a fair start: nobody has to carry the first rush alone
            CountDownLatch callersLeft = new CountDownLatch(load.callers());
            for (int number = 1; number <= load.callers(); number++) {
                scope.run("caller " + number, new Caller(number, pool, load, ledger, dice, callersLeft));
            }
            Troublemaker trouble = new Troublemaker(pool, supervisor, load.crashInterval(), dice);
            ProcessRef<?> troublemaker = scope.run("troublemaker", trouble);

            stage.watch(callersLeft, LONGEST_ROUND, () -> status(trouble));
            troublemaker.stop();
            troublemaker.join();
            boolean back = trouble.notBack.sum() == 0 && pool.awaitReady(CONNECTIONS, LONGEST_RETURN);
            return new Result(
                    strategy,
                    ledger,
                    server.counts,
                    IntStream.range(0, CONNECTIONS).mapToObj(connector::sentBy).toList(),
                    trouble.crashes.sum(),
                    trouble.recoveries,
                    back,
                    supervisor.tree().toString());
        } // the callers are ended first, then the connections
    }

    private RoutingPool<String, String> pool(FantaConnector connector) {
        return RoutingPool.create(
                "fanta",
                CONNECTIONS,
                connector,
                options -> options.withRouting(routing)
                        .withRequestTimeout(REQUEST_TIMEOUT)
                        .withSilence(load.silence())
                        // the default is for accidents, and here is somebody who crashes connections on purpose
                        .withIntensity(100, Duration.ofSeconds(1)));
    }

    private String status(Troublemaker trouble) {
        return "%-11s %s %,d calls, %,d errors, %d crashes"
                .formatted(
                        strategy,
                        ProgressBar.of(ledger.ended(), load.requests()),
                        ledger.ended(),
                        ledger.errors.count(),
                        trouble.crashes.sum());
    }
}
