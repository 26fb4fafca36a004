package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import java.util.function.Supplier;

/** Explores the schedules of a scenario of locks, as they are or with a bug planted in their place. */
final class LockExploration {

    /** Most planted bugs are found within a few dozen. */
    private static final int WITHIN_SCHEDULES = 2_000;

    /** Between symptoms of which any will do: which one shows first depends on the schedules that are tried first. */
    private static final String OR = " or ";

    private LockExploration() {}

    static void holds(Class<? extends Scenario> scenario) {
        Explored explored = Sim.of(scenario).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(100);
    }

    static void findsBug(Enum<?> bug, Class<? extends Scenario> scenario, String symptom) {
        SimFailure failure = withBug(
                bug,
                () -> Sim.of(scenario)
                        .schedules(WITHIN_SCHEDULES)
                        .pointLimit(20_000)
                        .firstFailure()
                        .orElseThrow(() -> new AssertionError("not found within " + WITHIN_SCHEDULES + " schedules")));
        assertThat(failure.getMessage()).containsAnyOf(symptom.split(OR));
    }

    static void findsNothing(Enum<?> noBug, Class<? extends Scenario> scenario) {
        Explored explored = withBug(noBug, () -> Sim.of(scenario).schedules(500).explore());
        assertThat(explored.distinct()).isGreaterThan(50);
    }

    private static <T> T withBug(Enum<?> bug, Supplier<T> exploration) {
        System.setProperty(LockScenario.BUG_PROPERTY, bug.name());
        try {
            return exploration.get();
        } finally {
            System.clearProperty(LockScenario.BUG_PROPERTY);
        }
    }
}
