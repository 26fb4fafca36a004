package dev.selvage.lock;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.sim.Sim;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keyed locks with both modes, several keys, tokens, hand-over and deadlocks, under one big guard, with one bug each,
 * to show that a scenario would notice it. What {@link PlantedLocks} is for the rest.
 */
final class PlantedModes implements KeyedLocks<String>, CountsWaiters {

    /** What is wrong with them. */
    enum Bug {
        /** Nothing: the form without a bug passes every scenario. */
        CORRECT,
        /** Who would share a key overtakes one that waits to have it alone. */
        READERS_OVERTAKE,
        /** A release serves the first that waits, and not those behind it that could share. */
        SERVES_ONE_READER,
        /** Who gives up serves nobody that waited for it alone. */
        LEAVES_THOSE_BEHIND,
        /** The first that shares a key and closes frees it for all. */
        FIRST_READER_FREES,
        /** Grants the key exclusively to one of several that share it. */
        UPGRADES_BESIDE_OTHERS,
        /** Of several keys keeps those that it got when it gives up. */
        KEEPS_SOME,
        /** Locks several keys in the order in which they are mentioned. */
        AS_MENTIONED,
        /** Frees the key and locks it for the receiver, with time between the two. */
        HANDS_OVER_IN_TWO_STEPS,
        /** Hangs what it hands over on nobody's life. */
        HANDS_OVER_WITHOUT_HOOK,
        /** The old lease of what was handed over still releases the key. */
        OLD_LEASE_LIVES_ON,
        /** Looks for no circle. */
        FINDS_NO_DEADLOCK,
        /** All that see a circle fail, and not just one. */
        ALL_FAIL,
        /** Takes those for waiting that have left the queue and have not gone on yet. */
        SEES_GHOSTS,
        /** Draws a token for whoever asks, also after the end of the lease. */
        LATE_TOKENS
    }

    private static final AtomicLong TOKENS = new AtomicLong();

    private final class Held extends ExitHook implements Lease<String> {
        private final String key;
        private final boolean exclusive;
        private final Lifetime lifetime;
        private volatile boolean granted;
        private volatile boolean over;
        private volatile long token;

        /** Cleared by the thread itself. */
        private volatile boolean parked;

        Held(String key, boolean exclusive, Lifetime lifetime) {
            super(Phase.AT_THREAD_END);
            this.key = key;
            this.exclusive = exclusive;
            this.lifetime = lifetime;
        }

        boolean isOf(Held other) {
            return lifetime == other.lifetime;
        }

        boolean waits() {
            return bug == Bug.SEES_GHOSTS ? parked : parked && !granted && !over;
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
        public boolean isHeld() {
            return granted && !over;
        }

        @Override
        public long token() {
            if (token == 0) {
                long fresh = TOKENS.incrementAndGet();
                if (over && bug != Bug.LATE_TOKENS) {
                    throw LockException.NotHeld.of(this);
                }
                token = fresh;
            }
            return token;
        }

        @Override
        public Lease<String> handOver(Thread receiver) {
            Lifetime to = Lifetime.ofLiving(receiver);
            if (to == null) {
                throw new LockException.HandOver("dead");
            }
            Held next = new Held(key, exclusive, to);
            if (bug != Bug.HANDS_OVER_WITHOUT_HOOK && !to.adopt(next)) {
                throw new LockException.HandOver("dead");
            }
            if (bug == Bug.HANDS_OVER_IN_TWO_STEPS) {
                release(this);
                Sim.point();
            }
            guard.lock();
            try {
                Entry entry = table.computeIfAbsent(key, k -> new Entry());
                if (next.over) {
                    throw new LockException.HandOver("dead");
                }
                entry.holders.remove(this);
                entry.holders.add(next);
                next.granted = true;
                over = bug != Bug.OLD_LEASE_LIVES_ON;
            } finally {
                guard.unlock();
            }
            lifetime.remove(this);
            return next;
        }

        @Override
        public void close() {
            if (bug == Bug.OLD_LEASE_LIVES_ON) {
                releaseAnybody(this);
            }
            release(this);
            lifetime.remove(this);
        }

        @Override
        protected void onExit() {
            release(this);
        }
    }

