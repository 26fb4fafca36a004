package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.time.Deadline;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In which order a supervisor sees what it is told. */
class InboxTest {
    private final CountDownLatch told = new CountDownLatch(1);

    private interface Body {
        void run(Inbox inbox) throws Exception;
    }

    private interface Told {
        void tell(ProcessRef<Signal> process);
    }

    /** Runs a body that sees its inbox only after the process was told everything. */
    private ExitReason run(Body body, Told tells) throws InterruptedException {
        try (ProcessScope scope = ProcessScope.open("scope")) {
            ProcessRef<Signal> process = scope.start("supervisor", mailbox -> {
                told.await();
                body.run(new Inbox(new SupervisorNode(SupervisorSpec.oneForOne("app")), mailbox));
            });
            tells.tell(process);
            told.countDown();
            return process.join();
        }
    }

    private static Incarnation incarnation(String id) {
        SupervisorNode node = new SupervisorNode(SupervisorSpec.oneForOne("app", ChildSpec.task(id, () -> {})));
        return new Incarnation(node.children().iterator().next(), node, signal -> {});
    }

    private static Signal exitOf(ProcessRef<?> process) {
        return new Signal.Exited(new Exit(process, ExitReason.normal()));
    }

    @Test
    @DisplayName("8.6 a stop is seen ahead of what was queued before it")
    void stopFirst() throws Exception {
        ExitReason reason = run(
                inbox -> {
                    assertThatThrownBy(inbox::next).isInstanceOf(ProcessException.Stopped.class);
                    assertThatThrownBy(inbox::takeIn).isInstanceOf(ProcessException.Stopped.class);
                },
                process -> {
                    process.send(exitOf(process));
                    process.send(exitOf(process));
                    process.stop();
                });

        assertThat(reason).isEqualTo(ExitReason.shutdown());
    }

    @Test
    @DisplayName("8.6 a kill is seen ahead of what was put off")
    void killFirst() throws Exception {
        ExitReason reason = run(
                inbox -> {
                    inbox.putOff(new Signal.Ready(incarnation("a")));
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(inbox::next).isInstanceOf(InterruptedException.class);
                },
                process -> {});

        assertThat(reason).isEqualTo(ExitReason.normal());
    }

    @Test
    @DisplayName("8.3 what was put off comes before what arrived later, and in its order")
    void order() throws Exception {
        Signal first = new Signal.Ready(incarnation("first"));
        Signal second = new Signal.Ready(incarnation("second"));
        Signal third = new Signal.Ready(incarnation("third"));
        Signal last = new Signal.Ready(incarnation("last"));
        ExitReason reason = run(
                inbox -> {
                    inbox.putOff(inbox.nextArrival(Deadline.never()).orElseThrow());
                    inbox.takeIn();
                    inbox.putOff(last);
                    assertThat(inbox.next()).isSameAs(first);
                    assertThat(inbox.next()).isSameAs(second);
                    assertThat(inbox.next()).isSameAs(third);
                    assertThat(inbox.next()).isSameAs(last);
                },
                process -> {
                    process.send(first);
                    process.send(second);
                    process.send(third);
                });

        assertThat(reason).isEqualTo(ExitReason.normal());
    }
}
