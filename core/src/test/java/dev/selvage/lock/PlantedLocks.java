package dev.selvage.lock;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.sim.Sim;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keyed locks under one big guard, with one bug each, to show that a scenario would notice it.
 */
final class PlantedLocks implements KeyedLocks<String>, CountsWaiters {

    /** What is wrong with them. */
    enum Bug {
        /** Nothing: the form without a bug passes every scenario. */
        NONE,
        /** Finds the key free, then takes it, with time between the two. */
        TWO_CLAIMS_OF_A_FREE_KEY,
        /** Who gives up stays in the queue and is granted the key without knowing. */
        GRANTS_TO_THOSE_WHO_LEFT,
        /** Who gives up and was granted the key in that very moment forgets about it. */
        LOSES_A_GRANT_THAT_CAME_LATE,
        /** Who was interrupted while waiting gives back a key that it never held. */
        RELEASES_WHAT_IT_NEVER_HELD,
        /** Hands over to the last that came. */
        LAST_COMES_FIRST,
        /** Frees the key and lets the waiters race for it with everybody. */
        BARGES,
        /** The end of the holder's thread changes nothing. */
        FORGETS_THE_DEAD,
        /** The end of the holder's thread takes away whatever is under the key. */
        CLEANS_UP_BY_KEY,
        /** Takes an abandoned holder for a dead one. */
        RELEASES_THE_ABANDONED,
        /** Grants to a process that was declared exited while it waited. */
        GRANTS_TO_THE_ABANDONED,
        /** Takes the hook off before the key is free. */
        UNHOOKS_FIRST,
        /** Who is granted the key may look for itself and find nobody. */
        GRANTS_BEFORE_IT_NAMES_THE_HOLDER,
        /** A close gives back whatever is under the key. */
        CLOSES_BY_KEY,
        /** Sees that it holds the key, then locks it again, with time between the two. */
        NESTS_IN_TWO_STEPS
    }

    private final class Held extends ExitHook implements Lease<String> {
        private final String key;
        private final Lifetime lifetime = Lifetime.current();
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile boolean granted;

        /** Open leases; guarded. */
        private int leases = 1;

        Held(String key) {
            super(bug == Bug.RELEASES_THE_ABANDONED ? Phase.AT_EXIT : Phase.AT_THREAD_END);
            this.key = key;
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public Owner holder() {
            return lifetime.owner();
        }

        @Override
        public long token() {
            throw new UnsupportedOperationException("no tokens");
        }

        @Override
        public Lease<String> handOver(Thread receiver) {
            throw new UnsupportedOperationException("not handed over");
        }

        @Override
        public boolean isHeld() {
            return isHolder(this);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true) || bug == Bug.CLOSES_BY_KEY) {
                closeOne();
            }
        }

        private void closeOne() {
            if (bug == Bug.UNHOOKS_FIRST) {
                lifetime.remove(this);
            }
            guard.lock();
            boolean last = --leases <= 0;
            guard.unlock();
            if (last) {
                release(this, bug != Bug.CLOSES_BY_KEY);
                lifetime.remove(this);
            }
        }

