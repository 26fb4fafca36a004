package dev.selvage.demo.bench.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The sum of a receiver: added up by one thread, awaited by another. */
final class Tally {
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private int missing;
    private long sum;

    Tally(int messages) {
        this.missing = messages;
    }

    void add(int number) {
        sum += number;
        if (--missing == 0) {
            done.complete(sum);
        }
    }

    void fail(Throwable cause) {
        done.completeExceptionally(cause);
    }

    /** A peer that drops a message must not stop the whole run. */
    long await() throws InterruptedException, ExecutionException, TimeoutException {
        return done.get(30, TimeUnit.SECONDS);
    }
}
