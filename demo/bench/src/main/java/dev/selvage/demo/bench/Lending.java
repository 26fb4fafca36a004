package dev.selvage.demo.bench;

import dev.selvage.demo.bench.lender.Lenders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of pools that lend: what they do in a storm, in a spike, and when a borrower dies. */
final class Lending {
    private static final int ROUNDS = 3;
    private static final int STORM_SECONDS = 6;
    private static final int STORM_SIZE = 50;
    private static final int STORM_BORROWERS = 2_000;
    private static final int DEATHS = 2_000;
    private static final int THREADS = 20_000;
    private static final double MOST_P99 = 1.5;
    private static final double LEAST_EVEN = 0.9;
    private static final double DEATH_P99_MILLIS = 1;
    private static final int MOST_MADE = 6;
    private static final int MOST_BYTES = 64;

    private static final List<Lenders> STORMED = List.of(
            Lenders.PLAIN,
            Lenders.SELVAGE,
            Lenders.HIKARI_BAG,
            Lenders.HIKARI_JDBC,
            Lenders.AGROAL_JDBC,
            Lenders.STORMPOT,
            Lenders.VIBUR,
            Lenders.COMMONS_POOL);
    private static final List<Lenders> GROWING =
            List.of(Lenders.SELVAGE, Lenders.SELVAGE_JDBC, Lenders.HIKARI_JDBC, Lenders.VIBUR, Lenders.COMMONS_POOL);
    private static final List<Lenders> BEREAVED =
            List.of(Lenders.HIKARI_JDBC, Lenders.AGROAL_JDBC, Lenders.STORMPOT, Lenders.VIBUR, Lenders.COMMONS_POOL);

    private Lending() {}

    static String tables(boolean quick) throws IOException, InterruptedException {
        return storm(quick) + spike(quick) + deaths(quick) + bytes(quick);
    }

    // ---- a storm

    /** What a storm gave; times in nanoseconds. */
    private record Storm(
            double throughput,
            double hold,
            double p50,
            double p99,
            double most,
            double fewest,
            double busiest,
            double late) {
        static Storm of(double[] printed) {
            return new Storm(
                    printed[0], printed[1], printed[2], printed[3], printed[4], printed[5], printed[6], printed[7]);
        }

        /** How many loans there could be in a second, as long as they really were. */
        double ideal() {
            return STORM_SIZE * 1e9 / hold;
        }

        double idealWaitNanos() {
            return STORM_BORROWERS * 1e9 / ideal();
        }

        double evenness() {
            return fewest / busiest;
        }
    }

