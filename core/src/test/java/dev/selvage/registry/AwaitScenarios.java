package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waiting for a key while it comes, while time passes, and while the registry is closed. */
abstract class AwaitScenarios implements Scenario {
    private static final Duration HOUR = Duration.ofHours(1);

    final Board board;

    AwaitScenarios(Board board) {
        this.board = board;
    }

    /** What the scenarios need of a registry, so that a wrong one can take its place. */
    interface Board {
        void register(String key);

        boolean await(String key, Duration timeout) throws InterruptedException;

        void close();

        boolean nobodyIsLeftWaiting();
    }

    /** The real ones. */
    record Real(RegistryBase<String, Integer> base, Registry<String, Integer> registry) implements Board {
        static Real unique() {
            UniqueRegistry<String, Integer> made =
                    Registry.unique("board", options -> options.withTicker(Sim.ticker()));
            return new Real(Subject.base(made), made);
        }

        static Real duplicate() {
            DuplicateRegistry<String, Integer> made =
                    Registry.duplicate("board", options -> options.withTicker(Sim.ticker()));
            return new Real(Subject.base(made), made);
        }

        @Override
        public void register(String key) {
            registry.register(key, 1);
        }

        @Override
        public boolean await(String key, Duration timeout) throws InterruptedException {
            return !base.awaitLiving(key, timeout).isEmpty();
        }

        @Override
        public void close() {
            registry.close();
        }

        @Override
        public boolean nobodyIsLeftWaiting() {
            return base.waiters().isEmpty() && base.waiters().waiting() == 0;
        }
    }

    /** Looks, then queues up and parks, and misses what came in between; after a timeout it stays in the queue. */
    static final class LooksBeforeItQueues implements Board {
        private final ConcurrentHashMap<String, Integer> table = new ConcurrentHashMap<>();
        private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        @Override
        public void register(String key) {
            table.put(key, 1);
            waiting.forEach(LockSupport::unpark);
        }

        @Override
        public boolean await(String key, Duration timeout) throws InterruptedException {
            Deadline deadline = Deadline.after(timeout, Sim.ticker());
            while (!table.containsKey(key)) {
                if (closed) {
                    throw RegistryException.Closed.of("board");
                }
                if (deadline.hasPassed()) {
                    return false;
                }
                waiting.add(Thread.currentThread());
                deadline.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            waiting.remove(Thread.currentThread());
            return true;
        }

        @Override
        public void close() {
            closed = true;
            waiting.forEach(LockSupport::unpark);
        }

        @Override
        public boolean nobodyIsLeftWaiting() {
            return waiting.isEmpty();
        }
    }

    /** Two wait long enough for a key that a third registers. */
    abstract static class Arrival extends AwaitScenarios {
        private final CountDownLatch found = new CountDownLatch(2);

        Arrival(Board board) {
            super(board);
        }

        @Override
        public void play() throws Exception {
            Sim.together(this::waitForIt, this::waitForIt, () -> {
                board.register("key");
                found.await(); // the entry stands as long as this thread
            });
            assertThat(board.nobodyIsLeftWaiting()).isTrue();
        }

        private void waitForIt() throws InterruptedException {
            assertThat(board.await("key", HOUR)).as("found").isTrue();
            assertThat(Sim.elapsed()).as("waited").isLessThan(HOUR);
            found.countDown();
        }
    }

    /** One waits for a limited time, whether or not the key comes. */
    abstract static class Timeout extends AwaitScenarios {
        private static final Duration SECOND = Duration.ofSeconds(1);
        private final CountDownLatch over = new CountDownLatch(1);

        Timeout(Board board) {
            super(board);
        }

        @Override
        public void play() throws Exception {
            Sim.together(this::waitForIt, () -> {
                if (Sim.random().nextBoolean()) {
                    board.register("key");
                }
                over.await();
            });
            assertThat(board.nobodyIsLeftWaiting()).as("nobody left waiting").isTrue();
        }

        private void waitForIt() throws InterruptedException {
            Duration start = Sim.elapsed();
            if (!board.await("key", SECOND)) {
                assertThat(Sim.elapsed().minus(start)).isGreaterThanOrEqualTo(SECOND);
            }
            over.countDown();
        }
    }

    /** One waits while the registry is closed. */
    abstract static class Closing extends AwaitScenarios {
        Closing(Board board) {
            super(board);
        }

        @Override
        public void play() throws Exception {
            Sim.together(
                    () -> assertThatExceptionOfType(RegistryException.Closed.class)
                            .isThrownBy(() -> board.await("key", HOUR))
                            .withMessage("registry board is closed"),
                    board::close);
            assertThat(Sim.elapsed()).isLessThan(HOUR);
            assertThat(board.nobodyIsLeftWaiting()).as("nobody left waiting").isTrue();
        }
    }

    /** One is interrupted while it waits for what may come at the same time. */
    abstract static class Interrupt extends AwaitScenarios {
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile @Nullable Thread waiter;

        Interrupt(Board board) {
            super(board);
        }

        @Override
        public void play() throws Exception {
            Sim.together(
                    this::waitForIt,
                    () -> {
                        started.await();
                        Objects.requireNonNull(waiter).interrupt();
                    },
                    () -> {
                        board.register("key");
                        over.await();
                    });
            assertThat(board.nobodyIsLeftWaiting()).as("nobody left waiting").isTrue();
        }

        private void waitForIt() {
            waiter = Thread.currentThread();
            started.countDown();
            try {
                assertThat(board.await("key", HOUR)).isTrue();
            } catch (InterruptedException expected) {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
            over.countDown();
        }
    }

    // ---- with the real registries, and with the wrong one that each should find

    static final class ArrivalAtUnique extends Arrival {
        ArrivalAtUnique() {
            super(Real.unique());
        }
    }

    static final class ArrivalAtDuplicate extends Arrival {
        ArrivalAtDuplicate() {
            super(Real.duplicate());
        }
    }

    static final class ArrivalMissed extends Arrival {
        ArrivalMissed() {
            super(new LooksBeforeItQueues());
        }
    }

    static final class TimeoutAtUnique extends Timeout {
        TimeoutAtUnique() {
            super(Real.unique());
        }
    }

    static final class TimeoutThatLeavesItsWaiter extends Timeout {
        TimeoutThatLeavesItsWaiter() {
            super(new LooksBeforeItQueues());
        }
    }

    static final class ClosingOfDuplicate extends Closing {
        ClosingOfDuplicate() {
            super(Real.duplicate());
        }
    }

    static final class ClosingMissed extends Closing {
        ClosingMissed() {
            super(new LooksBeforeItQueues());
        }
    }

    static final class InterruptAtUnique extends Interrupt {
        InterruptAtUnique() {
            super(Real.unique());
        }
    }

    static final class InterruptThatLeavesItsWaiter extends Interrupt {
        InterruptThatLeavesItsWaiter() {
            super(new LooksBeforeItQueues());
        }
    }
}
