package dev.selvage.pool.routing;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a member for as long as its pool: its name, and numbers that go on when its process is started anew.
 */
final class Slot {
    private static final int MOST_EJECTIONS = 10;

    final int index;
    final String name;

    /** The last id given to a request: raised by the member's process; by two only while one of them is abandoned. */
    private final AtomicLong lastId = new AtomicLong();

    /** Raised by the member's process. */
    final LongAdder sent = new LongAdder();

    // raised by readers, or by whoever drops a connection
    final LongAdder served = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder strays = new LongAdder();
    final LongAdder disconnects = new LongAdder();
    final LongAdder ejections = new LongAdder();

    /** How many requests have failed since the last answer: raised by whoever sees it, put to 0 by readers. */
    private final AtomicInteger failuresInARow = new AtomicInteger();

    /** When a request failed last, by the ticker; written before that is counted. */
    private volatile long failedNanos;

    // written by who ejects the member, one at a time, and by its process when it is back
    private volatile int ejectionsInARow;
    private volatile long outNanos;
    private volatile long returnedNanos;

    /** Since when it is in its state, by the ticker; written by whoever changes that. */
    private volatile long sinceNanos;

    /** Why there was no connection last; written by whoever dropped one. */
    volatile @Nullable Throwable lastFailure;

    /** The member's latest process; written by that process when it begins. */
    volatile @Nullable MemberProcess<?, ?> process;

    private final Announcer announcer;

    Slot(int index, String name, Announcer announcer) {
        this.index = index;
        this.name = name;
        this.announcer = announcer;
        this.sinceNanos = announcer.now();
    }

    /** It is in another state from now on. */
    void changed(RoutingPool.Member.State state) {
        sinceNanos = announcer.now();
        announcer.changed(name, state);
    }

    /** It is out for a time. */
    void announceEjection(Duration time) {
        announcer.ejected(name, time);
    }

    /** Ids are never used twice, so that a response to a request of a former connection is nobody else's. */
    long nextId() {
        return lastId.incrementAndGet();
    }

    /** A response came; a failure is one that says itself that the peer is in trouble. */
    void answered(boolean failure, long nowNanos) {
        served.increment();
        if (failure) {
            failed(nowNanos);
        } else if (failuresInARow.get() > 0) {
            failuresInARow.set(0);
        }
    }

    /** A request was not answered in time, or a connection was lost. */
    void failed(long nowNanos) {
        failed.increment();
        failedNanos = nowNanos;
        failuresInARow.incrementAndGet();
    }

    int failuresInARow() {
        return failuresInARow.get();
    }

    /** It is back from an ejection, and counts as having failed before. By the member's process. */
    void returned(int failuresBefore, long nowNanos) {
        failuresInARow.set(failuresBefore);
        returnedNanos = nowNanos;
    }

    /** It is to be ejected: says for how long, with the time of a first ejection. By one thread at a time. */
    long ejected(long firstNanos, long nowNanos) {
        boolean inARow = ejectionsInARow > 0 && nowNanos - returnedNanos < outNanos;
        ejectionsInARow = inARow ? Math.min(ejectionsInARow + 1, MOST_EJECTIONS) : 1;
        outNanos = Math.multiplyExact(ejectionsInARow, firstNanos);
        return outNanos;
    }

    /** How well the member is; a failure is forgotten when it has answered since, or after a time. */
    Routing.Health health(Ticker ticker, long memoryNanos) {
        return failuresInARow.get() == 0 || ticker.nanoTime() - failedNanos >= memoryNanos
                ? Routing.Health.GOOD
                : Routing.Health.FAILING;
    }

    boolean isAlive() {
        MemberProcess<?, ?> latest = process;
        return latest != null && latest.isAlive();
    }

    /** Whether its latest process was drained, and has ended or is about to. */
    boolean hasEnded() {
        MemberProcess<?, ?> latest = process;
        return latest != null && latest.hasEnded();
    }

    /** How many requests are under way by its connection of now. */
    int inFlight() {
        MemberProcess<?, ?> latest = process;
        return latest == null ? 0 : latest.inFlight();
    }

    RoutingPool.Member snapshot() {
        MemberProcess<?, ?> latest = process;
        return new RoutingPool.Member(
                name,
                latest == null ? RoutingPool.Member.State.STOPPED : latest.state(),
                Duration.ofNanos(announcer.now() - sinceNanos),
                inFlight(),
                sent.sum(),
                served.sum(),
                failed.sum(),
                strays.sum(),
                disconnects.sum(),
                ejections.sum(),
                Optional.ofNullable(lastFailure));
    }

    @Override
    public String toString() {
        return name;
    }
}