    private static String storm(boolean quick) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, """

                ## A storm of borrowers

                %,d virtual threads borrow one of %d, hold it for 1 ms, parked, and come again at once; for %d s after \
                2 s of warm-up, the median of %d runs by throughput. Even is who got the fewest turns beside who got \
                the most; the waits of those that got none are not among the waits. Late is how late a virtual thread \
                wakes that has nothing to do with it, p99.

                | role | what | loans/s | of the ideal | wait p50 | p99 | most | fewest to most turns | even | late |
                |---|---|--:|--:|--:|--:|--:|---|---|--:|
                """, STORM_BORROWERS, STORM_SIZE, quick ? 2 : STORM_SECONDS, quick ? 1 : ROUNDS));
        Map<Lenders, Storm> storms = storms(quick);
        double best =
                storms.values().stream().mapToDouble(Storm::throughput).max().orElse(0);
        storms.forEach((lender, storm) -> text.append(line(lender, storm, best)));
        return text.toString();
    }

    private static Map<Lenders, Storm> storms(boolean quick) throws IOException, InterruptedException {
        Map<Lenders, List<Storm>> all = new EnumMap<>(Lenders.class);
        for (int round = 0; round < (quick ? 1 : ROUNDS); round++) {
            for (Lenders lender : STORMED) {
                String seconds = String.valueOf(quick ? 2 : STORM_SECONDS);
                all.computeIfAbsent(lender, any -> new ArrayList<>())
                        .add(Storm.of(measure("storm", lender.name(), seconds)));
            }
        }
        Map<Lenders, Storm> medians = new EnumMap<>(Lenders.class);
        all.forEach((lender, rounds) -> medians.put(
                lender,
                rounds.stream()
                        .sorted((a, b) -> Double.compare(a.throughput, b.throughput))
                        .toList()
                        .get(rounds.size() / 2)));
        return medians;
    }

    private static String line(Lenders lender, Storm storm, double best) {
        boolean ours = Role.of(lender) == Role.SELVAGE;
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f%s | %.2f | %.0f ms | %.0f ms%s | %.0f ms | %.0f to %.0f | %.2f%s | %.1f ms |%n",
                Role.of(lender).title,
                label(lender),
                storm.throughput,
                ours ? met("the best within 5 %", storm.throughput >= 0.95 * best) : "",
                storm.throughput / storm.ideal(),
                storm.p50 / 1e6,
                storm.p99 / 1e6,
                ours ? met("1.5 of the ideal wait", storm.p99 <= MOST_P99 * storm.idealWaitNanos()) : "",
                storm.most / 1e6,
                storm.fewest,
                storm.busiest,
                storm.evenness(),
                ours ? met("over 0.9", storm.evenness() > LEAST_EVEN) : "",
                storm.late / 1e6);
    }

    // ---- a spike

    private static String spike(boolean quick) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("""

                ## A spike

                Five are there, fifty may be; making one takes 150 ms. Fifty borrowers come at once, and each needs \
                one for 2 ms. The five can serve them all in some 20 ms: what is made besides is made in vain. The \
                most of three runs.

                | role | what | there in the end | all served after |
                |---|---|---|--:|
                """);
        for (Lenders lender : GROWING) {
            double made = 0;
            double nanos = 0;
            for (int round = 0; round < (quick ? 1 : ROUNDS); round++) {
                double[] printed = measure("spike", lender.name(), "0");
                made = Math.max(made, printed[0]);
                nanos = Math.max(nanos, printed[1]);
            }
            boolean ours = Role.of(lender) == Role.SELVAGE;
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.0f%s | %.0f ms |%n",
                    Role.of(lender).title,
                    label(lender),
                    made,
                    ours ? met("5 or 6", made <= MOST_MADE) : "",
                    nanos / 1e6));
        }
        return text.toString();
    }

    // ---- a borrower that dies

    private static String deaths(boolean quick) throws IOException, InterruptedException {
        int count = quick ? DEATHS / 10 : DEATHS;
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """

                ## A borrower dies

                One borrower has the only resource, another waits for it; the first ends without giving it back. The \
                time from its last instant until the other has one, which was made anew; %,d times.

                | role | what | the borrower is a | p50 | p99 | most |
                |---|---|---|--:|---|--:|
                """, count));
        for (String kind : List.of("process", "virtual thread", "platform thread")) {
            double[] nanos = measure("death", Lenders.SELVAGE.name(), String.valueOf(count), kind);
            boolean virtual = !kind.startsWith("platform");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.0f µs | %.0f µs%s | %.0f µs |%n",
                    Role.SELVAGE.title,
                    label(Lenders.SELVAGE),
                    kind,
                    nanos[0] / 1e3,
                    nanos[1] / 1e3,
                    virtual ? Report.target(DEATH_P99_MILLIS * 1e3, nanos[1] <= DEATH_P99_MILLIS * 1e6) : "",
                    nanos[2] / 1e3));
        }
        for (Lenders lender : BEREAVED) {
            double[] nanos = measure("death", lender.name(), "1", "virtual thread");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | virtual thread | %s | | |%n",
                    Role.PEER.title,
                    label(lender),
                    nanos[0] < 0 ? "not within 2 s" : String.format(Locale.ROOT, "%.0f µs", nanos[0] / 1e3)));
        }
        return text.toString();
    }

    // ---- bytes

    private static String bytes(boolean quick) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("""

                ## One loan of a thread

                What a virtual thread that borrows once and ends has allocated more than one that does nothing.

                | role | what | bytes |
                |---|---|---|
                """);
        for (Lenders lender : STORMED) {
            double bytes = measure("bytes", lender.name(), String.valueOf(quick ? THREADS / 10 : THREADS))[0];
            boolean ours = Role.of(lender) == Role.SELVAGE;
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.0f%s |%n",
                    Role.of(lender).title,
                    label(lender),
                    bytes,
                    ours ? met("under 64", bytes < MOST_BYTES) : ""));
        }
        return text.toString();
    }

    private static String label(Lenders lender) {
        return Versions.label(lender.title(), lender.library());
    }

    private static String met(String target, boolean met) {
        return " (target " + target + (met ? ": met)" : ": **missed**)");
    }

    private static double[] measure(String... args) throws IOException, InterruptedException {
        return ChildJvm.numbers(List.of("-Xmx1g"), LendingProgram.class, args);
    }
}
