package dev.selvage.demo.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

    @Test
    @DisplayName("events come in order with their line's number; comments and empty lines are counted, not read")
    void events() throws IOException {
        assertThat(read("# header\n\nada email\r\n  bob\t avatar  \n#x\neve.2_b-c phone"))
                .containsExactly(event(3, "ada", "email"), event(4, "bob", "avatar"), event(6, "eve.2_b-c", "phone"));
    }

    @Test
    @DisplayName("a malformed line is reported with its number and reason, and the rest goes on")
    void malformedLines() throws IOException {
        assertThat(read("ada email\nbob\nada one two\nad%a email\nbob avatar\n"))
                .containsExactly(
                        event(1, "ada", "email"),
                        new EventFile.Malformed(2, "expected two words, user and change; found 1"),
                        new EventFile.Malformed(3, "expected two words, user and change; found 3"),
                        new EventFile.Malformed(4, "\"ad%a\" is not of letters, digits, '.', '_' and '-'"),
                        event(5, "bob", "avatar"));
    }

    @Test
    @DisplayName("a line longer than the bound is skipped to its end without being kept")
    void endlessLine() throws IOException {
        String endless = "x".repeat(1_000_000);
        assertThat(read("ada email\n" + endless + "\nbob avatar"))
                .containsExactly(
                        event(1, "ada", "email"),
                        new EventFile.Malformed(2, "longer than 200 characters"),
                        event(3, "bob", "avatar"));
    }

    @Test
    @DisplayName("bytes that are no text make their line malformed, shown without control characters")
    void binary(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("binary");
        Files.write(file, new byte[] {'a', (byte) 0xff, 7, ' ', 'b', '\n', 'c', ' ', 'd', '\n'});
        try (EventFile events = EventFile.open(file)) {
            assertThat(all(events))
                    .containsExactly(
                            new EventFile.Malformed(1, "\"a??\" is not of letters, digits, '.', '_' and '-'"),
                            event(2, "c", "d"));
        }
    }

    @Test
    @DisplayName("a missing file and a folder are refused, naming the path")
    void unreadable(@TempDir Path folder) {
        assertThatThrownBy(() -> EventFile.open(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> EventFile.open(folder)).hasMessage(folder + " is a directory");
    }

    @Test
    @DisplayName("the shipped file has 12,000 events over 500 users, a few of them hot, and three malformed lines")
    void shippedFile() throws IOException {
        List<EventFile.Line> lines;
        try (EventFile events = EventFile.shipped()) {
            lines = all(events);
        }
        Map<String, Long> perUser = lines.stream()
                .filter(EventFile.Event.class::isInstance)
                .map(line -> ((EventFile.Event) line).event().user())
                .collect(Collectors.groupingBy(user -> user, Collectors.counting()));
        List<Long> counts = new ArrayList<>(perUser.values());
        counts.sort(Collections.reverseOrder());
        long events = counts.stream().mapToLong(Long::longValue).sum();
        long ofTheTenHottest =
                counts.stream().limit(10).mapToLong(Long::longValue).sum();

        assertThat(events).isEqualTo(12_000);
        assertThat(perUser).hasSize(500);
        assertThat(ofTheTenHottest).isGreaterThan(events / 7);
        assertThat(lines).filteredOn(EventFile.Malformed.class::isInstance).hasSize(3);
    }

    @Test
    @DisplayName("the shipped file is what the generator writes, byte by byte")
    void generator() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            EventFileGenerator.write(
                    out,
                    EventFileGenerator.SHIPPED_SEED,
                    EventFileGenerator.SHIPPED_EVENTS,
                    EventFileGenerator.SHIPPED_USERS);
        }
        try (var shipped = EventFile.class.getResourceAsStream("events.txt")) {
            assertThat(shipped).isNotNull();
            assertThat(shipped.readAllBytes()).isEqualTo(bytes.toByteArray());
        }
    }

    private static EventFile.Event event(long line, String user, String change) {
        return new EventFile.Event(new SyncEvent(line, user, change));
    }

    private static List<EventFile.Line> read(String text) throws IOException {
        try (EventFile events = new EventFile(new StringReader(text))) {
            return all(events);
        }
    }

    private static List<EventFile.Line> all(EventFile events) throws IOException {
        List<EventFile.Line> lines = new ArrayList<>();
        for (Optional<EventFile.Line> line = events.next(); line.isPresent(); line = events.next()) {
            lines.add(line.get());
        }
        return lines;
    }
}
