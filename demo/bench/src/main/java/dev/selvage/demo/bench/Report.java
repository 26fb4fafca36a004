package dev.selvage.demo.bench;

import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The tables: each row's ratio to the floor of its table with the same parameters, and whether the target is met. */
final class Report {

    private Report() {}

    /** What was measured where, and how to read it. */
    static String heading(int rounds) {
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-D"))
                .toList();
        return String.format(
                Locale.ROOT,
                """
                # Performance

                Printed by `demo/bench/run` on %s: JDK %s (%s), %d cores, JVM flags: %s. Each row is the median of %d \
                fork%s, interleaved with those of the other rows, with the least and the most of them. The machine is \
                shared: read the ratios, not the nanoseconds, and take no ratio under 1.5 for a ranking. A floor is \
                what a program could write by hand, with less to offer; a peer is another library, from Maven Central, \
                with the settings that it recommends.
                """,
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                Runtime.getRuntime().availableProcessors(),
                flags.isEmpty() ? "none" : String.join(" ", flags),
                rounds,
                rounds == 1 ? "" : "s");
    }

    static String tables(Collection<Series> measured) {
        StringBuilder text = new StringBuilder();
        Map<Table, List<Series>> tables = measured.stream()
                .collect(Collectors.groupingBy(series -> series.table, LinkedHashMap::new, Collectors.toList()));
        tables.forEach((table, rows) -> append(text, table, rows));
        return text.toString();
    }

    private static void append(StringBuilder text, Table table, List<Series> rows) {
        text.append(String.format("%n## %s%n%n%s%n%n", table.title(), table.says()));
        text.append("| role | what | with | ns | least to most | bytes | ratio to the floor |\n");
        text.append("|---|---|---|--:|--:|--:|---|\n");
        List<String> parameters = rows.stream().map(row -> row.with).distinct().toList();
        rows.stream()
                .sorted(Comparator.<Series>comparingInt(row -> parameters.indexOf(row.with))
                        .thenComparing(row -> row.role)
                        .thenComparingDouble(Series::medianNanos))
                .map(row -> line(row, rows))
                .forEach(text::append);
    }

    private static String line(Series row, List<Series> rows) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.1f | %.1f to %.1f | %.0f | %s |%n",
                row.role.title,
                row.label,
                row.with,
                row.medianNanos(),
                row.leastNanos(),
                row.mostNanos(),
                row.medianBytes(),
                ratio(row, rows));
    }

    private static String ratio(Series row, List<Series> rows) {
        List<Series> beside =
                rows.stream().filter(other -> other.with.equals(row.with)).toList();
        Optional<Series> floor =
                beside.stream().filter(other -> other.role == Role.FLOOR).findFirst();
        if (floor.isEmpty()) {
            return row.role == Role.SELVAGE ? peers(row, beside) : "";
        }
        if (floor.get() == row) {
            return "1";
        }
        double ratio = Math.rint(100 * row.medianNanos() / floor.get().medianNanos()) / 100; // as it is shown
        String text = String.format(Locale.ROOT, "%.2f", ratio);
        if (row.atMost > 0) {
            text += target(row.atMost, ratio <= row.atMost);
        }
        if (row.role == Role.SELVAGE) {
            String peers = peers(row, beside);
            text += peers.isEmpty() ? "" : "; " + peers;
        }
        return text;
    }

    /** Says what was wanted, and whether it is so. */
    static String target(double atMost, boolean met) {
        return " (target " + (atMost == Math.rint(atMost) ? String.valueOf((long) atMost) : String.valueOf(atMost))
                + (met ? ": met)" : ": **missed**)");
    }

    private static String peers(Series row, List<Series> beside) {
        List<String> ahead = beside.stream()
                .filter(other -> other.role == Role.PEER && other.medianNanos() <= row.medianNanos())
                .map(other -> other.label)
                .toList();
        if (beside.stream().noneMatch(other -> other.role == Role.PEER)) {
            return "";
        }
        return ahead.isEmpty() ? "ahead of every peer" : "**behind " + String.join(", ", ahead) + "**";
    }
}
