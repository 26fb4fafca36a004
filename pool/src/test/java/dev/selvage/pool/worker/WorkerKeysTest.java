package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 11.2: what becomes of jobs whose key is busy. */
class WorkerKeysTest {

    @Test
    @DisplayName("11.1, story 1 two syncs of one user never run at once, and the second holds no worker meanwhile")
    void oneAtATime() throws Exception {
        try (WorkerRig rig = WorkerRig.of(2)) {
            Gate first = rig.occupy("ada");
            Gate second = new Gate();
            Job<String> parked = rig.pool.submit(new Work("ada", second));
            assertThat(parked.state()).isEqualTo(Job.State.PARKED);
            assertThat(rig.pool.submit(new Work("bob", "bob")).await()).isEqualTo("bob"); // by the other worker
            assertThat(second.isEntered()).isFalse();
            first.open();
            second.awaitEntered();
            second.open();
            assertThat(parked.await()).isEqualTo("passed");
        }
    }

    @Test
    @DisplayName("11.2 parked jobs are done in order, one after the other")
    void parkedInOrder() throws Exception {
        try (WorkerRig rig = WorkerRig.of(4)) {
            Gate gate = rig.occupy("ada");
            List<Job<String>> jobs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                jobs.add(rig.pool.submit(new Work("ada", "" + i)));
            }
            assertThat(rig.pool.statistics().parked()).isEqualTo(10);
            gate.open();
            for (Job<String> job : jobs) {
                job.await();
            }
            assertThat(rig.ran).containsExactly("gate", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    @Test
    @DisplayName("11.2 a job that waits for a worker has its key: the next of that key parks")
    void queuedHasItsKey() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate gate = rig.occupy("bob");
            Job<String> queued = rig.pool.submit(new Work("ada", "first"));
            Job<String> parked = rig.pool.submit(new Work("ada", "second"));
            assertThat(queued.state()).isEqualTo(Job.State.QUEUED);
            assertThat(parked.state()).isEqualTo(Job.State.PARKED);
            gate.open();
            parked.await();
            assertThat(rig.ran).containsExactly("gate", "first", "second");
        }
    }

    @Test
    @DisplayName("11.2 jobs without a key are never in each other's way")
    void withoutKey() throws Exception {
        try (WorkerRig rig = WorkerRig.of(2)) {
            Gate one = rig.occupy(null);
            Gate two = rig.occupy(null);
            assertThat(rig.pool.statistics().running()).isEqualTo(2);
            assertThat(rig.pool.statistics().keys()).isZero();
            one.open();
            two.open();
        }
    }

