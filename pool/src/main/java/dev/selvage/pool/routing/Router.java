package dev.selvage.pool.routing;

import dev.selvage.process.ProcessException;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.registry.Entry;
import dev.selvage.registry.RegistryException;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A request, from the caller's side: finds it a member, waits for the response, and says what became of it. Everything
 * here runs on the caller's thread.
 */
final class Router<Q, R> {
    private final RoutingPool<Q, R> pool;
    private final RoutingOptions options;

    private final CallerQueue<Q, R> queue;

    /** The candidates of the latest view. Written by any caller, without order: they are immutable, and compared. */
    private @Nullable Candidates<Q, R> latest;

    Router(RoutingPool<Q, R> pool) {
        this.pool = pool;
        this.options = pool.options();
        this.queue = new CallerQueue<>(options.maxWaiting(), this::enterAny, this::hasMember);
    }

    CallerQueue<Q, R> queue() {
        return queue;
    }

    R request(Q query, Duration timeout) throws InterruptedException {
        Announcer announcer = pool.announcer();
        if (!announcer.isHeard()) {
            return ask(query, timeout);
        }
        long began = announcer.now();
        try {
            R answer = ask(query, timeout);
            announcer.ended(began, null);
            return answer;
        } catch (RoutingException failure) {
            announcer.ended(began, failure);
            throw failure;
        }
    }

