package dev.selvage.pool.worker;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.task.Outcome;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the workers of a pool do: take a job, do it, say what came of it; and what becomes of it when they end. */
final class Crew<J, R extends @Nullable Object> {
    private final Dispatch<J, R> dispatch;
    private final WorkerOptions<J> options;
    private final Worker<? super J, ? extends R> worker;

    Crew(Dispatch<J, R> dispatch, Worker<? super J, ? extends R> worker) {
        this.dispatch = dispatch;
        this.options = dispatch.options();
        this.worker = worker;
    }

    /** The body of a worker's process. An idle one waits for a message with its next job. */
    void run(Mailbox<Ticket<J, R>> mailbox) throws InterruptedException {
        Member<J, R> member = new Member<>(mailbox.self());
        Lifetime lifetime = Lifetime.current();
        lifetime.add(new AtExit(member));
        lifetime.add(new AtThreadEnd(member));
        Ticket<J, R> ticket = join(member);
        while (!member.condemned && !member.abandoned) {
            if (ticket == null) {
                ticket = mailbox.receive();
            } else {
                refuseIfStopped(mailbox);
            }
            J job = begin(member, ticket);
            ticket = job == null ? next(member) : finish(member, ticket, attempt(member, ticket, job));
        }
    }

    /** An orderly stop finds a busy worker here. */
    private static void refuseIfStopped(Mailbox<?> mailbox) {
        if (mailbox.tryReceive().isPresent()) {
            throw new AssertionError("a worker that is not idle was given a job");
        }
    }

    private @Nullable Ticket<J, R> join(Member<J, R> member) {
        dispatch.lock();
        try {
            dispatch.join(member);
            return dispatch.next(member);
        } finally {
            dispatch.unlock();
        }
    }

    private @Nullable Ticket<J, R> next(Member<J, R> member) {
        dispatch.lock();
        try {
            return member.abandoned ? null : dispatch.next(member);
        } finally {
            dispatch.unlock();
        }
    }

    /** Returns what is to be done, or null if the job was taken away again. */
    private @Nullable J begin(Member<J, R> member, Ticket<J, R> ticket) {
        Duration limit = options.timeLimit();
        dispatch.lock();
        try {
            if (member.current != ticket || member.abandoned) {
                return null;
            }
            member.begun = true;
            ticket.interrupted = false;
            ticket.timedOut = false;
            ticket.countAttempt();
            if (limit != null) {
                dispatch.alarms.set(ticket, Checks.nanos(limit));
            }
            return ticket.job();
        } finally {
            dispatch.unlock();
        }
    }

    private Attempt<R> attempt(Member<J, R> member, Ticket<J, R> ticket, J job) throws InterruptedException {
        try {
            return Attempt.success(work(job));
        } catch (Throwable thrown) {
            ProcessRef.State state = member.process.snapshot().state();
            if (state == ProcessRef.State.ENDING) {
                throw new InterruptedException("killed in the middle of a job"); // the hook sees to the job
            }
            Duration limit = options.timeLimit();
            return ticket.timedOut && limit != null
                    ? Attempt.timeout(limit, thrown, ticket.attempts, options)
                    : Attempt.failure(thrown, ticket.attempts, options);
        }
    }

    private R work(J job) throws Exception {
        Teller teller = dispatch.teller;
        if (!teller.isHeard()) {
            return worker.work(job);
        }
        long beganNanos = options.ticker().nanoTime();
        boolean done = false;
        try {
            R result = worker.work(job);
            done = true;
            return result;
        } finally {
            teller.attempted(job, Duration.ofNanos(options.ticker().nanoTime() - beganNanos), done);
        }
    }

    /** Says what came of an attempt, and takes the next job at the same time; null: there is none now. */
    private @Nullable Ticket<J, R> finish(Member<J, R> member, Ticket<J, R> ticket, Attempt<R> attempt)
            throws InterruptedException {
        Ticket<J, R> next = null;
        dispatch.lock();
        try {
            if (member.abandoned) {
                return null;
            }
            conclude(member, ticket, attempt);
            dispatch.releaseKey(ticket);
            dispatch.door.settle();
            if (!member.condemned) {
                next = dispatch.next(member);
            }
        } finally {
            dispatch.unlock();
        }
        if (Thread.interrupted() && member.process.snapshot().state() == ProcessRef.State.ENDING) {
            throw new InterruptedException("killed"); // the interrupt was not for the job alone
        }
        return next;
    }