        @Override
        protected void onExit() {
            if (bug != Bug.FORGETS_THE_DEAD) {
                release(this, bug != Bug.CLEANS_UP_BY_KEY);
            }
        }
    }

    private final class Nested implements Lease<String> {
        private final Held held;
        private final AtomicBoolean closed = new AtomicBoolean();

        Nested(Held held) {
            this.held = held;
        }

        @Override
        public String key() {
            return held.key;
        }

        @Override
        public Owner holder() {
            return held.holder();
        }

        @Override
        public long token() {
            throw new UnsupportedOperationException("no tokens");
        }

        @Override
        public Lease<String> handOver(Thread receiver) {
            throw new UnsupportedOperationException("not handed over");
        }

        @Override
        public boolean isHeld() {
            return !closed.get() && held.isHeld();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                held.closeOne();
            }
        }
    }

    private static final class Entry {
        @Nullable Held holder;

        final Deque<Held> waiters = new ArrayDeque<>();
    }

    private final Bug bug;
    private final Ticker ticker;
    private final ReentrantLock guard = new ReentrantLock();
    private final Map<String, Entry> table = new HashMap<>();

    PlantedLocks(Bug bug, Ticker ticker) {
        this.bug = bug;
        this.ticker = ticker;
    }

    @Override
    public String name() {
        return "planted " + bug;
    }

    @Override
    public KeyedLocks<String> shared() {
        throw new UnsupportedOperationException("exclusive only");
    }

    @Override
    public Lease<List<String>> lockAll(Collection<? extends String> keys) {
        throw new UnsupportedOperationException("one by one only");
    }

    @Override
    public Optional<Lease<List<String>>> lockAll(Collection<? extends String> keys, Duration timeout) {
        throw new UnsupportedOperationException("one by one only");
    }

    @Override
    public Lease<String> lock(String key) throws InterruptedException {
        return acquire(key, Deadline.never()).orElseThrow();
    }

    @Override
    public Optional<Lease<String>> lock(String key, Duration timeout) throws InterruptedException {
        return acquire(key, Deadline.after(timeout, ticker));
    }

    @Override
    public Optional<Lease<String>> tryLock(String key) {
        Held mine = hung(key);
        if (bug == Bug.TWO_CLAIMS_OF_A_FREE_KEY ? claimInTwoSteps(mine) : claim(mine, false)) {
            return Optional.of(mine);
        }
        mine.lifetime.remove(mine);
        return Optional.empty();
    }

    private Optional<Lease<String>> acquire(String key, Deadline deadline) throws InterruptedException {
        Held own = own(key);
        if (own != null && nest(own)) {
            return Optional.of(new Nested(own));
        }
        Held mine = hung(key);
        if (bug == Bug.TWO_CLAIMS_OF_A_FREE_KEY && claimInTwoSteps(mine) || claim(mine, true)) {
            return Optional.of(mine);
        }
        while (!mine.granted && !(bug == Bug.BARGES && claim(mine, false))) {
            boolean interrupted = Thread.interrupted();
            if (interrupted || deadline.hasPassed()) {
                giveUp(mine, interrupted);
                if (interrupted) {
                    throw new InterruptedException();
                }
                return Optional.empty();
            }
            deadline.park(this);
        }
        if (!mine.lifetime.isAlive() && bug != Bug.GRANTS_TO_THE_ABANDONED) {
            mine.close();
            throw new LockException("abandoned");
        }
        return Optional.of(mine);
    }

    private @Nullable Held own(String key) {
        if (bug == Bug.GRANTS_BEFORE_IT_NAMES_THE_HOLDER) {
            return ownIn(table.get(key));
        }
        guard.lock();
        try {
            return ownIn(table.get(key));
        } finally {
            guard.unlock();
        }
    }

    private static @Nullable Held ownIn(@Nullable Entry entry) {
        Held holder = entry == null ? null : entry.holder;
        return holder != null && holder.lifetime.thread() == Thread.currentThread() ? holder : null;
    }

    private boolean nest(Held own) {
        guard.lock();
        try {
            boolean holds = own.leases > 0;
            if (holds || bug == Bug.NESTS_IN_TWO_STEPS) {
                own.leases++;
                return true;
            }
            return false;
        } finally {
            guard.unlock();
        }
    }

    private Held hung(String key) {
        Held mine = new Held(key);
        try {
            mine.lifetime.add(mine);
        } catch (ExitException abandoned) {
            throw new LockException("abandoned");
        }
        return mine;
    }

    private boolean claimInTwoSteps(Held mine) {
        guard.lock();
        boolean free = !table.containsKey(mine.key);
        guard.unlock();
        if (free) {
            guard.lock();
            table.computeIfAbsent(mine.key, key -> new Entry()).holder = mine;
            guard.unlock();
        }
        return free;
    }

    private boolean claim(Held mine, boolean orWait) {
        guard.lock();
        try {
            Entry entry = table.computeIfAbsent(mine.key, key -> new Entry());
            if (entry.holder == null) {
                entry.holder = mine;
                entry.waiters.remove(mine);
                return true;
            }
            if (orWait) {
                entry.waiters.add(mine);
            }
            return false;
        } finally {
            guard.unlock();
        }
    }

    private void giveUp(Held mine, boolean interrupted) {
        guard.lock();
        try {
            Entry entry = table.get(mine.key);
            if (entry != null && bug != Bug.GRANTS_TO_THOSE_WHO_LEFT) {
                entry.waiters.remove(mine);
            }
        } finally {
            guard.unlock();
        }
        if (bug != Bug.LOSES_A_GRANT_THAT_CAME_LATE && bug != Bug.GRANTS_TO_THOSE_WHO_LEFT) {
            release(mine, !(interrupted && bug == Bug.RELEASES_WHAT_IT_NEVER_HELD));
        }
        mine.lifetime.remove(mine);
    }

    private void release(Held mine, boolean onlyMine) {
        Held next = null;
        guard.lock();
        try {
            Entry entry = table.get(mine.key);
            if (entry == null || onlyMine && entry.holder != mine) {
                return;
            }
            if (bug == Bug.BARGES && !entry.waiters.isEmpty()) {
                entry.holder = null;
                LockSupport.unpark(entry.waiters.peek().lifetime.thread());
                return;
            }
            next = bug == Bug.LAST_COMES_FIRST ? entry.waiters.pollLast() : entry.waiters.poll();
            if (next != null && bug == Bug.GRANTS_BEFORE_IT_NAMES_THE_HOLDER) {
                next.granted = true;
                Sim.point();
            }
            entry.holder = next;
            if (next == null) {
                table.remove(mine.key);
            }
        } finally {
            guard.unlock();
        }
        if (next != null) {
            next.granted = true;
            LockSupport.unpark(next.lifetime.thread());
        }
    }

    private boolean isHolder(Held held) {
        guard.lock();
        try {
            Entry entry = table.get(held.key);
            return entry != null && entry.holder == held;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public int waiters(String key) {
        guard.lock();
        try {
            Entry entry = table.get(key);
            return entry == null ? 0 : entry.waiters.size();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public Optional<Owner> holder(String key) {
        guard.lock();
        try {
            Entry entry = table.get(key);
            return entry == null
                    ? Optional.empty()
                    : Optional.ofNullable(entry.holder).map(Held::holder);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public long size() {
        guard.lock();
        try {
            return table.size();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public LockSnapshot<String> snapshot() {
        throw new UnsupportedOperationException("no snapshot");
    }
}
