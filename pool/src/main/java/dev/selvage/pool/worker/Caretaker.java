package dev.selvage.pool.worker;

import dev.selvage.pool.worker.Alarms.Look;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the two processes of a pool do that are no workers: the clock, and the handler of dead letters. */
final class Caretaker<J, R extends @Nullable Object> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.worker");

    private final Dispatch<J, R> dispatch;

    Caretaker(Dispatch<J, R> dispatch) {
        this.dispatch = dispatch;
    }

    // ---- the clock: it sleeps until the first alarm, or until it is told of another

    void keepTime(Mailbox<Look> mailbox, Runnable ready) throws InterruptedException {
        dispatch.lock();
        boolean alone = dispatch.alarms.setClock(mailbox.self());
        dispatch.unlock();
        if (!alone) {
            throw new WorkerException(
                    "pool '" + dispatch.name() + "' runs already: its specification may run once at a time");
        }
        ready.run();
        while (true) {
            long pauseNanos = handleDue();
            if (pauseNanos == Long.MAX_VALUE) {
                mailbox.receive();
            } else {
                mailbox.receive(Duration.ofNanos(pauseNanos));
            }
        }
    }

    /** Returns how long there is nothing to do. */
    private long handleDue() throws InterruptedException {
        while (true) {
            ProcessRef<?> hopeless = null;
            dispatch.lock();
            try {
                Ticket<J, R> due = dispatch.alarms.pollDue();
                if (due == null) {
                    return dispatch.alarms.nextNanos();
                }
                hopeless = handle(due);
            } finally {
                dispatch.unlock();
            }
            if (hopeless != null) {
                hopeless.shutdown(Duration.ZERO, Duration.ZERO); // it was interrupted long ago
            }
        }
    }

    /** Returns the worker that is to be abandoned, if one is. Under the lock. */
    private @Nullable ProcessRef<?> handle(Ticket<J, R> due) {
        Member<J, R> member = due.member;
        if (member == null) {
            dispatch.due(due);
            return null;
        }
        if (!due.interrupted) {
            due.timedOut = true;
            dispatch.interrupt(due, member);
            return null;
        }
        member.condemned = true;
        return member.process;
    }

    // ---- dead letters

    void handleLetters(Mailbox<Look> mailbox) throws InterruptedException {
        dispatch.lock();
        dispatch.letters.setHandler(mailbox.self());
        dispatch.unlock();
        while (true) {
            WorkerPool.DeadLetter<J> letter = nextLetter(mailbox);
            try {
                dispatch.options().deadLetters().accept(letter);
            } catch (Throwable failure) {
                if (isEnding()) {
                    throw failure; // its successor handles the letter
                }
                LOG.log(
                        Level.ERROR,
                        "the dead-letter handler of pool '" + dispatch.name() + "' failed: " + letter,
                        failure);
            }
            dispatch.lock();
            dispatch.letters.handled();
            dispatch.door.settle();
            dispatch.unlock();
        }
    }

    private static boolean isEnding() {
        return ProcessRef.current()
                .map(own -> own.snapshot().state() == ProcessRef.State.ENDING)
                .orElse(true);
    }

    private WorkerPool.DeadLetter<J> nextLetter(Mailbox<Look> mailbox) throws InterruptedException {
        while (true) {
            dispatch.lock();
            WorkerPool.DeadLetter<J> letter = dispatch.letters.first();
            dispatch.unlock();
            if (letter != null) {
                return letter;
            }
            mailbox.receive();
        }
    }

    /** Whether the pool's tree runs. */
    boolean isRunning() {
        dispatch.lock();
        try {
            return dispatch.alarms.isRunning() || !dispatch.members().isEmpty();
        } finally {
            dispatch.unlock();
        }
    }

    /** The pool is over, and nobody handles what is left. */
    void logLetters() {
        dispatch.lock();
        try {
            for (var letter = dispatch.letters.first(); letter != null; letter = dispatch.letters.first()) {
                dispatch.letters.handled();
                var left = letter;
                dispatch.afterwards(() -> LOG.log(
                        Level.WARNING,
                        "pool '" + dispatch.name() + "' was closed before its handler got a dead letter: " + left,
                        left.cause()));
            }
        } finally {
            dispatch.unlock();
        }
    }
}
