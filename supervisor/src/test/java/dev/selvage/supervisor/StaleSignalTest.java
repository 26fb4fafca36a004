package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a supervisor is told late, of a wait that is void by then: it is no news, whatever the child does now. */
class StaleSignalTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeTicker ticker = new FakeTicker();
    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b").withBackoff(Backoff.exponential(SECOND, DAY));

    /** A supervisor, with what only it itself sees otherwise. */
    private Launch start(SupervisorSpec spec) throws InterruptedException {
        Launch launch = new Launch(spec.withIntensity(100, DAY).withTicker(ticker));
        launch.detached();
        assertThat(launch.awaitOutcome()).isEmpty();
        cast.forget();
        return launch;
    }

    @SuppressWarnings("unchecked") // every supervisor's process takes these
    private static void tell(Launch launch, Signal signal) {
        assertThat(((ProcessRef<Signal>) launch.process()).send(signal)).isTrue();
        Cast.settle(launch.handle());
    }

    private static Wait waitOf(Launch launch, String id) {
        return launch.node().slot(id).waiting().orElseThrow();
    }

    /** Has b wait for its first backoff, and then for its second, since a start in between failed. */
    private Wait waitsAnew(Launch launch) throws InterruptedException {
        Supervisor app = launch.handle();
        Cast.crash(app, b);
        Cast.settle(app);
        final Wait first = waitOf(launch, "b");
        cast.failNextStarts("b", 1, new IOException("not yet"));
        assertThatThrownBy(() -> app.ref(b).restart()).isInstanceOf(SupervisorException.StartFailed.class);
        Cast.settle(app);
        assertThat(waitOf(launch, "b")).isNotSameAs(first);
        return first;
    }

    private void assertStillWaits(Launch launch) {
        assertThat(cast.record()).containsExactly("-b", "!b");
        assertThat(Cast.line(launch.handle(), "b").nextTry()).contains(SECOND.multipliedBy(2));
        assertThat(launch.handle().tree().recentRestarts()).isEqualTo(2);
    }

    @Test
    @DisplayName("8.5 the end of a wait that was cut short starts nobody, though the child waits again")
    void staleEndOfBackoff() throws Exception {
        Launch launch = start(SupervisorSpec.oneForOne("app", a, b));
        try (Supervisor app = launch.handle()) {
            Wait first = waitsAnew(launch);
            tell(launch, new Signal.Due(launch.node().slot("b"), first));
            assertStillWaits(launch);
            assertThat(app.exitReason()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "8.3, 8.5 a failed start that something else became of since counts no restart, though the child waits")
    void staleFailedStart() throws Exception {
        Launch launch = start(SupervisorSpec.oneForOne("app", a, b));
        try (Supervisor app = launch.handle()) {
            Wait first = waitsAnew(launch);
            tell(launch, new Signal.StartFailed(launch.node().slot("b"), first, new IOException("late")));
            assertStillWaits(launch);
            assertThat(app.exitReason()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.5 what a wait is over for is void once the child was terminated, deleted or replaced")
    void staleForOneThatIsGone() throws Exception {
        Launch launch = start(SupervisorSpec.oneForOne("app", a, b));
        try (Supervisor app = launch.handle()) {
            Cast.crash(app, b);
            Cast.settle(app);
            ChildSlot slot = launch.node().slot("b");
            Signal due = new Signal.Due(slot, waitOf(launch, "b"));
            app.ref(b).terminate();
            tell(launch, due);
            assertThat(slot.status()).isEqualTo(Status.STOPPED);
            app.ref(b).replace(cast.child("c"));
            tell(launch, due);
            app.ref("c").terminate();
            app.ref("c").delete();
            tell(launch, due);
            assertThat(cast.record()).containsExactly("-b", "+c", "-c");
        }
    }

    @Test
    @DisplayName("8.3, 8.5 a retry is void once another one of the group crashed and all wait for that one's backoff")
    void retryIsVoidWhileAnotherWaits() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> hesitant = ChildSpec.process("hesitant", (mailbox, start) -> {
            int attempt = ++starts[0];
            cast.add("start " + attempt);
            if (attempt == 2) {
                mayFail.await();
                throw new IOException("not yet");
            }
            start.ready();
            mailbox.receive();
        });
        ChildSpec<Cast.Line> slow = a.withBackoff(Backoff.fixed(SECOND));
        Launch launch = start(SupervisorSpec.oneForAll("app", slow, hesitant));
        try (Supervisor app = launch.handle()) {
            app.child(hesitant).orElseThrow().kill();
            cast.awaitRecord("-a", "+a", "start 2");
            Cast.crash(app, slow); // is handled before the retry, and its wait takes that along
            mayFail.countDown();
            Cast.settle(app);
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
            assertThat(cast.record()).containsExactly("-a", "+a", "start 2", "-a");
            ticker.awaitParked(1);
            ticker.advance(SECOND);
            cast.awaitRecord("-a", "+a", "start 2", "-a", "+a", "start 3");
        }
    }

    @Test
    @DisplayName("8.5 a wait that is void leaves no timer behind")
    void noTimerStays() throws Exception {
        Launch launch = start(SupervisorSpec.oneForOne("app", a, b));
        try (Supervisor app = launch.handle()) {
            Cast.crash(app, b);
            Cast.settle(app);
            ticker.awaitParked(1);
            app.ref(b).terminate();
            Threads.awaitTrue("nobody waits for the time", () -> ticker.parked() == 0);
            assertThat(app.exitReason()).isEmpty();
        }
    }
}
