package dev.selvage.demo.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.selvage.demo.server.RedisServer;
import dev.selvage.demo.stage.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What thousands of callers of one client go through, and what came of it. Each caller writes keys of its own, so an
 * answer that belongs to another is known by its text.
 */
final class RedisTroubles {
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private static final int CALLERS = 2_000;
    private static final int FACTOR = Boolean.getBoolean("selvage.long") ? 10 : 1;
    private static final int WARM_UP = 10_000;
    private static final int CALM = 20_000 * FACTOR;
    private static final int BETWEEN_TROUBLES = 3_000;
    private static final int KILLS = 3 * FACTOR;
    private static final int CRASHES = 2 * FACTOR;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RedisServer server;
    private final RedisClients.Client client;

    private final AtomicLong answered = new AtomicLong();
    private final LongAdder foreign = new LongAdder();
    private final Times all = new Times();
    private final Times whileCalm = new Times();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Set<String> unclear = ConcurrentHashMap.newKeySet();
    private volatile boolean calm;
    private volatile boolean over;

    private double calmRate;
    private Duration slowestRecovery = Duration.ZERO;

    /**
     * What came of it.
     *
     * @param client who went through this
     * @param rate answers in a second before the troubles
     * @param median of the times of calls before the troubles
     * @param slow the time that 99 of 100 calls before the troubles did not exceed
     * @param longest call of all
     * @param answered how many calls were answered
     * @param least how many of them to the caller that got the fewest answers
     * @param failed how many ended with an error, by kind
     * @param unclear errors that no user would expect
     * @param foreign answers that belonged to others
     * @param hanging callers whose call did not end
     * @param lost writes that were acknowledged and are not there
     * @param unexplained writes that are there although none was acknowledged, and none failed, that could be they
     * @param recovery the longest time from the server's being back to the first answer
     */
    record Report(
            String client,
            double rate,
            Duration median,
            Duration slow,
            Duration longest,
            long answered,
            long least,
            Map<String, Long> failed,
            Set<String> unclear,
            long foreign,
            long hanging,
            long lost,
            long unexplained,
            Duration recovery) {

        static String table(List<Report> reports) {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "| client | calls/s | p50 | p99 | longest | answered | least to a caller | errors | foreign answers"
                            + " | hanging | lost writes | writes done twice | recovery |");
            for (Report report : reports) {
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %,.0f | %s | %s | %s | %,d | %d | %s | %d | %d | %d | %d | %s |",
                        report.client,
                        report.rate,
                        Times.text(report.median),
                        Times.text(report.slow),
                        Times.text(report.longest),
                        report.answered,
                        report.least,
                        report.failed,
                        report.foreign,
                        report.hanging,
                        report.lost,
                        report.unexplained,
                        Times.text(report.recovery)));
            }
            return String.join(System.lineSeparator(), lines);
        }
    }

    private RedisTroubles(RedisServer server, RedisClients.Client client) {
        this.server = server;
        this.client = client;
    }

    static Report goThrough(RedisServer server, RedisClients.Client client) throws Exception {
        return new RedisTroubles(server, client).goThrough();
    }

    /** One of the thousands. Its counts are its thread's, until that has ended. */
    private final class Caller {
        private final String name;
        private long answers;
        private long acknowledged;
        private long perhapsDone;
        private long lastCount;

        Caller(int number) {
            this.name = "caller " + number;
        }

        void run() {
            for (int round = 1; !over; round++) {
                String mine = name + ", round " + round;
                String echoed = call(() -> client.echo(mine));
                countForeign(echoed != null && !echoed.equals(mine));
                increment();
                call(() -> {
                    client.set(name, mine);
                    return mine;
                });
                String found = call(() -> client.get(name).orElse(mine));
                countForeign(found != null && !found.startsWith(name + ","));
            }
        }

        private void increment() {
            Long count = call(() -> client.increment("count of " + name), () -> perhapsDone++);
            if (count != null) {
                countForeign(count <= lastCount);
                lastCount = count;
                acknowledged++;
            }
        }

        private void countForeign(boolean isForeign) {
            if (isForeign) {
                foreign.increment();
            }
        }

        private <T> T call(Callable<T> call) {
            return call(call, () -> {});
        }

        /** Returns null if there was no answer. */
        private <T> T call(Callable<T> call, Runnable perhapsDone) {
            long begin = System.nanoTime();
            boolean beginCalm = calm;
            try {
                T answer = call.call();
                answered.incrementAndGet();
                answers++;
                return answer;
            } catch (Exception failure) {
                failures.computeIfAbsent(failure.getClass().getSimpleName(), any -> new LongAdder())
                        .increment();
                if (client.mayHaveBeenDone(failure)) {
                    perhapsDone.run();
                }
                if (!client.isClear(failure)) {
                    unclear.add(failure.toString());
                }
                return null;
            } finally {
                long nanos = System.nanoTime() - begin;
                all.add(nanos);
                if (beginCalm && calm) {
                    whileCalm.add(nanos);
                }
            }
        }
    }

    private Report goThrough() throws Exception {
        try (Redis admin = admin()) {
            admin.call("FLUSHALL");
        }
        List<Caller> callers = IntStream.range(0, CALLERS).mapToObj(Caller::new).toList();
        List<Thread> threads = callers.stream()
                .map(caller -> Thread.startVirtualThread(caller::run))
                .toList();
        try {
            awaitAnswers(WARM_UP); // the connections are made, and the code is compiled
            stayCalm();
            for (int kill = 0; kill < KILLS; kill++) {
                endConnections();
                awaitAnswers(BETWEEN_TROUBLES);
            }
            for (int crash = 0; crash < CRASHES; crash++) {
                crash();
                awaitAnswers(BETWEEN_TROUBLES);
            }
        } finally {
            over = true;
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long hanging = 0;
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                hanging++;
            }
        }
        return report(callers, hanging);
    }

    private void stayCalm() {
        long before = answered.get();
        long begin = System.nanoTime();
        calm = true;
        awaitAnswers(CALM);
        calm = false;
        calmRate = (answered.get() - before) * 1e9 / (System.nanoTime() - begin);
    }

    private void awaitAnswers(int count) {
        long wanted = answered.get() + count;
        await(count + " answers")
                .pollInterval(Duration.ofMillis(2))
                .atMost(PATIENCE)
                .until(() -> answered.get() >= wanted);
    }

    private Redis admin() throws InterruptedException {
        return Redis.start(
                "admin",
                1,
                server.address(),
                options -> options.withMemberWait(PATIENCE).withRequestTimeout(PATIENCE));
    }

    private void endConnections() throws InterruptedException {
        try (Redis admin = admin()) {
            long ended = admin.call("CLIENT", "KILL", "TYPE", "normal").asNumber();
            assertThat(ended).as("connections that were ended").isPositive();
        }
    }

    private void crash() throws Exception {
        server.crash();
        server.startAgain();
        long back = System.nanoTime();
        awaitAnswers(1);
        Duration recovery = Duration.ofNanos(System.nanoTime() - back);
        slowestRecovery = recovery.compareTo(slowestRecovery) > 0 ? recovery : slowestRecovery;
    }

    private Report report(List<Caller> callers, long hanging) throws InterruptedException {
        long lost = 0;
        long unexplained = 0;
        try (Redis admin = admin()) {
            for (Caller caller : callers) {
                long there = Long.parseLong(admin.get("count of " + caller.name).orElse("0"));
                lost += Math.max(0, caller.acknowledged - there);
                unexplained += Math.max(0, there - caller.acknowledged - caller.perhapsDone);
            }
        }
        return new Report(
                client.toString(),
                calmRate,
                whileCalm.within(0.5),
                whileCalm.within(0.99),
                all.longest(),
                answered.get(),
                callers.stream().mapToLong(caller -> caller.answers).min().orElse(0),
                failures.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, e -> e.getValue().sum())),
                new TreeSet<>(unclear),
                foreign.sum(),
                hanging,
                lost,
                unexplained,
                slowestRecovery);
    }
}
