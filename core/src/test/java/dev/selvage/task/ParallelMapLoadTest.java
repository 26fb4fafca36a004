package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That it goes on for ever at the same size. */
class ParallelMapLoadTest {
    private static final int INPUTS = 1_000_000;
    private static final int CONCURRENCY = 16;
    private static final int BUFFER = 48;

    @Test
    @DisplayName("a million inputs pass, half of them ordered; never more are on their way than the bound says")
    void aMillionInputs() {
        for (boolean ordered : new boolean[] {true, false}) {
            pass(CountingInputs.upTo(INPUTS / 2), ordered);
        }
    }

    private static void pass(CountingInputs inputs, boolean ordered) {
        AtomicInteger begun = new AtomicInteger();
        int taken = 0;
        int mostAhead = 0;
        long sum = 0;
        try (var map = ParallelMap.open(
                "load",
                inputs,
                input -> {
                    begun.incrementAndGet();
                    return input;
                },
                options ->
                        options.withConcurrency(CONCURRENCY).withBuffer(BUFFER).withOrdered(ordered))) {
            for (var item : map) {
                taken++;
                sum += item.outcome().orElseThrow();
                mostAhead = Math.max(mostAhead, inputs.pulled() - taken);
            }
        }
        assertThat(taken).isEqualTo(INPUTS / 2);
        assertThat(begun).hasValue(INPUTS / 2);
        assertThat(sum).isEqualTo((long) INPUTS / 2 * (INPUTS / 2 + 1) / 2);
        assertThat(mostAhead).isBetween(CONCURRENCY, CONCURRENCY + BUFFER);
    }
}
