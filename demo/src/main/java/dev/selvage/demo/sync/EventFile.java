package dev.selvage.demo.sync;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Streams a file of sync events, one line after the other; however long the file, one line of it is in memory.
 *
 * <p>A line is {@code user change}, two words of letters, digits and {@code . _ -} with blanks between them. Empty
 * lines and lines that start with {@code #} are skipped. Whatever else stands there is handed out as {@link
 * Malformed}, with the line's number and what is wrong with it, and reading goes on with the next line. One thread at
 * a time.
 */
final class EventFile implements AutoCloseable {

    /** A line is read up to here; the rest of a longer one is skipped, so that no file can exhaust the memory. */
    static final int LONGEST_LINE = 200;

    private static final String SHIPPED = "events.txt";
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    /** What a line turned out to be. */
    sealed interface Line permits Event, Malformed {}

    /** A line that is an event. */
    record Event(SyncEvent event) implements Line {}

    /** A line that is none, with the reason. */
    record Malformed(long line, String reason) implements Line {
        @Override
        public String toString() {
            return "line " + line + ": " + reason;
        }
    }

    /** Where the events come from; each opening starts at the beginning again. */
    @FunctionalInterface
    interface Source {
        EventFile open() throws IOException;
    }

    private final BufferedReader reader;
    private long line;

    EventFile(Reader reader) {
        this.reader = new BufferedReader(reader);
    }

    /** Opens the file that the demo ships with. */
    static EventFile shipped() {
        InputStream stream = Objects.requireNonNull(
                EventFile.class.getResourceAsStream(SHIPPED), "the demo's resource " + SHIPPED + " is missing");
        return new EventFile(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** Opens a file of the user's. Bytes that are no UTF-8 make a line malformed, not the file unreadable. */
    static EventFile open(Path path) throws IOException {
        if (Files.isDirectory(path)) { // which opens on some systems, and fails only when it is read
            throw new IOException(path + " is a directory");
        }
        return new EventFile(new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8));
    }

    /** Returns the next event or malformed line, or empty at the end of the file. */
    Optional<Line> next() throws IOException {
        StringBuilder text = new StringBuilder();
        while (readLine(text)) {
            line++;
            String trimmed = text.toString().strip();
            if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                return Optional.of(parse(line, trimmed));
            }
        }
        return Optional.empty();
    }

    /** Reads the rest of the file and returns how many events it had. */
    long countEvents() throws IOException {
        long events = 0;
        for (Optional<Line> next = next(); next.isPresent(); next = next()) {
            if (next.get() instanceof Event) {
                events++;
            }
        }
        return events;
    }

    static Line parse(long line, String text) {
        if (text.length() > LONGEST_LINE) {
            return new Malformed(line, "longer than " + LONGEST_LINE + " characters");
        }
        String[] words = BLANKS.split(text, -1);
        if (words.length != 2) {
            return new Malformed(line, "expected two words, user and change; found " + words.length);
        }
        for (String word : words) {
            if (!WORD.matcher(word).matches()) {
                return new Malformed(line, "\"" + printable(word) + "\" is not of letters, digits, '.', '_' and '-'");
            }
        }
        return new Event(new SyncEvent(line, words[0], words[1]));
    }

    /** Fills {@code text} with one line, one character past the longest at most; false at the end of the file. */
    private boolean readLine(StringBuilder text) throws IOException {
        text.setLength(0);
        int character = reader.read();
        if (character < 0) {
            return false;
        }
        for (; character >= 0 && character != '\n'; character = reader.read()) {
            if (text.length() <= LONGEST_LINE) {
                text.append((char) character);
            }
        }
        return true;
    }

    private static String printable(String word) {
        return word.replaceAll("[^\\x21-\\x7e]", "?");
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