    @Test
    @DisplayName("11.2 parked jobs are no demand: they take no place on the queue from jobs of other keys")
    void parkedTakesNoPlace() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1))) {
            Gate gate = rig.occupy("hot");
            for (int i = 0; i < 100; i++) {
                rig.pool.submit(new Work("hot", "hot"));
            }
            assertThat(rig.pool.trySubmit(new Work("cold", "cold"))).isPresent();
            gate.open();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.2 the parked total is bounded: submitters for a busy key wait, those for other keys do not")
    void parkedIsBounded(ThreadKind kind) throws Exception {
        try (WorkerRig rig = new WorkerRig(kind, 1, options -> options.withParked(2))) {
            Gate gate = rig.occupy("hot");
            rig.pool.submit(new Work("hot", "1"));
            rig.pool.submit(new Work("hot", "2"));
            assertThat(rig.pool.trySubmit(new Work("hot", "refused"))).isEmpty();
            var waiting = rig.submitting(new Work("hot", "3"));
            assertThat(rig.pool.trySubmit(new Work("cold", "cold"))).isPresent();
            assertThat(rig.pool.statistics().blocked()).isEqualTo(1);
            gate.open();
            waiting.result().await();
            assertThat(rig.ran).containsSubsequence("1", "2", "3").contains("cold");
        }
    }

    @Test
    @DisplayName("11.2 when its key becomes free a submitter no longer waits for the parked jobs of another key")
    void parkedOfAnotherKeyBlockNobody() throws Exception {
        try (WorkerRig rig = WorkerRig.of(2, options -> options.withParked(1))) {
            Gate hot = rig.occupy("hot");
            rig.pool.submit(new Work("hot", "parked"));
            Gate bob = rig.occupy("bob");
            var one = rig.submitting(new Work("bob", "bob 1"));
            var two = rig.submitting(new Work("bob", "bob 2"));
            bob.open();
            assertThat(one.result().await()).isEqualTo("bob 1"); // though the lot is full all the time
            assertThat(two.result().await()).isEqualTo("bob 2");
            assertThat(rig.pool.statistics().parked()).isEqualTo(1);
            hot.open();
        }
    }

    @Test
    @DisplayName("11.2 a submitter that gives up waiting for a busy key leaves nothing behind")
    void givesUpOnABusyKey() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withParked(0))) {
            Gate hot = rig.occupy("hot");
            var one = rig.submitting(new Work("hot", "one"));
            one.thread.interrupt();
            assertThat(one.failure()).isInstanceOf(InterruptedException.class);
            hot.open();
            rig.pool.submit(new Work("cold", "last")).await();
            assertThat(rig.ran).containsExactly("gate", "last");
        }
    }

    @Test
    @DisplayName("11.2 with a quantum of 1 a hot key gets one turn in each round of the queue")
    void quantumOfOne() throws Exception {
        assertThat(hotAmongCold(1)).containsExactly("gate", "c0", "c1", "h0", "c2", "h1", "h2", "h3");
    }

    @Test
    @DisplayName("11.2 with a quantum of 3 a hot key has three turns in a row, then the others have theirs")
    void quantumOfThree() throws Exception {
        assertThat(hotAmongCold(3)).containsExactly("gate", "h0", "h1", "c0", "c1", "h2", "h3", "c2");
    }

    /** One worker; a hot key with four jobs parked, two cold jobs queued, and one that comes when h0 or c1 runs. */
    private static List<String> hotAmongCold(int quantum) throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withQuantum(quantum))) {
            Gate gate = rig.occupy("hot");
            List<Job<String>> jobs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                jobs.add(rig.pool.submit(new Work("hot", "h" + i)));
            }
            jobs.add(rig.pool.submit(new Work("c0", "c0")));
            jobs.add(rig.pool.submit(new Work("c1", "c1", () -> {
                rig.pool.submit(new Work("c2", "c2"));
                return "c1";
            })));
            gate.open();
            for (Job<String> job : jobs) {
                job.await();
            }
            rig.awaitStatistics("all done", statistics -> statistics.done() == 8);
            return List.copyOf(rig.ran);
        }
    }

    @Test
    @DisplayName("11.2, story 1 looking again: a job for a busy key is put aside for a while, and no worker is held")
    void lookingAgain() throws Exception {
        Duration delay = Duration.ofSeconds(1);
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withLookingAgain(delay))) {
            Gate gate = rig.occupy("ada");
            Job<String> aside = rig.pool.submit(new Work("ada", "again"));
            assertThat(aside.state()).isEqualTo(Job.State.PARKED);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(delay); // still busy
            assertThat(rig.ticker.awaitNextDeadline()).isLessThanOrEqualTo(delay);
            gate.open();
            rig.awaitStatistics("the key is free", statistics -> statistics.keys() == 0);
            assertThat(aside.isDone()).isFalse();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(delay);
            assertThat(aside.await()).isEqualTo("again");
        }
    }

    @Test
    @DisplayName("11.2 coalescing: of a key one job runs and one waits, which has all that was asked for meanwhile")
    void coalescing() throws Exception {
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCoalescing((one, two) -> new Work(one.key(), one.name() + "+" + two.name())))) {
            Gate gate = rig.occupy("ada");
            Job<String> first = rig.pool.submit(new Work("ada", "1"));
            Job<String> second = rig.pool.submit(new Work("ada", "2"));
            Job<String> third = rig.pool.trySubmit(new Work("ada", "3")).orElseThrow();
            Job<String> other = rig.pool.submit(new Work("bob", "4"));
            Job<String> fifth = rig.pool.submit(new Work("bob", "5"));
            assertThat(second).isSameAs(first);
            assertThat(third).isSameAs(first);
            assertThat(fifth).isSameAs(other); // it waits for a worker, and so it can be joined
            gate.open();
            assertThat(first.await()).isEqualTo("1+2+3");
            assertThat(other.await()).isEqualTo("4+5");
            assertThat(rig.pool.statistics().coalesced()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("11.2 coalescing: one that has got its key and waits for a worker is joined, and none parks behind it")
    void coalescedWhenItsKeyIsPassedOn() throws Exception {
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCoalescing((one, two) -> new Work(one.key(), one.name() + "+" + two.name())))) {
            Gate ada = rig.occupy("ada");
            Gate bob = new Gate();
            rig.pool.submit(new Work("bob", bob));
            Job<String> first = rig.pool.submit(new Work("ada", "1"));
            ada.open();
            bob.awaitEntered();
            assertThat(first.state()).isEqualTo(Job.State.QUEUED);
            assertThat(rig.pool.submit(new Work("ada", "2"))).isSameAs(first);
            bob.open();
            assertThat(first.await()).isEqualTo("1+2");
        }
    }

    @Test
    @DisplayName("11.2, 11.4 a closed pool takes nothing more, not even to be coalesced with a job that waits")
    void notCoalescedAfterTheClose() throws Exception {
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCoalescing((one, two) -> new Work(one.key(), one.name() + "+" + two.name())))) {
            Gate gate = rig.occupy("ada");
            Job<String> waiting = rig.pool.submit(new Work("ada", "1"));
            Thread closer = Thread.ofVirtual().start(rig.pool::close);
            Threads.awaitTrue("closed", rig.pool::isClosed);
            assertThat(rig.doing(() -> rig.pool.submit(new Work("ada", "2"))).failure())
                    .isInstanceOf(WorkerException.Closed.class);
            gate.open();
            assertThat(waiting.await()).isEqualTo("1");
            closer.join();
        }
    }

    @Test
    @DisplayName("11.2 a merge that throws fails that submission alone")
    void mergeThrows() throws Exception {
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCoalescing((one, two) -> {
                    throw new IllegalStateException("planned");
                }))) {
            Gate gate = rig.occupy("ada");
            Job<String> first = rig.pool.submit(new Work("ada", "1"));
            var second = rig.doing(() -> rig.pool.submit(new Work("ada", "2")));
            assertThat(second.failure()).hasMessage("planned");
            gate.open();
            assertThat(first.await()).isEqualTo("1");
        }
    }

    @Test
    @DisplayName("11.2 a submitter that waited is coalesced, too, once somebody of its key waits in the pool")
    void coalescedAfterAWait() throws Exception {
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCapacity(1)
                        .withCoalescing((one, two) -> new Work(one.key(), one.name() + "+" + two.name())))) {
            Gate bob = rig.occupy("bob");
            Gate eve = new Gate();
            rig.pool.submit(new Work("eve", eve));
            var one = rig.submitting(new Work("ada", "1"));
            var two = rig.submitting(new Work("ada", "2"));
            bob.open();
            eve.awaitEntered();
            Job<String> first = one.result();
            assertThat(two.result()).isSameAs(first);
            eve.open();
            assertThat(first.await()).isEqualTo("1+2");
        }
    }
}
