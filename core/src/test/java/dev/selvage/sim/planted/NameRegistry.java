package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A name whose owner has died is claimed anew while the late clean-up of the dead owner runs. */
abstract class NameRegistry implements Scenario {

    record Entry(boolean alive) {}

    /** Looks whether the entry is the dead one, then removes whatever is there. */
    public static final class CheckThenAct extends NameRegistry {
        @Override
        void cleanUp(Entry dead) {
            if (names.get("name") == dead) {
                names.remove("name");
            }
        }
    }

    /** Removes the entry by identity. */
    public static final class Atomic extends NameRegistry {
        @Override
        void cleanUp(Entry dead) {
            names.remove("name", dead);
        }
    }

    final ConcurrentMap<String, Entry> names = new ConcurrentHashMap<>();
    private final Entry dead = new Entry(false);
    private final Entry successor = new Entry(true);

    abstract void cleanUp(Entry gone);

    @Override
    public void play() throws InterruptedException {
        names.put("name", dead);
        Sim.together(() -> cleanUp(dead), this::claim);
        assertThat(names).containsEntry("name", successor);
    }

    private void claim() {
        Entry holder = names.get("name");
        boolean claimed = holder == null
                ? names.putIfAbsent("name", successor) == null
                : names.replace("name", holder, successor);
        if (!claimed) {
            claim();
        }
    }
}
