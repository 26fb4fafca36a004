package dev.selvage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PinnedEventsTest {

    /**
     * No virtual thread of any JDK lets go of its carrier while it initializes a class: native frames are beneath it.
     */
    private static final class ParksInItsInitializer {
        static {
            LockSupport.parkNanos(1_000_000);
        }

        static void initialize() {
            // done by the call
        }
    }

    @Test
    @DisplayName("3.7 a wait in a static initializer is recorded as pinned: the recorder does see pinning")
    void seesPinning() {
        try (PinnedEvents pinned = PinnedEvents.record()) {
            Thread thread = Thread.ofVirtual().name("pinned-one").start(ParksInItsInitializer::initialize);
            Threads.awaitState(thread, Thread.State.TERMINATED);

            assertThat(pinned.stop())
                    .filteredOn(event -> event.thread().equals("pinned-one"))
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event.stack()).contains("ParksInItsInitializer"));
        }
    }

    @Test
    @DisplayName("3.7 an ordinary wait is not recorded")
    void ordinaryWait() {
        try (PinnedEvents pinned = PinnedEvents.record()) {
            CountDownLatch latch = new CountDownLatch(1);
            try (Threads threads = new Threads()) {
                Thread waiter = threads.start(ThreadKind.VIRTUAL, "waiter", latch::await);
                Threads.awaitState(waiter, Thread.State.WAITING);
                latch.countDown();
            }
            assertThat(pinned.stop())
                    .filteredOn(event -> event.thread().equals("waiter"))
                    .isEmpty();
        }
    }
}