    private static final class Entry {
        final List<Held> holders = new ArrayList<>();
        final Deque<Held> waiters = new ArrayDeque<>();
    }

    /** What both modes share. */
    private final Bug bug;

    private final Ticker ticker;
    private final ReentrantLock guard;
    private final Map<String, Entry> table;
    private final boolean exclusive;
    private final PlantedModes shared;

    PlantedModes(Bug bug, Ticker ticker) {
        this.bug = bug;
        this.ticker = ticker;
        this.guard = new ReentrantLock();
        this.table = new HashMap<>();
        this.exclusive = true;
        this.shared = new PlantedModes(this);
    }

    private PlantedModes(PlantedModes ofExclusive) {
        this.bug = ofExclusive.bug;
        this.ticker = ofExclusive.ticker;
        this.guard = ofExclusive.guard;
        this.table = ofExclusive.table;
        this.exclusive = false;
        this.shared = this;
    }

    @Override
    public String name() {
        return "planted " + bug;
    }

    @Override
    public KeyedLocks<String> shared() {
        return shared;
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
        if (enter(mine, false)) {
            return Optional.of(mine);
        }
        mine.lifetime.remove(mine);
        return Optional.empty();
    }

    @Override
    public Lease<List<String>> lockAll(Collection<? extends String> keys) throws InterruptedException {
        return lockAll(keys, Deadline.never()).orElseThrow();
    }

    @Override
    public Optional<Lease<List<String>>> lockAll(Collection<? extends String> keys, Duration timeout)
            throws InterruptedException {
        return lockAll(keys, Deadline.after(timeout, ticker));
    }

    private Optional<Lease<List<String>>> lockAll(Collection<? extends String> keys, Deadline deadline)
            throws InterruptedException {
        List<Lease<String>> leases = new ArrayList<>();
        boolean all = false;
        try {
            for (String key : bug == Bug.AS_MENTIONED ? keys : new TreeSet<>(keys)) {
                Optional<Lease<String>> lease = acquire(key, deadline);
                if (lease.isEmpty()) {
                    return Optional.empty();
                }
                leases.add(lease.get());
            }
            all = true;
            return Optional.of(new All(leases));
        } finally {
            if (!all && bug != Bug.KEEPS_SOME) {
                leases.forEach(Lease::close);
            }
        }
    }

    private record All(List<Lease<String>> leases) implements Lease<List<String>> {
        @Override
        public List<String> key() {
            return leases.stream().map(Lease::key).toList();
        }

        @Override
        public Owner holder() {
            return leases.get(0).holder();
        }

        @Override
        public boolean isHeld() {
            return leases.stream().allMatch(Lease::isHeld);
        }

        @Override
        public long token() {
            return leases.get(0).token();
        }

        @Override
        public Lease<List<String>> handOver(Thread receiver) {
            return new All(
                    leases.stream().map(lease -> lease.handOver(receiver)).toList());
        }

        @Override
        public void close() {
            leases.forEach(Lease::close);
        }
    }

    private Held hung(String key) {
        Held mine = new Held(key, exclusive, Lifetime.current());
        mine.lifetime.add(mine);
        return mine;
    }

    private Optional<Lease<String>> acquire(String key, Deadline deadline) throws InterruptedException {
        Held mine = hung(key);
        if (enter(mine, true)) {
            return Optional.of(mine);
        }
        mine.parked = true;
        mine.lifetime.waitsFor(mine);
        try {
            return awaitGrant(mine, deadline);
        } finally {
            mine.lifetime.waitsFor(null);
            mine.parked = false;
        }
    }

    private Optional<Lease<String>> awaitGrant(Held mine, Deadline deadline) throws InterruptedException {
        while (!mine.granted) {
            boolean interrupted = Thread.interrupted();
            boolean circle = bug != Bug.FINDS_NO_DEADLOCK && closesCircle(mine);
            if (interrupted || circle || deadline.hasPassed()) {
                release(mine);
                mine.lifetime.remove(mine);
                if (circle) {
                    throw new LockException("deadlock");
                }
                if (interrupted) {
                    throw new InterruptedException();
                }
                return Optional.empty();
            }
            if (!mine.granted) { // the guard above may have eaten the wake-up
                deadline.park(this);
            }
        }
        return Optional.of(mine);
    }

