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
                body.run(new Inbox(mailbox));
            });
            tells.tell(process);
            told.countDown();
            return process.join();
        }
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
                    inbox.putOff(new Signal.Ready(new Incarnation("a", signal -> {})));
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(inbox::next).isInstanceOf(InterruptedException.class);
                },
                process -> {});

        assertThat(reason).isEqualTo(ExitReason.normal());
    }

    @Test
    @DisplayName("8.3 what was put off comes before what arrived later, and in its order")
    void order() throws Exception {
        Signal first = new Signal.Ready(new Incarnation("first", signal -> {}));
        Signal second = new Signal.Ready(new Incarnation("second", signal -> {}));
        Signal third = new Signal.Ready(new Incarnation("third", signal -> {}));
        Signal last = new Signal.Ready(new Incarnation("last", signal -> {}));
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
