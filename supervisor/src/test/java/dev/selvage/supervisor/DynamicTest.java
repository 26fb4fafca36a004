package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.1: dynamic children of one kind, partitions, and tasks. */
class DynamicTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final CountDownLatch never = new CountDownLatch(1);

    private Supervisor start() throws InterruptedException {
        return Supervisor.start(
                SupervisorSpec.dynamic("pool").withIntensity(1_000, DAY).withTicker(ticker));
    }

    private static Refused.Why whyRefused(Exception refused) {
        return ((Refused) refused).why();
    }

    // ---- children

    @Test
    @DisplayName("8.1 dynamic children come at run time; their ids need not differ; each is restarted alone")
    void restartsAlone() throws Exception {
        try (Supervisor pool = start()) {
            List<ChildRef<Cast.Line>> all = new ArrayList<>();
            for (int child = 0; child < 3; child++) {
                all.add(pool.children().start(cast.child("same")));
            }
            ProcessRef<Cast.Line> before = all.get(1).resolve().orElseThrow();
            before.send(new Cast.Line.Crash(new IOException("planned")));
            before.join();
            Threads.awaitTrue("it runs anew", () -> all.get(1).resolve().isPresent());
            assertThat(all.get(1).<String>call(Cast.Line.Who::new)).isEqualTo("same4");
            assertThat(all.get(2).<String>call(Cast.Line.Who::new)).isEqualTo("same3");
            assertThat(pool.children().count()).isEqualTo(3);
            assertThat(pool.tree().recentRestarts()).isEqualTo(1);
            assertThat(pool.ref("same").resolve()).as("not found by id").isEmpty();
        }
    }

    @Test
    @DisplayName("8.1 a dynamic child that is done, and is not to come back, is forgotten")
    void forgotten() throws Exception {
        try (Supervisor pool = start()) {
            ChildRef<Cast.Line> finished =
                    pool.children().start(cast.child("finished").withRestart(Restart.TRANSIENT));
            ChildRef<Cast.Line> crashed =
                    pool.children().start(cast.child("crashed").withRestart(Restart.TEMPORARY));
            ChildRef<Cast.Line> terminated = pool.children().start(cast.child("terminated"));
            ChildRef<Cast.Line> stays = pool.children().start(cast.child("stays"));
            finished.send(new Cast.Line.Finish());
            crashed.send(new Cast.Line.Crash(new IOException("planned")));
            terminated.terminate();
            Threads.awaitTrue("one is left", () -> pool.children().count() == 1);
            assertThat(List.of(finished, crashed, terminated))
                    .allMatch(ref -> ref.snapshot().isEmpty());
            assertThat(stays.snapshot()).isPresent();
            assertThat(stays.restart()).isPresent();
            assertThat(stays.<String>call(Cast.Line.Who::new)).isEqualTo("stays2");
        }
    }

    @Test
    @DisplayName("8.1 a dynamic supervisor has a maximum; who waits for a restart counts, who is gone does not")
    void maximum() throws Exception {
        ChildSpec<Cast.Line> slow = cast.child("slow").withBackoff(Backoff.fixed(DAY));
        SupervisorSpec spec = SupervisorSpec.dynamic("pool").withMaxChildren(2).withTicker(ticker);
        try (Supervisor pool = Supervisor.start(spec)) {
            ChildRef<Cast.Line> first = pool.children().start(slow);
            pool.children().start(cast.child("second"));
            first.send(new Cast.Line.Crash(new IOException("planned")));
            Cast.awaitStatus(pool, "slow", Status.RESTARTING);
            assertThatThrownBy(() -> pool.children().start(cast.child("third")))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(whyRefused(refused)).isEqualTo(Refused.Why.FULL))
                    .hasMessage("supervisor 'pool' has 2 children, as many as it may have");
            first.terminate();
            assertThat(pool.children().start(cast.child("third")).resolve()).isPresent();
        }
        assertThat(cast.record()).contains("-second", "-third");
    }

    @Test
    @DisplayName("12 a dynamic supervisor has no children in its specification; a maximum is for dynamic ones only")
    void combinations() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.dynamic("pool").withChildren(List.of(cast.child("a"))))
                .withMessage("children: 'a' of supervisor 'pool', which is dynamic; allowed: none before it runs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.oneForAll("app").withMaxChildren(3))
                .withMessage("most: 3 for supervisor 'app', which is one_for_all; allowed: for dynamic supervisors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.dynamic("pool").withMaxChildren(0))
                .withMessage("most: 0; allowed: 1 or more");
    }

    // ---- stop

    @Test
    @DisplayName("8.6 dynamic children are stopped all at once: together they take the time of the slowest")
    void stoppedAtOnce() throws Exception {
        int count = 50;
        CountDownLatch letGo = new CountDownLatch(count);
        Supervisor pool = start();
        for (int child = 0; child < count; child++) {
            pool.children().start(ChildSpec.process("waits for the others", mailbox -> {
                try {
                    mailbox.receive();
                } finally {
                    letGo.countDown();
                    letGo.await(); // would wait for ever if they were stopped one by one
                }
            }));
        }
        pool.close();
        assertThat(ticker.elapsed()).isZero();
        assertThat(pool.tree().children()).hasSize(count).allMatch(child -> child.status() == Status.STOPPED);
    }

    @Test
    @DisplayName("8.6, known failure 25: stuck dynamic children are abandoned all at once, each by its own rule")
    void stuckAtOnce() throws Exception {
        Supervisor pool = start();
        CountDownLatch end = new CountDownLatch(1);
        for (int child = 0; child < 3; child++) {
            pool.children().start(Stuck.child("stuck", end));
        }
        pool.children()
                .start(Stuck.child("brutal", end).withShutdown(Shutdown.brutal().withInterruptTime(Duration.ZERO)));
        pool.stop();
        Cast.awaitStatus(pool, "stuck", Status.STOPPING);
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
        pool.join();
        assertThat(pool.tree().stuckThreads()).isEqualTo(4);
        assertThat(pool.tree().children()).allMatch(child -> child.abandoned() == 1);
        end.countDown();
        Threads.awaitTrue("their ends are noticed", () -> pool.tree().stuckThreads() == 0);
    }

    @Test
    @DisplayName("8.6 starting and stopping 20,000 dynamic children takes a few seconds at most")
    void many() throws Exception {
        Supervisor pool = start();
        for (int child = 0; child < 20_000; child++) {
            pool.children()
                    .start(ChildSpec.<String>process("many", mailbox -> mailbox.receive())
                            .withRestart(Restart.TEMPORARY));
        }
        assertThat(pool.children().count()).isEqualTo(20_000);
        String text = pool.tree().toString();
        assertThat(text).startsWith("pool: running, dynamic, 20000 children, 0 of 1000 restarts");
        assertThat(text).endsWith("\n`- and 19980 more running");
        assertThat(text.lines()).hasSize(22);
        pool.close();
        assertThat(pool.tree().children()).allMatch(child -> child.status() == Status.STOPPED);
    }

    // ---- partitions

    @Test
    @DisplayName("8.1 partitions: equal keys come to the same child, all children get keys, and restarts are found")
    void partitions() throws Exception {
        SupervisorSpec.Partitions<Cast.Line> shards =
                SupervisorSpec.partitioned("shards", 4, index -> cast.child("shard " + index));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", ChildSpec.supervisor(shards.supervisor())))) {
            Set<String> reached = IntStream.range(0, 200)
                    .mapToObj(key -> shards.of("user " + key).id())
                    .collect(Collectors.toSet());
            assertThat(reached).hasSize(4);
            assertThat(shards.of(new String("key"))).isSameAs(shards.of("key"));
            assertThat(IntStream.range(0, 8).mapToObj(shards::of).map(ChildSpec::id))
                    .startsWith("shard 0", "shard 1", "shard 2", "shard 3", "shard 0");
            assertThat(shards.of(-1).id()).isEqualTo("shard 3");
            ChildRef<Cast.Line> shard = app.ref(shards.of("key"));
            String id = shards.of("key").id();
            assertThat(shard.<String>call(Cast.Line.Who::new)).isEqualTo(id + "1");
            Cast.crashAndAwaitRestart(app, shards.of("key"));
            assertThat(shard.<String>call(Cast.Line.Who::new)).isEqualTo(id + "2");
            assertThat(shards.all()).hasSize(4);
            assertThat(shards).hasToString("4 partitions of supervisor 'shards' (one_for_one, 4 children)");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.partitioned("shards", 0, index -> cast.child("a")))
                .withMessage("count: 0; allowed: 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.partitioned("shards", 2, index -> cast.child("a")))
                .withMessageContaining("two of supervisor 'shards' have the id 'a'");
    }

    // ---- tasks

    @Test
    @DisplayName("8.1 a task supervisor: results, failures and ends of tasks, none of which is started anew")
    void tasks() throws Exception {
        try (Supervisor pool = start()) {
            CompletableFuture<Integer> answer = pool.children().submit("answer", () -> 42);
            assertThat(answer.get()).isEqualTo(42);
            IOException cause = new IOException("planned");
            CompletableFuture<String> failing = pool.children().submit("failing", () -> {
                throw cause;
            });
            assertThatThrownBy(failing::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(cause);
            CompletableFuture<Boolean> waiting = pool.children().submit("waiting", () -> {
                never.await();
                return true;
            });
            CompletableFuture<Object> nothing = pool.children().submit("nothing", () -> null);
            assertThat(nothing.get()).isNull();
            pool.stop();
            pool.join();
            assertThat(waiting).isCancelled();
            assertThat(pool.tree().recentRestarts()).isZero();
        }
    }

    @Test
    @DisplayName("4.2, 8.1 the result of a task is told when its process has ended, so its names and locks are free")
    void resultComesLast() throws Exception {
        try (Supervisor pool = start()) {
            CompletableFuture<ProcessRef<?>> self =
                    pool.children().submit("self", () -> ProcessRef.current().orElseThrow());
            assertThat(self.thenApply(process -> process.exitReason().isPresent())
                            .get())
                    .isTrue();
        }
    }

    @Test
    @DisplayName("8.1 a task that was ended before it began is cancelled all the same")
    void neverBegan() throws Exception {
        Supervisor pool = start();
        List<CompletableFuture<Boolean>> results = new ArrayList<>();
        for (int task = 0; task < 200; task++) {
            results.add(pool.children().submit("task", () -> {
                never.await();
                return true;
            }));
        }
        pool.process().kill();
        pool.join();
        assertThat(results).allMatch(CompletableFuture::isCancelled);
    }

    @Test
    @DisplayName("8.1 tasks go to dynamic supervisors")
    void tasksGoToDynamic() throws Exception {
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app"))) {
            assertThatThrownBy(() -> app.children().submit("task", () -> 1))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(whyRefused(refused)).isEqualTo(Refused.Why.NOT_DYNAMIC));
        }
    }
}
