package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The registries on thousands of seeded schedules, and wrong ones, to see that the scenarios would tell. */
class RegistrySimTest {
    private static final int SCHEDULES = 3_000;

    static Stream<Arguments> scenarios() {
        return Stream.of(
                arguments("6.2 claims, a death and its late clean-up", ClaimScenarios.RaceOfReal.class),
                arguments("6.1 a close by a stranger while the owner ends", ClaimScenarios.ReleaseOfReal.class),
                arguments("6.8 registrations and the close of the registry", ClaimScenarios.CloseOfReal.class),
                arguments("4.3 a registration of a process being abandoned", ClaimScenarios.AbandonOfReal.class),
                arguments("6.7 a key that is emptied and filled", CrowdScenarios.TurnoverOfReal.class),
                arguments("6.8 the last one leaves while the registry closes", CrowdScenarios.LastLeavesAtClose.class),
                arguments("6.3 readers of a key where others come and go", CrowdScenarios.SteadyOfReal.class),
                arguments(
                        "6.5 what is heard of owners that follow each other", ListenerScenarios.SuccessionOfReal.class),
                arguments("6.5 a listener that is opened meanwhile", ListenerScenarios.OpeningOfReal.class),
                arguments("the small one beside it, too", ListenerScenarios.OpeningOfToy.class),
                arguments("6.5 the small one, of a close", ListenerScenarios.ClosingOfToy.class),
                arguments("6.5 what is heard of a close of the registry", ListenerScenarios.ClosingOfReal.class),
                arguments("6.5 what is heard of a process being abandoned", ListenerScenarios.AbandonOfReal.class),
                arguments(
                        "6.5 a listener opened during an abandonment", ListenerScenarios.AbandonAtOpeningOfReal.class),
                arguments("6.5 a listener that is closed meanwhile", ListenerScenarios.ListenerCloses.class),
                arguments("6.5 an update while a stranger closes", ListenerScenarios.UpdateAndClose.class),
                arguments("6.3 the entries of one that registers", ListenerScenarios.HalfAnEntry.class),
                arguments("6.5 the order of the entries of one key", ListenerScenarios.OrderOfOneKey.class),
                arguments("6.5 what is free once an exit is heard of", ListenerScenarios.ExitOfProcess.class),
                arguments("6.6 a wait for a unique key that comes", AwaitScenarios.ArrivalAtUnique.class),
                arguments("6.6 a wait for a duplicate key that comes", AwaitScenarios.ArrivalAtDuplicate.class),
                arguments("6.6 a wait whose time is up", AwaitScenarios.TimeoutAtUnique.class),
                arguments("6.6 a wait at a registry that is closed", AwaitScenarios.ClosingOfDuplicate.class),
                arguments("6.6 a wait that is interrupted", AwaitScenarios.InterruptAtUnique.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @DisplayName("holds on thousands of schedules:")
    void holds(String rule, Class<? extends Scenario> scenario) {
        Explored explored =
                Sim.of(scenario).clock(clockFor(scenario)).schedules(SCHEDULES).explore();

        assertThat(explored.distinct()).as(rule).isGreaterThan(explored.schedules() / 10);
    }

    static Stream<Arguments> plantedBugs() {
        return Stream.of(
                arguments("failure 10, removal by key", ClaimScenarios.RaceWhereRemovalIsByKey.class),
                arguments("failure 10, blind replacement", ClaimScenarios.RaceWhereReplacementIsBlind.class),
                arguments("failure 9, a dead holder is returned", ClaimScenarios.RaceWhereTheTableIsTrusted.class),
                arguments("removal by key after a close", ClaimScenarios.ReleaseWhereRemovalIsByKey.class),
                arguments("no second look at the close", ClaimScenarios.CloseWhereNobodyLooksAgain.class),
                arguments("no second look at the owner", ClaimScenarios.AbandonWhereNobodyLooksAgain.class),
                arguments("count, then remove", CrowdScenarios.TurnoverWhereCountAndRemovalAreTwoSteps.class),
                arguments("a stale view", CrowdScenarios.TurnoverWhereAViewIsStale.class),
                arguments("a walk by position", CrowdScenarios.SteadyWhereTheWalkIsByPosition.class),
                arguments("a removal told after the fact", ListenerScenarios.SuccessionToldAfterTheFact.class),
                arguments("a predecessor forgotten", ListenerScenarios.SuccessionWithoutPredecessor.class),
                arguments("no second look for listeners", ListenerScenarios.OpeningWhereNobodyLooksAgain.class),
                arguments("a predecessor asked too late", ListenerScenarios.OpeningThatAsksTooLate.class),
                arguments("a mark that comes too late", ListenerScenarios.OpeningWhereTheMarkIsLate.class),
                arguments("a close that waits for nobody", ListenerScenarios.ClosingThatDoesNotWait.class),
                arguments("a registration told in two steps", ListenerScenarios.ClosingInTwoSteps.class),
                arguments("a registration told though gone", ListenerScenarios.AbandonAtOpeningToldThoughGone.class),
                arguments("an abandonment between two steps", ListenerScenarios.AbandonInTwoSteps.class),
                arguments("a lost wake-up", AwaitScenarios.ArrivalMissed.class),
                arguments("a waiter left behind by a timeout", AwaitScenarios.TimeoutThatLeavesItsWaiter.class),
                arguments("a close that wakes nobody", AwaitScenarios.ClosingMissed.class),
                arguments("a waiter left behind by an interrupt", AwaitScenarios.InterruptThatLeavesItsWaiter.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plantedBugs")
    @DisplayName("is found where it is planted:")
    void isFound(String bug, Class<? extends Scenario> scenario) {
        SimFailure failure = Sim.of(scenario)
                .clock(clockFor(scenario))
                .schedules(SCHEDULES)
                .firstFailure()
                .orElseThrow(() -> new AssertionError(bug + " is not found"));

        assertThat(failure.isReplayed()).as(bug).isTrue();
    }

    /** Where a wait must be long enough, the clock goes on only when nothing else can. */
    private static ClockMode clockFor(Class<? extends Scenario> scenario) {
        return AwaitScenarios.Timeout.class.isAssignableFrom(scenario) ? ClockMode.MIXED : ClockMode.PATIENT;
    }
}
