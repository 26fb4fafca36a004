package dev.selvage.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Records when virtual threads wait without letting go of their carrier, in the whole JVM.
 *
 * {@snippet :
 * assertThat(PinnedEvents.of(() -> waits())).isEmpty();
 * }
 *
 * <p>Made and used by the thread of the test.
 */
public final class PinnedEvents implements AutoCloseable {

    private static final String EVENT = "jdk.VirtualThreadPinned";

    /**
     * One wait on the carrier.
     *
     * @param thread the name of the virtual thread, empty if it has none
     * @param duration how long it waited
     * @param stack where, one frame a line
     */
    public record Pinned(String thread, Duration duration, String stack) {}

    private final Recording recording = new Recording();

    private PinnedEvents() {
        recording.enable(EVENT).withoutThreshold().withStackTrace();
        recording.start();
    }

    /** What a test does. */
    @FunctionalInterface
    public interface Body {

        /**
         * Does it.
         *
         * @throws Exception if it fails
         */
        void run() throws Exception;
    }

    /**
     * Runs a body twice and returns what the second run recorded: the first one initializes all classes, those of a
     * recording too, for which the JDK lets threads wait on their carriers.
     *
     * @param body what may not pin
     * @return what was recorded, of whatever thread of the JVM
     * @throws Exception if the body fails
     */
    public static List<Pinned> of(Body body) throws Exception {
        try (PinnedEvents warmUp = record()) {
            body.run();
            warmUp.stop();
        }
        try (PinnedEvents pinned = record()) {
            body.run();
            return pinned.stop();
        }
    }

    /**
     * Starts a recording.
     *
     * @return the recording
     */
    public static PinnedEvents record() {
        return new PinnedEvents();
    }

    /**
     * Ends the recording.
     *
     * @return what was recorded, of whatever thread of the JVM
     */
    public List<Pinned> stop() {
        recording.stop();
        try {
            Path file = Files.createTempFile("pinned", ".jfr");
            try {
                recording.dump(file);
                return RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals(EVENT))
                        .map(PinnedEvents::pinned)
                        .toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pinned pinned(RecordedEvent event) {
        String thread = event.getThread() == null ? "" : event.getThread().getJavaName();
        String stack = event.getStackTrace() == null
                ? ""
                : event.getStackTrace().getFrames().stream()
                        .map(frame -> frame.getMethod().getType().getName() + "."
                                + frame.getMethod().getName() + ":" + frame.getLineNumber())
                        .collect(Collectors.joining("\n"));
        return new Pinned(thread == null ? "" : thread, event.getDuration(), stack);
    }

    /** Drops the recording. */
    @Override
    public void close() {
        recording.close();
    }
}
