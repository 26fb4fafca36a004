package dev.selvage.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is hung on the life of another thread, and what a thread says that it waits for. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class LifetimeGiftTest {
    private final ThreadKind kind;

    LifetimeGiftTest(ThreadKind kind) {
        this.kind = kind;
    }

    private static final class Counting extends ExitHook {
        private final AtomicInteger runs = new AtomicInteger();

        Counting() {
            super(Phase.AT_THREAD_END);
        }

        @Override
        protected void onExit() {
            runs.incrementAndGet();
        }
    }

    private record Named(String name, Thread thread) implements Owner {
        @Override
        public boolean isAlive() {
            return thread.isAlive();
        }
    }

    @Test
    @DisplayName(
            "7.5 what a living thread is given hangs on its life, though it never asked for one, and runs at its end")
    void runsAtTheEnd() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        Counting gift = new Counting();
        Counting takenBack = new Counting();
        try (Threads threads = new Threads()) {
            Thread receiver = threads.start(kind, "receiver", mayEnd::await);
            Lifetime lifetime = Objects.requireNonNull(Lifetime.ofLiving(receiver));
            assertThat(Lifetime.ofLiving(receiver)).isSameAs(lifetime);
            assertThat(lifetime.owner().name()).isEqualTo("receiver");
            assertThat(lifetime.adopt(gift)).isTrue();
            assertThat(lifetime.isOnly(gift)).isTrue();
            assertThat(lifetime.adopt(takenBack)).isTrue();
            assertThat(lifetime.isOnly(gift)).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> lifetime.adopt(gift));
            assertThat(lifetime.remove(takenBack)).isTrue();
            assertThat(gift.runs).hasValue(0);
            mayEnd.countDown();
        }
        Threads.awaitTrue("the hook ran", () -> gift.runs.get() == 1);
        assertThat(takenBack.runs).hasValue(0);
    }

    @Test
    @DisplayName("7.5 who has ended, was not started, or was declared exited is given nothing")
    void nothingForTheDead() {
        Thread unstarted = kind.unstarted("unstarted", () -> {});
        assertThat(Lifetime.ofLiving(unstarted)).isNull();
        List<Lifetime> known = new ArrayList<>();
        Counting gift = new Counting();
        Threads.run(kind, () -> {
            known.add(Lifetime.begin(new Named("process", Thread.currentThread())));
            known.get(0).abandon();
            assertThat(known.get(0).adopt(gift)).isFalse();
            known.get(0).end();
            assertThat(known.get(0).adopt(gift)).isFalse();
        });
        assertThat(known.get(0).adopt(gift)).isFalse();
        assertThat(Lifetime.ofLiving(known.get(0).thread())).isNull();
        assertThat(gift.runs).hasValue(0);
    }

    @Test
    @DisplayName("7.5 a gift that comes before a process has begun is the process's: its lifetime is one")
    void aGiftBeforeTheBeginning() {
        CountDownLatch given = new CountDownLatch(1);
        Counting gift = new Counting();
        try (Threads threads = new Threads()) {
            Thread process = threads.start(kind, "process", () -> {
                given.await();
                Owner owner = new Named("named", Thread.currentThread());
                Lifetime lifetime = Lifetime.begin(owner);
                assertThat(lifetime).isSameAs(Lifetime.current());
                assertThat(lifetime.owner()).isSameAs(owner);
                lifetime.end();
                assertThat(gift.runs).hasValue(1);
            });
            assertThat(Objects.requireNonNull(Lifetime.ofLiving(process)).adopt(gift))
                    .isTrue();
            given.countDown();
        }
        assertThat(gift.runs).hasValue(1);
    }

    @Test
    @DisplayName("7.5 a thread that had no lifetime, and knows it, finds the one that it is given")
    void givenWhatItDidNotHave() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch given = new CountDownLatch(1);
        List<Lifetime> found = new ArrayList<>();
        try (Threads threads = new Threads()) {
            Thread receiver = threads.start(kind, "receiver", () -> {
                assertThat(Lifetime.currentOrNull()).isNull();
                assertThat(Lifetime.currentOrNull()).isNull();
                asked.countDown();
                given.await();
                found.add(Lifetime.currentOrNull());
                found.add(Lifetime.currentOrNull());
            });
            Threads.awaitTrue("it asked", () -> asked.getCount() == 0);
            Lifetime lifetime = Lifetime.ofLiving(receiver);
            given.countDown();
            threads.join();
            assertThat(found).containsExactly(lifetime, lifetime);
        }
    }

    @Test
    @DisplayName("a thread has no lifetime, then one of its own, then none, then another one, and always knows")
    void ofItsOwn() {
        Threads.run(kind, () -> {
            assertThat(Lifetime.currentOrNull()).isNull();
            Lifetime first = Lifetime.begin(new Named("process", Thread.currentThread()));
            assertThat(Lifetime.currentOrNull()).isSameAs(first);
            first.end();
            assertThat(Lifetime.currentOrNull()).isNull();
            assertThat(Lifetime.currentOrNull()).isNull();
            Lifetime second = Lifetime.current();
            assertThat(second).isNotSameAs(first);
            assertThat(Lifetime.currentOrNull()).isSameAs(second);
        });
    }

    @Test
    @DisplayName("threads whose ids share a place in the memory of lifetimes take none for another's")
    void samePlace() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 1_000; i++) {
                boolean has = i % 3 == 0;
                threads.start(kind, "thread-" + i, () -> {
                    Lifetime own = has ? Lifetime.current() : null;
                    for (int look = 0; look < 20; look++) {
                        assertThat(Lifetime.currentOrNull()).isSameAs(own);
                    }
                    mayEnd.await();
                    assertThat(Lifetime.currentOrNull()).isSameAs(own);
                });
            }
            mayEnd.countDown();
        }
    }

    @Test
    @DisplayName("7.5 a thread that asks while it is given a lifetime finds it from then on, on any schedule")
    void askedMeanwhile() {
        Explored explored = Sim.of(AskedMeanwhile.class)
                .clock(ClockMode.PATIENT)
                .schedules(2_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(50);
    }

    static final class AskedMeanwhile implements Scenario {
        private final AtomicBoolean given = new AtomicBoolean();

        @Override
        public void play() throws Exception {
            Thread receiver = Sim.start("receiver", () -> {
                boolean before = given.get();
                Lifetime first = Lifetime.currentOrNull();
                assertThat(before && first == null)
                        .as("missed though given before")
                        .isFalse();
                Lifetime again = Lifetime.currentOrNull();
                assertThat(first == null || again == first).isTrue();
                while (!given.get()) {
                    Thread.yield();
                }
                assertThat(Lifetime.currentOrNull()).isNotNull();
            });
            assertThat(Lifetime.ofLiving(receiver)).isNotNull();
            given.set(true);
            receiver.join();
        }
    }

    @Test
    @DisplayName("7.5 gifts that race the end of their receiver run once, or are refused; none is lost")
    void giftsRaceTheEnd() {
        for (int round = 0; round < 300; round++) {
            List<Counting> accepted = new ArrayList<>();
            try (Threads threads = new Threads()) {
                CountDownLatch mayEnd = new CountDownLatch(1);
                Thread receiver = threads.start(kind, "receiver", mayEnd::await);
                Lifetime lifetime = Objects.requireNonNull(Lifetime.ofLiving(receiver));
                mayEnd.countDown();
                for (int i = 0; i < 20; i++) {
                    Counting gift = new Counting();
                    if (lifetime.adopt(gift)) {
                        accepted.add(gift);
                    }
                }
            }
            Threads.awaitTrue("all ran", () -> accepted.stream().noneMatch(gift -> gift.runs.get() == 0));
            assertThat(accepted).allSatisfy(gift -> assertThat(gift.runs).hasValue(1));
        }
    }

    @Test
    @DisplayName("7.4 what a thread says that it waits for is seen by others, until it says otherwise")
    void waitsFor() {
        Threads.run(kind, () -> {
            Lifetime lifetime = Lifetime.current();
            Counting wait = new Counting();
            assertThat(lifetime.waitsFor()).isNull();
            lifetime.waitsFor(wait);
            Threads.run(kind, () -> assertThat(lifetime.waitsFor()).isSameAs(wait));
            lifetime.waitsFor(null);
            assertThat(lifetime.waitsFor()).isNull();
        });
    }
}
