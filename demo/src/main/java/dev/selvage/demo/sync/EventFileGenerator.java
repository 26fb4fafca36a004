package dev.selvage.demo.sync;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Writes the event file that the demo ships with, or a larger one of the same kind.
 *
 * <p>The users are skewed as users are: the n-th of them has a share in proportion to 1 / (n + 10), so that among 500
 * the ten busiest make a sixth of all events. Three lines of the file are broken on purpose, so that every run shows
 * what becomes of such lines. The same arguments write the same file, byte by byte.
 *
 * {@snippet lang="shell" :
 * java -cp demo/target/classes dev.selvage.demo.sync.EventFileGenerator 1 1000000 5000 > my-events.txt
 * ./demo/run sync my-events.txt
 * }
 */
public final class EventFileGenerator {

    static final long SHIPPED_SEED = 1;
    static final int SHIPPED_EVENTS = 12_000;
    static final int SHIPPED_USERS = 500;

    private static final List<String> CHANGES = List.of(
            "address",
            "avatar",
            "email",
            "newsletter",
            "orders",
            "password",
            "payment",
            "phone",
            "profile",
            "wishlist");

    private static final int FLATNESS = 10;

    private EventFileGenerator() {}

    /**
     * Writes an event file to standard output.
     *
     * @param arguments seed, number of events, number of users; each may be left out from the right
     */
    public static void main(String[] arguments) {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : SHIPPED_SEED;
        int events = arguments.length > 1 ? Integer.parseInt(arguments[1]) : SHIPPED_EVENTS;
        int users = arguments.length > 2 ? Integer.parseInt(arguments[2]) : SHIPPED_USERS;
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        write(out, seed, events, users);
        out.flush();
    }

    static void write(PrintStream out, long seed, int events, int users) {
        if (events < 10 || users < 1) {
            throw new IllegalArgumentException(
                    "events: " + events + ", users: " + users + "; allowed: 10 or more events, 1 or more users");
        }
        RandomGenerator random = new SplittableRandom(seed);
        NavigableMap<Double, String> byShare = shares(users);
        double total = byShare.lastKey();
        out.print(header(seed, events, users));
        Map<Integer, String> broken = brokenLines(events);
        for (int event = 0; event < events; event++) {
            String brokenLine = broken.get(event);
            if (brokenLine != null) {
                out.print(brokenLine + "\n");
            }
            String user = byShare.ceilingEntry(random.nextDouble() * total).getValue();
            out.print(user + " " + CHANGES.get(random.nextInt(CHANGES.size())) + "\n");
        }
    }

    /** Each user under the sum of the shares up to its own: a random point below the sum falls on a user. */
    private static NavigableMap<Double, String> shares(int users) {
        NavigableMap<Double, String> byShare = new TreeMap<>();
        double sum = 0;
        for (int rank = 1; rank <= users; rank++) {
            sum += 1.0 / (rank + FLATNESS);
            byShare.put(sum, "user-%03d".formatted(rank));
        }
        return byShare;
    }

    /** Each broken line under the number of the event it stands before. */
    private static Map<Integer, String> brokenLines(int events) {
        return Map.of(
                events / 5, "user-077",
                events / 2, "user-1%2 avatar",
                events * 4 / 5, "user-042 email phone");
    }

    private static String header(long seed, int events, int users) {
        return """
                # Sync events of the Selvage demo: one a line, the user and what changed.
                # Lines that start with # and empty lines are skipped; three lines are broken on purpose.
                # Written by EventFileGenerator, seed %d, %d events, %d users, a few of them hot.
                """.formatted(seed, events, users);
    }
}
