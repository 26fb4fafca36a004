package dev.selvage.pool.routing;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a member for as long as its pool: its name, and numbers that go on when its process is started anew.
 */
final class Slot {
    final int index;
    final String name;

    /** Requests routed here whose callers wait: raised and lowered by the callers. */
    final AtomicInteger inFlight = new AtomicInteger();

    /** The last id given to a request: raised by the member's process; by two only while one of them is abandoned. */
    private final AtomicLong lastId = new AtomicLong();

    // raised by readers, or by whoever drops a connection
    final LongAdder served = new LongAdder();
    final LongAdder strays = new LongAdder();
    final LongAdder disconnects = new LongAdder();

    /** Why there was no connection last; written by whoever dropped one. */
    volatile @Nullable Throwable lastFailure;

    /** The member's latest process; written by that process when it begins. */
    volatile @Nullable MemberProcess<?, ?> process;

    Slot(int index, String name) {
        this.index = index;
        this.name = name;
    }

    /** Ids are never used twice, so that a response to a request of a former connection is nobody else's. */
    long nextId() {
        return lastId.incrementAndGet();
    }

    RoutingPool.Member snapshot() {
        MemberProcess<?, ?> latest = process;
        return new RoutingPool.Member(
                name,
                latest == null ? RoutingPool.Member.State.STOPPED : latest.state(),
                inFlight.get(),
                served.sum(),
                strays.sum(),
                disconnects.sum(),
                Optional.ofNullable(lastFailure));
    }

    @Override
    public String toString() {
        return name;
    }
}
