package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.PinnedEvents;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 3.7: nothing that a scope does keeps a carrier. */
class PinningTest {

    @Test
    @DisplayName(
            "3.7 opening, forking, joining, closing and abandoning pin no carrier; a park in a static initializer does")
    void nothingPins() throws Throwable {
        OwnerKind.VIRTUAL.run(() -> useScopes(0)); // links and initializes all: the JDK pins threads that wait for that
        try (PinnedEvents recording = PinnedEvents.record()) {
            OwnerKind.VIRTUAL.run(() -> useScopes(0));
            Waiting.forEndOf(Thread.ofVirtual().name("control").start(PinningTest::parkInStaticInitializer));
            List<PinnedEvents.Pinned> pinned = recording.stop();
            assertThat(pinned).filteredOn(PinningTest::isControl).isNotEmpty();
            assertThat(pinned).allMatch(PinningTest::isControl); // or the failure shows the stacks
        }
    }

    private static boolean isControl(PinnedEvents.Pinned pinned) {
        return pinned.thread().equals("control");
    }

    private static void useScopes(int depth) throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            try (TaskScope scope = TaskScope.open("pinning")) {
                for (int i = 0; i < 20; i++) {
                    scope.fork("pinning-child", () -> LockSupport.parkNanos(10_000));
                }
                scope.fork("pinning-nested", () -> nested(depth));
                if (round % 2 == 0) {
                    scope.join();
                }
            }
        }
        try (TaskScope outer = TaskScope.open("pinning-outer");
                TaskScope inner = TaskScope.open("pinning-inner")) {
            inner.fork("pinning-slow", () -> LockSupport.parkNanos(1_000_000));
            inner.abandon();
            outer.fork("pinning-own", Waiting::untilInterrupted);
        }
    }

    private static void nested(int depth) {
        try {
            if (depth < 1) {
                useScopes(depth + 1);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    /** A fresh class each time, so that the control works again when the test is repeated. */
    private static void parkInStaticInitializer() {
        try (InputStream bytes = PinningTest.class.getResourceAsStream("PinningTest$Pinning.class")) {
            MethodHandles.lookup().defineHiddenClass(bytes.readAllBytes(), true);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    static final class Pinning {

        static {
            LockSupport.parkNanos(2_000_000);
        }

        private Pinning() {}
    }
}
