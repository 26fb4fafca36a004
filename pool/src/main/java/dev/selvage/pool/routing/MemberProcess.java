package dev.selvage.pool.routing;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessOptions;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.registry.RegistryException;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One member, as long as one process of it lives: it keeps a connection, sends what is routed to it, and connects anew
 * when the connection is lost.
 *
 * <p>It never waits for a peer but in a send. Connecting, reading and watching for silence happen on processes of their
 * own, in a scope that this one owns; so it can be stopped in the middle of a connect or of a pause, and a request that
 * finds it without a connection is refused at once.
 */
final class MemberProcess<Q, R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.routing");

    /** A reader or a watch has nothing to finish: it is interrupted at once, and abandoned if it does not listen. */
    private static final Duration HELPER_PATIENCE = Duration.ofSeconds(1);

    private final RoutingPool<Q, R> pool;
    private final RoutingOptions options;
    private final Slot slot;
    private final Mailbox<MemberMessage<Q, R>> mailbox;
    private final ProcessScope helpers;

    /** The current attempt; null in a pause. Written by the process, read by any thread. */
    private volatile @Nullable Connection<Q, R> connection;

    // the rest is the process's own

    private @Nullable ProcessRef<?> reader;
    private @Nullable ProcessRef<?> watcher;

    /** When the attempt has taken too long, or the pause is over; null while the connection is up. */
    private @Nullable Deadline due;

    /** When a drained member ends at the latest; null while it is not to be drained. */
    private @Nullable Deadline drainedBy;

    /** False -> true, by the process, when it was drained; read by any thread. */
    private volatile boolean ended;

    /** How many attempts have failed since the last healthy period. */
    private int failures;

    private MemberProcess(
            RoutingPool<Q, R> pool, Slot slot, Mailbox<MemberMessage<Q, R>> mailbox, ProcessScope helpers) {
        this.pool = pool;
        this.options = pool.options();
        this.slot = slot;
        this.mailbox = mailbox;
        this.helpers = helpers;
    }

    /** The body of a member's process. */
    static <Q, R> void run(RoutingPool<Q, R> pool, Slot slot, Mailbox<MemberMessage<Q, R>> mailbox)
            throws InterruptedException {
        try (ProcessScope helpers = ProcessScope.open(
                slot.name, scope -> scope.withTicker(pool.options().ticker()))) {
            new MemberProcess<>(pool, slot, mailbox, helpers).run();
        }
    }

    private void run() throws InterruptedException {
        Lifetime.current().add(new DropAtExit());
        try {
            connect();
            slot.process = this; // with an attempt under way: having none means a pause, from now on
            while (!ended) {
                step();
            }
        } finally {
            dropCurrent("ended");
            slot.changed(RoutingPool.Member.State.STOPPED);
        }
    }

    /** For the end that the body does not see: the process is declared exited while it hangs in a send. */
    private final class DropAtExit extends ExitHook {
        DropAtExit() {
            super(Phase.AT_EXIT);
        }

        @Override
        protected void onExit() {
            dropCurrent("was abandoned");
        }
    }

    private void dropCurrent(String why) {
        Connection<Q, R> current = connection;
        if (current != null) {
            current.drop(new CancellationException("member " + slot.name + " " + why));
        }
    }

    /** What is due comes before what is queued, so that refusing requests never puts off a connect. */
    private void step() throws InterruptedException {
        Deadline next = drainedBy == null ? due : drainedBy;
        if (next == null) {
            handle(mailbox.receive());
        } else if (next.hasPassed()) {
            overdue();
        } else {
            Optional<MemberMessage<Q, R>> message = mailbox.receive(Duration.ofNanos(next.remainingNanos()));
            message.ifPresent(this::handle);
        }
    }

    private void handle(MemberMessage<Q, R> message) {
        switch (message) {
            case Request<Q, R> request -> send(request);
            case MemberMessage.Connected<Q, R>(Connection<Q, R> connected) -> register(connected);
            case MemberMessage.Lost<Q, R>(Connection<Q, R> lost) -> pauseAfter(lost);
            case MemberMessage.Ejected<Q, R>(Connection<Q, R> ejected, Duration time) -> keepOut(ejected, time);
            case MemberMessage.Drain<Q, R> drain -> drain();
            case MemberMessage.Drained<Q, R> drained -> ended = drainedBy != null;
        }
    }

    private void send(Request<Q, R> request) {
        Connection<Q, R> current = connection;
        if (request.isGivenUp()) {
            return;
        }
        if (current != null && current.isUp() && request.isFor(current)) {
            current.send(slot.nextId(), request);
        } else {
            request.fail(Request.NOT_SENT);
        }
    }

    private void connect() {
        Connection<Q, R> attempt = new Connection<>(slot, mailbox.self(), pool);
        connection = attempt;
        slot.changed(RoutingPool.Member.State.CONNECTING);
        due = Deadline.after(options.connectTimeout(), options.ticker());
        reader = helpers.run(
                slot.name + "-reader", () -> attempt.connectAndRead(pool.connector()), MemberProcess::helper);
    }

    private static ProcessOptions helper(ProcessOptions defaults) {
        return defaults.withStopPatience(Duration.ZERO).withInterruptPatience(HELPER_PATIENCE);
    }

    private void register(Connection<Q, R> connected) {
        if (connected != connection || connected.isDropped()) {
            return;
        }
        DuplicateRegistry<String, Connection<Q, R>> registry = pool.registry();
        if (registry == null) {
            connected.drop(new CancellationException("the registry of pool '" + pool.name() + "' has ended"));
            return;
        }
        due = null;
        SilenceWatch watch = connected.watch();
        if (watch != null) {
            watcher = helpers.run(slot.name + "-silence-watch", watch::run, MemberProcess::helper);
        }
        enroll(connected, registry);
    }

    /** Puts a connection into the registry, so that requests are routed to it from now on. */
    private void enroll(Connection<Q, R> connected, DuplicateRegistry<String, Connection<Q, R>> registry) {
        try {
            slot.changed(RoutingPool.Member.State.CONNECTED); // before anybody can lose it
            connected.registered(registry.register(RoutingPool.KEY, connected));
            pool.bell().ring();
            pool.queue().serve(connected);
        } catch (RegistryException.Closed registryHasEnded) {
            // then so will this process: whoever supervises both stops it next
            connected.drop(registryHasEnded);
        }
    }

    private void keepOut(Connection<Q, R> out, Duration time) {
        if (out == connection && out.isEjected()) {
            due = Deadline.after(time, options.ticker());
            LOG.log(
                    Level.WARNING,
                    () -> slot + " of pool '" + pool.name() + "' failed " + "time after time, and gets no requests for "
                            + time);
        }
    }

    private void comeBack(Connection<Q, R> out) {
        due = null;
        DuplicateRegistry<String, Connection<Q, R>> registry = pool.registry();
        if (registry != null && out.readmit()) {
            enroll(out, registry);
        }
    }

    /** It is one too many: takes no more requests, and ends when those in flight have. */
    private void drain() {
        Connection<Q, R> current = connection;
        if (drainedBy != null) {
            return;
        }
        if (current == null || !current.isUp()) {
            ended = true;
            return;
        }
        drainedBy = Deadline.after(options.requestTimeout(), options.ticker());
        current.drain();
    }

    private void overdue() {
        Connection<Q, R> attempt = connection;
        if (drainedBy != null) {
            ended = true;
        } else if (attempt == null) {
            connect();
        } else if (attempt.wasUp()) {
            comeBack(attempt);
        } else {
            attempt.drop(new TimeoutException("not connected within " + options.connectTimeout()));
            pauseAfter(attempt);
        }
    }

    private void pauseAfter(Connection<Q, R> lost) {
        if (lost != connection) {
            return; // counted already
        }
        if (drainedBy != null) {
            ended = true;
        }
        kill(reader);
        kill(watcher);
        failures = lost.wasUpFor(options.healthyAfter()) ? 0 : failures + 1;
        Duration pause = failures == 0 ? Duration.ZERO : options.pause(failures);
        due = Deadline.after(pause, options.ticker());
        connection = null; // last: who sees that it pauses may count on the pause having begun
        LOG.log(
                Level.DEBUG,
                () -> slot + " of pool '" + pool.name() + "' has no connection, and tries again in " + pause + ": "
                        + lost.whyDropped());
    }

    private static void kill(@Nullable ProcessRef<?> helper) {
        if (helper != null) {
            helper.kill();
        }
    }

    // ---- any thread asks

    RoutingPool.Member.State state() {
        Connection<Q, R> current = connection;
        if (!mailbox.self().isAlive()) {
            return RoutingPool.Member.State.STOPPED;
        }
        if (current == null || current.isDropped()) {
            return RoutingPool.Member.State.WAITING;
        }
        if (current.isDraining()) {
            return RoutingPool.Member.State.DRAINING;
        }
        if (current.isEjected()) {
            return RoutingPool.Member.State.EJECTED;
        }
        return current.isUp() ? RoutingPool.Member.State.CONNECTED : RoutingPool.Member.State.CONNECTING;
    }

    /** The current attempt, or null in a pause. */
    @Nullable Connection<Q, R> connection() {
        return connection;
    }

    boolean isAlive() {
        return mailbox.self().isAlive();
    }

    boolean hasEnded() {
        return ended;
    }

    /** Tells it that it is one too many. */
    void tellDrain() {
        mailbox.self().send(new MemberMessage.Drain<>());
    }

    /** For tests: whether it pauses before its next attempt, and knows so itself. */
    boolean isPausing() {
        return connection == null;
    }

    int inFlight() {
        Connection<Q, R> current = connection;
        return current == null ? 0 : current.taken();
    }

    /** For tests: how many requests wait for the peer. */
    int booked() {
        Connection<Q, R> current = connection;
        return current == null ? 0 : current.inFlight();
    }
}
