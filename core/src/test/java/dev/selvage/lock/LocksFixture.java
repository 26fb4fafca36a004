package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;

/** A set of locks on a simulated clock for each test; afterwards no key may be left in it, and nobody may wait. */
abstract class LocksFixture {
    @Parameter
    HolderKind kind;

    final FakeTicker ticker = new FakeTicker();
    final KeyedLocks<String> locks;

    LocksFixture() {
        this(UnaryOperator.identity());
    }

    LocksFixture(UnaryOperator<KeyedLocksOptions<String>> chosen) {
        locks = KeyedLocks.create("users", options -> chosen.apply(options.withTicker(ticker)));
    }

    @AfterEach
    void nothingIsLeft() {
        awaitFree();
        assertThat(ticker.parked()).isZero();
    }

    /** A bare thread's end is noticed by its watcher, soon after. */
    void awaitFree() {
        Threads.awaitTrue("no key locked: " + locks, () -> locks.size() == 0);
    }

    Lease<String> lock(Actor actor, String key) throws Exception {
        return actor.call(() -> locks.lock(key));
    }

    Optional<Lease<String>> tryLock(Actor actor, String key) throws Exception {
        return actor.call(() -> locks.tryLock(key));
    }

    /** Makes an actor wait for a key that somebody else holds; returns when it stands in the queue. */
    Step<Lease<String>> lockAndWait(Actor actor, String key) {
        return lockAndWait(locks, actor, key);
    }

    /** The same in shared mode. */
    Step<Lease<String>> shareAndWait(Actor actor, String key) {
        return lockAndWait(locks.shared(), actor, key);
    }

    private Step<Lease<String>> lockAndWait(KeyedLocks<String> inMode, Actor actor, String key) {
        int before = waiters(key);
        Step<Lease<String>> step = actor.beginAndPark(() -> inMode.lock(key));
        Threads.awaitTrue("one more waits for " + key, () -> waiters(key) == before + 1);
        return step;
    }

    int waiters(String key) {
        return ((LocalKeyedLocks<String>) locks).waiters(key);
    }
}
