package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.Threads;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Idle processes cost memory only (rule 5.9). */
class IdleProcessesTest {
    private static final int PROCESSES = 100_000;
    private static final Duration WATCHED = Duration.ofSeconds(1);

    /** What one timer tick of the JDK's own may cost; 100,000 processes that poll each 50 ms cost 100 % of a core. */
    private static final Duration NOISE = Duration.ofMillis(20);

    @Test
    @DisplayName("5.9, known failure 5: 100,000 idle processes use no CPU, not even of a timer")
    void noCpuAtIdle() throws Exception {
        try (ProcessScope scope = ProcessScope.open("idle")) {
            for (int i = 0; i < PROCESSES; i++) {
                scope.start("idle", Mailbox::receive);
            }
            for (ProcessRef<?> process : scope.processes()) {
                Threads.awaitState(process.thread(), Thread.State.WAITING); // TIMED_WAITING would be polling
            }
            Duration used = usedByVirtualThreadsWithin(WATCHED);
            assertThat(used).isLessThan(NOISE);
        }
    }

    @Test
    @DisplayName("5.9 the measure tells: 1,000 processes that poll every millisecond do use CPU")
    void pollingIsSeen() throws Exception {
        try (ProcessScope scope = ProcessScope.open("polling")) {
            for (int i = 0; i < 1_000; i++) {
                scope.start("polling", mailbox -> {
                    while (mailbox.receive(Duration.ofMillis(1)).isEmpty()) {
                        Thread.onSpinWait(); // polls on
                    }
                });
            }
            assertThat(usedByVirtualThreadsWithin(WATCHED)).isGreaterThan(NOISE);
        }
    }

    /** The time that a stretch of time lasts is what is measured here, so here it is waited for. */
    private static Duration usedByVirtualThreadsWithin(Duration stretch) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long before = cpuNanosOfCarriers();
        assertThat(never.await(stretch.toNanos(), TimeUnit.NANOSECONDS)).isFalse();
        return Duration.ofNanos(cpuNanosOfCarriers() - before);
    }

    /** All virtual threads run on these, and the JDK's timers for them on the unparkers. */
    private static long cpuNanosOfCarriers() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null
                        && (info.getThreadName().startsWith("ForkJoinPool-")
                                || info.getThreadName().startsWith("VirtualThread-unparker")))
                .mapToLong(info -> Math.max(0, threads.getThreadCpuTime(info.getThreadId())))
                .sum();
    }
}
