package dev.selvage.demo.sync;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.TaskBody;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the event file and feeds the queue, no faster than the workers work: the answer to each {@code Put} comes when
 * there is room. If the queue dies with all it knew, this process is restarted after it and reads the file anew.
 */
final class EventReader implements TaskBody {

    private static final Duration LONGEST_WAIT_FOR_ROOM = Duration.ofMinutes(1);

    private final EventFile.Source source;
    private final Directory directory;
    private final Witness witness;
    private final Consumer<EventFile.Malformed> complaints;

    EventReader(
            EventFile.Source source, Directory directory, Witness witness, Consumer<EventFile.Malformed> complaints) {
        this.source = source;
        this.directory = directory;
        this.witness = witness;
        this.complaints = complaints;
    }

    @Override
    public void run() throws Exception {
        ProcessRef<QueueMessage> queue = directory.queue();
        long events = 0;
        try (EventFile file = source.open()) {
            for (Optional<EventFile.Line> line = file.next(); line.isPresent(); line = file.next()) {
                switch (line.get()) {
                    case EventFile.Event(SyncEvent event) -> {
                        queue.<Boolean>call(accepted -> new QueueMessage.Put(event, accepted), LONGEST_WAIT_FOR_ROOM);
                        events++;
                    }
                    case EventFile.Malformed malformed -> complaints.accept(malformed);
                }
            }
        }
        witness.endOfFile(events);
    }
}
