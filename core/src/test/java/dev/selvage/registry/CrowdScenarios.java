package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;

/** Entries that come and go under one key, and those who read it meanwhile. */
abstract class CrowdScenarios implements Scenario {
    final Crowd crowd;

    CrowdScenarios(Crowd crowd) {
        this.crowd = crowd;
    }

    /** Two come and go, so that the key is emptied and filled all the time; a third reads. */
    abstract static class Turnover extends CrowdScenarios {
        Turnover(Crowd crowd) {
            super(crowd);
        }

        @Override
        public void play() throws Exception {
            Sim.together(() -> visit(1), () -> visit(2), this::read);
            assertThat(crowd.lookup()).isEmpty();
            assertThat(crowd.view()).isEmpty();
            assertThat(crowd.isEmpty()).as("empty at last").isTrue();
        }

        private void visit(int visitor) {
            for (int turn = 0; turn < 2; turn++) {
                int value = 10 * visitor + turn; // a walk may meet one who left and came again twice
                Runnable close = crowd.enter(value);
                assertThat(crowd.view()).as("the view of one who has entered").contains(value);
                assertThat(crowd.lookup()).as("what one who has entered finds").contains(value);
                close.run();
                assertThat(crowd.view()).as("the view of one who has left").doesNotContain(value);
                assertThat(crowd.lookup()).as("what one who has left finds").doesNotContain(value);
            }
        }

        private void read() {
            assertThat(crowd.view()).doesNotHaveDuplicates();
            assertThat(crowd.view()).doesNotHaveDuplicates();
        }
    }

    /** Three stay; others leave before, between and behind them, and come again at the end. */
    abstract static class Steady extends CrowdScenarios {
        Steady(Crowd crowd) {
            super(crowd);
        }

        @Override
        public void play() throws Exception {
            Runnable first = crowd.enter(-1);
            Runnable one = crowd.enter(1);
            Runnable second = crowd.enter(-2);
            Runnable two = crowd.enter(2);
            Runnable three = crowd.enter(3);
            Runnable last = crowd.enter(-3);

            Sim.together(
                    () -> {
                        second.run();
                        crowd.enter(-4).run();
                        last.run();
                    },
                    () -> {
                        first.run();
                        crowd.enter(-5).run();
                    },
                    this::read,
                    this::read);
            one.run();
            two.run();
            three.run();
            assertThat(crowd.isEmpty()).as("empty at last").isTrue();
        }

        private void read() {
            assertThat(crowd.lookup()).filteredOn(value -> value > 0).containsExactly(1, 2, 3);
            assertThat(crowd.view()).filteredOn(value -> value > 0).containsExactly(1, 2, 3);
        }
    }

    /** The last one leaves while the registry is closed, whose close returns to a clean table even so. */
    static final class LastLeavesAtClose implements Scenario {
        private final HashDuplicateRegistry<String, Integer> registry =
                (HashDuplicateRegistry<String, Integer>) Registry.<String, Integer>duplicate("crowd");

        @Override
        public void play() throws Exception {
            Registration<String, Integer> first = registry.register("key", 1);
            Registration<String, Integer> second = registry.register("key", 2);
            Thread leaver = Sim.start("leaver", () -> {
                first.close();
                second.close();
            });

            registry.close();

            assertThat(registry.table.isEmpty()).as("clean after the close").isTrue();
            leaver.join();
        }
    }

    // ---- with the real registry, and with the wrong ones that each should find

    static final class TurnoverOfReal extends Turnover {
        TurnoverOfReal() {
            super(new Crowd.Real());
        }
    }

    static final class TurnoverWhereCountAndRemovalAreTwoSteps extends Turnover {
        TurnoverWhereCountAndRemovalAreTwoSteps() {
            super(new Crowd.CountsThenRemoves());
        }
    }

    static final class TurnoverWhereAViewIsStale extends Turnover {
        TurnoverWhereAViewIsStale() {
            super(new Crowd.KeepsAStaleView());
        }
    }

    static final class SteadyOfReal extends Steady {
        SteadyOfReal() {
            super(new Crowd.Real());
        }
    }

    static final class SteadyWhereTheWalkIsByPosition extends Steady {
        SteadyWhereTheWalkIsByPosition() {
            super(new Crowd.WalksByPosition());
        }
    }
}
