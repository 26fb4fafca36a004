package dev.selvage.pool.worker;

import dev.selvage.pool.worker.Ticket.Place;
import dev.selvage.task.Outcome;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which job is done when: the one place of a pool where its threads meet, under one lock.
 */
/*
 * A job gets its key before it is queued, not when a worker takes it up: the first job of a key goes to the queue,
 * those after it are parked behind the key. So whatever stands in the queue can be done at once, a worker never meets a
 * busy key, and what is parked takes no room and no turn from the jobs of other keys. When a job has ended, its key
 * goes to the first that is parked behind it, which goes to the front of the queue while its quantum lasts, and to its
 * end otherwise.
 *
 * What is bounded: the queue together with what waits for another attempt, what is kept for pipelines, and the dead
 * letters (capacity); what is parked or put aside (parked). What was accepted is never refused later: a job that comes
 * from behind its key goes to a full queue, too, and one whose next attempt is due parks where there is no room. So
 * there is a third bound, on both together, which makes it exact.
 *
 * A submitter that finds no room is blocked on one of two lists of the door: `cold`, for those whose key is free and
 * who need a place on the queue, and `hot`, for those whose key is busy and who need one behind it. The lists are
 * served in order, by whoever makes room (settle). When a key becomes free and nobody is parked behind it, those of its
 * submitters that are on `hot` change to `cold`: else the parked jobs of one key would block another key.
 *
 * Invariants, whenever the lock is free: a worker is idle only while the queue is empty; somebody is on `cold` only
 * while there is no room on the queue; on `hot`, only while there is none for parking, and only with a busy key.
 *
 * Under the lock runs no code of users but equals and hashCode of keys: listeners and the like are left in `afterwards`
 * and called by whoever gives the lock back.
 */
final class Dispatch<J, R extends @Nullable Object> {
    private final String name;
    private final WorkerOptions<J> options;
    private final long parkedBound;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();

    private final TicketList<J, R> ready = new TicketList<>();
    private final Map<Object, KeySlot<J, R>> keys = new HashMap<>();

    /** The one that became idle last comes first: a few are busy and warm. */
    private final ArrayDeque<Member<J, R>> idle = new ArrayDeque<>();

    private final Map<Thread, Member<J, R>> members = new LinkedHashMap<>();
    private final Set<Thread> closers = new LinkedHashSet<>();

    final Alarms<J, R> alarms;
    final Letters<J> letters;
    final Counts counts = new Counts();
    final Teller teller;
    final Door<J, R> door;
    final Closing<J, R> closing;

    private long lastNumber;
    private int lot;
    private int retrying;
    private int kept;
    private int running;

    /** Written under the lock. */
    private volatile boolean aborted;

    /** Written under the lock. */
    private volatile boolean closed;

    Dispatch(String name, Function<? super J, ? extends @Nullable Object> keyOf, WorkerOptions<J> options) {
        this.name = name;
        this.options = options;
        this.parkedBound = options.parked();
        this.alarms = new Alarms<>(options.ticker());
        this.letters = new Letters<>();
        this.teller = new Teller(name, options.listener());
        this.door = new Door<>(this, keyOf);
        this.closing = new Closing<>(this, door);
    }

    // ---- the lock

    void lock() {
        lock.lock();
    }

    /** Gives the lock back and then does what was left for afterwards. */
    void unlock() {
        if (!closers.isEmpty() && live() == 0) {
            closers.forEach(LockSupport::unpark);
        }
        if (afterwards.isEmpty()) {
            lock.unlock();
            return;
        }
        List<Runnable> mine = List.copyOf(afterwards);
        afterwards.clear();
        lock.unlock();
        mine.forEach(Runnable::run);
    }

    /** Has something done once the lock is free again; under the lock. */
    void afterwards(Runnable action) {
        afterwards.add(action);
    }

    /** Whoever waits for that looks again; under the lock. */
    Set<Thread> closers() {
        return closers;
    }

    // ---- bounds

    private int occupied() {
        return ready.size() + retrying + kept + letters.size();
    }

    private boolean hasRoom() {
        return (long) occupied() + lot < options.capacity() + parkedBound;
    }

    boolean hasPlace() {
        return occupied() < options.capacity() && hasRoom();
    }

    boolean mayPark() {
        return lot < parkedBound && hasRoom();
    }

