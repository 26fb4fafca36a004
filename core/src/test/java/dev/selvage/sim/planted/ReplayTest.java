package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.sim.Exploration;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {

    /** As given to the JVM, if somebody replays or runs longer just now. */
    private final String seedBefore = System.getProperty(Exploration.SEED_PROPERTY, "");

    private final String schedulesBefore = System.getProperty(Exploration.SCHEDULES_PROPERTY, "");

    @AfterEach
    void restoreProperties() {
        restore(Exploration.SEED_PROPERTY, seedBefore);
        restore(Exploration.SCHEDULES_PROPERTY, schedulesBefore);
    }

    private static void restore(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the seed of a failure gives the same failing trace each time")
    void seedReplays(Planted planted) {
        SimFailure first = Sim.of(planted.broken()).firstFailure().orElseThrow();

        SimFailure once = failureWith(first.seed(), planted);
        SimFailure again = failureWith(first.seed(), planted);

        assertThat(once.trace()).isEqualTo(first.trace()).isNotEmpty();
        assertThat(again.trace()).isEqualTo(first.trace());
        assertThat(again.summary()).isEqualTo(once.summary());
    }

    private static SimFailure failureWith(long seed, Planted planted) {
        return Sim.of(planted.broken())
                .firstSeed(seed)
                .schedules(1)
                .firstFailure()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the same seeds explore the same schedules each time")
    void seedsReplay(Planted planted) {
        Explored once = Sim.of(planted.correct()).schedules(300).explore();
        assertThat(Sim.of(planted.correct()).schedules(300).explore()).isEqualTo(once);
        assertThat(Sim.of(planted.correct()).firstSeed(300).schedules(300).explore())
                .isNotEqualTo(once);
    }

    @Test
    @DisplayName("-Dselvage.sim.seed runs the one schedule of that seed")
    void seedProperty() {
        long seed = Sim.of(KeyedLock.CheckThenAct.class)
                .firstFailure()
                .orElseThrow()
                .seed();

        System.setProperty(Exploration.SEED_PROPERTY, String.valueOf(seed));

        assertThatThrownBy(() -> Sim.explore(KeyedLock.CheckThenAct.class))
                .isInstanceOfSatisfying(SimFailure.class, failure -> {
                    assertThat(failure.seed()).isEqualTo(seed);
                    assertThat(failure.schedules()).isEqualTo(1);
                });
        assertThat(Sim.explore(KeyedLock.Atomic.class).schedules()).isEqualTo(1);
    }

    @Test
    @DisplayName("-Dselvage.sim.schedules takes a longer run, or a shorter one")
    void schedulesProperty() {
        System.clearProperty(Exploration.SEED_PROPERTY);
        System.setProperty(Exploration.SCHEDULES_PROPERTY, "5");
        assertThat(Sim.of(KeyedLock.Atomic.class).schedules(10).explore().schedules())
                .isEqualTo(5);
    }

    @Test
    @DisplayName("a failure tells the seed, the strategy, what ran where, and what else was alive")
    void message() {
        assertThat(Sim.of(TwoLocks.Crossed.class).firstFailure().orElseThrow())
                .hasMessageContaining("deadlock or lost wake-up")
                .hasMessageContaining(TwoLocks.Crossed.class.getName() + " failed with seed ")
                .hasMessageContaining("replay: -Dselvage.sim.seed=")
                .hasMessageContaining("(tried: fails the same way)")
                .hasMessageContaining("what ran, last decision last:")
                .hasMessageContaining("a  parks at TwoLocks.both:")
                .hasMessageContaining("\"b\" WAITING");
    }
}
