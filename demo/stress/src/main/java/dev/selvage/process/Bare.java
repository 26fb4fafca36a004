package dev.selvage.process;

import dev.selvage.demo.stress.Letter;
import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Processes without threads of their own: an actor plays the process, so that an iteration costs no start. */
final class Bare {

    /** What a thread finds where nothing has come yet. */
    static final int NOTHING = -1;

    /** For a process that is told to be somewhere: unparks and interrupts of it go nowhere. */
    private static final Thread ENDED = new Thread(() -> {}, "ended");

    /** Lends its ticker; starts nothing, and is closed. */
    private static final ProcessScope SCOPE = closedScope();

    private static final Logger LOG = Logger.getLogger("dev.selvage.process"); // kept, or its level is forgotten

    private static final MethodHandle ABANDON;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(ManagedProcess.class, MethodHandles.lookup());
            ABANDON = lookup.findVirtual(ManagedProcess.class, "abandon", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        LOG.setLevel(Level.OFF); // an abandonment is worth a warning, a million of them are not
    }

    private Bare() {}

    private static ProcessScope closedScope() {
        try (ProcessScope scope = ProcessScope.open("stress")) {
            return scope;
        }
    }

    static ManagedProcess<Object> process() {
        return process(mailbox -> {}, options -> options);
    }

    /** A process that has not begun, and whose {@link ManagedProcess#run} an actor may call. */
    static ManagedProcess<Object> process(ProcessBody<Object> body, UnaryOperator<ProcessOptions> options) {
        ManagedProcess<Object> process =
                new ManagedProcess<>(SCOPE, "stressed", options.apply(ProcessOptions.DEFAULTS), body);
        process.startedOn(ENDED);
        return process;
    }

    static MessageQueue unbounded() {
        return process().mailbox();
    }

    static MessageQueue bounded(int capacity, Mailbox.Overflow overflow) {
        return process(mailbox -> {}, options -> options.withCapacity(capacity, overflow))
                .mailbox();
    }

    static MessageQueue queueOf(ManagedProcess<?> process) {
        return process.mailbox();
    }

    /** Declares a process exited from another thread, at once. */
    static void abandon(ManagedProcess<?> process) {
        try {
            ABANDON.invoke(process);
        } catch (Throwable failure) {
            throw new IllegalStateException("abandon failed", failure);
        }
    }

    /** Sends and returns 1 if that was accepted, 0 if not. */
    static int send(MessageQueue queue, Object message) {
        return queue.offer(Envelope.of(message, null), Deadline.never()) == MessageQueue.Offer.ACCEPTED ? 1 : 0;
    }

    /** Polls once and reads the letter that came. */
    static int receive(MessageQueue queue) {
        Envelope envelope = queue.poll();
        return envelope == null ? NOTHING : read(envelope);
    }

    static int read(Envelope envelope) {
        return envelope.isStop() ? NOTHING : ((Letter) envelope.receive()).read();
    }

    /** Receives as a process does, and parks in between: a lost wake-up shows as a lost wait. */
    static Envelope await(MessageQueue queue, Deadline deadline) {
        Envelope envelope = queue.poll();
        while (envelope == null && !deadline.hasPassed()) {
            queue.awaitNews(deadline);
            envelope = queue.poll();
        }
        return envelope == null ? Envelope.stop() : envelope;
    }

    /** Takes all that is there and returns how many messages that was. */
    static int drain(MessageQueue queue) {
        int count = 0;
        for (Envelope envelope = queue.poll(); envelope != null && !envelope.isStop(); envelope = queue.poll()) {
            count++;
        }
        return count;
    }

    /** Whether a stop is what the queue holds now. */
    static int endsWithStop(MessageQueue queue) {
        Envelope envelope = queue.poll();
        return envelope != null && envelope.isStop() ? 1 : 0;
    }

    /** What waits uninterruptibly but says otherwise: nobody interrupts an actor, unless the test does. */
    static <T> T uninterrupted(Waiting<T> waiting) {
        try {
            return waiting.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("an actor was interrupted", e);
        }
    }

    interface Waiting<T> {
        T await() throws InterruptedException;
    }
}