    /** What was accepted and is not over. */
    int live() {
        return ready.size() + retrying + letters.size() + lot + running;
    }

    @Nullable KeySlot<J, R> slotOf(Ticket<J, R> ticket) {
        return ticket.key == null ? null : keys.get(ticket.key);
    }

    // ---- keys and the queue; under the lock

    void accept(Ticket<J, R> ticket) {
        counts.submitted++;
        ticket.number = ++lastNumber;
    }

    /** Keeps a place on the queue. */
    void keepOne() {
        kept++;
    }

    /** A place that was kept is kept no longer. */
    void useKept() {
        kept--;
    }

    /** Of a job whose key, if it has one, is free. */
    void toQueue(Ticket<J, R> ticket) {
        if (ticket.key != null) {
            KeySlot<J, R> slot = new KeySlot<>(ticket.key, ticket);
            keys.put(ticket.key, slot);
            ticket.slot = slot;
        }
        makeReady(ticket, false);
    }

    void toLot(KeySlot<J, R> slot, Ticket<J, R> ticket) {
        lot++;
        Duration delay = options.lookAgain();
        if (delay == null) {
            ticket.place = Place.PARKED;
            slot.parked.addLast(ticket);
        } else {
            ticket.place = Place.ASIDE;
            alarms.set(ticket, Checks.nanos(delay));
        }
    }

    private void makeReady(Ticket<J, R> ticket, boolean first) {
        for (Member<J, R> member = idle.pollFirst(); member != null; member = idle.pollFirst()) {
            give(member, ticket);
            if (member.process.send(ticket)) {
                return;
            }
            takeBack(member); // it is ending
        }
        ticket.place = Place.QUEUED;
        if (first) {
            ready.addFirst(ticket);
        } else {
            ready.addLast(ticket);
        }
    }

    private void give(Member<J, R> member, Ticket<J, R> ticket) {
        ticket.place = Place.RUNNING;
        ticket.member = member;
        member.current = ticket;
        member.begun = false;
        running++;
    }

    /** Takes from a worker what it was given. */
    void takeBack(Member<J, R> member) {
        Objects.requireNonNull(member.current).member = null;
        member.current = null;
        running--;
    }

    /** A job gives its key back, if it has one. */
    void releaseKey(Ticket<J, R> ticket) {
        KeySlot<J, R> slot = ticket.slot;
        if (slot == null) {
            return;
        }
        ticket.slot = null;
        Ticket<J, R> next = slot.parked.poll();
        if (next != null) {
            lot--;
            slot.holder = next;
            next.slot = slot;
            boolean goesOn = ++slot.inARow < options.quantum();
            slot.inARow = goesOn ? slot.inARow : 0;
            makeReady(next, goesOn);
            return;
        }
        keys.remove(slot.key);
        door.keyIsFree(slot);
    }

    /** Takes a job that has not begun away from where it waits, but for its key. */
    void takeOut(Ticket<J, R> ticket) {
        switch (ticket.place) {
            case QUEUED -> ready.remove(ticket);
            case PARKED -> {
                Objects.requireNonNull(slotOf(ticket)).parked.remove(ticket);
                lot--;
            }
            case ASIDE -> {
                alarms.cancel(ticket);
                lot--;
            }
            case RETRYING -> {
                alarms.cancel(ticket);
                retrying--;
            }
            case RUNNING -> takeBack(Objects.requireNonNull(ticket.member)); // it gets a message that means nothing
            case NEW, BLOCKED, REFUSED, AGAIN, DONE -> throw new AssertionError(ticket.place);
        }
    }

    /** The alarm of a job that waits without being on a list has gone off. */
    void due(Ticket<J, R> ticket) {
        boolean aside = ticket.place == Place.ASIDE;
        KeySlot<J, R> slot = slotOf(ticket);
        if (aside) {
            lot--;
        } else {
            retrying--;
        }
        if (slot == null) {
            toQueue(ticket);
        } else {
            toLot(slot, ticket);
        }
        door.settle();
    }

    // ---- workers; under the lock

    void join(Member<J, R> member) {
        members.put(member.process.thread(), member);
    }

    void leave(Member<J, R> member) {
        members.remove(member.process.thread(), member);
        idle.remove(member);
    }

