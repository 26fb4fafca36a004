package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutcomeTest {

    @Test
    @DisplayName("orElseThrow returns the value, null too, or throws the exception of the same meaning")
    void orElseThrow() {
        assertThat(new Outcome.Success<>(3).orElseThrow()).isEqualTo(3);
        assertThat(new Outcome.Success<>(null).orElseThrow()).isNull();

        IOException cause = new IOException("disk full");
        assertThatThrownBy(new Outcome.Failure<>(cause)::orElseThrow)
                .isInstanceOf(TaskException.Failed.class)
                .hasMessage("the task failed: java.io.IOException: disk full")
                .hasCause(cause);
        assertThatThrownBy(new Outcome.TimedOut<>(Duration.ofSeconds(1))::orElseThrow)
                .isInstanceOf(TaskException.TimedOut.class)
                .hasMessage("the task was not done within PT1S");
        assertThatThrownBy(new Outcome.Cancelled<>(ExitReason.shutdown())::orElseThrow)
                .isInstanceOf(TaskException.Cancelled.class)
                .hasMessage("the task ended without a result: shutdown");
    }

    @Test
    @DisplayName("only a success is one")
    void isSuccess() {
        assertThat(new Outcome.Success<>(null).isSuccess()).isTrue();
        assertThat(new Outcome.Failure<>(new Error()).isSuccess()).isFalse();
        assertThat(new Outcome.TimedOut<>(Duration.ZERO).isSuccess()).isFalse();
        assertThat(new Outcome.Cancelled<>(ExitReason.killed()).isSuccess()).isFalse();
    }

    @Test
    @DisplayName("12 an outcome is refused without what it is made of")
    void nulls() {
        assertThatThrownBy(() -> new Outcome.Failure<>(null)).hasMessage("cause");
        assertThatThrownBy(() -> new Outcome.TimedOut<>(null)).hasMessage("limit");
        assertThatThrownBy(() -> new Outcome.Cancelled<>(null)).hasMessage("reason");
        assertThatThrownBy(() -> new ParallelMap.Item<>(null, new Outcome.Success<>(1)))
                .hasMessage("input");
        assertThatThrownBy(() -> new ParallelMap.Item<>(1, null)).hasMessage("outcome");
    }
}
