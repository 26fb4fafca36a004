package dev.selvage.demo.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The tables of supervisors: how long a crash keeps callers waiting, and what many children cost. */
final class Supervision {
    private static final int CRASHES = 20_000;
    private static final List<Integer> MANY = List.of(25_000, 50_000, 100_000);
    private static final int QUICK_DIVISOR = 10;
    private static final double P50_MICROS = 50;
    private static final double P99_MICROS = 1_000;

    /** How much dearer each of four times as many may be: linear, with room for noise. */
    private static final double MOST_GROWTH = 2;

    private static final int IDLE_SECONDS = 5;
    private static final double IDLE_MILLIS = IDLE_SECONDS * 10.0;

    private Supervision() {}

    static String tables(boolean quick) throws IOException, InterruptedException {
        return crashes(quick ? CRASHES / QUICK_DIVISOR : CRASHES) + many(quick) + idle(quick);
    }

    private static String crashes(int count) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """

                ## Crash to replacement

                A virtual thread sends a child the message that it fails of, and calls it until its replacement has \
                answered, waiting for that in between; %,d times, one_for_one, in a JVM of its own. OTP: 215 µs.

                | log | p50 | p99 | most |
                |---|---|---|--:|
                """, count));
        for (String log : List.of("off", "to standard error")) {
            double[] micros = micros("crash", String.valueOf(count), log);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f µs%s | %.0f µs%s | %.0f µs |%n",
                    log,
                    micros[0],
                    Report.target(P50_MICROS, micros[0] <= P50_MICROS),
                    micros[1],
                    Report.target(P99_MICROS, micros[1] <= P99_MICROS),
                    micros[2]));
        }
        return text.toString();
    }

    private static String many(boolean quick) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("""

                ## Many children

                Dynamic children are started one by one, each a request, and stopped all at once; medians of five \
                times, in a JVM of its own for each number.

                | children | start, each | stop, each |
                |--:|--:|--:|
                """);
        double[] first = null;
        double[] micros = {};
        for (int count : MANY) {
            int children = quick ? count / QUICK_DIVISOR : count;
            micros = micros("many", String.valueOf(children), "off");
            first = first == null ? micros : first;
            text.append(String.format(Locale.ROOT, "| %,d | %.1f µs | %.1f µs |%n", children, micros[0], micros[1]));
        }
        if (first != null) {
            double growth = Math.max(micros[0] / first[0], micros[1] / first[1]);
            text.append(String.format(
                    Locale.ROOT,
                    "%nOf four times as many each takes %.2f times as long at most%s.%n",
                    growth,
                    Report.target(MOST_GROWTH, growth <= MOST_GROWTH)));
        }
        return text.toString();
    }

    private static String idle(boolean quick) throws IOException, InterruptedException {
        int children = MANY.getLast() / (quick ? QUICK_DIVISOR : 1);
        double millis = micros("idle", String.valueOf(children), String.valueOf(IDLE_SECONDS))[0] / 1_000;
        return String.format(
                Locale.ROOT,
                "%nA supervisor of %,d idle children: %.1f ms of processor time in %d s%s.%n",
                children,
                millis,
                IDLE_SECONDS,
                Report.target(IDLE_MILLIS, millis <= IDLE_MILLIS));
    }

    /** The program prints nanoseconds. */
    private static double[] micros(String... args) throws IOException, InterruptedException {
        double[] nanos =
                ChildJvm.numbers(List.of("-Xmx2g", "-XX:+ExitOnOutOfMemoryError"), SupervisionProgram.class, args);
        return Arrays.stream(nanos).map(each -> each / 1e3).toArray();
    }
}
