package dev.selvage.demo.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables: one for each benchmark class, each row's ratio to the floor of its table with the same parameters. */
final class Report {
    private final Collection<Bench.Series> measured;
    private final int rounds;

    Report(Collection<Bench.Series> measured, int rounds) {
        this.measured = measured;
        this.rounds = rounds;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "Measured on %s, JDK %s (%s), %d cores, no JVM flags; %d interleaved fork%s each: the median, and "
                        + "the least%n"
                        + "and the most of the forks. The machine is shared: read the ratios, not the nanoseconds.%n",
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                Runtime.getRuntime().availableProcessors(),
                rounds,
                rounds == 1 ? "" : "s"));
        Map<String, List<Bench.Series>> groups = measured.stream()
                .collect(Collectors.groupingBy(series -> series.group, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((group, series) -> table(text, group, series));
        return text.toString();
    }

    private static void table(StringBuilder text, String group, List<Bench.Series> rows) {
        text.append(String.format("%n### %s%n%n", group));
        text.append("| what | with | ns an operation | least to most | bytes | ratio to the floor |\n");
        text.append("|---|---|---|---|---|---|\n");
        for (Bench.Series row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f | %.1f to %.1f | %.0f | %s |%n",
                    row.method,
                    row.parameters,
                    row.medianNanos(),
                    row.leastNanos(),
                    row.mostNanos(),
                    row.medianBytes(),
                    ratio(row, rows)));
        }
    }

    private static String ratio(Bench.Series row, List<Bench.Series> rows) {
        return rows.stream()
                .filter(other -> other.isFloor() && other.parameters.equals(row.parameters))
                .findFirst()
                .map(floor -> row == floor ? "1 (the floor)" : format(row.medianNanos() / floor.medianNanos()))
                .orElse("-");
    }

    private static String format(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
