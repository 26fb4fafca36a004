package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Sim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The races of shared mode, several keys, tokens, hand-over and deadlocks, small enough to be played often. */
final class LockModeScenarios {
    private static final String OTHER = "other";

    private LockModeScenarios() {}

    /** Two share, again and again, and two would have the key alone. */
    static final class ReadersAndWriters extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(
                    () -> {
                        shareAndUse();
                        lockAloneAndUse();
                    },
                    () -> {
                        Lease<String> outer = locks.shared().lock(KEY);
                        shareAndUse();
                        outer.close();
                    },
                    this::lockAloneAndUse,
                    () -> {
                        Optional<Lease<String>> lease = locks.shared().lock(KEY, SECOND);
                        if (lease.isPresent()) {
                            useShared(); // and dies with it
                        }
                    });
        }

        private void lockAloneAndUse() throws InterruptedException {
            Lease<String> lease = locks.lock(KEY);
            useAlone();
            lease.close();
        }
    }

    /** Somebody would share the key while another waits to have it alone: it is not faster. */
    static final class ReaderOvertakesNoWriter extends LockScenario {
        private volatile boolean served;

        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.shared().lock(KEY);
            Thread writer = startAndAwaitWaiting("writer", () -> {
                Lease<String> granted = locks.lock(KEY);
                served = true;
                useAlone();
                granted.close();
            });
            Sim.together(lease::close, () -> {
                Optional<Lease<String>> late = locks.shared().tryLock(KEY);
                if (late.isPresent()) {
                    assertThat(served).as("the writer was served before").isTrue();
                    late.get().close();
                }
            });
            writer.join();
        }
    }

    /** Two that waited to share the key meet inside: neither goes before the other has come. */
    static final class ReadersMeet extends LockScenario {
        private final AtomicInteger met = new AtomicInteger();

        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread one = startAndAwaitWaiting("one", this::meet);
            Thread two = startAndAwaitWaiting("two", this::meet);
            lease.close();
            one.join();
            two.join();
        }

        private void meet() throws InterruptedException {
            Lease<String> lease = locks.shared().lock(KEY);
            met.incrementAndGet();
            while (met.get() < 2) {
                Thread.yield();
            }
            lease.close();
        }
    }

    /** One that waits to have the key alone gives up, by its time or an interrupt, while the first goes on sharing. */
    static final class WriterGivesUp extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.shared().lock(KEY);
            Thread writer = startAndAwaitWaiting("writer", () -> {
                try {
                    assertThat(locks.lock(KEY, SECOND)).isEmpty();
                } catch (InterruptedException e) {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                }
            });
            Thread behind = Sim.start("behind", this::shareAndUse);
            if (Sim.random().nextBoolean()) {
                writer.interrupt();
            }
            behind.join();
            assertThat(lease.isHeld()).isTrue();
            writer.join();
            lease.close();
        }
    }

    /** Two share a key and both try to have it alone, and one goes on sharing after it had. */
    static final class Upgrades extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(this::shareThenHaveAlone, this::shareThenHaveAlone, this::shareAndUse);
        }

        private void shareThenHaveAlone() throws InterruptedException {
            Lease<String> shared = locks.shared().lock(KEY);
            useShared();
            Optional<Lease<String>> alone = locks.tryLock(KEY);
            if (alone.isPresent()) {
                useAlone();
                alone.get().close();
                useShared();
            }
            shared.close();
        }
    }

    /** Two lock two keys each, mentioned crosswise, one of them for a second at most, beside one that holds one. */
    static final class Several extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(
                    () -> {
                        Lease<List<String>> both = locks.lockAll(List.of(KEY, OTHER));
                        use();
                        both.close();
                    },
                    () -> {
                        Optional<Lease<List<String>>> both = locks.lockAll(List.of(OTHER, KEY), SECOND);
                        if (both.isPresent()) {
                            use();
                            both.get().close();
                        }
                    },
                    () -> {
                        Lease<String> one = locks.lock(OTHER);
                        Sim.sleep(SECOND);
                        one.close();
                    });
        }
    }

    /** Of several keys the last is not to be had in time: none of them is kept. */
    static final class SeveralInVain extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> last = locks.lock(OTHER);
            Sim.together(
                    () -> {
                        assertThat(locks.lockAll(List.of(KEY, OTHER), SECOND)).isEmpty();
                        assertThat(locks.holder(KEY).map(owner -> owner.thread() == Thread.currentThread()))
                                .as("kept")
                                .isNotEqualTo(Optional.of(true));
                    },
                    this::lockAndUse);
            last.close();
        }
    }

    /** A lease is handed to a thread that may end at any moment, while another waits for the key and a third tries. */
    static final class HandedToWhoEnds extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread waiter = startAndAwaitWaiting("waiter", this::lockAndUse);
            Thread receiver = Sim.start("receiver", Sim::point);
            Thread tries = Sim.start(
                    "tries",
                    () -> locks.tryLock(KEY).ifPresent(granted -> {
                        use();
                        granted.close();
                    }));
            try {
                lease.handOver(receiver);
            } catch (LockException.HandOver refused) {
                use();
                lease.close();
            }
            receiver.join();
            waiter.join();
            tries.join();
        }
    }

    /** A lease is handed to a thread that uses the key, while the old lease is closed and others lock in turn. */
    static final class HandedAndClosed extends LockScenario {
        private final List<Lease<String>> handed = new ArrayList<>();

        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread receiver = Sim.start("receiver", () -> {
                while (handed.isEmpty()) {
                    Thread.yield();
                }
                use();
                assertThat(handed.get(0).isHeld())
                        .as("the receiver's lease holds")
                        .isTrue();
                use();
                handed.get(0).close();
            });
            Thread other = Sim.start("other", this::lockAndUse);
            handed.add(lease.handOver(receiver));
            lease.close();
            lockAndUse();
            receiver.join();
            other.join();
        }
    }

    /** Two lock two keys crosswise: if both wait, one of them fails, and just one; the other is served. */
    static final class Crosswise extends LockScenario {
        private final AtomicInteger failed = new AtomicInteger();

        @Override
        void scenario() throws Exception {
            Sim.together(() -> lockBoth(KEY, OTHER), () -> lockBoth(OTHER, KEY));
            assertThat(failed.get()).as("those that failed").isLessThan(2);
        }

        private void lockBoth(String first, String second) throws InterruptedException {
            Lease<String> outer = locks.lock(first);
            try {
                Lease<String> inner = locks.lock(second);
                use();
                inner.close();
            } catch (LockException found) {
                failed.incrementAndGet();
                assertThat(outer.isHeld()).as("what it held before").isTrue();
            }
            outer.close();
        }
    }

    /** Three in a ring, one of which shares: at least one fails if all wait, and all come to their end. */
    static final class Ring extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(
                    () -> lockBoth(locks.lock("1"), locks.shared(), "2"),
                    () -> lockBoth(locks.shared().lock("2"), locks, "3"),
                    () -> lockBoth(locks.lock("3"), locks, "1"),
                    () -> lockBoth(locks.shared().lock("2"), locks, "4"));
        }

        private static void lockBoth(Lease<String> outer, KeyedLocks<String> mode, String second)
                throws InterruptedException {
            try {
                mode.lock(second).close();
            } catch (LockException found) {
                assertThat(outer.isHeld()).as("what it held before").isTrue();
            }
            outer.close();
        }
    }

    /** Somebody gives back what another waits for, and then wants what that one holds: no circle at any time. */
    static final class NoGhosts extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread other = startAndAwaitWaiting("other", KEY, () -> {
                Lease<String> own = locks.lock(OTHER);
                Lease<String> granted = locks.lock(KEY);
                use();
                granted.close();
                own.close();
            });
            Lease<String> third = locks.lock("third"); // so that it has something to lose, and looks
            lease.close();
            locks.lock(OTHER).close();
            third.close();
            other.join();
        }
    }

    /** Somebody stops waiting when its time is over, and only then the other wants what it holds. */
    static final class NoGhostsOfThoseWhoLeft extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread other = startAndAwaitWaiting("other", KEY, () -> {
                Lease<String> own = locks.lock(OTHER);
                assertThat(locks.lock(KEY, SECOND)).isEmpty();
                Sim.sleep(SECOND);
                own.close();
            });
            while (waiters() > 0) {
                Thread.yield();
            }
            locks.lock(OTHER).close();
            lease.close();
            other.join();
        }
    }

    /** Somebody asks for the token of a lease while it is closed, and the next holder asks for its own. */
    static final class TokensGrow extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            List<Long> first = new ArrayList<>();
            List<Long> second = new ArrayList<>();
            Sim.together(
                    () -> {
                        try {
                            first.add(lease.token());
                            assertThat(lease.token()).isEqualTo(first.get(0));
                        } catch (LockException.NotHeld over) {
                            assertThat(lease.isHeld()).isFalse();
                        }
                    },
                    lease::close,
                    () -> {
                        Lease<String> next = locks.lock(KEY);
                        second.add(next.token());
                        next.close();
                    });
            if (!first.isEmpty()) {
                assertThat(second.get(0)).as("the later token").isGreaterThan(first.get(0));
            }
        }
    }
}
