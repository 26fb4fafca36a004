package dev.selvage.demo.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final HandSetTicker ticker = new HandSetTicker();

    /** A clock that stands still until the test moves it. */
    private static final class HandSetTicker implements Ticker {
        private long now = Long.MAX_VALUE - 5; // readings may overflow

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void parkNanos(Object blocker, long nanos) {
            throw new UnsupportedOperationException("the console does not wait");
        }
    }

    @Test
    @DisplayName("on a terminal a status is drawn over the one before, and a line wipes it")
    void terminal() {
        Console console = new Console(out, true, ticker);
        console.status("one");
        console.status("two");
        console.line("done");
        console.line("next");
        assertThat(text()).isEqualTo("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[Kdone\nnext\n");
    }

    @Test
    @DisplayName("a status that is cleared leaves nothing behind, and clearing none prints nothing")
    void clear() {
        Console console = new Console(out, true, ticker);
        console.clearStatus();
        assertThat(text()).isEmpty();
        console.status("one");
        console.clearStatus();
        console.clearStatus();
        assertThat(text()).isEqualTo("\r\u001b[Kone\r\u001b[K");
    }

    @Test
    @DisplayName("where there is no terminal, a status is a plain line, and one in two seconds at most")
    void plain() {
        Console console = new Console(out, false, ticker);
        console.status("one");
        console.status("too soon");
        ticker.now += Console.PLAIN_INTERVAL.toNanos() - 1;
        console.status("still too soon");
        ticker.now += 1;
        console.status("two");
        console.clearStatus();
        console.line("done");
        assertThat(text()).isEqualTo("one\ntwo\ndone\n");
    }

    @Test
    @DisplayName("a status is cut where a terminal would wrap it, a line is not")
    void cut() {
        Console console = new Console(out, true, ticker);
        console.status("x".repeat(200));
        console.line("y".repeat(200));
        assertThat(text()).contains("\u001b[K" + "x".repeat(79) + "\r").endsWith("y".repeat(200) + "\n");
    }

    @Test
    @DisplayName("the bar goes from empty to full in the same width, and bears senseless numbers")
    void bar() {
        assertThat(ProgressBar.of(0, 10)).isEqualTo("[....................]   0 %");
        assertThat(ProgressBar.of(5, 10)).isEqualTo("[##########..........]  50 %");
        assertThat(ProgressBar.of(999, 1000)).isEqualTo("[###################.]  99 %");
        assertThat(ProgressBar.of(10, 10)).isEqualTo("[####################] 100 %");
        assertThat(ProgressBar.of(11, 10)).isEqualTo("[####################] 100 %");
        assertThat(ProgressBar.of(-1, 10)).isEqualTo("[....................]   0 %");
        assertThat(ProgressBar.of(0, 0)).isEqualTo("[####################] 100 %");
    }

    @Test
    @DisplayName("watching ends with the work, with the signal, or with the time, and shows a status at least once")
    void watching() throws InterruptedException {
        Console console = new Console(out, false, ticker);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(0);
        Stage stage = new Stage(console, new StopSignal(), 1, true);
        assertThat(stage.watch(done, Duration.ofMinutes(1), () -> "working")).isTrue();
        assertThat(stage.watch(never, Duration.ZERO, () -> "working")).isFalse();
        assertThat(text()).isEqualTo("working\n");

        stage.signal().raise();
        assertThat(stage.signal().isRaised()).isTrue();
        assertThat(stage.watch(never, Duration.ofMinutes(1), () -> "working")).isFalse();
    }

    @Test
    @DisplayName("the report holds when every verdict does, and shows facts, tree and verdicts")
    void report() {
        Verdict good = new Verdict("nobody waits", true, "0 of 5");
        Verdict bad = new Verdict("nothing is lost", false, "3 of 5 lost");
        Report report = new Report("Story", false, List.of("5 events"), "root\n  leaf", List.of(good, bad));
        assertThat(report.holds()).isFalse();
        assertThat(new Report("Story", true, List.of(), "", List.of(good)).holds())
                .isTrue();
        assertThat(report.lines())
                .containsExactly(
                        "",
                        "== Story (stopped before its end)",
                        "  5 events",
                        "",
                        "  root",
                        "    leaf",
                        "",
                        "  ok     nobody waits: 0 of 5",
                        "  FAILED nothing is lost: 3 of 5 lost");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
