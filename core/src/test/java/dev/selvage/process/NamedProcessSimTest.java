package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 6.6 on thousands of schedules: calls by name, while who has the name dies and is followed by another. */
class NamedProcessSimTest {
    private static final int SCHEDULES = 3_000;
    private static final Duration HOUR = Duration.ofHours(1);

    /** A crash on the first question, an answer to the second. */
    abstract static class Restart implements Scenario {
        final UniqueRegistry<String, ProcessRef<ReplyTo<String>>> names =
                Registry.unique("names", options -> options.withTicker(Sim.ticker()));
        final ProcessRef.Named<ReplyTo<String>> name = ProcessRef.named(names, "server");

        /** How the caller asks. */
        abstract String ask() throws InterruptedException;

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = ProcessScope.open("scope", options -> options.withTicker(Sim.ticker()))) {
                ProcessRef<ReplyTo<String>> first = scope.start("first", mailbox -> {
                    names.register("server", mailbox.self());
                    mailbox.receive();
                    throw new IllegalStateException("expected");
                });
                Thread caller = Sim.start(
                        "caller",
                        () -> assertThat(askUntilAnswered()).as("the answer").isEqualTo("second"));
                first.join();
                assertThat(names.lookup("server")).as("the name of the dead").isEmpty();
                scope.<ReplyTo<String>>start("second", mailbox -> {
                    names.register("server", mailbox.self());
                    mailbox.receive().reply("second");
                });
                caller.join();
                assertThat(Sim.elapsed()).isLessThan(HOUR);
            }
            names.close();
        }

        private String askUntilAnswered() throws InterruptedException {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThat(name.await(HOUR)).isPresent();
                try {
                    return ask();
                } catch (ProcessException.Exited | ProcessRef.Named.NotRegistered betweenTwo) {
                    // the next attempt waits for the successor
                }
            }
            throw new AssertionError("nobody answers");
        }
    }

    /** By name each time. */
    static final class RestartOfReal extends Restart {
        @Override
        String ask() throws InterruptedException {
            return name.call(from -> from, HOUR);
        }
    }

    /** Known failure 2: keeps the reference that it found first. */
    static final class RestartWithAKeptReference extends Restart {
        private Optional<ProcessRef<ReplyTo<String>>> kept = Optional.empty();

        @Override
        String ask() throws InterruptedException {
            if (kept.isEmpty()) {
                kept = name.resolve();
            }
            return kept.orElseThrow().call(from -> from, HOUR);
        }
    }

    @Test
    @DisplayName("6.6, known failure 2: of two attempts one at most meets the dead, and at once; the next is answered")
    void theSuccessorAnswers() {
        Explored explored = Sim.of(RestartOfReal.class)
                .clock(ClockMode.PATIENT)
                .schedules(SCHEDULES)
                .explore();

        assertThat(explored.distinct()).isGreaterThan(explored.schedules() / 10);
    }

    @Test
    @DisplayName("6.6 a reference that is kept is found out")
    void aKeptReferenceIsFoundOut() {
        SimFailure failure = Sim.of(RestartWithAKeptReference.class)
                .clock(ClockMode.PATIENT)
                .schedules(SCHEDULES)
                .firstFailure()
                .orElseThrow();

        assertThat(failure.isReplayed()).isTrue();
    }
}
