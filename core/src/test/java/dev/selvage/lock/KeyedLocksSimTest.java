package dev.selvage.lock;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.selvage.lock.PlantedLocks.Bug;
import dev.selvage.sim.Scenario;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The races of keyed locks, on thousands of schedules, and proof that the scenarios would notice. */
class KeyedLocksSimTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @DisplayName("7.1 to 7.3 on thousands of schedules: ")
    void holds(String rule, Class<? extends Scenario> scenario) {
        LockExploration.holds(scenario);
    }

    static Stream<Arguments> scenarios() {
        return Stream.of(
                arguments("7.1 one holder at a time, nothing left", LockScenarios.MutualExclusion.class),
                arguments("7.1 a waiter locks again as soon as it is served", LockScenarios.ServedLocksAgain.class),
                arguments("7.1 a lease closed twice", LockScenarios.ClosedTwice.class),
                arguments("7.1 a lease closed by others", LockScenarios.ClosedByOthers.class),
                arguments("7.2 first come, first served", LockScenarios.FirstComeFirstServed.class),
                arguments("7.2 nobody overtakes a waiter", LockScenarios.NobodyOvertakes.class),
                arguments("7.3 a timeout races the grant", LockScenarios.TimeoutRacesGrant.class),
                arguments("7.3 an interrupt races the grant", LockScenarios.InterruptRacesGrant.class),
                arguments("7.3 an interrupt frees nothing", LockScenarios.InterruptLeavesTheHolderAlone.class),
                arguments("7.3 holders die", LockScenarios.HolderDies.class),
                arguments("7.3 a holder dies while it is closed", LockScenarios.HolderDiesWhileClosed.class),
                arguments("4.2 a process ends while it is closed", LockScenarios.ProcessEndsWhileClosed.class),
                arguments("4.3 an abandoned holder", LockScenarios.HolderIsAbandoned.class),
                arguments("4.3 an abandoned waiter", LockScenarios.WaiterIsAbandoned.class));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("planted")
    @DisplayName("a planted bug is found: ")
    void plantedBugIsFound(Bug bug, Class<? extends Scenario> scenario, String symptom) {
        LockExploration.findsBug(bug, scenario, symptom);
    }

    static Stream<Arguments> planted() {
        return Stream.of(
                arguments(Bug.TWO_CLAIMS_OF_A_FREE_KEY, LockScenarios.MutualExclusion.class, "[holders] or [others]"),
                arguments(Bug.GRANTS_TO_THOSE_WHO_LEFT, LockScenarios.TimeoutRacesGrant.class, "wake-up"),
                arguments(Bug.LOSES_A_GRANT_THAT_CAME_LATE, LockScenarios.TimeoutRacesGrant.class, "wake-up"),
                arguments(Bug.GRANTS_TO_THOSE_WHO_LEFT, LockScenarios.InterruptRacesGrant.class, "wake-up"),
                arguments(Bug.LOSES_A_GRANT_THAT_CAME_LATE, LockScenarios.InterruptRacesGrant.class, "wake-up"),
                arguments(
                        Bug.RELEASES_WHAT_IT_NEVER_HELD,
                        LockScenarios.InterruptLeavesTheHolderAlone.class,
                        "[holders]"),
                arguments(Bug.LAST_COMES_FIRST, LockScenarios.FirstComeFirstServed.class, "exactly"),
                arguments(Bug.BARGES, LockScenarios.NobodyOvertakes.class, "[the waiter was served before]"),
                arguments(Bug.FORGETS_THE_DEAD, LockScenarios.HolderDies.class, "wake-up"),
                arguments(Bug.CLEANS_UP_BY_KEY, LockScenarios.HolderDiesWhileClosed.class, "[holders]"),
                arguments(Bug.UNHOOKS_FIRST, LockScenarios.ProcessEndsWhileClosed.class, "[held after"),
                arguments(Bug.RELEASES_THE_ABANDONED, LockScenarios.HolderIsAbandoned.class, "[holders] or livelock"),
                arguments(Bug.GRANTS_BEFORE_IT_NAMES_THE_HOLDER, LockScenarios.ServedLocksAgain.class, "[the second"),
                arguments(Bug.CLOSES_BY_KEY, LockScenarios.ClosedTwice.class, "[holders]"),
                arguments(Bug.NESTS_IN_TWO_STEPS, LockScenarios.ClosedByOthers.class, "[the second lease holds]"),
                arguments(Bug.GRANTS_TO_THE_ABANDONED, LockScenarios.WaiterIsAbandoned.class, "refused"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @DisplayName("the planted form without its bug passes: ")
    void noBugPasses(String rule, Class<? extends Scenario> scenario) {
        LockExploration.findsNothing(Bug.NONE, scenario);
    }
}
