package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ParallelMapArgumentsTest {

    private static final List<Integer> INPUTS = List.of(1);

    private static void refused(UnaryOperator<ParallelMapOptions> options, String message) {
        assertThatThrownBy(() -> ParallelMap.open("map", INPUTS, i -> i, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    @DisplayName("12 bad options are refused by name, value and what is allowed")
    void badOptions() {
        refused(options -> options.withConcurrency(0), "concurrency: 0; allowed: 1 or more");
        refused(options -> options.withConcurrency(-3), "concurrency: -3; allowed: 1 or more");
        refused(options -> options.withBuffer(-1), "buffer: -1; allowed: 0 or more");
        refused(options -> options.withTimeout(Duration.ZERO), "timeout: PT0S; allowed: more than 0");
        refused(options -> options.withTimeout(Duration.ofMillis(-1)), "timeout: PT-0.001S; allowed: more than 0");
        assertThatThrownBy(() -> ParallelMap.open(" ", INPUTS, i -> i))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: ' '; allowed: not blank");
    }

    @Test
    @DisplayName("12 null arguments are refused by name, and open nothing")
    void nulls() {
        nullRefused("name", () -> ParallelMap.open(null, INPUTS, i -> i));
        nullRefused("inputs", () -> ParallelMap.open("map", (Iterable<Integer>) null, i -> i));
        nullRefused("inputs", () -> ParallelMap.open("map", (Stream<Integer>) null, i -> i));
        nullRefused("mapper", () -> ParallelMap.open("map", INPUTS, null));
        nullRefused("options", () -> ParallelMap.open("map", INPUTS, i -> i, null));
        nullRefused("options", () -> ParallelMap.open("map", INPUTS, i -> i, options -> null));
        nullRefused("timeout", () -> ParallelMap.open("map", INPUTS, i -> i, options -> options.withTimeout(null)));
        nullRefused(
                "patience",
                () -> ParallelMap.open("map", INPUTS, i -> i, options -> options.withInterruptPatience(null)));
        nullRefused("ticker", () -> ParallelMap.open("map", INPUTS, i -> i, options -> options.withTicker(null)));
    }

    private static void nullRefused(String name, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    @DisplayName("12 an input stream is left open where the map could not be opened")
    void refusedStream() {
        boolean[] closed = new boolean[1];
        Stream<Integer> inputs = Stream.of(1).onClose(() -> closed[0] = true);
        assertThatThrownBy(() -> ParallelMap.open("map", inputs, i -> i, options -> options.withConcurrency(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(closed[0]).isFalse();
        assertThat(inputs).containsExactly(1);
    }

    @Test
    @DisplayName("the defaults: as many as processors, as many again as a buffer, ordered, 5 s, 1 s to give way")
    void defaults() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(ParallelMapOptions.DEFAULTS)
                .hasToString("ParallelMapOptions[concurrency " + processors + ", buffer " + processors
                        + ", ordered, timeout PT5S, interrupt patience PT1S]");
        assertThat(ParallelMapOptions.DEFAULTS
                        .withConcurrency(7)
                        .withOrdered(false)
                        .withoutTimeout())
                .hasToString("ParallelMapOptions[concurrency 7, buffer 7, unordered, timeout none, "
                        + "interrupt patience PT1S]");
        assertThat(ParallelMapOptions.DEFAULTS.withBuffer(3).withConcurrency(9).bound())
                .isEqualTo(12);
        assertThat(ParallelMapOptions.DEFAULTS
                        .withConcurrency(Integer.MAX_VALUE)
                        .bound())
                .isEqualTo(2L * Integer.MAX_VALUE);
    }
}
