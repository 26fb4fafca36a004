package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.process.ProcessRef;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A thread that does what the test tells it, step by step, and ends when told; what fails on it fails the test. It
 * hangs a hook on its lifetime before anything else, which therefore runs after all others: so the test can wait until
 * its entries have been taken out.
 */
final class TestOwner implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final LinkedBlockingQueue<FutureTask<?>> steps = new LinkedBlockingQueue<>();
    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread thread;
    private final Lifetime lifetime;
    private volatile boolean ending;

    private TestOwner(OwnerKind kind, String name) throws Exception {
        thread = kind.start(name, this::work);
        lifetime = call(() -> {
            Lifetime own = Lifetime.current();
            own.add(new ExitHook(ExitHook.Phase.AT_EXIT) {
                @Override
                protected void onExit() {
                    cleanedUp.countDown();
                }
            });
            return own;
        });
    }

    static TestOwner start(OwnerKind kind, String name) throws Exception {
        return new TestOwner(kind, name);
    }

    private void work() {
        boolean interrupted = false;
        while (!ending) {
            try {
                steps.take().run();
            } catch (InterruptedException e) {
                interrupted = true; // meant for a step that is over
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins a step; what it throws comes out of the future. */
    <T> FutureTask<T> begin(Callable<T> step) {
        FutureTask<T> task = new FutureTask<>(step);
        steps.add(task);
        return task;
    }

    /** Runs a step to its end. */
    <T> T call(Callable<T> step) throws Exception {
        return result(begin(step));
    }

    static <T> T result(FutureTask<T> task) throws Exception {
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("the step did not end", e);
        }
    }

    Thread thread() {
        return thread;
    }

    Owner owner() {
        return lifetime.owner();
    }

    Lifetime lifetime() {
        return lifetime;
    }

    List<?> hooks() {
        return lifetime.hooks(RegistryEntry.class);
    }

    /**
     * Makes this owner's clean-up late: whatever it registered before this call stays in its table after its end, until
     * the gate is opened. (Hooks run newest first, so this one runs before those.)
     */
    Gate delayCleanUp() throws Exception {
        Gate gate = new Gate();
        call(() -> {
            lifetime.add(gate);
            return null;
        });
        return gate;
    }

    /** Ends the thread and waits for the end, not for the clean-up behind it. */
    void end() throws InterruptedException {
        endSoon();
        if (!(owner() instanceof ProcessRef)) { // which cleans up on its own thread
            assertThat(thread.join(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
        }
    }

    void endSoon() {
        begin(() -> {
            ending = true;
            return null;
        });
    }

    /** Ends the thread and waits until all that it owned was taken out. */
    void endAndCleanUp() throws InterruptedException {
        endSoon();
        awaitCleanedUp();
    }

    void awaitCleanedUp() throws InterruptedException {
        assertThat(cleanedUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        if (!ending) {
            endSoon();
        }
    }

    /** A hook that blocks, as none should, to hold up those that come after it. */
    static final class Gate extends ExitHook {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        Gate() {
            super(Phase.AT_EXIT);
        }

        @Override
        protected void onExit() {
            reached.countDown();
            boolean interrupted = false;
            while (opened.getCount() > 0) {
                try {
                    opened.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** Waits until the owner has ended and its clean-up stands here. */
        void awaitReached() throws InterruptedException {
            assertThat(reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }

        void open() {
            opened.countDown();
        }
    }
}
