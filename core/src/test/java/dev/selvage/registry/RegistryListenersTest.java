package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.selvage.lock.KeyedLocks;
import dev.selvage.process.ProcessRef;
import dev.selvage.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What listeners hear and when, in both kinds of registry. Orders against each other are the simulator's to explore.
 */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryListenersTest extends RegistryFixture {
    private final Heard heard = new Heard();

    /** How the end of an owner of this kind is told when it returned. */
    private String exited() {
        return subject.owner() == OwnerKind.PROCESS ? "exited: normal" : "exited";
    }

    private List<String> allHeardBy(RegistryListener listener) throws InterruptedException {
        registry.close();
        return heard.linesOf(listener);
    }

    @Test
    @DisplayName("6.5 a listener hears every registration and every removal with its cause, in order")
    void everyRegistrationAndRemovalIsHeard() throws Exception {
        RegistryListener listener = registry.listen(heard);
        TestOwner mortal = TestOwner.start(subject.owner(), "mortal");
        Registration<String, Integer> first = register(owner, "a", 1);
        first.close();
        register(mortal, "b", 2);
        register(owner, "a", 3);
        mortal.endAndCleanUp();
        first.close();

        assertThat(allHeardBy(listener))
                .containsExactly("+a=1", "-a closed", "+b=2", "+a=3", "-b " + exited(), "-a registry closed");
        assertThat(heard.events().getFirst()).isEqualTo(new RegistryEvent.Registered<>(first.entry(), 1));
        assertThat(listener.missed()).isZero();
        assertThat(listener.backlog()).isZero();
    }

    @Test
    @DisplayName("6.5 the removal by the exit of a failed or killed process tells its reason, of a bare thread none")
    void theReasonOfAnExitIsTold() throws Exception {
        RegistryListener listener = registry.listen(heard);
        CountDownLatch registered = new CountDownLatch(1);
        try (HiddenReports hidden = HiddenReports.of("dev.selvage.process")) {
            Thread failing = subject.owner().start("failing", () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
                registry.register("a", 1);
                registered.countDown();
                throw new IllegalStateException("expected by the test");
            });
            registered.await();
            assertThat(heard.lines(2)).as(hidden.toString()).hasSize(2);
            failing.join();
        }
        register(owner, "b", 2);
        boolean isProcess = owner.owner() instanceof ProcessRef<?>;
        if (owner.owner() instanceof ProcessRef<?> process) {
            process.kill();
        }
        owner.endAndCleanUp();

        String failed = isProcess ? "exited: failed: java.lang.IllegalStateException: expected by the test" : "exited";
        String killed = isProcess ? "exited: killed" : "exited";
        assertThat(allHeardBy(listener)).containsExactly("+a=1", "-a " + failed, "+b=2", "-b " + killed);
    }

    @Test
    @DisplayName(
            "6.5, 4.2 names are free before anyone hears of a death: the registry has nothing of the owner by then")
    void namesAreFreeBeforeAnyoneHears() throws Exception {
        List<String> stillThere = new ArrayList<>();
        RegistryListener listener = registry.listen(event -> {
            if (event instanceof RegistryEvent.Removed<String, Integer>(var entry, var cause)) {
                registry.entriesOf(entry.owner()).forEach(left -> stillThere.add("owned " + left));
                base().living("a").forEach(left -> stillThere.add("a: " + left));
                base().living("b").forEach(left -> stillThere.add("b: " + left));
                heard.accept(event);
            }
        });
        register(owner, "a", 1);
        register(owner, "b", 2);

        owner.endAndCleanUp();

        assertThat(heard.lines(2)).containsExactlyInAnyOrder("-a " + exited(), "-b " + exited());
        assertThat(stillThere).isEmpty();
        listener.close();
    }

    @Test
    @DisplayName("6.5, 4.2 whoever hears of an exit finds the locks of the owner free, too")
    void locksAreFreeBeforeAnyoneHears() throws Exception {
        KeyedLocks<String> locks = KeyedLocks.create("locks");
        List<Boolean> taken = new ArrayList<>();
        RegistryListener listener = registry.listen(event -> {
            if (event instanceof RegistryEvent.Removed<String, Integer>) {
                taken.add(locks.tryLock("a").isPresent());
                heard.accept(event);
            }
        });
        register(owner, "a", 1);
        owner.call(() -> locks.lock("a"));

        owner.endAndCleanUp();

        assertThat(heard.lines(1)).containsExactly("-a " + exited());
        assertThat(taken).containsExactly(true);
        listener.close();
    }

    @Test
    @DisplayName("6.5, known failure 12: a listener that hangs slows nobody, and keeps no other listener from hearing")
    void aHangingListenerSlowsNobody() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RegistryListener hanging = registry.listen(event -> {
            hangs.countDown();
            awaitQuietly(goOn);
            heard.accept(event);
        });
        Heard other = new Heard();
        RegistryListener listening = registry.listen(other);
        for (int i = 0; i < 1_000; i++) {
            register(owner, "a", i).close();
        }
        hangs.await();

        assertThat(other.lines(2_000)).hasSize(2_000);
        Threads.awaitTrue("nothing more to hear", () -> listening.backlog() == 0);
        assertThat(heard.lines()).isEmpty();
        assertThat(hanging.backlog()).isBetween(1_999L, 2_000L);
        goOn.countDown();
        registry.close();
        assertThat(heard.linesOf(hanging)).hasSize(2_000).isEqualTo(other.linesOf(listening));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("6.5, known failure 12: a listener that throws, an Error too, makes nobody fail and goes on hearing")
    void aFailingListenerGoesOn() throws Exception {
        try (CaughtReports reports = CaughtReports.of("dev.selvage.registry")) {
            RegistryListener listener = registry.listen(event -> {
                heard.accept(event);
                if (heard.events().size() == 1) {
                    throw new StackOverflowError("expected by the test");
                }
                throw new IllegalStateException("expected by the test");
            });
            register(owner, "a", 1).close();
            register(owner, "a", 2);

            assertThat(allHeardBy(listener)).containsExactly("+a=1", "-a closed", "+a=2", "-a registry closed");
            assertThat(reports.records()).hasSize(4).allSatisfy(report -> {
                assertThat(report.getMessage())
                        .startsWith("listener 'selvage-listener-sockets' of registry sockets failed on Re");
                assertThat(report.getThrown()).hasMessage("expected by the test");
            });
        }
    }

    @Test
    @DisplayName("6.5 a listener whose log handler throws goes on hearing, too")
    void aFailingReportIsBorne() throws Exception {
        Logger logger = Logger.getLogger("dev.selvage.registry");
        Filter throwing = report -> {
            throw new IllegalStateException("expected by the test");
        };
        logger.setFilter(throwing);
        try {
            RegistryListener listener = registry.listen(event -> {
                heard.accept(event);
                throw new IllegalStateException("expected by the test");
            });
            register(owner, "a", 1).close();

            assertThat(allHeardBy(listener)).containsExactly("+a=1", "-a closed");
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    @DisplayName("6.5 a listener that is 100,000 events behind hears them all, and the log says so")
    void aListenerFarBehindIsLogged() throws Exception {
        try (CaughtReports reports = CaughtReports.of("dev.selvage.registry")) {
            CountDownLatch hangs = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger count = new AtomicInteger();
            RegistryListener listener = registry.listen(event -> {
                hangs.countDown();
                awaitQuietly(goOn);
                count.incrementAndGet();
            });
            register(owner, "first", 0);
            hangs.await();
            owner.call(() -> {
                for (int i = 0; i < 55_000; i++) {
                    registry.register("a", i).close();
                }
                return null;
            });
            assertThat(listener.backlog()).isEqualTo(110_000);
            registry.close();
            goOn.countDown();
            listener.thread().join();

            assertThat(count).hasValue(110_002);
            assertThat(reports.records())
                    .singleElement()
                    .satisfies(report -> assertThat(report.getMessage())
                            .isEqualTo(
                                    "listener 'selvage-listener-sockets' of registry sockets is 110001 events behind"));
        }
    }

    @Test
    @DisplayName("6.5 an interrupt that an action leaves behind does not reach the next event")
    void anInterruptEndsWithItsEvent() throws Exception {
        List<Boolean> interrupted = new ArrayList<>();
        RegistryListener listener = registry.listen(event -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        });
        register(owner, "a", 1);
        owner.endAndCleanUp();
        registry.close();
        listener.thread().join();

        assertThat(interrupted).containsExactly(false, false);
    }

    @Test
    @DisplayName("6.5 each listener has a virtual thread of its own, which ends after the registry's close was heard")
    void aListenerHasAThreadOfItsOwn() throws Exception {
        ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        RegistryListener one = registry.listen(event -> threads.add(Thread.currentThread()));
        RegistryListener two =
                registry.listen(event -> threads.add(Thread.currentThread()), options -> options.withName("audit"));
        register(owner, "a", 1);

        registry.close();
        one.thread().join();
        two.thread().join();

        assertThat(threads).hasSize(4).containsOnly(one.thread(), two.thread());
        assertThat(one.thread().isVirtual()).isTrue();
        assertThat(one.thread().getName()).isEqualTo("selvage-listener-sockets");
        assertThat(two.thread().getName()).isEqualTo("audit");
        assertThat(two).hasToString("listener 'audit' of registry sockets");
    }

    @Test
    @DisplayName("6.5 a closed listener hears nothing more and its thread ends; the registry and the others go on")
    void aClosedListenerHearsNothing() throws Exception {
        RegistryListener closed = registry.listen(heard);
        Heard other = new Heard();
        RegistryListener open = registry.listen(other);
        register(owner, "a", 1);
        assertThat(heard.lines(1)).hasSize(1);

        closed.close();
        closed.close();
        register(owner, "b", 2);

        assertThat(heard.linesOf(closed)).containsExactly("+a=1");
        assertThat(closed.backlog()).isZero();
        assertThat(other.lines(2)).containsExactly("+a=1", "+b=2");
        open.close();
        assertThat(base().listeners().isHeard()).isFalse();
    }

    @Test
    @DisplayName("6.5 a listener may close itself, and the registry, from its action")
    void anActionMayClose() throws Exception {
        List<RegistryListener> self = new ArrayList<>();
        CountDownLatch opened = new CountDownLatch(1);
        RegistryListener listener = registry.listen(event -> {
            awaitQuietly(opened);
            heard.accept(event);
            registry.close();
            self.getFirst().close();
        });
        self.add(listener);
        register(owner, "a", 1);
        opened.countDown();

        assertThat(heard.linesOf(listener)).containsExactly("+a=1");
        assertThat(registry.isClosed()).isTrue();
    }

    @Test
    @DisplayName("6.5 of what stood before the listener came the removal is heard, not the registration")
    void whatStoodBeforeIsHeardToGo() throws Exception {
        Registration<String, Integer> before = register(owner, "a", 1);
        Registration<String, Integer> gone = register(owner, "b", 2);
        gone.close();

        RegistryListener listener = registry.listen(heard);
        gone.close();
        before.close();
        before.close();

        assertThat(allHeardBy(listener)).containsExactly("-a closed");
    }

    @Test
    @DisplayName("6.5 updates are heard by those who ask for them, in their place, with the value of each")
    void updatesAreHeardOnRequest() throws Exception {
        RegistryListener asking = registry.listen(heard, RegistryListener.Options::withUpdates);
        Heard other = new Heard();
        RegistryListener notAsking = registry.listen(other);
        Registration<String, Integer> registration = register(owner, "a", 1);
        owner.call(() -> registration.updateValue(value -> value + 1));
        owner.call(() -> registration.updateValue(value -> value + 1));
        registration.close();

        assertThat(allHeardBy(asking)).containsExactly("+a=1", "~a=2", "~a=3", "-a closed");
        assertThat(other.linesOf(notAsking)).containsExactly("+a=1", "-a closed");
    }

    @Test
    @DisplayName("6.5 a listener with a bound hears in their place how many events it missed")
    void aBoundedListenerHearsHowManyItMissed() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RegistryListener listener = registry.listen(
                event -> {
                    hangs.countDown();
                    awaitQuietly(goOn);
                    heard.accept(event);
                },
                options -> options.withCapacity(3));
        register(owner, "first", 0);
        hangs.await();
        for (int i = 1; i <= 3; i++) {
            register(owner, "a", i).close();
        }
        assertThat(listener.backlog()).isEqualTo(4);
        goOn.countDown();
        assertThat(heard.lines(5)).containsExactly("+first=0", "+a=1", "-a closed", "+a=2", "missed 3");
        register(owner, "b", 4);

        assertThat(allHeardBy(listener)).startsWith("+first=0", "+a=1", "-a closed", "+a=2", "missed 3", "+b=4");
        assertThat(listener.missed()).isEqualTo(3);
    }

    @Test
    @DisplayName("6.5, 6.2 the removal of a dead owner whose clean-up is late is heard before its successor comes")
    void aDeadOwnerIsHeardToGoBeforeItsSuccessor() throws Exception {
        RegistryListener listener = registry.listen(heard);
        register(owner, "a", 1);
        TestOwner.Gate gate = owner.delayCleanUp();
        owner.end();
        gate.awaitReached();
        TestOwner successor = TestOwner.start(subject.owner(), "successor");

        register(successor, "a", 2);
        gate.open();
        owner.awaitCleanedUp();
        successor.endAndCleanUp();

        List<String> inOrder = subject.registry() == Subject.RegistryKind.UNIQUE
                ? List.of("+a=1", "-a " + exited(), "+a=2", "-a " + exited())
                : List.of("+a=1", "+a=2", "-a " + exited(), "-a " + exited());
        assertThat(allHeardBy(listener)).isEqualTo(inOrder);
    }

    @Test
    @DisplayName("6.5 all listeners hear the same order, an entry's removal after its registration, under contention")
    void allListenersHearTheSameOrder() throws Exception {
        List<RegistryListener> listeners = new ArrayList<>();
        List<Heard> all = List.of(new Heard(), new Heard());
        all.forEach(each -> listeners.add(registry.listen(each)));
        List<TestOwner> owners = new ArrayList<>();
        List<FutureTask<Integer>> turns = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestOwner each = TestOwner.start(subject.owner(), "racer-" + i);
            owners.add(each);
            turns.add(each.begin(() -> registerAndCloseOften(2_000)));
        }
        int registered = 0;
        for (FutureTask<Integer> turn : turns) {
            registered += TestOwner.result(turn);
        }
        for (TestOwner each : owners) {
            each.endAndCleanUp();
        }
        registry.close();

        List<String> lines = all.get(0).linesOf(listeners.get(0));
        assertThat(all.get(1).linesOf(listeners.get(1))).isEqualTo(lines);
        assertThat(lines).hasSize(2 * registered);
        List<Entry<String, Integer>> standing = new ArrayList<>();
        for (RegistryEvent<String, Integer> event : all.get(0).events()) {
            if (event instanceof RegistryEvent.Registered<String, Integer>(var entry, var value)) {
                standing.add(entry);
                assertThat(subject.registry() == Subject.RegistryKind.DUPLICATE || standing.size() == 1)
                        .isTrue();
            } else if (event instanceof RegistryEvent.Removed<String, Integer>(var entry, var cause)) {
                assertThat(standing.remove(entry)).isTrue();
            }
        }
        assertThat(standing).isEmpty();
    }

    private int registerAndCloseOften(int turns) {
        int registered = 0;
        for (int turn = 0; turn < turns; turn++) {
            try {
                registry.register("a", turn).close();
                registered++;
            } catch (RegistryException.AlreadyRegistered elsewhere) {
                Thread.yield();
            }
        }
        return registered;
    }

    @Test
    @DisplayName("6.5, 6.8 a closed registry takes no listener; bad arguments are refused, naming them")
    void badUsesAreRefused() {
        assertThatNullPointerException().isThrownBy(() -> registry.listen(null)).withMessage("action");
        assertThatNullPointerException()
                .isThrownBy(() -> registry.listen(heard, null))
                .withMessage("options");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> registry.listen(heard, options -> options.withCapacity(0)))
                .withMessage("capacity: 0; allowed: 1 or more");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> registry.listen(heard, options -> options.withName(" ")))
                .withMessage("name: ' '; allowed: not blank");
        assertThat(base().listeners().isHeard()).isFalse();
        registry.close();
        assertThatExceptionOfType(RegistryException.Closed.class)
                .isThrownBy(() -> registry.listen(heard))
                .withMessage("registry sockets is closed");
        assertThat(Optional.of(heard.lines()).orElseThrow()).isEmpty();
    }
}
