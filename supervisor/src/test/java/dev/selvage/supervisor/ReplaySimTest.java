package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;

/** A tree depends on nothing but the schedule: a seed that was seen to fail fails again, in the very same way. */
class ReplaySimTest {

    /** Two children crash, monitored by several, and a few schedules in a hundred see the later one first. */
    static final class LaterOneFirst implements Scenario {
        private final List<String> heard = new CopyOnWriteArrayList<>();

        private ChildSpec<String> child(String id) {
            return ChildSpec.process(id, (mailbox, start) -> {
                start.ready();
                throw new IllegalStateException(mailbox.receive());
            });
        }

        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            ChildSpec<String> b = child("b");
            SupervisorSpec nested = SupervisorSpec.oneForAll("nested", b).withTicker(Sim.ticker());
            try (Supervisor app = Supervisor.start(SupervisorSpec.restForOne("app", a, ChildSpec.supervisor(nested))
                    .withIntensity(10, Duration.ofDays(1))
                    .withTicker(Sim.ticker()))) {
                for (ChildSpec<String> each : List.of(a, b)) {
                    for (int monitor = 0; monitor < 3; monitor++) {
                        app.child(each).orElseThrow().monitor(exit -> heard.add(each.id()));
                    }
                }
                Sim.together(
                        () -> app.ref(a).send("crash"),
                        () -> app.ref(b).send("crash"),
                        () -> app.tree().toString());
                app.stop();
                app.join();
            }
            if (heard.getFirst().equals("b") && heard.get(1).equals("a")) {
                throw new AssertionError("planned");
            }
        }
    }

    @RepeatedTest(5)
    @DisplayName("a schedule of a tree that fails is replayed by its seed")
    void replayed() {
        SimFailure failure = Sim.of(LaterOneFirst.class)
                .clock(ClockMode.PATIENT)
                .schedules(2_000)
                .firstFailure()
                .orElseThrow();
        assertThat(failure.summary()).contains("planned");
        assertThat(failure.isReplayed()).as(failure.getMessage()).isTrue();
    }
}
