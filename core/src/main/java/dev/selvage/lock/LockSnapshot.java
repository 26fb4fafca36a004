package dev.selvage.lock;

import dev.selvage.exit.Owner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who holds and who waits: the answer of {@link KeyedLocks#snapshot()}, which prints as a table.
 *
 * {@snippet :
 * System.out.println(locks.snapshot());
 *
 * // keyed locks users: 1 key, 1 holder, 1 waiter
 * // key  mode       state  thread    since   token
 * // ada  exclusive  holds  worker 1          17
 * // ada  shared     waits  worker 2  310 ms
 * }
 *
 * <p>The rows of one key stand together, holders first and then the waiters in the order of their turns, as they were
 * at one moment; different keys were looked at one after the other. The idea is PostgreSQL's view {@code pg_locks}.
 *
 * @param <K> the keys
 * @param name the name of the locks
 * @param rows a row for each thread at each key, by which it holds or waits
 */
public record LockSnapshot<K>(String name, List<Row<K>> rows) {

    /** Keeps a list of its own. */
    public LockSnapshot {
        rows = List.copyOf(rows);
    }

    /**
     * A thread that holds a key or waits for it.
     *
     * @param <K> the keys
     * @param key the key
     * @param mode how it holds the key, or would
     * @param waits true if it waits, false if it holds
     * @param owner the process, or the bare thread
     * @param since how long it has waited when the snapshot was taken, or held the key; the latter is known
     *     {@linkplain KeyedLocksOptions#withHoldTimes() on demand} only
     * @param token its fencing token, if somebody has asked for it
     */
    public record Row<K>(
            K key, LockMode mode, boolean waits, Owner owner, Optional<Duration> since, OptionalLong token) {

        /**
         * Returns where the thread is now, when this is called, and not when the snapshot was taken.
         *
         * @return its stack, the innermost call first; empty if it has ended
         */
        public List<StackTraceElement> stack() {
            return List.of(owner.thread().getStackTrace());
        }

        private List<String> cells() {
            return List.of(
                    shortened(String.valueOf(key)),
                    mode.toString(),
                    waits ? "waits" : "holds",
                    shortened(owner.name()),
                    since.map(LockSnapshot::text).orElse(""),
                    token.isPresent() ? String.valueOf(token.getAsLong()) : "");
        }
    }

    private static final int LONGEST_CELL = 40;
    private static final List<String> HEADINGS = List.of("key", "mode", "state", "thread", "since", "token");

    /**
     * Returns the rows as a table with aligned columns, for people.
     *
     * @return a line that sums up, and if there are rows, one of headings and one for each row
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("keyed locks ").append(name).append(": ");
        long waiters = rows.stream().filter(Row::waits).count();
        long keys = rows.stream().map(Row::key).distinct().count();
        text.append(count(keys, "key"))
                .append(", ")
                .append(count(rows.size() - waiters, "holder"))
                .append(", ")
                .append(count(waiters, "waiter"));
        if (!rows.isEmpty()) {
            appendTable(text);
        }
        return text.toString();
    }

    private void appendTable(StringBuilder text) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADINGS);
        rows.forEach(row -> lines.add(row.cells()));
        int[] widths = new int[HEADINGS.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        for (List<String> line : lines) {
            StringBuilder printed = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = line.get(i);
                printed.append(cell).append(" ".repeat(widths[i] - width(cell) + 2));
            }
            text.append('\n').append(printed.toString().stripTrailing());
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** On one line, and not longer than what fits into a table. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return width(line) <= LONGEST_CELL
                ? line
                : line.substring(0, line.offsetByCodePoints(0, LONGEST_CELL - 1)) + "…";
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String text(Duration time) {
        if (time.toMinutes() > 0) {
            return time.toMinutes() + " min " + time.toSecondsPart() + " s";
        }
        if (time.toSeconds() > 0) {
            return time.toSeconds() + "."
                    + String.valueOf(1_000 + time.toMillisPart()).substring(1) + " s";
        }
        return time.toMillis() > 0 ? time.toMillis() + " ms" : time.toNanos() / 1_000 + " µs";
    }
}
