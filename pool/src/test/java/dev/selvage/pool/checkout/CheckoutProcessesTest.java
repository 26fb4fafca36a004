package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.AnnouncingBody;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.supervisor.SupervisorTree;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes as resources (rule 9.1): poolboy's workers, whose crash replaces them. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutProcessesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofDays(1);

    private final ThreadKind kind;
    private final FakeTicker ticker = new FakeTicker();
    private final Set<ProcessRef<?>> living = ConcurrentHashMap.newKeySet();
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    CheckoutProcessesTest(ThreadKind kind) {
        this.kind = kind;
    }

    /** What the processes are told. */
    private sealed interface Message {
        record Name(ReplyTo<String> answer) implements Message {}

        record Crash(ReplyTo<String> answer) implements Message {}

        record CrashUnasked() implements Message {}

        /** Ignores stops and interrupts until the test is over. */
        record Sulk() implements Message {}
    }

    private void serve(Mailbox<Message> mailbox) throws InterruptedException {
        started.incrementAndGet();
        living.add(mailbox.self());
        try {
            while (true) {
                switch (mailbox.receive()) {
                    case Message.Name(ReplyTo<String> answer) ->
                        answer.reply(mailbox.self().name());
                    case Message.Crash(ReplyTo<String> answer) -> throw new IllegalStateException("planned: crash");
                    case Message.CrashUnasked() -> throw new IllegalStateException("planned: crash");
                    case Message.Sulk() -> Threads.awaitDeaf(released);
                }
            }
        } finally {
            living.remove(mailbox.self());
        }
    }

    private UnaryOperator<CheckoutOptions> options(UnaryOperator<CheckoutOptions> more) {
        return options -> more.apply(options.withTicker(ticker)
                .withCheckoutTimeout(LONG)
                .withCreateTimeout(LONG)
                .withBackoff(Backoff.fixed(SECOND)));
    }

    private CheckoutPool<ProcessRef<Message>> started(int size, UnaryOperator<CheckoutOptions> more)
            throws InterruptedException {
        CheckoutPool<ProcessRef<Message>> pool =
                CheckoutPool.start("pool", size, ResourceFactory.process(this::serve), options(more));
        awaitFull(pool);
        return pool;
    }

    private CheckoutPool<ProcessRef<Message>> started(int size) throws InterruptedException {
        return started(size, options -> options);
    }

    private void awaitFull(CheckoutPool<ProcessRef<Message>> pool) {
        Threads.awaitTrue(
                "all are there", () -> pool.statistics().total() == pool.size() && living.size() == pool.size());
    }

    /** Asks the process that it gets, on a thread of its own. */
    private FutureTask<String> asking(CheckoutPool<ProcessRef<Message>> pool) {
        return on(() -> pool.use(process -> process.call(Message.Name::new, LONG)));
    }

    private <T> FutureTask<T> on(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        kind.unstarted("borrower", task).start();
        return task;
    }

    private void end(CheckoutPool<ProcessRef<Message>> pool) {
        pool.close(Duration.ZERO);
        assertThat(living).isEmpty();
        assertThat(pool.statistics().total()).isZero();
        awaitAllDestroyed(pool);
    }

    private static void awaitAllDestroyed(CheckoutPool<?> pool) {
        Threads.awaitTrue("created = destroyed", () -> {
            CheckoutPool.Statistics end = pool.statistics();
            return end.created() == end.destroyed();
        });
    }

    @Test
    @DisplayName("9.1 each process is lent to one borrower at a time, and runs in the pool's tree, by name")
    void lent() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool =
                CheckoutPool.create("pool", 2, ResourceFactory.process(this::serve), options(options -> options));
        try (Supervisor tree = Supervisor.start(pool.spec())) {
            awaitFull(pool);
            Set<String> names = new HashSet<>();
            try (Lease<ProcessRef<Message>> one = pool.checkOut();
                    Lease<ProcessRef<Message>> other = pool.checkOut()) {
                names.add(one.resource().call(Message.Name::new, LONG));
                names.add(other.resource().call(Message.Name::new, LONG));
            }
            assertThat(names).containsExactlyInAnyOrder("pool-1", "pool-2");
            assertThat(tree.ref("pool-processes").children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactlyInAnyOrder("pool-1", "pool-2");
        }
        end(pool);
    }

    @Test
    @DisplayName("9.1 a process that crashes while it is idle is replaced while nobody asks")
    void idleCrash() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool = started(2);
        ProcessRef<Message> victim = pool.use(process -> process);
        victim.send(new Message.CrashUnasked());
        victim.join();
        Threads.awaitTrue("another was started", () -> started.get() == 3);
        awaitFull(pool);
        assertThat(asking(pool).get()).isNotEqualTo(victim.name());
        end(pool);
    }

    @Test
    @DisplayName("5.3, 9.1 of one that crashes while it is lent the borrower's call fails with the reason; the next"
            + " waiter is served by another, and the give-back does nothing")
    void lentCrash() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool = started(1);
        Lease<ProcessRef<Message>> lease = pool.checkOut();
        ProcessRef<Message> victim = lease.resource();
        FutureTask<String> waiting = asking(pool);
        Threads.awaitTrue("it waits", () -> pool.statistics().waiting() == 1);
        assertThatThrownBy(() -> victim.call(Message.Crash::new, LONG))
                .isInstanceOfSatisfying(
                        ProcessException.Exited.class,
                        exited -> assertThat(exited.reason())
                                .isInstanceOfSatisfying(
                                        ExitReason.Failed.class,
                                        failed -> assertThat(failed.cause()).hasMessage("planned: crash")));
        assertThat(waiting.get()).isEqualTo("pool-2");
        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(lease::resource)
                .isInstanceOf(CheckoutException.StaleLease.class)
                .hasMessageContaining("process 'pool-1' has ended: failed")
                .hasRootCauseMessage("planned: crash");
        lease.close();
        assertThat(asking(pool).get()).isEqualTo("pool-2");
        end(pool);
    }

    @Test
    @DisplayName("9.1 who learns of a crash by a failed call and gives back at once puts nothing back")
    void givenBackAtOnce() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool =
                started(1, options -> options.withBackoff(Backoff.fixed(Duration.ZERO)));
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> pool.use(process -> process.call(Message.Crash::new, LONG)))
                    .isInstanceOf(ProcessException.Exited.class);
            assertThat(asking(pool).get()).isEqualTo("pool-" + (i + 2));
        }
        end(pool);
    }

    @Test
    @DisplayName("9.1 one that ends in good order by itself, or is stopped by somebody, is replaced as well")
    void stopped() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool = started(1);
        ProcessRef<Message> victim = pool.use(process -> process);
        victim.stop();
        Threads.awaitTrue("another was started", () -> started.get() == 2);
        assertThat(asking(pool).get()).isEqualTo("pool-2");
        end(pool);
    }

    @Test
    @DisplayName("9.4 processes that crash as soon as they are started are started anew after pauses")
    void crashLoop() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        CheckoutPool<ProcessRef<Message>> pool = CheckoutPool.start(
                "pool",
                1,
                ResourceFactory.process(mailbox -> {
                    starts.incrementAndGet();
                    throw new IllegalStateException("planned: crash");
                }),
                options(options -> options));
        while (starts.get() < 10) {
            if (ticker.awaitNextDeadline().compareTo(SECOND) <= 0) { // no attempt is under way
                ticker.advanceToNextDeadline();
            }
        }
        assertThat(ticker.elapsed())
                .as("a pause before each start, but for the first and the one after the first crash")
                .isGreaterThanOrEqualTo(SECOND.multipliedBy(8));
        end(pool);
    }

    @Test
    @DisplayName("9.2 the process of a borrower that died is stopped; what replaces it does not wait for that")
    void borrowerDies() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool = started(1);
        FutureTask<ProcessRef<Message>> dying = on(() -> {
            ProcessRef<Message> process = pool.checkOut().resource();
            process.send(new Message.Sulk());
            return process;
        });
        ProcessRef<Message> left = dying.get();
        assertThat(asking(pool).get())
                .as("served while the other ignores its stop")
                .isEqualTo("pool-2");
        assertThat(left.isAlive()).isTrue();
        assertThat(pool.statistics().reclaimed()).isEqualTo(1);
        released.countDown();
        assertThat(left.join()).isEqualTo(ExitReason.shutdown());
        end(pool);
    }

    @Test
    @DisplayName("9.7, 5.8 a process that ignores its stop and its interrupt does not hold up a close without bound: it"
            + " is abandoned")
    void sulksAtTheEnd() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool =
                started(2, options -> options.withTicker(Ticker.system()).withDestroyTimeout(Duration.ofMillis(20)));
        ProcessRef<Message> sulking = pool.use(process -> {
            process.send(new Message.Sulk());
            return process;
        });
        pool.close(Duration.ZERO);
        assertThat(sulking.isAbandoned()).isTrue();
        released.countDown();
        sulking.thread().join();
        assertThat(living).isEmpty();
        awaitAllDestroyed(pool);
    }

    @Test
    @DisplayName("8, 9.1 the pool in a tree of one's own: when that stops, a process that is lent ends with it")
    void inATree() throws Exception {
        CheckoutPool<ProcessRef<Message>> pool =
                CheckoutPool.create("pool", 2, ResourceFactory.process(this::serve), options(options -> options));
        SupervisorSpec app = SupervisorSpec.restForOne("app", ChildSpec.supervisor(pool.spec()))
                .withTicker(ticker);
        Lease<ProcessRef<Message>> lease;
        try (Supervisor tree = Supervisor.start(app)) {
            awaitFull(pool);
            Set<ProcessRef<?>> before = Set.copyOf(living);
            tree.child("pool", "pool-processes").orElseThrow().kill(); // takes the processes along, and the keeper
            Threads.awaitTrue("they have ended", () -> before.stream().noneMatch(ProcessRef::isAlive));
            awaitFull(pool); // the keeper that ends may have started one more, which ended with it
            assertThat(asking(pool).get()).isNotIn("pool-1", "pool-2");
            lease = pool.checkOut();
        }
        assertThat(living).isEmpty();
        Threads.awaitTrue("its loan is over", () -> !lease.isHeld());
        assertThatThrownBy(lease::resource)
                .hasMessageContaining("since it broke")
                .hasMessageContaining("shutdown");
        end(pool);
    }

    @Test
    @DisplayName("9.1, 9.4 a server whose start fails counts as not made, and the pool recovers by itself")
    void failingStart() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CheckoutPool<ProcessRef<ReplyTo<Integer>>> pool = CheckoutPool.start(
                "pool",
                1,
                ResourceFactory.child(id -> ChildSpec.server(id, () -> {
                    int number = attempts.incrementAndGet();
                    if (number == 1) {
                        throw new IllegalStateException("planned: not now");
                    }
                    return (ReplyTo<Integer> answer) -> answer.reply(number);
                })),
                options(options -> options));
        Threads.awaitTrue("an attempt has failed", () -> pool.lastFailure().isPresent());
        assertThat(pool.lastFailure().orElseThrow()).hasRootCauseMessage("planned: not now");
        ticker.awaitParked(1);
        ticker.advance(SECOND);
        assertThat(on(() -> pool.use(process -> process.<Integer>call(answer -> answer, LONG)))
                        .get())
                .isEqualTo(2);
        pool.close(Duration.ZERO);
    }

    @Test
    @DisplayName("9.4 a process that has started too late, after the create timeout, is not left behind")
    void startedTooLate() throws Exception {
        CountDownLatch ready = new CountDownLatch(1);
        AnnouncingBody<Message> slow = (mailbox, start) -> {
            if (mailbox.self().name().equals("pool-1")) {
                living.add(mailbox.self());
                ready.await();
            }
            start.ready();
            serve(mailbox);
        };
        CheckoutPool<ProcessRef<Message>> pool = CheckoutPool.start(
                "pool",
                1,
                ResourceFactory.child(id -> ChildSpec.process(id, slow)),
                options(options -> options.withCreateTimeout(SECOND)));
        Threads.awaitTrue("the first begins", () -> living.size() == 1);
        ProcessRef<?> first = living.iterator().next();
        ticker.awaitParked(2); // the keeper, and the supervisor that waits for the start
        ticker.advance(SECOND);
        Threads.awaitTrue("its time is up", () -> pool.statistics().creationFailures() == 1);
        ready.countDown();
        assertThat(first.join()).isEqualTo(ExitReason.shutdown());
        ticker.awaitParked(1);
        ticker.advance(SECOND);
        assertThat(asking(pool).get()).isEqualTo("pool-2");
        end(pool);
    }

    @Test
    @DisplayName("9.1 a factory of processes is given to a pool as it is; inside another factory it makes nothing")
    void misuse() {
        ResourceFactory<ProcessRef<Message>> factory = ResourceFactory.process(this::serve);
        assertThatThrownBy(factory::create)
                .isInstanceOf(CheckoutException.class)
                .hasMessageEndingWith("it is to be given to the pool as it is, not inside another factory");
        assertThatThrownBy(() -> ResourceFactory.process(null)).hasMessage("body");
        assertThatThrownBy(() -> ResourceFactory.child(null)).hasMessage("spec");
    }
}
