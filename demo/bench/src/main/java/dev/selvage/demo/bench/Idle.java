package dev.selvage.demo.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of what idle processes cost, beside parked virtual threads: heap, and processor time. */
final class Idle {
    private static final int MANY = 1_000_000;
    private static final int SOME = 100_000;
    private static final int SECONDS = 5;
    private static final int BYTES_ABOVE = 300;

    /** One percent of a core, which the JVM's own threads may use. */
    private static final int MILLIS_ABOVE = SECONDS * 10;

    private static final int QUICK_DIVISOR = 10;

    /** What the program prints: bytes of each, and nanoseconds of processor time of all. */
    private static final Pattern RESULT = Pattern.compile("(-?\\d+) (\\d+)");

    private record Cost(long bytes, double millis, String remark) {}

    private Idle() {}

    static String table(boolean quick) throws IOException, InterruptedException {
        int many = quick ? MANY / QUICK_DIVISOR : MANY;
        int some = quick ? SOME / QUICK_DIVISOR : SOME;
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """

                ## Idle

                Heap in use after collections, each of %,d, in a JVM of its own with `-Xmx2g`; processor time of a JVM \
                with %,d of them in %d s, once what their start gave the compilers and the collector to do is done. \
                The floor is a virtual thread parked on a LinkedTransferQueue; an idle process waits in `receive()`.

                | role | what | bytes each | above the floor | processor time | above the floor |
                |---|---|--:|---|--:|---|
                """, many, some, SECONDS));
        Cost thread = cost("threads", many, some);
        Cost process = cost("processes", many, some);
        double millis = process.millis() - thread.millis();
        text.append(String.format(
                Locale.ROOT,
                "| floor | virtual thread | %d%s | | %.1f ms | |%n",
                thread.bytes(),
                thread.remark(),
                thread.millis()));
        text.append(String.format(
                Locale.ROOT,
                "| **Selvage** | process | %d%s | %s | %.1f ms | %.1f ms%s |%n",
                process.bytes(),
                process.remark(),
                above(process.bytes() - thread.bytes(), process.remark().isEmpty()),
                process.millis(),
                millis,
                Report.target(MILLIS_ABOVE, millis <= MILLIS_ABOVE)));
        return text.toString();
    }

    private static String above(long bytes, boolean allFit) {
        return bytes + Report.target(BYTES_ABOVE, allFit && bytes <= BYTES_ABOVE);
    }

    /** The bytes of many, if they fit; else those of some, with a remark. */
    private static Cost cost(String what, int many, int some) throws IOException, InterruptedException {
        String all = measure(what, many, 0);
        String idle = measure(what, some, SECONDS);
        boolean fit = RESULT.matcher(all).matches();
        Matcher bytes = RESULT.matcher(fit ? all : idle);
        Matcher nanos = RESULT.matcher(idle);
        if (!bytes.matches() || !nanos.matches()) {
            throw new IOException(String.format(Locale.ROOT, "%,d %s: %s", some, what, idle));
        }
        String remark = fit ? "" : String.format(Locale.ROOT, ", of %,d: more **do not fit** (%s)", some, all);
        return new Cost(Long.parseLong(bytes.group(1)), Long.parseLong(nanos.group(2)) / 1e6, remark);
    }

    private static String measure(String what, int count, int seconds) throws IOException, InterruptedException {
        return ChildJvm.run(
                List.of("-Xmx2g", "-XX:+ExitOnOutOfMemoryError"),
                IdleProgram.class,
                what,
                String.valueOf(count),
                String.valueOf(seconds));
    }
}
