package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Two threads try for the lock of one key; no two may hold it at once. */
abstract class KeyedLock implements Scenario {

    /** Looks whether the key is free, then takes it. */
    public static final class CheckThenAct extends KeyedLock {
        @Override
        boolean tryLock(String key) {
            if (holders.containsKey(key)) {
                return false;
            }
            holders.put(key, Thread.currentThread());
            return true;
        }
    }

    /** Takes the key if it is free, in one step. */
    public static final class Atomic extends KeyedLock {
        @Override
        boolean tryLock(String key) {
            return holders.putIfAbsent(key, Thread.currentThread()) == null;
        }
    }

    final Map<String, Thread> holders = new ConcurrentHashMap<>();
    private final AtomicInteger inside = new AtomicInteger();

    abstract boolean tryLock(String key);

    @Override
    public void play() throws InterruptedException {
        Sim.together(this::visit, this::visit);
        assertThat(holders).isEmpty();
    }

    private void visit() {
        if (tryLock("key")) {
            assertThat(inside.incrementAndGet()).as("holders").isEqualTo(1);
            inside.decrementAndGet();
            holders.remove("key");
        }
    }
}
