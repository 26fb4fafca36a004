package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.demo.stage.Console;
import dev.selvage.demo.stage.StopSignal;
import dev.selvage.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final StopSignal signal = new StopSignal();
    private final Demo demo = new Demo(
            new Console(new PrintStream(out, true, StandardCharsets.UTF_8), false, Ticker.system()),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            signal);

    @ParameterizedTest
    @DisplayName("a quick run of both stories holds, with status 0, whatever the seed")
    @ValueSource(strings = {"1", "20261101"})
    void bothStories(String seed) {
        assertThat(demo.run("--quick", "--seed", seed)).as(this::output).isEqualTo(Demo.ALL_HOLDS);
        assertThat(output())
                .startsWith("seed " + seed + ", quick")
                .contains("== Sync without colliding", "12,000 of 12,000 events", "0 users still locked")
                .contains("line 2404: expected two words, user and change; found 1")
                .contains("|- queue: process, running", "`- worker 16: process, running")
                .contains("== FantaTCP", "0 answers of somebody else", "0 of 18,000 calls still waiting")
                .contains("random ", "round robin ", "least used ")
                .contains("|- fanta-registry: process, running")
                .endsWith("All verdicts hold." + System.lineSeparator())
                .doesNotContain("FAILED");
        assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    @DisplayName("without the lock the verdict fails, with status 1: the witness does see collisions")
    void withoutLock() {
        assertThat(demo.run("--quick", "--without-lock", "sync"))
                .as(this::output)
                .isEqualTo(Demo.FAILED);
        assertThat(output())
                .contains("FAILED no user was ever synced by two workers at once")
                .contains("ok     every event was synced")
                .endsWith("A VERDICT FAILED." + System.lineSeparator());
    }

    @Test
    @DisplayName("one's own file is synced, and its malformed lines are reported by number")
    void ownFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.txt"), "ada email\nbob\nada avatar\n\n# the end\n");
        assertThat(demo.run("--quick", "sync", file.toString()))
                .as(this::output)
                .isEqualTo(Demo.ALL_HOLDS);
        assertThat(output())
                .contains("events synced: 2, of 1 users", "malformed lines, skipped: 1", "line 2: ")
                .contains("2 of 2 events");
    }

    @Test
    @DisplayName("a file with no event at all is no reason to hang")
    void emptyFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("empty.txt"), "");
        assertThat(demo.run("--quick", "sync", file.toString()))
                .as(this::output)
                .isEqualTo(Demo.ALL_HOLDS);
        assertThat(output()).contains("0 of 0 events");
    }

    @Test
    @DisplayName("a missing file, or a folder, is a clear error with status 2, and nothing is played")
    void noFile(@TempDir Path folder) {
        assertThat(demo.run("sync", folder.resolve("none").toString()))
                .as(this::output)
                .isEqualTo(Demo.WRONG_USAGE);
        assertThat(demo.run("sync", folder.toString())).as(this::output).isEqualTo(Demo.WRONG_USAGE);
        assertThat(errors.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "there is no file " + folder.resolve("none"),
                        "cannot read " + folder + ": " + folder + " is a directory");
        assertThat(output()).doesNotContain("==");
    }

    @Test
    @DisplayName("help is printed with status 0, an unknown option is refused with status 2")
    void usage() {
        assertThat(demo.run("--help")).as(this::output).isEqualTo(Demo.ALL_HOLDS);
        assertThat(output()).startsWith("usage: ./demo/run");
        assertThat(demo.run("--hlep")).as(this::output).isEqualTo(Demo.WRONG_USAGE);
        assertThat(errors.toString(StandardCharsets.UTF_8)).startsWith("unknown option: --hlep; there is: --quick");
    }

    @ParameterizedTest
    @DisplayName("a stop in the middle ends the story in order, and the report is still printed")
    @ValueSource(strings = {"sync", "fantatcp"})
    void stopped(String story) throws InterruptedException {
        Thread stopper = Thread.startVirtualThread(() -> {
            Awaitility.await().until(() -> output().contains("calls,") || output().contains("conflicts,"));
            signal.raise();
        });
        assertThat(demo.run(story)).as(this::output).isEqualTo(Demo.ALL_HOLDS);
        stopper.join();
        assertThat(output())
                .contains(" (stopped before its end)", ": process, running", "ok     ")
                .endsWith("Stopped before the end. All verdicts hold." + System.lineSeparator());
    }

    @Test
    @DisplayName("the toolkit's log goes where it is told to")
    void log(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("crashes.log");
        assertThat(demo.run("--quick", "--log", log.toString(), "sync"))
                .as(this::output)
                .isEqualTo(Demo.ALL_HOLDS);
        assertThat(Files.readString(log)).contains("blew up (line ");
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
