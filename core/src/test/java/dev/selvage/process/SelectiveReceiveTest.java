package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Selective receive")
class SelectiveReceiveTest {
    private static final int SKIPPED = 200;

    @Test
    @DisplayName("5.2 a selective receive looks at each message once, however often it is woken")
    void looksOnce() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Integer> process = scope.start("tested", mailbox -> {
                mailbox.receive(n -> {
                    looks.incrementAndGet();
                    return n == SKIPPED;
                });
            });
            for (int n = 0; n < SKIPPED; n++) {
                Waiting.untilParked(process);
                process.send(n);
            }
            Waiting.untilParked(process);
            process.send(SKIPPED);
            process.join();
        }
        assertThat(looks).hasValue(SKIPPED + 1);
    }
}
