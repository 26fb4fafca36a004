package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the scenarios of keyed locks share: one set of locks, one key, and a count of those who are inside. */
abstract class LockScenario implements Scenario {
    static final String BUG_PROPERTY = "selvage.test.lock.bug";
    static final String KEY = "k";
    static final Duration SECOND = Duration.ofSeconds(1);

    final KeyedLocks<String> locks = newLocks();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger sharing = new AtomicInteger();

    /** The real ones, or planted ones with the bug that the property names: each schedule makes its scenario anew. */
    private static KeyedLocks<String> newLocks() {
        String bug = System.getProperty(BUG_PROPERTY);
        if (bug == null) {
            return KeyedLocks.create("simulated", options -> options.withTicker(Sim.ticker()));
        }
        return Stream.of(PlantedLocks.Bug.values()).map(Enum::name).anyMatch(bug::equals)
                ? new PlantedLocks(PlantedLocks.Bug.valueOf(bug), Sim.ticker())
                : new PlantedModes(PlantedModes.Bug.valueOf(bug), Sim.ticker());
    }

    @Override
    public final void play() throws Exception {
        scenario();
        awaitFree();
        assertThat(locks.holder(KEY)).as("holder").isEmpty();
        assertThat(waiters()).as("waiters").isZero();
    }

    abstract void scenario() throws Exception;

    /** Whoever holds the key does this with it. */
    final void use() {
        assertThat(inside.incrementAndGet()).as("holders").isEqualTo(1);
        Sim.point();
        assertThat(inside.decrementAndGet()).as("others").isZero();
    }

    final void lockAndUse() throws InterruptedException {
        Lease<String> lease = locks.lock(KEY);
        use();
        lease.close();
    }

    /** The last holder may have died, and its watcher not run yet. A key that stays locked is a livelock here. */
    private void awaitFree() {
        while (locks.size() > 0) {
            Thread.yield();
        }
    }

    final int waiters() {
        return waiters(KEY);
    }

    final int waiters(String key) {
        return locks instanceof CountsWaiters planted
                ? planted.waiters(key)
                : ((LocalKeyedLocks<String>) locks).waiters(key);
    }

    /** Starts a thread and returns when it waits for a key, as the only one. */
    final Thread startAndAwaitWaiting(String name, String key, Scenario body) {
        Thread thread = Sim.start(name, body);
        while (waiters(key) < 1 && thread.isAlive()) {
            Thread.yield();
        }
        return thread;
    }

    /** Whoever shares the key does this with it. */
    final void useShared() {
        sharing.incrementAndGet();
        assertThat(inside.get()).as("holders beside one that shares").isZero();
        Sim.point();
        assertThat(inside.get()).as("holders beside one that shares").isZero();
        sharing.decrementAndGet();
    }

    /** Whoever has the key alone does this with it, though it may share it besides. */
    final void useAlone() {
        assertThat(sharing.get())
                .as("those that share a key that one holds alone")
                .isZero();
        use();
        assertThat(sharing.get())
                .as("those that share a key that one holds alone")
                .isZero();
    }

    final void shareAndUse() throws InterruptedException {
        Lease<String> lease = locks.shared().lock(KEY);
        useShared();
        lease.close();
    }

    /** Starts a thread and returns when it stands in the queue, or has left it again. */
    final Thread startAndAwaitWaiting(String name, Scenario body) {
        int before = waiters();
        Thread thread = Sim.start(name, body);
        awaitWaiting(thread, before + 1);
        return thread;
    }

    final void awaitWaiting(Thread thread, int count) {
        while (waiters() < count && thread.isAlive()) {
            Thread.yield();
        }
    }
}