    /** Gives a worker its next job, or has it wait for a message with one. */
    @Nullable Ticket<J, R> next(Member<J, R> member) {
        Ticket<J, R> ticket = ready.poll();
        if (ticket == null) {
            idle.addFirst(member);
            return null;
        }
        give(member, ticket);
        door.settle();
        return ticket;
    }

    /** Takes from a worker a job that it has not begun, or cannot begin any more, and puts it first. */
    void putFirst(Member<J, R> member) {
        Ticket<J, R> ticket = Objects.requireNonNull(member.current);
        takeBack(member);
        makeReady(ticket, true);
    }

    /** Has a job wait for its next attempt. */
    void retry(Ticket<J, R> ticket, long delayNanos) {
        ticket.place = Place.RETRYING;
        ticket.interrupted = false;
        retrying++;
        alarms.set(ticket, delayNanos);
    }

    /** Interrupts a job that has begun, and gives it some time. */
    void interrupt(Ticket<J, R> ticket, Member<J, R> member) {
        ticket.interrupted = true;
        member.process.thread().interrupt();
        alarms.set(ticket, Checks.nanos(options.interruptPatience()));
    }

    void end(Ticket<J, R> ticket, Outcome<R> outcome) {
        ticket.end(outcome);
        if (ticket.onEnd != null) {
            var onEnd = ticket.onEnd;
            ticket.onEnd = null;
            afterwards(() -> onEnd.accept(outcome));
        }
    }

    // ---- what others ask

    boolean isClosed() {
        return closed;
    }

    boolean isAborted() {
        return aborted;
    }

    /** Under the lock. */
    void setClosed() {
        closed = true;
    }

    /** Under the lock. */
    void setAborted() {
        aborted = true;
    }

    /** Those that live; under the lock. */
    Collection<Member<J, R>> members() {
        return members.values();
    }

    /** For tests. */
    List<Member<J, R>> snapshotOfMembers() {
        lock.lock();
        try {
            return List.copyOf(members.values());
        } finally {
            lock.unlock();
        }
    }

    /** Those that somebody has; a list of its own; under the lock. */
    List<KeySlot<J, R>> slots() {
        return List.copyOf(keys.values());
    }

    /** What can be done at once; under the lock. */
    TicketList<J, R> ready() {
        return ready;
    }

    String name() {
        return name;
    }

    WorkerOptions<J> options() {
        return options;
    }

    Deadline deadline(Duration timeout) {
        return Deadline.after(timeout, options.ticker());
    }

    /** The job that a new one of that key can be coalesced with; under the lock. */
    @Nullable Ticket<J, R> waitingOf(@Nullable Object key) {
        KeySlot<J, R> slot = key == null ? null : keys.get(key);
        return slot == null ? null : slot.waiting();
    }

    /** Whether a thread is one of the workers; under the lock. */
    boolean isMember(Thread thread) {
        return members.containsKey(thread);
    }

    /** Whether the current thread is one of the workers. */
    boolean isWorker() {
        lock.lock();
        try {
            return isMember(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    void refuseSelf(Ticket<J, R> ticket) {
        if (ticket.place == Place.RUNNING && isOnThisThread(ticket)) {
            throw new WorkerException(ticket + " awaits itself and would wait for ever");
        }
    }

    private boolean isOnThisThread(Ticket<J, R> ticket) {
        lock.lock();
        try {
            Member<J, R> member = members.get(Thread.currentThread());
            return member != null && member.current == ticket;
        } finally {
            lock.unlock();
        }
    }

    WorkerPool.Statistics statistics() {
        lock.lock();
        try {
            return new WorkerPool.Statistics(
                    members.size(),
                    running,
                    ready.size(),
                    lot,
                    retrying,
                    letters.size(),
                    door.blocked(),
                    keys.size(),
                    counts.submitted,
                    counts.done,
                    counts.failed,
                    counts.cancelled,
                    counts.deadLetters,
                    counts.refused,
                    counts.coalesced,
                    counts.retries,
                    counts.timeouts,
                    counts.reclaimed,
                    counts.waits,
                    Duration.ofNanos(counts.waitedNanos));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return "pool '" + name + "' (" + running + " of " + members.size() + " workers busy, " + ready.size()
                    + " of "
                    + options.capacity() + " queued, " + lot + " of " + options.parked() + " parked, " + retrying
                    + " to be retried" + (closed ? ", closed" : "") + ")";
        } finally {
            lock.unlock();
        }
    }
}
