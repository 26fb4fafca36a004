package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("9.6 controlled delay")
class CodelTest {
    private static final long MILLI = 1_000_000;
    private static final long SHORT = 9 * MILLI;
    private static final long LONG = 11 * MILLI;

    private final Codel codel = new Codel(Duration.ofMillis(10), Duration.ofMillis(100));

    private boolean shedsAt(long millis, long waitedNanos) {
        return codel.sheds(millis * MILLI, waitedNanos, true);
    }

    @Test
    @DisplayName("9.6 nobody is refused while waits are short, or long for less than an interval")
    void toleratesBursts() {
        for (int millis = 0; millis < 1_000; millis += 50) {
            assertThat(shedsAt(millis, SHORT)).isFalse();
            assertThat(shedsAt(millis + 1, LONG)).isFalse();
            assertThat(shedsAt(millis + 49, LONG)).isFalse();
        }
        assertThat(codel.takeNews()).isNull();
    }

    @Test
    @DisplayName("9.6 once waits were long for an interval, one is refused, and then more and more often")
    void shedsMoreAndMoreOften() {
        assertThat(shedsAt(0, LONG)).isFalse();
        assertThat(shedsAt(99, LONG)).isFalse();
        assertThat(shedsAt(100, LONG)).isTrue();
        assertThat(codel.takeNews())
                .startsWith("sheds load: for 100 ms nobody has waited less than 10 ms")
                .endsWith("the one refused now has waited 11 ms");
        assertThat(shedsAt(101, LONG)).isFalse();
        assertThat(shedsAt(199, LONG)).isFalse();
        assertThat(shedsAt(200, LONG)).isTrue();
        assertThat(shedsAt(269, LONG)).isFalse();
        assertThat(shedsAt(271, LONG)).as("100 / sqrt 2 later").isTrue();
        assertThat(shedsAt(327, LONG)).isFalse();
        assertThat(shedsAt(329, LONG)).as("100 / sqrt 3 later").isTrue();
        assertThat(codel.takeNews()).isNull();
    }

    @Test
    @DisplayName("9.6 one short wait ends it, and the next overload begins where this one was")
    void endsAndBeginsAgain() {
        shedsAt(0, LONG);
        for (int millis = 100; millis <= 400; millis++) {
            shedsAt(millis, LONG);
        }
        codel.takeNews();
        assertThat(shedsAt(401, SHORT)).isFalse();
        assertThat(codel.takeNews()).isEqualTo("sheds no more load: waits are short again");
        assertThat(shedsAt(402, LONG)).isFalse();
        assertThat(shedsAt(502, LONG)).isTrue();
        assertThat(shedsAt(575, LONG))
                .as("sooner than an interval later: it knows this overload")
                .isTrue();
    }

    @Test
    @DisplayName("9.6 the last who waits is never refused")
    void theLastIsServed() {
        shedsAt(0, LONG);
        assertThat(codel.sheds(100 * MILLI, LONG, false)).isFalse();
        assertThat(shedsAt(101, LONG)).as("it begins anew").isFalse();
    }
}