    /** Follows the first holder of each key that has a waiting thread; enough for these scenarios. */
    private boolean closesCircle(Held mine) {
        boolean found = follows(mine);
        if (found && bug == Bug.ALL_FAIL) {
            Sim.point();
            return true;
        }
        if (!found) {
            return false;
        }
        guard.lock();
        try {
            boolean still = follows(mine);
            mine.over = still || mine.over;
            return still;
        } finally {
            guard.unlock();
        }
    }

    private boolean follows(Held mine) {
        Held waiter = mine;
        for (int steps = 0; steps < 5; steps++) {
            Held next = null;
            guard.lock();
            try {
                Entry entry = table.get(waiter.key);
                for (Held holder : entry == null ? List.<Held>of() : entry.holders) {
                    if (holder.isOf(mine)) {
                        return waiter != mine;
                    }
                    if (holder.lifetime.waitsFor() instanceof Held further && further.waits()) {
                        next = further;
                    }
                }
            } finally {
                guard.unlock();
            }
            if (next == null) {
                return false;
            }
            waiter = next;
        }
        return false;
    }

    private boolean enter(Held mine, boolean patient) {
        guard.lock();
        try {
            Entry entry = table.computeIfAbsent(mine.key, key -> new Entry());
            boolean returning = entry.holders.stream().anyMatch(mine::isOf);
            boolean first = entry.waiters.isEmpty() || returning || bug == Bug.READERS_OVERTAKE && !mine.exclusive;
            if (first && agrees(entry, mine)) {
                entry.holders.add(mine);
                mine.granted = true;
                return true;
            }
            if (returning && patient) {
                mine.lifetime.remove(mine);
                throw new LockException("refused");
            }
            if (patient) {
                entry.waiters.add(mine);
            }
            return false;
        } finally {
            guard.unlock();
        }
    }

    private boolean agrees(Entry entry, Held mine) {
        return entry.holders.stream()
                .allMatch(holder -> holder.isOf(mine)
                        || !holder.exclusive && !mine.exclusive
                        || bug == Bug.UPGRADES_BESIDE_OTHERS
                                && entry.holders.stream().anyMatch(mine::isOf));
    }

    private void releaseAnybody(Held like) {
        guard.lock();
        Entry entry = table.get(like.key);
        Held other = entry == null || entry.holders.isEmpty() ? null : entry.holders.get(0);
        guard.unlock();
        if (other != null) {
            release(other);
        }
    }

    private void release(Held mine) {
        List<Held> served = new ArrayList<>();
        guard.lock();
        try {
            mine.over = true;
            Entry entry = table.get(mine.key);
            boolean held = entry != null && entry.holders.remove(mine);
            boolean waited = entry != null && entry.waiters.remove(mine);
            if (entry == null || !held && (!waited || bug == Bug.LEAVES_THOSE_BEHIND)) {
                return;
            }
            if (bug == Bug.FIRST_READER_FREES && held) {
                entry.holders.clear();
            }
            for (Held next = entry.waiters.peek(); next != null && agrees(entry, next); next = entry.waiters.peek()) {
                entry.waiters.poll();
                entry.holders.add(next);
                next.granted = true;
                served.add(next);
                if (bug == Bug.SERVES_ONE_READER) {
                    break;
                }
            }
            if (entry.holders.isEmpty() && entry.waiters.isEmpty()) {
                table.remove(mine.key);
            }
        } finally {
            guard.unlock();
        }
        served.forEach(next -> LockSupport.unpark(next.lifetime.thread()));
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
            @Nullable Entry entry = table.get(key);
            return entry == null
                    ? Optional.empty()
                    : entry.holders.stream().findFirst().map(Held::holder);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public long size() {
        guard.lock();
        try {
            return table.values().stream()
                    .filter(entry -> !entry.holders.isEmpty())
                    .count();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public LockSnapshot<String> snapshot() {
        throw new UnsupportedOperationException("no snapshot");
    }
}
