package dev.selvage.demo.bench;

import dev.selvage.process.ProcessException;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.ChildRef;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorException;
import dev.selvage.supervisor.SupervisorSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Measures supervisors in a JVM of its own, and prints nanoseconds. */
final class SupervisionProgram {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** How often many children are started and stopped. */
    private static final int TIMES = 5;

    private SupervisionProgram() {}

    /** Asks, or without an address makes the child fail. */
    private record Ask(@Nullable ReplyTo<Boolean> from) {}

    public static void main(String[] args) throws Exception {
        Logger logger = Logger.getLogger("dev.selvage");
        if (!args[2].equals("to standard error")) {
            logger.setLevel(Level.OFF);
        }
        int count = Integer.parseInt(args[1]);
        switch (args[0]) {
            case "crash" -> Drivers.inVirtualThread(() -> crashes(count));
            case "many" -> manyTimes(count);
            case "idle" -> idle(count, Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static int crashes(int count) throws InterruptedException {
        ChildSpec<Ask> child = ChildSpec.process("child", mailbox -> {
            for (; ; ) {
                ReplyTo<Boolean> from = mailbox.receive().from();
                if (from == null) {
                    throw new IllegalStateException("planned");
                }
                from.reply(true);
            }
        });
        SupervisorSpec spec =
                SupervisorSpec.oneForOne("crashes", child).withIntensity(Integer.MAX_VALUE, Duration.ofNanos(1));
        long[] nanos = new long[count];
        try (Supervisor app = Supervisor.start(spec)) {
            ChildRef<Ask> ref = app.ref(child);
            for (int warmUp = 0; warmUp < count / 2; warmUp++) {
                crash(ref);
            }
            for (int each = 0; each < count; each++) {
                nanos[each] = crash(ref);
            }
        }
        Arrays.sort(nanos);
        System.out.printf("%d %d %d%n", nanos[count / 2], nanos[count - count / 100], nanos[count - 1]);
        return count;
    }

    private static long crash(ChildRef<Ask> ref) throws InterruptedException {
        long start = System.nanoTime();
        ref.send(new Ask(null));
        for (; ; ) {
            try {
                boolean answered = ref.call(Ask::new);
                if (answered) {
                    return System.nanoTime() - start;
                }
            } catch (ProcessException.Exited | SupervisorException.Refused gone) {
                ref.await(MINUTE);
            }
        }
    }

    private static Supervisor start(int count) throws InterruptedException {
        ChildSpec<Ask> child =
                ChildSpec.<Ask>process("child", mailbox -> mailbox.receive()).withRestart(Restart.TEMPORARY);
        Supervisor app = Supervisor.start(SupervisorSpec.dynamic("many"));
        Supervisor.Children children = app.children();
        for (int each = 0; each < count; each++) {
            children.start(child);
        }
        return app;
    }

    /** Prints medians: in one time or another there is a pause of the collector. */
    private static void manyTimes(int count) throws InterruptedException {
        long[] starts = new long[TIMES];
        long[] stops = new long[TIMES];
        for (int time = -2 * TIMES; time < TIMES; time++) {
            long[] nanos = many(count);
            if (time >= 0) { // it is compiled by now
                starts[time] = nanos[0];
                stops[time] = nanos[1];
            }
        }
        Arrays.sort(starts);
        Arrays.sort(stops);
        System.out.printf("%d %d%n", starts[TIMES / 2], stops[TIMES / 2]);
    }

    /** What the start and the stop of each takes. */
    private static long[] many(int count) throws InterruptedException {
        long began = System.nanoTime();
        Supervisor app = start(count);
        long started = System.nanoTime();
        app.close();
        long stopped = System.nanoTime();
        return new long[] {(started - began) / count, (stopped - started) / count};
    }

    private static void idle(int count, int seconds) throws InterruptedException {
        Supervisor app = start(count);
        IdleProgram.comeToRest();
        System.out.println(IdleProgram.idle(seconds));
        Runtime.getRuntime().halt(app.isStopping() ? 1 : 0); // the stop is not what is measured
    }
}
