package dev.selvage.lock;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.selvage.lock.PlantedModes.Bug;
import dev.selvage.sim.Scenario;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shared mode, several keys, tokens, hand-over, deadlocks, on thousands of schedules, and proof of the scenarios. */
class KeyedLocksModesSimTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @DisplayName("7.1 to 7.5 on thousands of schedules: ")
    void holds(String rule, Class<? extends Scenario> scenario) {
        LockExploration.holds(scenario);
    }

    static Stream<Arguments> scenarios() {
        return Stream.of(
                arguments("7.1 nobody beside one that holds alone", LockModeScenarios.ReadersAndWriters.class),
                arguments("7.2 readers do not overtake a writer", LockModeScenarios.ReaderOvertakesNoWriter.class),
                arguments("7.2 those that can share are served together", LockModeScenarios.ReadersMeet.class),
                arguments("7.3 a writer gives up", LockModeScenarios.WriterGivesUp.class),
                arguments("7.1 upgrades and downgrades", LockModeScenarios.Upgrades.class),
                arguments("7.1 several keys, crosswise", LockModeScenarios.Several.class),
                arguments("7.1 several keys, all or none", LockModeScenarios.SeveralInVain.class),
                arguments("7.5 handed to one that ends", LockModeScenarios.HandedToWhoEnds.class),
                arguments("7.5 handed over and closed", LockModeScenarios.HandedAndClosed.class),
                arguments("7.4 two crosswise: one fails", LockModeScenarios.Crosswise.class),
                arguments("7.4 three in a ring, and one that shares", LockModeScenarios.Ring.class),
                arguments("7.4 no circle is seen where none is", LockModeScenarios.NoGhosts.class),
                arguments("7.4 who left waits no more", LockModeScenarios.NoGhostsOfThoseWhoLeft.class),
                arguments("7.5 tokens grow, whoever asks when", LockModeScenarios.TokensGrow.class));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("planted")
    @DisplayName("a planted bug is found: ")
    void plantedBugIsFound(Bug bug, Class<? extends Scenario> scenario, String symptom) {
        LockExploration.findsBug(bug, scenario, symptom);
    }

    static Stream<Arguments> planted() {
        return Stream.of(
                arguments(
                        Bug.READERS_OVERTAKE,
                        LockModeScenarios.ReaderOvertakesNoWriter.class,
                        "[the writer was served before]"),
                arguments(Bug.SERVES_ONE_READER, LockModeScenarios.ReadersMeet.class, ""),
                arguments(Bug.LEAVES_THOSE_BEHIND, LockModeScenarios.WriterGivesUp.class, "wake-up"),
                arguments(Bug.FIRST_READER_FREES, LockModeScenarios.ReadersAndWriters.class, "share"),
                arguments(Bug.UPGRADES_BESIDE_OTHERS, LockModeScenarios.Upgrades.class, ""),
                arguments(Bug.KEEPS_SOME, LockModeScenarios.SeveralInVain.class, "[kept]"),
                arguments(Bug.AS_MENTIONED, LockModeScenarios.Several.class, "deadlock"),
                arguments(Bug.HANDS_OVER_IN_TWO_STEPS, LockModeScenarios.HandedAndClosed.class, "[holders]"),
                arguments(Bug.HANDS_OVER_WITHOUT_HOOK, LockModeScenarios.HandedToWhoEnds.class, "wake-up"),
                arguments(Bug.OLD_LEASE_LIVES_ON, LockModeScenarios.HandedAndClosed.class, ""),
                arguments(Bug.FINDS_NO_DEADLOCK, LockModeScenarios.Crosswise.class, "wake-up"),
                arguments(Bug.ALL_FAIL, LockModeScenarios.Crosswise.class, "[those that failed]"),
                arguments(Bug.SEES_GHOSTS, LockModeScenarios.NoGhostsOfThoseWhoLeft.class, "deadlock"),
                arguments(Bug.LATE_TOKENS, LockModeScenarios.TokensGrow.class, "[the later token]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @DisplayName("the planted form without its bug passes: ")
    void noBugPasses(String rule, Class<? extends Scenario> scenario) {
        LockExploration.findsNothing(Bug.CORRECT, scenario);
    }
}
