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
}
