package dev.selvage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.planted.Planted;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimFindsPlantedBugsTest {

    /** Each is found within a few dozen schedules; the bound leaves room for a change of the strategies. */
    private static final int WITHIN_SCHEDULES = 400;

    @ParameterizedTest
    @EnumSource
    @DisplayName("a planted bug is found within a few hundred schedules, and replays by its seed")
    void plantedBugIsFound(Planted planted) {
        SimFailure failure = Sim.of(planted.broken())
                .schedules(WITHIN_SCHEDULES)
                .firstFailure()
                .orElseThrow(() -> new AssertionError("not found within " + WITHIN_SCHEDULES + " schedules"));

        assertThat(failure).hasMessageContaining(planted.symptom());
        assertThat(failure.isReplayed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the correct form passes thousands of schedules, many of them different")
    void correctFormPasses(Planted planted) {
        Explored explored = Sim.of(planted.correct()).schedules(3_000).explore();

        assertThat(explored.distinct()).isGreaterThan(10);
        assertThat(explored.points()).isGreaterThan(3_000);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the seed of a failure gives the same failing trace each time")
    void seedReplays(Planted planted) {
        long seed = seedOf(planted);

        SimFailure once = failureWith(seed, planted);
        SimFailure again = failureWith(seed, planted);

        assertThat(again.trace()).isEqualTo(once.trace()).isNotEmpty();
        assertThat(again.summary()).isEqualTo(once.summary());
    }

    private static long seedOf(Planted planted) {
        return Sim.of(planted.broken()).firstFailure().orElseThrow().seed();
    }

    private static SimFailure failureWith(long seed, Planted planted) {
        return Sim.of(planted.broken())
                .firstSeed(seed)
                .schedules(1)
                .firstFailure()
                .orElseThrow();
    }
}
