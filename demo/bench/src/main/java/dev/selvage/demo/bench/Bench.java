package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.PeerCheck;
import dev.selvage.demo.bench.peer.Peers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the benchmarks and prints what they show as ratios to their floors, in Markdown.
 *
 * <p>Each round runs every benchmark once in a fork of its own, so that the forks of what is compared are interleaved
 * and a slow minute of the machine touches all alike. The figure of a benchmark is the median of its rounds.
 */
public final class Bench {
    private static final List<Class<?>> TABLES = List.of(
            CallRoundTrip.class,
            SendToHandled.class,
            SpawnToExit.class,
            QueuedMailbox.class,
            RegisterAndClose.class,
            RegistryLookup.class,
            LeaveHotKey.class,
            KeyedLock.class,
            HotKey.class,
            CheckOut.class,
            CheckOutConnection.class,
            RoutePick.class);

    /** Tables that JMH has no part in, by their name. */
    private record Others(String name, Printer tables) {}

    private interface Printer {
        String tables(boolean quick) throws IOException, InterruptedException;
    }

    private static final List<Others> OTHERS = List.of(
            new Others("memory", Idle::table),
            new Others("supervision", Supervision::tables),
            new Others("lending", Lending::tables),
            new Others("balancing", Balancing::tables),
            new Others("jobs", Jobs::table));

    private static final String USAGE = """
            usage: demo/bench/run [--java-home DIR] [--quick] [--rounds N] [TABLE ...]
              --java-home DIR  the JDK to measure on (default: the one that builds)
              --quick          one round with short iterations: a look, not a measurement
              --rounds N       how many forks of each benchmark, interleaved (default 5)
              TABLE            only those whose name contains this, in any case (default: all):
            """;

    private final boolean quick;
    private final int rounds;
    private final List<Class<?>> tables;
    private final List<Others> others;

    private Bench(boolean quick, int rounds, List<Class<?>> tables, List<Others> others) {
        this.quick = quick;
        this.rounds = rounds;
        this.tables = tables;
        this.others = others;
    }

    /**
     * Runs what the arguments say.
     *
     * @param args see the usage
     * @throws RunnerException if a benchmark fails
     * @throws IOException if a JVM cannot be started
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        Integer rounds = null;
        boolean quick = false;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--help" -> {
                    System.out.print(usage());
                    return;
                }
                case "--quick" -> quick = true;
                case "--rounds" -> rounds = roundsOf(i + 1 < args.length ? args[++i] : "nothing");
                default -> names.add(args[i]);
            }
        }
        List<Others> others = OTHERS.stream()
                .filter(other -> names.isEmpty() || names.contains(other.name))
                .toList();
        new Bench(quick, rounds != null ? rounds : quick ? 1 : 5, tablesOf(names), others).run();
    }

    private static String usage() {
        StringBuilder text = new StringBuilder(USAGE);
        TABLES.forEach(table ->
                text.append("                   ").append(nameOf(table)).append('\n'));
        for (Others other : OTHERS) {
            text.append("                   ").append(other.name).append('\n');
        }
        return text.toString();
    }

    private static String nameOf(Class<?> table) {
        return table.getSimpleName();
    }

    private static List<Class<?>> tablesOf(List<String> names) {
        for (String name : names) {
            boolean none = OTHERS.stream().noneMatch(other -> other.name.equals(name))
                    && TABLES.stream().noneMatch(table -> isNamed(table, name));
            if (name.startsWith("-") || none) {
                fail(name.startsWith("-") ? "unknown option " + name : "no table's name contains " + name);
            }
        }
        return TABLES.stream()
                .filter(table -> names.isEmpty() || names.stream().anyMatch(name -> isNamed(table, name)))
                .toList();
    }

    private static boolean isNamed(Class<?> table, String name) {
        return nameOf(table).toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
    }

    private static int roundsOf(String text) {
        try {
            int rounds = Integer.parseInt(text);
            if (rounds >= 1) {
                return rounds;
            }
        } catch (NumberFormatException e) {
            // told below, with what is allowed
        }
        fail("--rounds: " + text + "; allowed: 1 or more");
        return 0;
    }

    private static void fail(String what) {
        System.err.println(what);
        System.err.print(usage());
        System.exit(2);
    }

    private void run() throws RunnerException, IOException, InterruptedException {
        System.out.print(Report.heading(rounds));
        Map<Peers, String> peers = checkPeers();
        List<Peers> runnable = peers.keySet().stream()
                .filter(peer -> PeerCheck.RUNS.equals(peers.get(peer)))
                .toList();
        if (tables.stream().anyMatch(table -> Measurement.hasMethod(table, Postgres.METHOD))) {
            try (Postgres postgres = Postgres.start()) {
                measure(new Measurement(quick, runnable, postgres.jvmFlag()));
            }
        } else {
            measure(new Measurement(quick, runnable, null));
        }
        printOthers();
    }

    private void measure(Measurement measurement) throws RunnerException {
        for (int round = 1; round <= rounds; round++) {
            for (Class<?> table : tables) {
                long start = System.nanoTime();
                measurement.measure(table);
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
                System.err.printf("round %d of %d: %s: %d s%n", round, rounds, nameOf(table), seconds);
            }
        }
        System.out.print(Report.tables(measurement.series()));
    }

    /** Prints the tables that JMH has no part in. */
    private void printOthers() throws IOException, InterruptedException {
        for (Others other : others) {
            long start = System.nanoTime();
            System.out.print(other.tables.tables(quick));
            System.err.printf("%s: %d s%n", other.name, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        }
    }

    /** Tries the peers that the tables want on this JDK; says which of them do not run on it. */
    private Map<Peers, String> checkPeers() throws IOException, InterruptedException {
        Map<Peers, String> results = new EnumMap<>(Peers.class);
        for (Class<?> table : tables) {
            for (Peers peer : Measurement.tableOf(table).peers()) {
                if (!results.containsKey(peer)) {
                    String result = ChildJvm.run(peer.jvmFlags(), PeerCheck.class, peer.name());
                    results.put(peer, result);
                    if (!PeerCheck.RUNS.equals(result)) {
                        System.out.printf(
                                "%n%s does not run on this JDK: `%s`%n",
                                Versions.label(peer.title(), peer.name()), result);
                    } else if (!peer.jvmFlags().isEmpty()) {
                        System.out.printf(
                                "%n%s runs with `%s`.%n",
                                Versions.label(peer.title(), peer.name()), String.join(" ", peer.jvmFlags()));
                    }
                }
            }
        }
        return results;
    }
}
