package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.10: run for a main. In JVMs of their own, which the tests end with a signal. */
class MainRunTest {
    private static final int SIGTERM_STATUS = 128 + 15;

    private Process jvm;
    private BufferedReader output;

    private void start(String mode) throws IOException {
        assumeThat(Path.of("/bin/kill")).as("signals as on Unix").exists();
        jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                placeOf(Program.class),
                                placeOf(Supervisor.class),
                                placeOf(ProcessRef.class)),
                        Program.class.getName(),
                        mode)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        output = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Where a class was loaded from; the class path of this JVM may be hidden by whoever runs the tests. */
    private static String placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() {
        if (jvm != null) {
            jvm.destroyForcibly();
        }
    }

    private void awaitLine(String wanted) throws IOException {
        List<String> seen = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(wanted)) {
                return;
            }
            seen.add(line);
        }
        throw new AssertionError("no line '" + wanted + "', only " + seen);
    }

    private List<String> linesToTheEnd() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    /** Sends SIGTERM, and leaves the output open, unlike {@link Process#destroy}. */
    private void terminate() {
        assertThat(jvm.toHandle().destroy()).isTrue();
    }

    private int status() throws InterruptedException {
        assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).as("the JVM has ended").isTrue();
        return jvm.exitValue();
    }

    private void type(String text) throws IOException {
        OutputStream input = jvm.getOutputStream();
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    @Test
    @DisplayName("8.10 SIGTERM stops the tree in order, then the JVM ends with the signal's status")
    void sigterm() throws Exception {
        start("runs");
        awaitLine("+c");
        type("x");
        awaitLine("read x");
        terminate();

        assertThat(linesToTheEnd()).startsWith("-c", "-b", "-a");
        assertThat(status()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    @DisplayName("known failure 7: the JVM stays up while a tree runs, also when no other thread but daemons does")
    void staysUp() throws Exception {
        start("runs on a daemon");
        awaitLine("main ends");
        type("x");
        awaitLine("read x");
        assertThat(jvm.isAlive()).isTrue();
        terminate();

        assertThat(linesToTheEnd()).contains("-a");
        assertThat(status()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    @DisplayName("8.10 SIGTERM while the tree starts stops what was started")
    void sigtermDuringStart() throws Exception {
        start("starts for ever");
        awaitLine("+never");
        terminate();

        assertThat(linesToTheEnd()).startsWith("-never", "-a");
        assertThat(status()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    @DisplayName("known failure 25: a stuck child does not keep the JVM from ending")
    void sigtermWithStuckChild() throws Exception {
        start("is stuck");
        awaitLine("+b");
        terminate();

        assertThat(linesToTheEnd()).contains("-b", "-a");
        assertThat(status()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    @DisplayName(
            "known failure 8: System.exit in a child does not deadlock with the hook: the others are stopped in order")
    void exitFromChild() throws Exception {
        start("exits from a child");

        List<String> lines = linesToTheEnd();
        assertThat(lines.subList(lines.indexOf("exits"), lines.size())).containsSubsequence("exits", "-a");
        assertThat(lines).contains("+a");
        assertThat(status()).isEqualTo(7);
    }

    @Test
    @DisplayName("known failure 8: neither does System.exit in a child's start")
    void exitFromStart() throws Exception {
        start("exits from a start");

        assertThat(linesToTheEnd()).startsWith("+a", "-a");
        assertThat(status()).isEqualTo(7);
    }

    @Test
    @DisplayName("8.10 a tree that gives up ends the main that runs it with an exception")
    void givesUp() throws Exception {
        start("gives up");

        assertThat(linesToTheEnd()).containsExactly("+a", "-a");
        assertThat(status()).as("the status of an uncaught exception").isEqualTo(1);
    }

    @Test
    @DisplayName("8.10 what a program does last is waited for, after the tree has stopped and before the JVM ends")
    void doesSomethingLast() throws Exception {
        start("does something last");
        awaitLine("+a");
        terminate();
        awaitLine("-a");
        awaitLine("begins with the last");
        type("x");

        assertThat(linesToTheEnd()).startsWith("read x");
        assertThat(status()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    @DisplayName("8.10 run in a JVM that is ending already is refused")
    void runsTooLate() throws Exception {
        start("runs too late");

        assertThat(linesToTheEnd()).containsExactly("main ends", "supervisor 'app' is not started: the JVM is ending");
        assertThat(status()).isZero();
    }

    // ---- in this JVM

    private final Cast cast = new Cast();
    private final SupervisorSpec spec = SupervisorSpec.oneForOne("app", cast.child("a"), cast.child("b"));

    @Test
    @DisplayName("8.10 run returns when the tree was stopped in order")
    void returnsAfterStop() {
        Launch launch = new Launch(spec);
        try (Threads threads = new Threads()) {
            threads.start(ThreadKind.PLATFORM, "main", () -> MainRun.run(launch, () -> {}));
            cast.awaitRecord("+a", "+b");
            launch.process().stop();
        }
        assertThat(cast.record()).containsExactly("+a", "+b", "-b", "-a");
    }

    @Test
    @DisplayName("8.10 run throws when the tree was killed")
    void throwsAfterKill() {
        Launch launch = new Launch(spec);
        try (Threads threads = new Threads()) {
            threads.start(
                    ThreadKind.PLATFORM,
                    "main",
                    () -> assertThatThrownBy(() -> MainRun.run(launch, () -> {}))
                            .isInstanceOf(SupervisorException.class)
                            .hasMessage("supervisor 'app' was killed"));
            Threads.awaitTrue("it runs", () -> launch.node().snapshot().status() == Status.RUNNING);
            launch.process().kill();
        }
        assertThat(cast.record()).containsExactly("+a", "+b", "-b", "-a");
    }

    @Test
    @DisplayName("8.10 run throws what the tree gave up with")
    void throwsGaveUp() {
        ChildSpec<Void> bomb = ChildSpec.task("bomb", () -> {
            throw new IOException("bomb");
        });

        assertThatThrownBy(() -> Supervisor.run(
                        SupervisorSpec.oneForOne("app", cast.child("a"), bomb).withIntensity(0, Duration.ofDays(1))))
                .isInstanceOf(SupervisorException.GaveUp.class)
                .hasRootCauseMessage("bomb")
                .satisfies(thrown -> assertThat(thrown.getStackTrace())
                        .as("the stack of who ran it")
                        .anyMatch(frame -> frame.getMethodName().equals("throwsGaveUp")));
        assertThat(cast.record()).containsExactly("+a", "-a");
    }

    @Test
    @DisplayName("8.2, 8.10 run throws what the start failed with")
    void throwsStartFailed() {
        cast.failStarts("b", new IOException("no"));

        assertThatThrownBy(() -> Supervisor.run(spec))
                .isInstanceOf(SupervisorException.StartFailed.class)
                .hasRootCauseMessage("no");
        assertThat(cast.record()).containsExactly("+a", "!b", "-a");
    }

    @Test
    @DisplayName("8.10 an interrupt of the running thread stops the tree in order first")
    void interrupted() {
        try (Threads threads = new Threads()) {
            Thread main = threads.start(
                    ThreadKind.VIRTUAL,
                    "main",
                    () -> assertThatThrownBy(() -> Supervisor.run(spec)).isInstanceOf(InterruptedException.class));
            cast.awaitRecord("+a", "+b");
            main.interrupt();
        }
        assertThat(cast.record()).containsExactly("+a", "+b", "-b", "-a");
    }
}
