package dev.selvage.demo.fantatcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.demo.stage.Console;
import dev.selvage.demo.stage.Report;
import dev.selvage.demo.stage.Stage;
import dev.selvage.demo.stage.StopSignal;
import dev.selvage.demo.stage.Verdict;
import dev.selvage.time.Ticker;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FantaTcpStoryTest {

    @Test
    @DisplayName("a server that answers with somebody else's answer makes the verdict fail, and only that one")
    void lyingServer() throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Console console = new Console(nowhere, false, Ticker.system());
        Report report = new FantaTcpStory(true).play(new Stage(console, new StopSignal(), 1, true));
        assertThat(report.verdicts())
                .filteredOn(verdict -> !verdict.holds())
                .singleElement()
                .extracting(Verdict::claim)
                .isEqualTo("every call got its own answer or a clear error");
        assertThat(report.holds()).isFalse();
    }
}
