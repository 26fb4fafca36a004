package dev.selvage.supervisor;

import static dev.selvage.supervisor.RestartPlan.Sibling.COMES_BACK;
import static dev.selvage.supervisor.RestartPlan.Sibling.GOES;
import static dev.selvage.supervisor.RestartPlan.Sibling.LEFT_OUT;
import static dev.selvage.supervisor.Strategy.DYNAMIC;
import static dev.selvage.supervisor.Strategy.ONE_FOR_ALL;
import static dev.selvage.supervisor.Strategy.ONE_FOR_ONE;
import static dev.selvage.supervisor.Strategy.REST_FOR_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.supervisor.RestartPlan.Sibling;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whom a restart stops and starts, as a function. */
class RestartPlanTest {
    private static final List<Sibling> FOUR = List.of(COMES_BACK, COMES_BACK, COMES_BACK, COMES_BACK);
    private static final List<Sibling> WITH_TEMPORARY = List.of(GOES, COMES_BACK, GOES, COMES_BACK);
    private static final List<Sibling> WITH_LEFT_OUT = List.of(LEFT_OUT, COMES_BACK, LEFT_OUT, COMES_BACK);

    private static void assertPlan(
            Strategy strategy, List<Sibling> children, int ended, List<Integer> stops, List<Integer> starts) {
        assertThat(RestartPlan.of(strategy, children, ended)).isEqualTo(new RestartPlan(stops, starts));
    }

    @Test
    @DisplayName("8.1 one_for_one stops nobody and starts the one that ended")
    void oneForOne() {
        assertPlan(ONE_FOR_ONE, FOUR, 0, List.of(), List.of(0));
        assertPlan(ONE_FOR_ONE, FOUR, 2, List.of(), List.of(2));
    }

    @Test
    @DisplayName("8.3 rest_for_one stops those after the one that ended in reverse, then starts it and those in order")
    void restForOne() {
        assertPlan(REST_FOR_ONE, FOUR, 0, List.of(3, 2, 1), List.of(0, 1, 2, 3));
        assertPlan(REST_FOR_ONE, FOUR, 1, List.of(3, 2), List.of(1, 2, 3));
        assertPlan(REST_FOR_ONE, FOUR, 3, List.of(), List.of(3));
    }

    @Test
    @DisplayName("8.1 one_for_all stops all others in reverse, then starts all in order")
    void oneForAll() {
        assertPlan(ONE_FOR_ALL, FOUR, 0, List.of(3, 2, 1), List.of(0, 1, 2, 3));
        assertPlan(ONE_FOR_ALL, FOUR, 2, List.of(3, 1, 0), List.of(0, 1, 2, 3));
    }

    @Test
    @DisplayName("8.3 a temporary sibling is stopped with others and not started again")
    void temporarySiblings() {
        assertPlan(REST_FOR_ONE, WITH_TEMPORARY, 1, List.of(3, 2), List.of(1, 3));
        assertPlan(ONE_FOR_ALL, WITH_TEMPORARY, 1, List.of(3, 2, 0), List.of(1, 3));
        assertPlan(ONE_FOR_ONE, WITH_TEMPORARY, 3, List.of(), List.of(3));
    }

    @Test
    @DisplayName("8.5 a sibling that was terminated in the course of it is neither stopped nor started")
    void leftOutSiblings() {
        assertPlan(REST_FOR_ONE, WITH_LEFT_OUT, 1, List.of(3), List.of(1, 3));
        assertPlan(ONE_FOR_ALL, WITH_LEFT_OUT, 1, List.of(3), List.of(1, 3));
        assertPlan(ONE_FOR_ALL, WITH_LEFT_OUT, 3, List.of(1), List.of(1, 3));
    }

    @Test
    @DisplayName("8.1 a dynamic child is restarted alone")
    void dynamic() {
        assertPlan(DYNAMIC, FOUR, 1, List.of(), List.of(1));
    }

    @Test
    @DisplayName("8.1 an only child is restarted alone by every strategy")
    void onlyChild() {
        for (Strategy strategy : Strategy.values()) {
            assertPlan(strategy, List.of(COMES_BACK), 0, List.of(), List.of(0));
        }
    }
}
