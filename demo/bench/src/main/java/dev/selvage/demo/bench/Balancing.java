package dev.selvage.demo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The table of the three situations in which routings differ. */
final class Balancing {
    private static final int SECONDS = 5;
    private static final int ROUNDS = 3;
    private static final List<String> ROUTINGS = List.of("power of two", "least used", "round robin", "random");
    private static final Map<String, String> SITUATIONS =
            new TreeMap<>(Map.of("ALL_GOOD", "all good", "COLD_START", "cold start", "ONE_SLOW", "one slow"));

    private Balancing() {}

    static String tables(boolean quick) throws IOException, InterruptedException {
        int seconds = quick ? 2 : SECONDS;
        int rounds = quick ? 1 : ROUNDS;
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """

                ## Load balancing

                Ten members, each of which takes one request after the other, for 2 ms on average (exponential). \
                Requests come at random (Poisson), at six tenths of what all can do, whether those before were \
                answered or not; for %d s after 1 s of warm-up, the median of %d runs by p99. One member is odd: in a \
                cold start it comes after the warm-up, and its first 200 requests take ten times as long; a slow one \
                takes ten times as long always. Its share of what was answered would be 10 %% if all were alike.

                | situation | routing | p50 | p99 | failed | share of the odd one |
                |---|---|--:|--:|--:|--:|
                """, seconds, rounds));
        for (Map.Entry<String, String> situation : SITUATIONS.entrySet()) {
            for (String routing : ROUTINGS) {
                double[] median = median(situation.getKey(), routing, seconds, rounds);
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.1f ms | %.1f ms | %.2f %% | %.1f %% |%n",
                        situation.getValue(),
                        routing.equals("power of two") ? "**power of two choices** (default)" : routing,
                        median[3] / 1e6,
                        median[4] / 1e6,
                        100 * median[1] / median[0],
                        100 * median[2] / (median[0] - median[1])));
            }
        }
        return text.toString();
    }

    private static double[] median(String situation, String routing, int seconds, int rounds)
            throws IOException, InterruptedException {
        List<double[]> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            all.add(ChildJvm.numbers(
                    List.of("-Xmx1g"), BalancingProgram.class, situation, routing, String.valueOf(seconds)));
        }
        all.sort(Comparator.comparingDouble(printed -> printed[4]));
        return all.get(rounds / 2);
    }
}