    private R ask(Q query, Duration timeout) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before a request to " + pool);
        }
        Deadline deadline = Deadline.after(timeout, options.ticker());
        Deadline memberDeadline = null;
        while (true) {
            if (pool.isClosed()) {
                throw new RoutingException.Closed(pool + " is closed", false);
            }
            if (deadline.hasPassed()) {
                throw new RoutingException.RequestTimeout(
                        "no member of " + pool + " took a request within " + timeout, false);
            }
            Connection<Q, R> member = enter(query, deadline, timeout);
            if (member == null) {
                if (memberDeadline == null) {
                    memberDeadline = earlier(options.memberWait(), deadline);
                }
                awaitMember(memberDeadline, timeout);
            } else {
                R answer = tryMember(member, query, deadline, timeout);
                if (answer != null) {
                    return answer;
                }
            }
        }
    }

    private Deadline earlier(Duration wait, Deadline deadline) {
        Deadline waited = Deadline.after(wait, options.ticker());
        return waited.remainingNanos() < deadline.remainingNanos() ? waited : deadline;
    }

    // ---- choosing

    /**
     * Takes a place at a member: at once where nobody waits for one, otherwise in turn. Null when there is no member.
     */
    private @Nullable Connection<Q, R> enter(Q query, Deadline deadline, Duration timeout) throws InterruptedException {
        Connection<Q, R> member = queue.length() > 0 ? null : pick(query);
        if (member == null && queue.length() == 0) {
            member = enterLastResort();
        }
        return member != null || !hasMember() ? member : enterInTurn(query, deadline, timeout);
    }

    /** Chooses a living member and takes a place there; null when there is none, or all of them are full. */
    private @Nullable Connection<Q, R> pick(Q query) {
        Candidates<Q, R> candidates = candidates();
        int size = candidates == null ? 0 : candidates.size();
        if (candidates == null || size == 0) {
            return null;
        }
        int index = options.routing().pick(candidates, query);
        if (index < 0 || index >= size) {
            throw new RoutingException("the routing '" + options.routing() + "' of " + pool + " chose member " + index
                    + " of " + size + "; allowed: 0 to " + (size - 1));
        }
        return enterFrom(candidates, index);
    }

    /** Takes a place at any member, for somebody who waits; null when there is none. */
    private @Nullable Connection<Q, R> enterAny() {
        Candidates<Q, R> candidates = candidates();
        Connection<Q, R> place = candidates == null || candidates.size() == 0
                ? null
                : enterFrom(candidates, ThreadLocalRandom.current().nextInt(candidates.size()));
        return place == null ? enterLastResort() : place;
    }

    /** Takes a place at one that is ejected, if no other member is ready; null otherwise. */
    private @Nullable Connection<Q, R> enterLastResort() {
        if (pool.ejections().out() == 0 || hasReady()) {
            return null;
        }
        for (Connection<Q, R> connection : pool.tree().connections()) {
            if (connection.isLastResort() && connection.tryEnter()) {
                return connection;
            }
        }
        return null;
    }

    /** Takes a place at the first from here on that lives and is not full. */
    private static <Q, R> @Nullable Connection<Q, R> enterFrom(Candidates<Q, R> candidates, int from) {
        int size = candidates.size();
        int index = from;
        for (int tried = 0; tried < size; tried++) {
            Connection<Q, R> chosen = candidates.get(index);
            if (chosen.isRoutable() && chosen.tryEnter()) {
                return chosen;
            }
            index = index + 1 < size ? index + 1 : 0;
        }
        return null;
    }

    /** Waits in turn for a place; null when there is no member any more. */
    private @Nullable Connection<Q, R> enterInTurn(Q query, Deadline deadline, Duration timeout)
            throws InterruptedException {
        Caller<Q, R> caller = new Caller<>(options.ticker());
        if (!awaitTurn(caller, deadline)) {
            String why = "all members of " + pool + " are at their limits, and " + options.maxWaiting()
                    + " requests wait already";
            pool.announcer().refused(query, why);
            throw new RoutingException.Overloaded(why);
        }
        Connection<Q, R> granted = caller.granted();
        if (granted != null) {
            return granted;
        }
        return switch (caller.refusal()) {
            case NO_MEMBER -> null;
            case CLOSED -> throw new RoutingException.Closed(pool + " is closed", false);
            case GAVE_UP ->
                throw new RoutingException.RequestTimeout(
                        "no member of " + pool + " had a place for a request within " + timeout
                                + ": all are at their limits",
                        false);
        };
    }

    /** Waits in turn, and tells how that went; false, without waiting, if too many wait already. */
    private boolean awaitTurn(Caller<Q, R> caller, Deadline deadline) throws InterruptedException {
        FlightEvents.Wait wait = FlightEvents.waitBegins();
        boolean queued = true;
        try {
            queued = queue.await(caller, deadline, pool);
            return queued;
        } finally { // also after an interrupt
            boolean granted = caller.granted() != null;
            if (wait != null) {
                wait.ended(pool.name(), granted);
            }
            if (queued) {
                pool.announcer().waited(caller.waitedNanos(), granted);
            }
        }
    }

    /** Returns who stands in the registry now, some of them perhaps dead; null while there is no registry. */
    private @Nullable Candidates<Q, R> candidates() {
        DuplicateRegistry<String, Connection<Q, R>> registry = pool.registry();
        if (registry == null) {
            latest = null;
            return null;
        }
        try {
            List<Entry<String, Connection<Q, R>>> view = registry.view(RoutingPool.KEY);
            Candidates<Q, R> candidates = latest;
            if (candidates == null || !candidates.isOf(view)) {
                candidates = new Candidates<>(view, options);
                latest = candidates;
            }
            return candidates;
        } catch (RegistryException.Closed betweenTwoRegistries) {
            latest = null;
            return null;
        }
    }

    /** How many members are connected now. */
    int ready() {
        Candidates<Q, R> candidates = candidates();
        return candidates == null ? 0 : candidates.living();
    }

    /** Whether there is a member at all that may be used, one that is ejected included. */
    private boolean hasMember() {
        return hasReady()
                || (pool.ejections().out() > 0
                        && pool.tree().connections().stream().anyMatch(Connection::isLastResort));
    }

    private boolean hasReady() {
        Candidates<Q, R> candidates = candidates();
        return candidates != null && candidates.hasLiving();
    }

    private void awaitMember(Deadline deadline, Duration timeout) throws InterruptedException {
        if (!pool.bell().await(() -> hasMember() || pool.isClosed(), deadline)) {
            Duration wait = options.memberWait().compareTo(timeout) < 0 ? options.memberWait() : timeout;
            throw new RoutingException.NoMember("no member of " + pool
                    + (wait.isZero() ? " is connected" : " was connected within " + wait) + lastFailure());
        }
    }

    private String lastFailure() {
        for (RoutingPool.Member member : pool.members()) {
            if (member.lastFailure().isPresent()) {
                return "; the last failure of " + member.name() + ": "
                        + member.lastFailure().get();
            }
        }
        return "";
    }

    // ---- asking

    /** Returns the response, or null if the member did not take the request, so that another may. */
    private @Nullable R tryMember(Connection<Q, R> member, Q query, Deadline deadline, Duration timeout)
            throws InterruptedException {
        Slot slot = member.slot;
        Request<Q, R> request = new Request<>(query, member);
        boolean answered = false;
        try {
            R answer = member.process.call(request::answerTo, Duration.ofNanos(deadline.remainingNanos()));
            answered = true;
            return answer;
        } catch (ProcessException.CallTimeout timedOut) {
            member.timedOut();
            throw timedOut(slot, timeout, request.giveUp());
        } catch (ProcessException.CallFailed failed) {
            throwUnlessNotSent(slot, (Request.Failure) Objects.requireNonNull(failed.getCause()));
        } catch (ProcessException.Exited exited) {
            if (request.giveUp()) {
                throw lost(slot, exited);
            }
        } catch (ProcessException misuse) {
            throw new RoutingException(
                    "a request to " + slot + " of " + pool + " was refused", misuse, request.giveUp());
        } finally {
            if (!answered) {
                request.giveUp(); // also when interrupted: nothing of it stays with the member
            }
        }
        member.leave(); // it is gone or going, and nobody else need try
        return null;
    }

    private void throwUnlessNotSent(Slot slot, Request.Failure failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        switch (failure.kind()) {
            case NOT_SENT -> {}
            case REFUSED ->
                throw new RoutingException.RequestFailed(
                        "the transport of " + slot + " of " + pool + " refused the request: " + cause, cause);
            case LOST -> throw lost(slot, cause);
        }
    }

    private RoutingException lost(Slot slot, Throwable cause) {
        if (pool.isClosed()) {
            return new RoutingException.Closed(
                    pool + " was closed while " + slot + " had a request; it may have reached the peer", true);
        }
        return new RoutingException.Disconnected(
                slot + " of " + pool
                        + " lost its connection with a request in flight, which may have reached the peer: " + cause,
                cause);
    }

    private RoutingException timedOut(Slot slot, Duration timeout, boolean mayHaveReachedPeer) {
        return new RoutingException.RequestTimeout(
                slot + " of " + pool + " did not answer within " + timeout + "; the request "
                        + (mayHaveReachedPeer ? "may have reached the peer" : "was not sent"),
                mayHaveReachedPeer);
    }
}
