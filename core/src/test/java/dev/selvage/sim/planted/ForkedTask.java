package dev.selvage.sim.planted;

import dev.selvage.scope.TaskScope;
import dev.selvage.sim.Scenario;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A thread forked in a scope uses what another takes away. */
abstract class ForkedTask implements Scenario {

    /** Reads twice: the second time it may be gone. */
    public static final class ReadsTwice extends ForkedTask {
        @Override
        void use() {
            if (resource != null) {
                Objects.requireNonNull(resource, "resource").run();
            }
        }
    }

    /** Reads once. */
    public static final class ReadsOnce extends ForkedTask {
        @Override
        void use() {
            Runnable used = resource;
            if (used != null) {
                used.run();
            }
        }
    }

    volatile @Nullable Runnable resource = () -> {};

    abstract void use();

    @Override
    public void play() throws InterruptedException {
        try (TaskScope scope = TaskScope.open("scope")) {
            scope.fork("user", this::use);
            scope.fork("taker", () -> resource = null);
            scope.join();
        }
    }
}
