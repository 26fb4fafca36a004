package dev.selvage.demo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The table of the worker pool: what a hot key costs the cold ones. */
final class Jobs {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 4;
    private static final double LEAST = 0.95;
    private static final Map<String, String> POOLS = new LinkedHashMap<>();

    static {
        POOLS.put("selvage", "WorkerPool");
        POOLS.put("requeue", "one queue, a job of a busy key is put back");
        POOLS.put("stripes", "a queue and a worker for each stripe of keys");
    }

    private Jobs() {}

    static String table(boolean quick) throws IOException, InterruptedException {
        int seconds = quick ? 2 : SECONDS;
        int rounds = quick ? 1 : ROUNDS;
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """

                ## A hot key among cold ones

                Eight workers, jobs of 1 ms, a queue for 1,000. Sixteen submitters keep it full of jobs of 100,000 \
                cold keys; sixteen more submit jobs of one hot key all the time, or are not there. Jobs done in a \
                second, for %d s after 1 s of warm-up; medians of %d runs, interleaved. The hot key's own jobs take \
                some of the workers' time, one of eight at most.

                | role | what | cold alone | cold beside hot | hot | cold beside hot to alone |
                |---|---|--:|--:|--:|---|
                """, seconds, rounds));
        Map<String, List<double[]>> alone = new LinkedHashMap<>();
        Map<String, List<double[]>> beside = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String pool : POOLS.keySet()) {
                alone.computeIfAbsent(pool, any -> new ArrayList<>()).add(measure(pool, "cold", seconds));
                beside.computeIfAbsent(pool, any -> new ArrayList<>()).add(measure(pool, "hot", seconds));
            }
        }
        POOLS.forEach((pool, label) -> {
            double before = median(alone.get(pool), 0);
            double after = median(beside.get(pool), 0);
            boolean ours = pool.equals("selvage");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %,.0f | %,.0f | %.2f%s |%n",
                    (ours ? Role.SELVAGE : Role.PLAIN).title,
                    label,
                    before,
                    after,
                    median(beside.get(pool), 1),
                    after / before,
                    ours ? " (target at least 0.95: " + (after >= LEAST * before ? "met)" : "**missed**)") : ""));
        });
        return text.toString();
    }

    private static double[] measure(String pool, String keys, int seconds) throws IOException, InterruptedException {
        return ChildJvm.numbers(List.of("-Xmx1g"), JobsProgram.class, pool, keys, String.valueOf(seconds));
    }

    private static double median(@Nullable List<double[]> rounds, int which) {
        double[] sorted = Objects.requireNonNull(rounds).stream()
                .mapToDouble(printed -> printed[which])
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }
}
