package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessBody;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 12: bad arguments fail at construction, naming the argument, its value and what is allowed. */
class SpecTest {
    private static final ProcessBody<String> BODY = Mailbox::receive;
    private static final ChildSpec<Void> TASK = ChildSpec.task("task", () -> {});

    @Test
    @DisplayName("12 an id or a name is not blank")
    void names() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChildSpec.process(" ", BODY))
                .withMessage("id: ' '; allowed: not blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.oneForAll(""))
                .withMessage("name: ''; allowed: not blank");
    }

    @Test
    @DisplayName("12 no two children of a supervisor have the same id")
    void distinctIds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.oneForOne("app", ChildSpec.process("task", BODY), TASK))
                .withMessage("children: two of supervisor 'app' have the id 'task'; allowed: ids that differ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.oneForOne("app", TASK).withChildren(List.of(TASK)))
                .withMessageContaining("'task'");
    }

    @Test
    @DisplayName("12 intensity: restarts are 0 or more, the period is more than 0")
    void intensity() {
        SupervisorSpec spec = SupervisorSpec.oneForOne("app");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withIntensity(-1, Duration.ofSeconds(1)))
                .withMessage("restarts: -1; allowed: 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withIntensity(1, Duration.ZERO))
                .withMessage("period: PT0S; allowed: more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withIntensity(1, Duration.ofSeconds(-1)))
                .withMessage("period: PT-1S; allowed: more than 0");
    }

    @Test
    @DisplayName("12 times of a shutdown are not negative")
    void shutdown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shutdown.after(Duration.ofSeconds(-1)))
                .withMessage("stopTime: PT-1S; allowed: 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shutdown.brutal().withInterruptTime(Duration.ofSeconds(-1)))
                .withMessage("interruptTime: PT-1S; allowed: 0 or more");
    }

    @Test
    @DisplayName("12 a start timeout is for a child that announces its start")
    void startTimeout() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TASK.withStartTimeout(second))
                .withMessageContaining("timeout: PT1S for 'task', which announces no start");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChildSpec.process("p", (mailbox, start) -> start.ready())
                        .withStartTimeout(Duration.ZERO))
                .withMessage("timeout: PT0S; allowed: more than 0");
        assertThat(ChildSpec.supervisor(SupervisorSpec.oneForOne("nested"))
                        .withStartTimeout(second)
                        .startTimeout())
                .isEqualTo(second);
    }

    @Test
    @DisplayName("12 a bound is for a child that has a mailbox")
    void mailbox() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TASK.withMailbox(1, Mailbox.Overflow.BLOCK))
                .withMessageContaining("capacity: 1 for 'task', which has no mailbox");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChildSpec.process("p", BODY).withMailbox(0, Mailbox.Overflow.BLOCK))
                .withMessage("capacity: 0; allowed: 1 or more");
    }

    @Test
    @DisplayName("12 null arguments are named")
    void nulls() {
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.task("t", null))
                .withMessage("body");
        assertThatNullPointerException()
                .isThrownBy(() -> TASK.withRestart(null))
                .withMessage("restart");
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.supervisor(null))
                .withMessage("spec");
        assertThatNullPointerException()
                .isThrownBy(() -> SupervisorSpec.oneForOne("app", TASK, null))
                .withMessage("child");
        assertThatNullPointerException()
                .isThrownBy(() -> Supervisor.start(null))
                .withMessage("spec");
        assertThatNullPointerException().isThrownBy(() -> Supervisor.run(null)).withMessage("spec");
    }

    @Test
    @DisplayName("8.6 the bound of an orderly stop is what the children's rules add up to, at each depth")
    void longestStop() {
        ChildSpec<Void> patient =
                TASK.withShutdown(Shutdown.after(Duration.ofSeconds(30)).withInterruptTime(Duration.ofSeconds(2)));
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", patient, ChildSpec.process("p", BODY));
        assertThat(nested.longestStop()).isEqualTo(Duration.ofSeconds(30 + 2 + 5 + 1));
        assertThat(nested.longestKill()).isEqualTo(Duration.ofSeconds(2 + 1));

        SupervisorSpec app = SupervisorSpec.oneForOne("app", TASK, ChildSpec.supervisor(nested));
        assertThat(app.longestStop()).isEqualTo(Duration.ofSeconds(6 + 38));

        SupervisorSpec hasty = SupervisorSpec.oneForOne(
                "hasty", ChildSpec.supervisor(nested).withShutdown(Shutdown.after(Duration.ofSeconds(4))));
        assertThat(hasty.longestStop()).isEqualTo(Duration.ofSeconds(4 + 3));
    }

    @Test
    @DisplayName(
            "8.6, 8.10 how long a stop takes at most: static children add up, dynamic ones take as long as the slowest")
    void longestStopOfAll() {
        ChildSpec<Void> first = ChildSpec.task("first", () -> {})
                .withShutdown(Shutdown.after(Duration.ofSeconds(3)).withInterruptTime(Duration.ofSeconds(1)));
        ChildSpec<Void> second = ChildSpec.task("second", () -> {})
                .withShutdown(Shutdown.after(Duration.ofSeconds(4)).withInterruptTime(Duration.ofSeconds(2)));
        SupervisorNode inOrder = new SupervisorNode(SupervisorSpec.oneForOne("app", first, second));
        SupervisorNode atOnce = new SupervisorNode(SupervisorSpec.dynamic("pool"));
        atOnce.add(first);
        atOnce.add(second);

        assertThat(inOrder.longestStop()).hasSeconds(10);
        assertThat(inOrder.longestKill()).hasSeconds(3);
        assertThat(atOnce.longestStop()).hasSeconds(6);
        assertThat(atOnce.longestKill()).hasSeconds(2);
    }
}
