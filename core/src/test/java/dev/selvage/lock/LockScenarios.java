package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The races of keyed locks, small enough to be played thousands of times. */
final class LockScenarios {

    private LockScenarios() {}

    /** Three threads lock in all three ways and again; there is never more than one inside, and nothing stays. */
    static final class MutualExclusion extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(
                    () -> {
                        lockAndUse();
                        lockAndUse();
                        assertNothingHangs();
                    },
                    () -> {
                        Optional<Lease<String>> lease = locks.tryLock(KEY);
                        if (lease.isPresent()) {
                            use();
                            lease.get().close();
                        }
                        assertNothingHangs();
                        lockAndUse();
                    },
                    () -> {
                        locks.withLock(KEY, () -> {
                            use();
                            return null;
                        });
                        locks.withLock(KEY, SECOND, () -> {
                            use();
                            return true;
                        });
                        assertNothingHangs();
                    });
        }

        private static void assertNothingHangs() {
            assertThat(Lifetime.current().hooks(ExitHook.class))
                    .as("hooks left")
                    .isEmpty();
        }
    }

    /** The holder releases at the very second in which a waiter's time is over; the one behind it is served anyway. */
    static final class TimeoutRacesGrant extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread timed = startAndAwaitWaiting("timed", () -> {
                Optional<Lease<String>> granted = locks.lock(KEY, SECOND);
                if (granted.isPresent()) {
                    use();
                    granted.get().close();
                }
            });
            Thread patient = Sim.start("patient", this::lockAndUse);
            Sim.sleep(SECOND);
            lease.close();
            timed.join();
            patient.join();
        }
    }

    /** The holder releases while a waiter is interrupted; either it has the key and its flag, or neither. */
    static final class InterruptRacesGrant extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread waiter = startAndAwaitWaiting("interrupted", () -> {
                try {
                    Lease<String> granted = locks.lock(KEY);
                    use();
                    granted.close();
                } catch (InterruptedException e) {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                }
            });
            Thread patient = Sim.start("patient", this::lockAndUse);
            Sim.together(waiter::interrupt, () -> {
                use();
                lease.close();
            });
            waiter.join();
            patient.join();
        }
    }

    /** A waiter is interrupted while the holder is inside and stays there. */
    static final class InterruptLeavesTheHolderAlone extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread waiter = startAndAwaitWaiting("interrupted", () -> {
                try {
                    lockAndUse();
                } catch (InterruptedException e) {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                }
            });
            Thread patient = Sim.start("patient", this::lockAndUse);
            waiter.interrupt();
            use();
            use();
            lease.close();
            waiter.join();
            patient.join();
        }
    }

    /** Holders end without closing; who waits and who comes is served, by the watcher or by its own look. */
    static final class HolderDies extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(
                    () -> {
                        locks.lock(KEY);
                        use();
                    },
                    () -> {
                        locks.tryLock(KEY);
                        use(KEY);
                    },
                    this::lockAndUse,
                    () -> {
                        Optional<Lease<String>> lease = locks.lock(KEY, SECOND);
                        if (lease.isPresent()) {
                            use();
                        }
                    });
        }

        private void use(String key) {
            Optional<Owner> holder = locks.holder(key);
            if (holder.isPresent() && holder.get().thread() == Thread.currentThread()) {
                use();
            }
        }
    }

    /** A holder ends while its lease is being closed by another thread, and two lock in turn meanwhile. */
    static final class HolderDiesWhileClosed extends LockScenario {
        @Override
        void scenario() throws Exception {
            List<Lease<String>> leases = new ArrayList<>();
            Thread holder = Sim.start("holder", () -> leases.add(locks.lock(KEY)));
            while (leases.isEmpty()) {
                Thread.yield();
            }
            Sim.together(() -> leases.get(0).close(), this::lockAndUse, this::lockAndUse);
            holder.join();
        }
    }

    /** Whoever learns of a process's end finds its key free, even while another thread is half through closing it. */
    static final class ProcessEndsWhileClosed extends LockScenario {
        @Override
        void scenario() throws Exception {
            List<Lease<String>> leases = new ArrayList<>();
            ProcessLike process = ProcessLike.start("process", () -> leases.add(locks.lock(KEY)));
            while (leases.isEmpty()) {
                Thread.yield();
            }
            Thread closer = Sim.start("closer", () -> leases.get(0).close());
            process.join();
            assertThat(leases.get(0).isHeld())
                    .as("held after its process ended")
                    .isFalse();
            assertThat(locks.size()).as("keys held after their process ended").isZero();
            assertThat(locks.tryLock(KEY)).get().satisfies(Lease::close);
            closer.join();
        }
    }

    /** The process that holds the key is abandoned and runs on: nobody joins it inside. */
    static final class HolderIsAbandoned extends LockScenario {
        @Override
        void scenario() throws Exception {
            ProcessLike process = ProcessLike.start("process", () -> {
                try {
                    locks.lock(KEY);
                    use();
                    use();
                } catch (LockException refused) {
                    assertThat(locks.holder(KEY)).map(Owner::name).isNotEqualTo(Optional.of("process"));
                }
            });
            Sim.together(process::abandon, this::lockAndUse);
            process.join();
        }
    }

    /** A process is abandoned while it waits; the grant that it can no longer use goes to the next. */
    static final class WaiterIsAbandoned extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            List<String> events = new ArrayList<>();
            ProcessLike process = ProcessLike.start("process", () -> {
                try {
                    lockAndUse();
                    events.add("granted");
                } catch (LockException refused) {
                    events.add("refused");
                }
            });
            awaitWaiting(process.thread(), 1);
            Thread patient = Sim.start("patient", this::lockAndUse);
            process.abandon();
            use();
            lease.close();
            process.join();
            patient.join();
            assertThat(events).containsExactly("refused");
        }
    }

    /** Four queue up one after the other, one of them gives up in the middle: the others are served in their order. */
    static final class FirstComeFirstServed extends LockScenario {
        private final ConcurrentLinkedQueue<String> served = new ConcurrentLinkedQueue<>();

        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            List<Thread> threads = new ArrayList<>();
            threads.add(startAndAwaitWaiting("first", () -> serve("first")));
            Thread leaving = startAndAwaitWaiting("leaving", () -> {
                try {
                    locks.lock(KEY);
                    throw new AssertionError("granted");
                } catch (InterruptedException e) {
                    assertThat(locks.isLocked(KEY)).isTrue();
                }
            });
            threads.add(startAndAwaitWaiting("second", () -> serve("second")));
            leaving.interrupt();
            leaving.join();
            threads.add(startAndAwaitWaiting("third", () -> serve("third")));
            lease.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(served).containsExactly("first", "second", "third");
        }

        private void serve(String name) throws InterruptedException {
            Lease<String> lease = locks.lock(KEY);
            served.add(name);
            use();
            lease.close();
        }
    }

    /** Somebody comes while the key goes from one to the next: it is not faster than who waits. */
    static final class NobodyOvertakes extends LockScenario {
        private volatile boolean served;

        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Thread waiter = startAndAwaitWaiting("waiter", () -> {
                Lease<String> granted = locks.lock(KEY);
                served = true;
                use();
                granted.close();
            });
            Sim.together(lease::close, () -> {
                Optional<Lease<String>> late = locks.tryLock(KEY);
                if (late.isPresent()) {
                    assertThat(served).as("the waiter was served before").isTrue();
                    use();
                    late.get().close();
                }
            });
            waiter.join();
        }
    }

    /** A waiter locks again the very moment it is granted the key: it finds itself as the holder. */
    static final class ServedLocksAgain extends LockScenario {
        @Override
        void scenario() throws Exception {
            Sim.together(this::lockTwiceAndAgain, this::lockTwiceAndAgain);
        }

        private void lockTwiceAndAgain() throws InterruptedException {
            for (int round = 0; round < 6; round++) {
                Lease<String> outer = locks.lock(KEY);
                Optional<Lease<String>> inner = locks.lock(KEY, Duration.ZERO);
                assertThat(inner).as("the second lease").isPresent();
                use();
                outer.close();
                use();
                inner.get().close();
            }
        }
    }

    /** One lease is closed by two threads at once, while two others lock in turn. */
    static final class ClosedTwice extends LockScenario {
        @Override
        void scenario() throws Exception {
            Lease<String> lease = locks.lock(KEY);
            Sim.together(lease::close, lease::close, this::lockAndUse, this::lockAndUse);
        }
    }

    /** A lease is closed by others while its holder locks again, and somebody waits. */
    static final class ClosedByOthers extends LockScenario {
        @Override
        void scenario() throws Exception {
            List<Lease<String>> leases = new ArrayList<>();
            Thread holder = Sim.start("holder", () -> {
                Lease<String> first = locks.lock(KEY);
                leases.add(first);
                Lease<String> second = locks.lock(KEY);
                use();
                first.close();
                assertThat(second.isHeld()).as("the second lease holds").isTrue();
                use();
                second.close();
                assertThat(second.isHeld()).isFalse();
            });
            while (leases.isEmpty()) {
                Thread.yield();
            }
            Lease<String> lease = leases.get(0);
            Sim.together(lease::close, lease::close, this::lockAndUse);
            holder.join();
        }
    }
}
