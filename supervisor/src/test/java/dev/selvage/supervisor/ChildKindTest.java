package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.SupervisorTree.Kind;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a child may be: a server, a resource, a plain Runnable or Callable. */
class ChildKindTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();

    private sealed interface Message {}

    private record Add(int amount) implements Message {}

    private record Get(ReplyTo<Integer> from) implements Message {}

    private final class Counter implements ChildSpec.Server<Message> {
        private int sum;

        Counter() throws IOException {
            cast.add("made");
        }

        @Override
        public void handle(Message message) throws Exception {
            switch (message) {
                case Add(int amount) -> sum += amount;
                case Get(ReplyTo<Integer> from) -> from.reply(sum);
            }
            if (sum < 0) {
                throw new IOException("negative");
            }
        }

        @Override
        public void close() {
            cast.add("closed");
        }
    }

    @Test
    @DisplayName("8.2 a server is made anew at each start, handles what it is sent, and is closed however it ends")
    void server() throws Exception {
        ChildSpec<Message> counter = ChildSpec.server("counter", Counter::new);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", counter))) {
            ChildRef<Message> ref = app.ref(counter);
            ref.send(new Add(2));
            ref.send(new Add(3));
            assertThat(ref.<Integer>call(Get::new)).isEqualTo(5);
            ref.send(new Add(-6));
            cast.awaitRecord("made", "closed", "made");
            assertThat(ref.await(DAY).orElseThrow().<Integer>call(Get::new)).isZero();
            assertThat(Cast.line(app, "counter").kind()).isEqualTo(Kind.PROCESS);
        }
        assertThat(cast.record()).containsExactly("made", "closed", "made", "closed");
    }

    @Test
    @DisplayName("8.2 a server that cannot be made fails its start; one that is null declines")
    void serverStart() throws Exception {
        IOException cause = new IOException("no port");
        assertThatThrownBy(() ->
                        Supervisor.start(SupervisorSpec.oneForOne("app", ChildSpec.<Message>server("counter", () -> {
                            throw cause;
                        }))))
                .isInstanceOf(SupervisorException.StartFailed.class)
                .hasCause(cause);
        ChildSpec<Message> none = ChildSpec.server("none", () -> null);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", none))) {
            assertThat(Cast.line(app, "none").status()).isEqualTo(Status.DECLINED);
        }
    }

    @Test
    @DisplayName("8.2 a resource is open before the next child starts, and closed in its turn when the tree stops")
    void resource() throws Exception {
        ChildSpec<Void> pool = ChildSpec.resource("pool", () -> {
            cast.add("open");
            return () ->
                    cast.add("close, interrupted: " + Thread.currentThread().isInterrupted());
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", pool, cast.child("a")))) {
            assertThat(Cast.line(app, "pool").kind()).isEqualTo(Kind.RESOURCE);
            app.ref(pool).restart();
        }
        assertThat(cast.record())
                .containsExactly("open", "+a", "close, interrupted: false", "open", "-a", "close, interrupted: false");
    }

    @Test
    @DisplayName("8.2 a resource that cannot be opened fails its start; one that is null declines")
    void resourceStart() throws Exception {
        IOException cause = new IOException("no port");
        assertThatThrownBy(() -> Supervisor.start(
                        SupervisorSpec.oneForOne("app", cast.child("a"), ChildSpec.resource("pool", () -> {
                            throw cause;
                        }))))
                .hasCause(cause);
        assertThat(cast.record()).containsExactly("+a", "-a");
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", ChildSpec.resource("none", () -> null)))) {
            assertThat(Cast.line(app, "none").status()).isEqualTo(Status.DECLINED);
        }
    }

    @Test
    @DisplayName("8.2 a plain Runnable or Callable is a child; it is stopped by an interrupt")
    void plain() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Thread> ran = new AtomicReference<>();
        ChildSpec<Void> runnable = ChildSpec.runnable("runnable", () -> ran.set(Thread.currentThread()))
                .withRestart(Restart.TRANSIENT);
        ChildSpec<Void> callable = ChildSpec.callable("callable", () -> {
            never.await();
            return 42;
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", runnable, callable))) {
            Cast.awaitStatus(app, "runnable", Status.ENDED);
            assertThat(ran.get().getName()).isEqualTo("runnable");
            Threads.awaitTrue("it waits", () -> app.child(callable).isPresent());
            app.ref(callable).terminate();
            assertThat(Cast.line(app, "callable").lastExit()).contains(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("12 what does not go together is refused at construction, by name")
    void combinations() {
        ChildSpec<Void> pool = ChildSpec.resource("pool", () -> null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.withMailbox(1, Mailbox.Overflow.BLOCK))
                .withMessageContaining("capacity: 1 for 'pool', which has no mailbox");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.withBackoff(Backoff.none(), Duration.ZERO))
                .withMessage("stableAfter: PT0S; allowed: more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.withIntensity(-1, DAY))
                .withMessage("restarts: -1; allowed: 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.withIntensity(1, Duration.ZERO))
                .withMessage("period: PT0S; allowed: more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.withStartTimeout(Duration.ZERO))
                .withMessage("timeout: PT0S; allowed: more than 0");
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.server("s", null))
                .withMessage("init");
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.resource("r", null))
                .withMessage("open");
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.runnable("r", null))
                .withMessage("body");
        assertThatNullPointerException()
                .isThrownBy(() -> ChildSpec.callable("c", null))
                .withMessage("body");
        assertThatNullPointerException()
                .isThrownBy(() -> pool.withBackoff(null))
                .withMessage("backoff");
    }
}