    /** Decides what becomes of a job whose attempt is over, but for its key. Under the lock. */
    private void conclude(Member<J, R> member, Ticket<J, R> ticket, Attempt<R> attempt) {
        dispatch.alarms.cancel(ticket);
        dispatch.takeBack(member);
        Counts counts = dispatch.counts;
        if (ticket.timedOut && attempt.fate() != Attempt.Fate.DONE) {
            counts.timeouts++;
        }
        if (ticket.cancelled) {
            counts.cancelled++;
            dispatch.end(ticket, new Outcome.Cancelled<>(ExitReason.killed()));
        } else if (attempt.fate() == Attempt.Fate.DONE) {
            counts.done++;
            dispatch.end(ticket, attempt.outcome());
        } else if (dispatch.isAborted()) {
            counts.cancelled++;
            dispatch.end(ticket, new Outcome.Cancelled<>(ExitReason.shutdown()));
        } else {
            concludeFailure(ticket, attempt, Objects.requireNonNull(attempt.cause()));
        }
    }

    private void concludeFailure(Ticket<J, R> ticket, Attempt<R> attempt, Throwable cause) {
        Counts counts = dispatch.counts;
        Teller teller = dispatch.teller;
        J job = ticket.job();
        int attempts = ticket.attempts;
        switch (attempt.fate()) {
            case RETRY -> {
                counts.retries++;
                dispatch.retry(ticket, attempt.delayNanos());
                Duration delay = Duration.ofNanos(attempt.delayNanos());
                dispatch.afterwards(() -> teller.retried(job, attempts, delay, cause));
            }
            case DEAD -> {
                counts.deadLetters++;
                var letter = new WorkerPool.DeadLetter<>(job, attempts, cause);
                dispatch.letters.add(letter);
                dispatch.end(ticket, attempt.outcome());
                dispatch.afterwards(() -> teller.deadLetter(letter));
            }
            case FAILED -> {
                counts.failed++;
                dispatch.end(ticket, attempt.outcome());
                dispatch.afterwards(() -> teller.failed(job, attempts, cause));
            }
            case DONE -> throw new AssertionError(attempt);
        }
    }

    // ---- the end of a worker

    /** Of interest only where the worker is abandoned: otherwise the other hook runs in the same step. */
    private final class AtExit extends ExitHook {
        private final Member<J, R> member;

        AtExit(Member<J, R> member) {
            super(Phase.AT_EXIT);
            this.member = member;
        }

        @Override
        protected void onExit() {
            if (Thread.currentThread() != member.process.thread()) {
                abandoned(member);
            }
        }
    }

    private final class AtThreadEnd extends ExitHook {
        private final Member<J, R> member;

        AtThreadEnd(Member<J, R> member) {
            super(Phase.AT_THREAD_END);
            this.member = member;
        }

        @Override
        protected void onExit() {
            ended(member);
        }
    }

    /** A worker was declared exited, and its thread runs on: its job is over, but keeps the key. */
    private void abandoned(Member<J, R> member) {
        dispatch.lock();
        try {
            member.abandoned = true;
            dispatch.leave(member);
            Ticket<J, R> ticket = member.current;
            if (ticket == null) {
                return;
            }
            if (!member.begun) {
                dispatch.putFirst(member);
                return;
            }
            dispatch.counts.reclaimed++;
            dispatch.afterwards(() -> dispatch.teller.reclaimed(member.process.name(), true));
            conclude(
                    member,
                    ticket,
                    Attempt.abandoned(member.process.name(), ticket.timedOut ? options.timeLimit() : null));
            member.keeps = ticket;
        } finally {
            dispatch.door.settle();
            dispatch.unlock();
        }
    }

    /** A worker's thread runs nothing more. */
    private void ended(Member<J, R> member) {
        Ticket<J, R> seen = member.current; // nobody but this thread could have begun it
        Attempt<R> death = Attempt.death(member.process.name(), seen == null ? 0 : seen.attempts, options);
        dispatch.lock();
        try {
            dispatch.leave(member);
            Ticket<J, R> kept = member.keeps;
            Ticket<J, R> ticket = member.current;
            if (kept != null) {
                member.keeps = null;
                dispatch.releaseKey(kept);
            } else if (ticket != null && !member.begun) {
                dispatch.putFirst(member);
            } else if (ticket != null) {
                dispatch.counts.reclaimed++;
                dispatch.afterwards(() -> dispatch.teller.reclaimed(member.process.name(), false));
                conclude(member, ticket, death);
                dispatch.releaseKey(ticket);
            }
            dispatch.door.settle();
        } finally {
            dispatch.unlock();
        }
    }
}
