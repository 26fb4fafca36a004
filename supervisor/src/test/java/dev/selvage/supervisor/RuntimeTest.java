package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.supervisor.SupervisorException.StartFailed;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 8.7: what can be asked of a running supervisor, by whom, and what is refused. */
class RuntimeTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withIntensity(100, DAY));
        cast.forget();
        return supervisor;
    }

    private static void assertRefused(Refused.Why why, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.why()).isEqualTo(why));
    }

    // ---- start

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DYNAMIC")
    @DisplayName("8.7 a child that was added stands behind the others: it is restarted and stopped in its place")
    void startsBehindTheOthers(Strategy strategy) throws Exception {
        SupervisorSpec spec = switch (strategy) {
            case ONE_FOR_ONE -> SupervisorSpec.oneForOne("app", a, b);
            case REST_FOR_ONE -> SupervisorSpec.restForOne("app", a, b);
            case ONE_FOR_ALL -> SupervisorSpec.oneForAll("app", a, b);
            case DYNAMIC -> throw new AssertionError();
        };
        try (Supervisor app = start(spec)) {
            ChildRef<Cast.Line> added = app.children().start(c);
            assertThat(added.<String>call(Cast.Line.Who::new)).isEqualTo("c1");
            Cast.crash(app, a);
            switch (strategy) {
                case ONE_FOR_ONE -> cast.awaitRecord("+c", "-a", "+a");
                default -> cast.awaitRecord("+c", "-a", "-c", "-b", "+a", "+b", "+c");
            }
            added.await(DAY);
        }
        assertThat(cast.record()).endsWith("-c", "-b", "-a");
    }

    @Test
    @DisplayName("8.7 an id is there once: a second start with it is refused, whether the first runs or not")
    void duplicate() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            assertRefused(Refused.Why.DUPLICATE, () -> app.children().start(a));
            app.ref(a).terminate();
            assertThatThrownBy(() -> app.children().start(cast.child("a")))
                    .hasMessage("supervisor 'app' has a child 'a' already: stopped");
            assertThat(app.children().count()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.7 a child that fails to start is not added, and the caller learns why; it counts no restart")
    void failsToStart() throws Exception {
        IOException cause = new IOException("no");
        cast.failStarts("c", cause);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b))) {
            assertThatThrownBy(() -> app.children().start(c))
                    .isInstanceOf(StartFailed.class)
                    .hasMessageContaining("child 'c'")
                    .hasCause(cause);
            assertThat(cast.record()).containsExactly("!c");
            assertThat(app.tree().recentRestarts()).isZero();
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("a", "b");
        }
    }

    @Test
    @DisplayName("8.7 a child that declines is kept, unless it is temporary")
    void declines() throws Exception {
        ChildSpec<Void> choosy = ChildSpec.process("choosy", (mailbox, start) -> start.decline());
        ChildSpec<Void> guest = ChildSpec.<Void>process("guest", (mailbox, start) -> start.decline())
                .withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            assertThat(app.children().start(choosy).snapshot().orElseThrow().status())
                    .isEqualTo(Status.DECLINED);
            assertThat(app.children().start(guest).snapshot()).isEmpty();
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("a", "choosy");
        }
    }

    // ---- terminate, restart, delete, replace

    @Test
    @DisplayName("8.7 terminate ends a child by its rule and leaves it there; nothing starts it but a restart")
    void terminateAndRestart() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b))) {
            ChildRef<Cast.Line> ref = app.ref(a);
            ref.terminate();
            ref.terminate();
            assertThat(cast.record()).containsExactly("-a");
            assertThat(ref.snapshot().orElseThrow().status()).isEqualTo(Status.STOPPED);
            assertThat(ref.resolve()).isEmpty();
            assertThat(ref.send(new Cast.Line.Finish())).isFalse();
            assertRefused(Refused.Why.NOT_RUNNING, () -> ref.call(Cast.Line.Who::new));

            assertThat(ref.restart()).isPresent();
            assertThat(ref.<String>call(Cast.Line.Who::new)).isEqualTo("a2");
            assertThat(app.tree().recentRestarts())
                    .as("asked for, so not counted")
                    .isZero();
        }
    }

    @Test
    @DisplayName("8.7 restart ends a child that runs, by its rule, and touches no sibling")
    void restartRunning() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b))) {
            app.ref(a).restart();
            assertThat(cast.record()).containsExactly("-a", "+a");
        }
    }

    @Test
    @DisplayName("8.7 a restart that fails leaves the child stopped, and the caller learns why")
    void restartFails() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            cast.failNextStarts("a", 1, new IOException("not now"));
            assertThatThrownBy(() -> app.ref(a).restart()).isInstanceOf(StartFailed.class);
            assertThat(Cast.line(app, "a").status()).isEqualTo(Status.STOPPED);
            assertThat(cast.record()).containsExactly("-a", "!a");
            assertThat(app.ref(a).restart()).isPresent();
        }
    }

    @Test
    @DisplayName("8.7 a child that was terminated can be deleted, one that runs cannot; its id is free then")
    void delete() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            ChildRef<Cast.Line> ref = app.ref(a);
            assertRefused(Refused.Why.RUNNING, ref::delete);
            ref.terminate();
            ref.delete();
            assertRefused(Refused.Why.UNKNOWN, ref::delete);
            assertRefused(Refused.Why.UNKNOWN, ref::restart);
            assertThat(app.children().count()).isEqualTo(1);
            app.children().start(a);
            assertThat(ref.<String>call(Cast.Line.Who::new)).isEqualTo("a2");
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("b", "a");
        }
    }

    @Test
    @DisplayName("8.7 terminate forgets a temporary child")
    void terminateTemporary() throws Exception {
        ChildSpec<Cast.Line> guest = a.withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", guest, b))) {
            app.ref(guest).terminate();
            assertThat(app.ref(guest).snapshot()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.7 restart keeps a temporary child")
    void restartTemporary() throws Exception {
        ChildSpec<Cast.Line> guest = a.withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", guest, b))) {
            app.ref(guest).restart();
            assertThat(Cast.who(app, guest)).isEqualTo("a2");
        }
    }

    @Test
    @DisplayName("8.7 replace puts another child in the place of one, whatever their types")
    void replace() throws Exception {
        ChildSpec<Void> other = ChildSpec.task("a", () -> new CountDownLatch(1).await());
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b))) {
            ChildRef<Void> replaced = app.ref(a).replace(other);
            assertThat(cast.record()).containsExactly("-a");
            assertThat(app.ref(a).snapshot()).isEmpty();
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id, SupervisorTree.Child::kind)
                    .containsExactly(tuple("a", SupervisorTree.Kind.TASK), tuple("b", SupervisorTree.Kind.PROCESS));
            cast.forget();

            replaced.resolve().orElseThrow().kill();
            cast.awaitRecord("-b", "+b");
            assertRefused(Refused.Why.DUPLICATE, () -> replaced.replace(b));
            assertThat(replaced.replace(c).<String>call(Cast.Line.Who::new)).isEqualTo("c1");
        }
    }

    @Test
    @DisplayName("8.7 a replacement that cannot start has the place even so, and can be started later")
    void replaceFails() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            cast.failNextStarts("c", 1, new IOException("not now"));
            assertThatThrownBy(() -> app.ref(a).replace(c)).isInstanceOf(StartFailed.class);
            assertThat(Cast.line(app, "c").status()).isEqualTo(Status.STOPPED);
            app.ref(c).restart();
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("c", "b");
        }
    }

    // ---- find, list, count

    @Test
    @DisplayName("8.7 children are found by specification, path or id, listed and counted, at any depth")
    void find() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", b));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, nested))) {
            Supervisor.Children below = app.ref(nested).children();
            below.start(c);
            assertThat(app.ref(c).<String>call(Cast.Line.Who::new)).isEqualTo("c1");
            assertThat(app.ref("nested", "c").resolve()).isEqualTo(app.ref(c).resolve());
            assertThat(below.find("c").resolve()).isPresent();
            assertThat(app.children().find("c").resolve()).isEmpty();
            assertThat(below.count()).isEqualTo(2);
            below.find("b").terminate();
            assertThat(below.count()).isEqualTo(2);
            assertThat(below.count(Status.RUNNING)).isEqualTo(1);
            assertThat(below).hasToString("children of supervisor 'nested'");
            assertRefused(Refused.Why.NOT_RUNNING, () -> app.ref(a).children().count());
        }
    }

    @Test
    @DisplayName("8.7 a nested supervisor that was started anew is found again, with the children of its specification")
    void nestedRestarted() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", b));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, nested))) {
            ChildRef<Cast.Line> ref = app.ref(b);
            Supervisor.Children below = app.ref(nested).children();
            below.start(c);
            ProcessRef<Void> before = app.child(nested).orElseThrow();
            before.kill();
            before.join();
            Threads.awaitTrue("it runs anew", () -> Cast.line(app, "nested").restarts() == 1);
            assertThat(ref.await(DAY).orElseThrow().<String>call(Cast.Line.Who::new))
                    .isEqualTo("b2");
            assertThat(below.list()).extracting(SupervisorTree.Child::id).containsExactly("b");
        }
    }

    @Test
    @DisplayName("12 a significant child is refused where nothing shuts down automatically, at run time too")
    void significant() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            ChildSpec<Cast.Line> significant = c.withRestart(Restart.TRANSIENT).withSignificant();
            assertThatIllegalArgumentException().isThrownBy(() -> app.children().start(significant));
            assertThatIllegalArgumentException().isThrownBy(() -> app.ref(a).replace(significant));
        }
    }
}
