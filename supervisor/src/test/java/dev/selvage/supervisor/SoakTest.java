package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.Threads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Crashes and restarts in a nested tree, again and again; {@code -Dselvage.soak.cycles=1000000} for the long form.
 * Afterwards everything is as it was before.
 */
class SoakTest {
    private static final int CYCLES = Integer.getInteger("selvage.soak.cycles", 5_000);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long MEBI = 1 << 20;

    /** One for all: a million stacks would be the test's own load. */
    private static final RuntimeException PLANNED = new RuntimeException("planned", null, false, false) {
        private static final long serialVersionUID = 1L;
    };

    private final AtomicLong starts = new AtomicLong();
    private final List<ChildSpec<String>> leaves = new ArrayList<>();

    private ChildSpec<String> leaf(UniqueRegistry<String, ProcessRef<String>> names, String id) {
        ChildSpec<String> leaf = ChildSpec.process(id, (mailbox, start) -> {
            names.register(id, mailbox.self());
            starts.incrementAndGet();
            start.ready();
            mailbox.receive();
            throw PLANNED;
        });
        leaves.add(leaf);
        return leaf;
    }

    /** A budget that is never used up: what is a nanosecond old counts no more. */
    private static SupervisorSpec tireless(SupervisorSpec spec) {
        return spec.withIntensity(Integer.MAX_VALUE, Duration.ofNanos(1));
    }

    private SupervisorSpec tree(UniqueRegistry<String, ProcessRef<String>> names) {
        ChildSpec<Void> rest = ChildSpec.supervisor(
                tireless(SupervisorSpec.restForOne("rest", leaf(names, "a"), leaf(names, "b"), leaf(names, "c"))));
        ChildSpec<Void> all =
                ChildSpec.supervisor(tireless(SupervisorSpec.oneForAll("all", leaf(names, "d"), leaf(names, "e"))));
        // gives up each time, so that supervisors are restarted too
        ChildSpec<Void> frail = ChildSpec.supervisor(
                SupervisorSpec.oneForOne("frail", leaf(names, "f")).withIntensity(0, MINUTE));
        return tireless(SupervisorSpec.oneForOne("soak", rest, all, frail, leaf(names, "g")));
    }

    @Test
    @Timeout(600)
    @DisplayName("8 crash-restart cycles over a nested tree: heap, threads and registry are back to the start")
    void soak() throws Exception {
        Logger logger = Logger.getLogger("dev.selvage");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try (UniqueRegistry<String, ProcessRef<String>> names = Registry.unique("soak");
                Supervisor app = Supervisor.start(tree(names))) {
            crash(app, 1_000);
            long heap = heapInUse();
            int platformThreads = ManagementFactory.getThreadMXBean().getThreadCount();
            long began = System.nanoTime();

            crash(app, CYCLES);

            long nanos = System.nanoTime() - began;
            long grown = heapInUse() - heap;
            System.out.println(
                    CYCLES + " restarts in " + nanos / 1_000_000 + " ms, heap " + heap / 1024 + " KiB before, "
                            + grown / 1024
                            + " KiB more after, platform threads " + platformThreads + " before and "
                            + ManagementFactory.getThreadMXBean().getThreadCount() + " after, names " + names.size());
            assertThat(grown).as("bytes of heap more than before").isLessThan(4 * MEBI);
            assertThat(names.size()).isEqualTo(leaves.size());
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .as("platform threads")
                    .isLessThanOrEqualTo(platformThreads + 3);
            assertThat(app.tree().stuckThreads()).isZero();
        } finally {
            logger.setLevel(before);
        }
    }

    private void crash(Supervisor app, int restarts) throws InterruptedException {
        List<ChildRef<String>> refs = leaves.stream().map(app::ref).toList();
        long enough = starts.get() + restarts;
        while (starts.get() < enough) {
            for (ChildRef<String> ref : refs) {
                ref.await(MINUTE).orElseThrow().send("crash");
            }
        }
        Threads.awaitTrue(
                "the last ones have gone",
                () -> refs.stream()
                        .allMatch(ref -> ref.resolve()
                                .filter(process -> process.mailboxLength() == 0)
                                .isPresent()));
    }

    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
