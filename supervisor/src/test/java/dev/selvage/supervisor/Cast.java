package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Children that do what they are told, and a record of who started and ended in which order: {@code +a} when child a
 * has started, {@code -a} when it is about to end. The record is exact, since a supervisor does one thing at a time.
 */
final class Cast {

    /** What a child can be told. */
    sealed interface Line {
        /** To fail. */
        record Crash(Throwable cause) implements Line {}

        /** To end by itself. */
        record Finish() implements Line {}

        /** To say which incarnation it is, counted from 1. */
        record Who(ReplyTo<String> from) implements Line {}
    }

    private final List<String> record = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> starts = new ConcurrentHashMap<>();
    private final Map<String, Throwable> startFailures = new ConcurrentHashMap<>();
    private final Map<String, Queue<Throwable>> nextStartFailures = new ConcurrentHashMap<>();

    /** A permanent child; a busy machine may take as long as it likes to start it. */
    ChildSpec<Line> child(String id) {
        return ChildSpec.<Line>process(id, (mailbox, start) -> {
                    int incarnation = starts.merge(id, 1, Integer::sum);
                    Throwable failure = startFailure(id);
                    if (failure != null) {
                        record.add("!" + id);
                        throw asException(failure);
                    }
                    record.add("+" + id);
                    start.ready();
                    try {
                        play(mailbox, id + incarnation);
                    } finally {
                        record.add("-" + id);
                    }
                })
                .withStartTimeout(Duration.ofDays(365));
    }

    private static void play(Mailbox<Line> mailbox, String who) throws Exception {
        for (; ; ) {
            switch (mailbox.receive()) {
                case Line.Crash(Throwable cause) -> throw asException(cause);
                case Line.Finish finish -> {
                    return;
                }
                case Line.Who(ReplyTo<String> from) -> from.reply(who);
            }
        }
    }

    private static Exception asException(Throwable cause) throws Exception {
        if (cause instanceof Error error) {
            throw error;
        }
        throw (Exception) cause;
    }

    private Throwable startFailure(String id) {
        Queue<Throwable> next = nextStartFailures.get(id);
        Throwable failure = next == null ? null : next.poll();
        return failure != null ? failure : startFailures.get(id);
    }

    /** From now on each start of the child fails, and is recorded as {@code !a}. */
    void failStarts(String id, Throwable failure) {
        startFailures.put(id, failure);
    }

    /** The next starts of the child fail, and are recorded as {@code !a}. */
    void failNextStarts(String id, int count, Throwable failure) {
        nextStartFailures.put(id, new ConcurrentLinkedQueue<>(Collections.nCopies(count, failure)));
    }

    /** How many starts of a child were tried. */
    int starts(String id) {
        return starts.getOrDefault(id, 0);
    }

    void add(String event) {
        record.add(event);
    }

    List<String> record() {
        return List.copyOf(record);
    }

    /** Forgets what was recorded so far, so that a test can assert what comes. */
    void forget() {
        record.clear();
    }

    void awaitRecord(String... events) {
        Threads.awaitTrue("record " + List.of(events) + ", is " + record, () -> record.size() >= events.length);
        assertThat(record()).containsExactly(events);
    }

    // ---- what tests do to children

    static ProcessRef<Line> process(Supervisor supervisor, ChildSpec<Line> child) {
        Threads.awaitTrue(child + " runs", () -> supervisor.child(child).isPresent());
        return supervisor.child(child).orElseThrow();
    }

    /** Waits until a process has ended and its supervisor was told, which comes last. */
    private static ProcessRef<Line> awaitEnd(ProcessRef<Line> process) throws InterruptedException {
        assertThat(process.thread().join(Duration.ofSeconds(20))).isTrue();
        return process;
    }

    /** Crashes a child; its supervisor has been told afterwards, and may not have reacted yet. */
    static ProcessRef<Line> crash(Supervisor supervisor, ChildSpec<Line> child) throws InterruptedException {
        return crash(supervisor, child, new IllegalStateException("crash of " + child.id()));
    }

    static ProcessRef<Line> crash(Supervisor supervisor, ChildSpec<Line> child, Throwable cause)
            throws InterruptedException {
        ProcessRef<Line> process = process(supervisor, child);
        process.send(new Line.Crash(cause));
        return awaitEnd(process);
    }

    static ProcessRef<Line> finish(Supervisor supervisor, ChildSpec<Line> child) throws InterruptedException {
        ProcessRef<Line> process = process(supervisor, child);
        process.send(new Line.Finish());
        return awaitEnd(process);
    }

    /** Crashes a child and waits until another process runs in its place. */
    static ProcessRef<Line> crashAndAwaitRestart(Supervisor supervisor, ChildSpec<Line> child)
            throws InterruptedException {
        ProcessRef<Line> before = crash(supervisor, child);
        return awaitAnother(supervisor, child, before);
    }

    static ProcessRef<Line> awaitAnother(Supervisor supervisor, ChildSpec<Line> child, ProcessRef<Line> before) {
        Threads.awaitTrue(
                child + " runs anew",
                () -> supervisor.child(child).filter(now -> now != before).isPresent());
        return supervisor.child(child).orElseThrow();
    }

    static String who(Supervisor supervisor, ChildSpec<Line> child) throws InterruptedException {
        return process(supervisor, child).call(Line.Who::new);
    }

    /**
     * Waits until the supervisor has handled what it had been told: asks for what is refused when it is its turn. And
     * asks again, since a start that failed meanwhile is handled behind what came before.
     */
    static void settle(Supervisor supervisor) {
        Supervisor.Children children = supervisor.children();
        ChildSpec<?> present = ChildSpec.task(children.list().getFirst().id(), () -> {});
        for (int time = 0; time < 2; time++) {
            assertThatThrownBy(() -> children.start(present))
                    .isInstanceOfSatisfying(
                            SupervisorException.Refused.class,
                            refused -> assertThat(refused.why()).isEqualTo(SupervisorException.Refused.Why.DUPLICATE));
        }
    }

    // ---- what tests see of the tree

    static SupervisorTree.Child line(Supervisor supervisor, String id) {
        return find(supervisor.tree(), id)
                .orElseThrow(() -> new AssertionError("no " + id + " in " + supervisor.tree()));
    }

    static Optional<SupervisorTree.Child> find(SupervisorTree tree, String id) {
        for (SupervisorTree.Child child : tree.children()) {
            if (child.id().equals(id)) {
                return Optional.of(child);
            }
            Optional<SupervisorTree.Child> below = child.supervisor().flatMap(nested -> find(nested, id));
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    static void awaitStatus(Supervisor supervisor, String id, SupervisorTree.Status status) {
        Threads.awaitTrue(
                id + " is " + status,
                () -> find(supervisor.tree(), id)
                        .filter(child -> child.status() == status)
                        .isPresent());
    }
}
