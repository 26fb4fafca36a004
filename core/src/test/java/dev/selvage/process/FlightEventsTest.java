package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.time.FakeTicker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording shows of processes. */
class FlightEventsTest {

    @TempDir
    Path folder;

    private interface Play {
        void run() throws Exception;
    }

    private List<RecordedEvent> recorded(String name, Play play) throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.selvage." + name);
            recording.start();
            play.run();
            recording.stop();
            recording.dump(file);
        }
        try {
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("dev.selvage." + name))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    @DisplayName("a recording shows each process start")
    void start() throws Exception {
        assertThat(recorded("ProcessStart", () -> {
                    try (ProcessScope scope = ProcessScope.open("test")) {
                        scope.start("recorded", mailbox -> {}).join();
                    }
                }))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("process")).isEqualTo("recorded"));
    }

    @Test
    @DisplayName("a recording shows each process exit with its reason and the age of the process")
    void exit() throws Exception {
        FakeTicker ticker = new FakeTicker();
        assertThat(recorded("ProcessExit", () -> {
                    try (ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker))) {
                        ProcessRef<String> process = scope.start("recorded", Mailbox::receive);
                        ticker.advance(Duration.ofSeconds(2));
                        process.kill();
                        process.join();
                    }
                }))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("process")).isEqualTo("recorded");
                    assertThat(event.getString("reason")).isEqualTo("killed");
                    assertThat(event.getBoolean("abandoned")).isFalse();
                    assertThat(event.getDuration("age")).isEqualTo(Duration.ofSeconds(2));
                });
    }

    @Test
    @DisplayName("4.5 a failure whose text cannot be made keeps nobody from hearing of the exit")
    void textThatThrows() throws Exception {
        RuntimeException cause = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("planned");
            }
        };
        CountDownLatch told = new CountDownLatch(2);
        assertThat(recorded("ProcessExit", () -> {
                    try (ProcessScope scope =
                            ProcessScope.open("test", options -> options.withExitListener(exit -> told.countDown()))) {
                        ProcessRef<String> process = scope.start("failing", mailbox -> {
                            mailbox.receive();
                            throw cause;
                        });
                        process.monitor(exit -> told.countDown());
                        process.send("end");
                        told.await();
                        assertThat(process.exitReason()).isPresent();
                    }
                }))
                .isEmpty();
    }

    @Test
    @DisplayName("a recording shows calls that took longer than its threshold, answered or not")
    void slowCall() throws Exception {
        assertThat(recorded("SlowCall", () -> {
                    try (ProcessScope scope = ProcessScope.open("test")) {
                        ProcessRef<ReplyTo<String>> process = scope.start("recorded", mailbox -> {
                            mailbox.receive(); // not answered
                            mailbox.receive();
                        });
                        assertThatThrownBy(() -> process.<String>call(from -> from, Duration.ofMillis(40)))
                                .isInstanceOf(ProcessException.CallTimeout.class);
                    }
                }))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("callee")).isEqualTo("recorded");
                    assertThat(event.getBoolean("answered")).isFalse();
                    assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(40));
                });
    }

    @Test
    @DisplayName("the threshold of slow calls is 20 ms unless a recording sets another")
    void slowCallThreshold() {
        FlightRecorder.register(FlightEvents.SlowCall.class);
        assertThat(FlightRecorder.getFlightRecorder().getEventTypes())
                .filteredOn(type -> type.getName().equals("dev.selvage.SlowCall"))
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.getSettingDescriptors())
                        .filteredOn(setting -> setting.getName().equals("threshold"))
                        .singleElement()
                        .satisfies(
                                setting -> assertThat(setting.getDefaultValue()).isEqualTo("20 ms")));
    }

    @Test
    @DisplayName("a recording shows a mailbox of 1,024 messages, and each doubling of its greatest length")
    void longMailbox() throws Exception {
        assertThat(recorded("LongMailbox", () -> {
                    try (ProcessScope scope = ProcessScope.open("test")) {
                        CountDownLatch end = new CountDownLatch(1);
                        ProcessRef<Integer> process = scope.start("recorded", mailbox -> end.await());
                        for (int i = 0; i < 5_000; i++) {
                            process.send(i);
                        }
                        end.countDown();
                        process.join();
                    }
                }))
                .extracting(event -> event.getString("process") + " " + event.getInt("length"))
                .containsExactly("recorded 1024", "recorded 2048", "recorded 4096");
    }
}
