package dev.selvage.pool.checkout;

import dev.selvage.pool.checkout.CheckoutListener.Reason;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The process that makes, checks and destroys the resources of one checkout pool. It never runs code of the factory
 * itself, but on processes of its scope, so that what hangs there holds up nothing here. It sleeps until something is
 * due or somebody calls.
 */
final class ResourceKeeper<R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.checkout");

    /** How long a resource has to hold so that its breaking says nothing of those that are made instead. */
    private static final Duration HOLDS = Duration.ofSeconds(1);

    /** The pause where the backoff fails. */
    private static final Duration FALLBACK_PAUSE = Duration.ofSeconds(1);

    /** What it is told. */
    sealed interface Message<R> {
        /** There may be something to do: somebody waits, or a setting was changed. */
        record Look<R>() implements Message<R> {}

        /** Find out whether a resource is well before it is lent again. */
        record Check<R>(PooledResource<R> resource) implements Message<R> {}

        /** Reset the resource of a borrower that died. */
        record Reset<R>(PooledResource<R> resource) implements Message<R> {}

        /** Destroy a resource, which is nobody's any more. */
        record Destroy<R>(PooledResource<R> resource, Reason reason) implements Message<R> {}

        /** A resource has broken, whoever has it now. */
        record Broken<R>(PooledResource<R> resource) implements Message<R> {}

        /** An attempt to make a resource has succeeded. */
        record Made<R>(int attempt, PooledResource<R> resource) implements Message<R> {}

        /** An attempt to make a resource has failed. */
        record NotMade<R>(int attempt, Throwable failure) implements Message<R> {}

        /** A resource was found well, or reset. */
        record Well<R>(PooledResource<R> resource) implements Message<R> {}
    }

    /**
     * An attempt to make a resource.
     *
     * @param round how many rounds had failed when it began
     */
    private record Attempt(ProcessRef<?> process, long sinceNanos, Deadline deadline, int round) {}

    private final Lending<R> lending;
    private final CheckoutOptions options;
    private final Mailbox<Message<R>> mailbox;
    private final ProcessScope workers;
    private final Map<Integer, Attempt> attempts = new HashMap<>();
    private final Set<ProcessRef<?>> destroying = new HashSet<>();

    private int lastAttempt;
    /** Rounds since the last success. Attempts that were under way together are one: what failed is what they share. */
    private int failuresInARow;

    /** Rounds whose resources broke as soon as they were made, since some were made that held. */
    private int breaksInARow;

    private int failedRounds;
    private long nextAttemptNanos;

    /** Whether there may be idle ones that are not fit. At first there may: who kept the pool before may have died. */
    private boolean looksForUnfit = true;

    private long nextLookNanos;
    private int epochLookedAt;

    /** How many resources may be made at once for those who wait; doubles while they still do. */
    private int burst = 1;

    private ResourceKeeper(Lending<R> lending, Mailbox<Message<R>> mailbox, ProcessScope workers) {
        this.lending = lending;
        this.options = lending.options();
        this.mailbox = mailbox;
        this.workers = workers;
        this.nextAttemptNanos = lending.now();
        this.nextLookNanos = lending.now();
    }

    /** The body of the keeper's process. */
    static <R> void run(Lending<R> lending, Mailbox<Message<R>> mailbox, Runnable ready) throws InterruptedException {
        try (ProcessScope workers = ProcessScope.open(
                lending.name() + "-work",
                scope -> scope.withTicker(lending.options().ticker()))) {
            ResourceKeeper<R> keeper = new ResourceKeeper<>(lending, mailbox, workers);
            lending.keeper().connect(mailbox.self());
            lending.watch().begin();
            ready.run();
            keeper.keep();
        } finally {
            handOn(lending, mailbox);
        }
    }

    /** A keeper that ends, for whatever reason, loses nothing that it was told: it hears no more and hands it on. */
    private static <R> void handOn(Lending<R> lending, Mailbox<Message<R>> mailbox) {
        mailbox.self().stop();
        for (Optional<Message<R>> left = nextLeft(mailbox); left.isPresent(); left = nextLeft(mailbox)) {
            left.ifPresent(message -> withoutKeeper(lending, message));
        }
    }

    private static <R> Optional<Message<R>> nextLeft(Mailbox<Message<R>> mailbox) {
        try {
            return mailbox.tryReceive();
        } catch (ProcessException.Stopped stopped) {
            return Optional.empty();
        }
    }

    private void keep() throws InterruptedException {
        try {
            while (true) {
                giveUpLateAttempts();
                lookAtIdle();
                makeWhatIsMissing(); // after what may retire some
                boolean unwatched = lending.watch().makeRound();
                Optional<Message<R>> message = mailbox.receive(Duration.ofNanos(untilNextDue(unwatched)));
                message.ifPresent(this::handle);
            }
        } catch (ProcessException.Stopped stopped) {
            lending.keeper().stopped();
            lending.watch().watchAll(); // there are no more rounds
            retireIdle();
            awaitDestroyed();
            throw stopped;
        }
    }

    private void handle(Message<R> message) {
        switch (message) {
            case Message.Look<R> look -> look();
            case Message.Check<R>(PooledResource<R> resource) -> check(resource);
            case Message.Reset<R>(PooledResource<R> resource) -> reset(resource);
            case Message.Destroy<R>(PooledResource<R> resource, Reason reason) -> destroy(resource, reason);
            case Message.Broken<R>(PooledResource<R> resource) -> {
                looksForUnfit = true;
                noteIfBroken(resource);
            }
            case Message.Made<R>(int attempt, PooledResource<R> resource) -> made(attempt, resource);
            case Message.NotMade<R>(int attempt, Throwable failure) -> notMade(attempt, failure);
            case Message.Well<R>(PooledResource<R> resource) -> {
                resource.wellSinceNanos = lending.now();
                lending.putBack(resource);
            }
        }
    }

    private void look() {
        lending.keeper().answered();
        if (lending.isClosed()) {
            retireIdle();
        }
    }

    // ---- making

    private void makeWhatIsMissing() {
        if (lending.isClosed() || lending.now() - nextAttemptNanos < 0) {
            return;
        }
        int wanted = wantedAttempts();
        if (failuresInARow > 0) {
            wanted = Math.min(wanted, 1 - attempts.size()); // one tries whether it works again
        }
        for (int i = 0; i < wanted; i++) {
            attempt();
        }
    }

    /** How many more are to be made: what is missing to the size, and a few for those who wait. */
    private int wantedAttempts() {
        int existing = lending.total() + attempts.size();
        int missing = Math.max(0, lending.size() - existing);
        int waiting = lending.waiting();
        if (waiting == 0) {
            burst = 1;
            return missing;
        }
        int room = lending.size() + options.overflow() - existing - missing;
        int more = Math.min(room, Math.min(waiting, burst) - attempts.size() - missing);
        return missing + Math.max(0, more);
    }

    private void attempt() {
        int number = ++lastAttempt;
        int round = failedRounds;
        ProcessRef<Message<R>> keeper = mailbox.self();
        ProcessRef<?> process = workers.run(lending.name() + "-create-" + number, () -> {
            Message<R> outcome = make(number, round);
            boolean taken = keeper.send(outcome);
            if (!taken && outcome instanceof Message.Made<R>(int attempt, PooledResource<R> orphan)) {
                destroyQuietly(lending, orphan, Reason.CLOSED);
            }
        });
        Deadline deadline = Deadline.after(options.createTimeout(), options.ticker());
        attempts.put(number, new Attempt(process, lending.now(), deadline, round));
    }

    private Message<R> make(int number, int round) {
        long sinceNanos = lending.now();
        try {
            R resource = Objects.requireNonNull(lending.factory().create(), "the factory made null");
            lending.counts().created.increment();
            lending.announcer().created(sinceNanos);
            long now = lending.now();
            PooledResource<R> made = new PooledResource<>(
                    lending, resource, number, round, now, now + options.lifetimeNanos(ThreadLocalRandom.current()));
            watch(made);
            return new Message.Made<>(number, made);
        } catch (Throwable failure) {
            return new Message.NotMade<>(number, failure);
        }
    }

    private void watch(PooledResource<R> made) throws Exception {
        boolean watched = false;
        try {
            lending.factory()
                    .watch(made.resource, why -> lending.returns().broke(made, Objects.requireNonNull(why, "why")));
            watched = true;
        } finally {
            if (!watched) {
                destroyQuietly(lending, made, Reason.BROKEN);
            }
        }
    }

    private void made(int number, PooledResource<R> resource) {
        if (attempts.remove(number) == null) {
            destroy(resource, Reason.LATE);
            return;
        }
        if (lending.isClosed()) {
            destroy(resource, Reason.CLOSED);
            return;
        }
        failuresInARow = 0;
        burst = (int) Math.min(1L << 20, burst * 2L);
        noteIfBroken(resource);
        lending.add(resource);
    }

    private void notMade(int number, Throwable failure) {
        Attempt attempt = attempts.remove(number);
        if (attempt == null) {
            return; // its time was up, which was the failure
        }
        lending.counts().failures.increment();
        lending.failed(failure);
        lending.announcer().notCreated(attempt.sinceNanos, failure);
        if (attempt.round != failedRounds) {
            return;
        }
        failedRounds++;
        failuresInARow++;
        long pauseNanos = pauseNanos(failuresInARow);
        nextAttemptNanos = lending.now() + pauseNanos;
        LOG.log(
                Level.WARNING,
                lending + " could make no resource, " + failuresInARow + " times in a row; next attempt in "
                        + pauseNanos / 1_000_000 + " ms",
                failure);
    }

    /** A backoff is code of the user's. */
    private long pauseNanos(int failures) {
        try {
            return options.pause(failures).toNanos();
        } catch (RuntimeException failure) {
            LOG.log(Level.ERROR, "the backoff of " + lending + " failed; the pause is " + FALLBACK_PAUSE, failure);
            return FALLBACK_PAUSE.toNanos();
        }
    }

    private void giveUpLateAttempts() {
        for (Map.Entry<Integer, Attempt> entry : List.copyOf(attempts.entrySet())) {
            Attempt attempt = entry.getValue();
            if (attempt.deadline.hasPassed()) {
                attempt.process.kill();
                notMade(
                        entry.getKey(),
                        new CheckoutException("the factory made no resource within " + options.createTimeout()));
            }
        }
    }

    /**
     * A resource has broken, perhaps: this may be found before whoever tells has said it. The first is replaced at
     * once; the ones that are made instead and break as soon are as good as not made. Those that were made together
     * count once, as with attempts.
     */
    private void noteIfBroken(PooledResource<R> resource) {
        Throwable why = resource.whyBroken();
        if (why == null || resource.isBreakNoted) {
            return;
        }
        resource.isBreakNoted = true;
        boolean heldForLong = lending.now() - resource.madeNanos >= HOLDS.toNanos();
        if (heldForLong) {
            breaksInARow = 0;
        } else if (resource.round == failedRounds) {
            breaksInARow = lending.all().stream().anyMatch(this::holds) ? 1 : breaksInARow + 1;
            failedRounds++;
            lending.failed(why);
            if (breaksInARow > 1) {
                nextAttemptNanos = lending.now() + pauseNanos(breaksInARow - 1);
            }
        }
        LOG.log(
                Level.WARNING,
                resource + " has broken, and is replaced"
                        + (breaksInARow > 1 ? "; so did others as soon, " + breaksInARow + " times in a row" : ""),
                why);
    }

    /** Whether it was made since resources broke last, and holds. */
    private boolean holds(PooledResource<R> resource) {
        return resource.round == failedRounds
                && !resource.isBroken()
                && lending.now() - resource.madeNanos >= HOLDS.toNanos();
    }

    // ---- looking after

    private void check(PooledResource<R> resource) {
        work("check", resource, () -> lending.factory().validate(resource.resource));
    }

    private void reset(PooledResource<R> orphan) {
        work("reset", orphan, () -> {
            lending.factory().reset(orphan.resource);
            return true;
        });
    }

    private interface Work {
        boolean isWellAfter() throws Exception;
    }

    private void work(String what, PooledResource<R> resource, Work work) {
        ProcessRef<Message<R>> keeper = mailbox.self();
        workers.run(lending.name() + "-" + what + "-" + resource.number, () -> {
            boolean well = false;
            try {
                well = work.isWellAfter();
            } catch (Throwable failure) {
                LOG.log(Level.WARNING, resource + " failed its " + what + ", and is replaced", failure);
            }
            if (!well) {
                lending.retire(resource, Reason.BROKEN);
            } else if (!keeper.send(new Message.Well<>(resource))) {
                lending.retire(resource, Reason.CLOSED);
            }
        });
    }

    /**
     * Retires what has become too old or was idle for too long, and has checked what was not looked at for long: when
     * it is time to, after a change of size or epoch, and while there are more than there may be.
     */
    private void lookAtIdle() {
        long now = lending.now();
        int epoch = lending.epoch();
        boolean tooMany = lending.total() > lending.size() + options.overflow();
        boolean due = options.looksAtIdle() && now - nextLookNanos >= 0;
        if (!due && !tooMany && !looksForUnfit && epoch == epochLookedAt) {
            return;
        }
        looksForUnfit = false;
        epochLookedAt = epoch;
        nextLookNanos = now + options.lookEveryNanos();
        List<PooledResource<R>> keep = new ArrayList<>();
        int spare = lending.total() - lending.size();
        List<PooledResource<R>> idle = lending.takeAllIdle();
        for (int i = idle.size() - 1; i >= 0; i--) { // those that would be lent last first
            PooledResource<R> resource = idle.get(i);
            Reason unfit = lending.unfitness(resource);
            if (unfit == null && spare > 0 && now - resource.idleSinceNanos >= options.idleTimeoutNanos(spare)) {
                unfit = Reason.UNNEEDED;
            }
            if (unfit != null) {
                retire(resource, unfit);
                spare--;
            } else if (options.isCheckDue(now, resource)) {
                check(resource);
            } else {
                keep.add(0, resource);
            }
        }
        lending.putBackIdle(keep);
    }

    private long untilNextDue(boolean unwatched) {
        long next = unwatched ? BorrowerWatch.ROUND_NANOS : Long.MAX_VALUE;
        if (options.looksAtIdle()) {
            next = Math.min(next, nextLookNanos - lending.now());
        }
        for (Attempt attempt : attempts.values()) {
            next = Math.min(next, attempt.deadline.remainingNanos());
        }
        long pauseNanos = nextAttemptNanos - lending.now();
        if (pauseNanos > 0 && wantedAttempts() > 0) {
            next = Math.min(next, pauseNanos);
        }
        return Math.max(1, next);
    }

    // ---- destroying

    private void retireIdle() {
        lending.takeAllIdle().forEach(resource -> retire(resource, Reason.CLOSED));
    }

    /** At once rather than by a message to itself, which it would not get any more once it is being stopped. */
    private void retire(PooledResource<R> resource, Reason reason) {
        if (lending.forget(resource)) {
            destroy(resource, reason);
        }
    }

    private void destroy(PooledResource<R> resource, Reason reason) {
        noteIfBroken(resource);
        destroying.removeIf(process -> !process.isAlive());
        destroying.add(workers.run(lending.name() + "-destroy", () -> destroyQuietly(lending, resource, reason)));
    }

    private static <R> void destroyQuietly(Lending<R> lending, PooledResource<R> resource, Reason reason) {
        resource.giveUp();
        lending.counts().destroyed.increment();
        try {
            lending.factory().destroy(resource.resource);
        } catch (Throwable failure) {
            LOG.log(Level.WARNING, resource + " could not be destroyed", failure);
        }
        lending.announcer().destroyed(reason);
    }

    /** Waits for what is being destroyed, for a while. */
    private void awaitDestroyed() throws InterruptedException {
        Deadline deadline = Deadline.after(options.destroyTimeout(), options.ticker());
        for (ProcessRef<?> process : destroying) {
            if (process.join(Duration.ofNanos(deadline.remainingNanos())).isEmpty()) {
                LOG.log(Level.WARNING, "{0} is not through within {1}", process.name(), options.destroyTimeout());
            }
        }
    }

    /** Does what the keeper was told when there is none, before it has started or after its end. */
    static <R> void withoutKeeper(Lending<R> lending, Message<R> message) {
        switch (message) {
            case Message.Destroy<R>(PooledResource<R> resource, Reason reason) ->
                destroyApart(lending, resource, reason);
            case Message.Broken<R> broken -> {} // the next one that keeps this looks through the idle ones first
            case Message.Check<R>(PooledResource<R> resource) -> lending.retire(resource, Reason.CLOSED);
            case Message.Reset<R>(PooledResource<R> resource) -> lending.retire(resource, Reason.CLOSED);
            case Message.Made<R>(int attempt, PooledResource<R> resource) ->
                destroyApart(lending, resource, Reason.CLOSED);
            case Message.Well<R>(PooledResource<R> resource) -> lending.retire(resource, Reason.CLOSED);
            case Message.Look<R> look -> lending.keeper().answered();
            case Message.NotMade<R>(int attempt, Throwable failure) -> lending.failed(failure);
        }
    }

    private static <R> void destroyApart(Lending<R> lending, PooledResource<R> resource, Reason reason) {
        Thread.ofVirtual().name(lending.name() + "-destroy").start(() -> destroyQuietly(lending, resource, reason));
    }
}
