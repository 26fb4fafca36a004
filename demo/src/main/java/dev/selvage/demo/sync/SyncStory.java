package dev.selvage.demo.sync;

import dev.selvage.demo.stage.Dice;
import dev.selvage.demo.stage.ProgressBar;
import dev.selvage.demo.stage.Report;
import dev.selvage.demo.stage.Stage;
import dev.selvage.demo.stage.Story;
import dev.selvage.demo.stage.Unplayable;
import dev.selvage.demo.stage.Verdict;
import dev.selvage.process.ProcessException;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sync without colliding. Events say that a user is to be synced; several workers take them from a queue. Two events of
 * one user may reach two workers at once, and those two must not sync that user at the same time.
 *
 * <p>A registry is the lock: a worker registers itself under the user's id. If somebody else has, the event goes back
 * and is tried again a little later. If the worker crashes, the registry forgets it. {@link SyncWorker} is the heart of
 * it, {@link SyncTree} shows how it all hangs together.
 */
public final class SyncStory implements Story {

    private static final Duration NOTHING_MOVES = Duration.ofSeconds(10);
    private static final int COMPLAINTS_SHOWN = 5;

    private final Optional<Path> events;
    private final boolean withLock;

    private final Witness witness = new Witness();
    private final LongAdder malformedLines = new LongAdder();
    private final Queue<EventFile.Malformed> firstMalformed = new ConcurrentLinkedQueue<>();

    /**
     * Makes the story; it is played once.
     *
     * @param events the file of events, or empty for the one that the demo ships with
     * @param withLock false to leave the lock out, which the verdict must notice
     */
    public SyncStory(Optional<Path> events, boolean withLock) {
        this.events = events;
        this.withLock = withLock;
    }

    @Override
    public Report play(Stage stage) throws Unplayable, InterruptedException {
        long expected = countEvents();
        Settings settings = Settings.of(stage.quick(), withLock);
        try (Directory directory = new Directory();
                UniqueRegistry<String, SyncEvent> usersInSync = Registry.unique("users in sync")) {
            Dice dice = new Dice(stage.seed());
            EventReader reader = new EventReader(this::open, directory, witness, this::complain);
            SupervisorSpec spec = SyncTree.of(settings, dice, reader, directory, usersInSync, witness);
            String tree;
            try (Supervisor supervisor = Supervisor.start(spec)) {
                boolean done = watch(stage, expected) && isIdle(directory);
                tree = supervisor.tree().toString();
                if (done) {
                    // asked while all the workers are alive: what is locked now was forgotten by somebody
                    return report(settings, true, usersInSync.size(), tree);
                }
            }
            return report(settings, !stage.signal().isRaised(), usersInSync.size(), tree);
        }
    }

    /** Shows the progress until everything is synced, somebody wants to stop, or nothing has moved for too long. */
    private boolean watch(Stage stage, long expected) throws InterruptedException {
        long before;
        do {
            before = witness.syncs.sum();
            if (stage.watch(witness.everythingSynced(), NOTHING_MOVES, () -> status(expected))) {
                return true;
            }
        } while (!stage.signal().isRaised() && witness.syncs.sum() > before);
        return false;
    }

    /** Everything is synced, but perhaps not everything is put away: asks the queue, which hears of each worker. */
    private static boolean isIdle(Directory directory) throws InterruptedException {
        try {
            return directory.queue().<Boolean>call(QueueMessage.TellWhenIdle::new, NOTHING_MOVES);
        } catch (ProcessException notIdle) {
            return false;
        }
    }

    private String status(long expected) {
        long synced = witness.eventsSynced();
        return "sync %s %,d events, %,d conflicts, %,d crashes"
                .formatted(
                        expected > 0 ? ProgressBar.of(synced, expected) : "",
                        synced,
                        witness.conflicts.sum(),
                        witness.workersDied.sum());
    }

    private Report report(Settings settings, boolean complete, long locksLeft, String tree) {
        List<String> facts = new ArrayList<>();
        facts.add("events synced: %,d, of %,d users, by %d workers%s"
                .formatted(
                        witness.eventsSynced(),
                        witness.users(),
                        settings.workers(),
                        withLock ? "" : ", WITHOUT A LOCK"));
        facts.add("conflicts: %,d times a user was in other hands, and the event was put back"
                .formatted(witness.conflicts.sum()));
        facts.add("crashes: %,d workers blew up in the middle of a sync or were killed"
                .formatted(witness.workersDied.sum()));
        facts.addAll(complaints());

        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(new Verdict(
                "no user was ever synced by two workers at once",
                witness.collisions.sum() == 0,
                "%,d collisions in %,d syncs".formatted(witness.collisions.sum(), witness.syncs.sum())));
        verdicts.add(new Verdict("no lock is left", locksLeft == 0, locksLeft + " users still locked"));
        if (complete) {
            verdicts.add(everyEventSynced());
            verdicts.add(everyWorkerReplaced(settings));
        }
        return new Report("Sync without colliding", complete, facts, tree, verdicts);
    }

    private Verdict everyEventSynced() {
        return new Verdict(
                "every event was synced",
                witness.everythingSynced().getCount() == 0,
                "%,d of %s events, %,d of them again after a crash"
                        .formatted(witness.eventsSynced(), witness.eventsInFile(), witness.repeats.sum()));
    }

    private Verdict everyWorkerReplaced(Settings settings) {
        long replacements = witness.workersStarted.sum() - settings.workers();
        return new Verdict(
                "every worker that died was replaced",
                replacements == witness.workersDied.sum(),
                "%,d died, %,d replacements".formatted(witness.workersDied.sum(), replacements));
    }

    private void complain(EventFile.Malformed malformed) {
        malformedLines.increment();
        if (firstMalformed.size() < COMPLAINTS_SHOWN) {
            firstMalformed.add(malformed);
        }
    }

    private List<String> complaints() {
        List<String> lines = new ArrayList<>();
        if (!firstMalformed.isEmpty()) {
            lines.add("malformed lines, skipped: %,d".formatted(malformedLines.sum()));
            firstMalformed.forEach(malformed -> lines.add("  " + malformed));
            if (malformedLines.sum() > firstMalformed.size()) {
                lines.add("  ...");
            }
        }
        return lines;
    }

    private EventFile open() throws IOException {
        return events.isPresent() ? EventFile.open(events.get()) : EventFile.shipped();
    }

    /** Reads the file once beforehand, to know that it can be read and how much is to be done. 0: cannot be known. */
    private long countEvents() throws Unplayable {
        try {
            if (events.isPresent() && isPipe(events.get())) {
                return 0; // can be read only once
            }
            try (EventFile file = open()) {
                return file.countEvents();
            }
        } catch (NoSuchFileException e) {
            throw new Unplayable("there is no file " + e.getFile(), e);
        } catch (AccessDeniedException e) {
            throw new Unplayable("the file " + e.getFile() + " may not be read", e);
        } catch (IOException e) {
            throw new Unplayable(
                    "cannot read " + events.map(Path::toString).orElse("the events") + ": " + e.getMessage(), e);
        }
    }

    private static boolean isPipe(Path path) {
        return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    }
}
