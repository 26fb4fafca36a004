package dev.selvage.sim;

import dev.selvage.sim.Outcome.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of one seed: the scheduler of its virtual threads, their only carrier, and their clock.
 *
 * <p>Everything happens on the driver, the platform thread that calls {@link #run}: it picks a thread that can run and
 * mounts it until it stops at a scheduling point, waits or ends. So no field needs a guard but those that other threads
 * touch: the JDK's own (its unblocker, when a monitor is involved) may hand in a task at any time, through the inbox.
 */
final class Schedule implements Executor {

    /** Thrown out of a scheduling point to end what is left of a schedule. */
    private static final class Unwind extends Error {
        private static final long serialVersionUID = 1L;

        Unwind() {
            super("the schedule is over", null, false, false);
        }
    }

    /** How long the JDK's unblocker may take to hand in a thread: some microseconds, on a busy machine longer. */
    private static final long UNBLOCKER_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a task may take to come in from outside when the schedule would otherwise have failed. */
    private static final long OUTSIDE_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A thread that gives more turns away than this while nobody else can run spins until time passes. */
    private static final int TURNS_OF_A_SPIN = 8;

    private static final int UNWIND_ROUNDS = 50;

    private static volatile @Nullable Schedule current;

    private final long seed;
    private final Exploration settings;
    private final boolean detailed;
    private final SplittableRandom random;
    private final SplittableRandom scenarioRandom;
    private final Strategy strategy;
    private final SimClock clock;

    /** The clock jumps at one point in so many; 0 stands for never. */
    private final int jumpsOneIn;

    private final Thread driver = Thread.currentThread();
    private final Map<Runnable, SimThread> live = new LinkedHashMap<>();
    private final List<SimThread> ready = new ArrayList<>();
    private final Trace trace = new Trace();

    /** Tasks handed in by other threads than the driver and what it carries. */
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    /** Written by the driver, read by whoever watches it. */
    private final AtomicLong steps = new AtomicLong();

    private @Nullable SimThread running;
    private @Nullable Problem problem;
    private int started;
    private long points;
    private int initializing;
    private String stop = "";
    private boolean unwinding;
    private volatile boolean over;

    Schedule(long seed, Exploration settings, boolean detailed) {
        this.seed = seed;
        this.settings = settings;
        this.detailed = detailed;
        this.random = new SplittableRandom(seed);
        this.scenarioRandom = random.split();
        this.strategy = Strategy.draw(random);
        this.jumpsOneIn = settings.clockMode().drawJumpsOneIn(random);
        // a quarter of the schedules see the reading overflow within a second
        this.clock = new SimClock(random.nextInt(4) == 0 ? Long.MAX_VALUE - random.nextInt(1_000_000_000) : 0);
    }

    // ---- the driver ------------------------------------------------------------------------------------------------

    Outcome run(Runnable scenario) {
        current = this;
        try {
            Thread root = VirtualThreads.create(this, "root", scenario);
            root.start();
            while (problem == null && isAnyReady(root)) {
                step(strategy.pick(ready));
            }
            return outcome();
        } finally {
            unwind();
            over = true;
            if (current == this) { // a driver that stood still and was given up may come back later
                current = null;
            }
        }
    }

    private Outcome outcome() {
        return new Outcome(
                problem,
                trace.fingerprint(),
                steps.get(),
                points,
                clock.elapsed(),
                strategy + (jumpsOneIn == 0 ? ", patient clock" : ", clock jumps at one point in " + jumpsOneIn),
                trace.toString());
    }

    private void step(SimThread thread) {
        steps.lazySet(steps.get() + 1);
        if (!unwinding && steps.get() + points > settings.pointLimit()) {
            fail(Stacks.endless(settings.pointLimit()), null);
            return;
        }
        ready.remove(thread);
        thread.ready = false;
        thread.pointsInARow = 0;
        stop = "";
        running = thread;
        thread.task.run();
        running = null;
        if (stop.isEmpty()) {
            thread.turnsAlone = 0; // it parked, or ended
        }
        Thread.State state = thread.thread.getState();
        trace.ran(thread, points, stop.isEmpty() ? Stacks.stop(thread.thread, state, detailed) : stop);
        if (state == Thread.State.TERMINATED) {
            live.remove(thread.task);
        }
        settleMonitors();
    }

    /**
     * Waits for the JDK's unblocker to hand in whoever was let go by a monitor in this step, and puts them in order, so
     * that it is no matter of luck among whom the next is picked.
     */
    private void settleMonitors() {
        int before = ready.size();
        boolean came;
        do {
            SimThread letGo = firstLetGo();
            came = letGo != null && comesIn(letGo);
        } while (came);
        ready.subList(before, ready.size()).sort(Comparator.comparingInt(thread -> thread.index));
    }

    private @Nullable SimThread firstLetGo() {
        for (SimThread thread : live.values()) {
            if (!thread.ready && VirtualThreads.isLetGo(thread.thread)) {
                return thread;
            }
        }
        return null;
    }

    private boolean comesIn(SimThread thread) {
        long start = System.nanoTime();
        while (!thread.ready && System.nanoTime() - start < UNBLOCKER_GRACE_NANOS) {
            Thread.onSpinWait();
            takeInbox();
        }
        return thread.ready;
    }

    private boolean isAnyReady(Thread root) {
        takeInbox();
        return !ready.isEmpty() || awaken(root);
    }

    /** Nothing can run: finds out what could change that. */
    private boolean awaken(Thread root) {
        boolean rootEnded = root.getState() == Thread.State.TERMINATED;
        if (live.isEmpty() || rootEnded && settings.mayLeaveThreads()) {
            return false;
        }
        if (isAnyIn(Thread.State.TIMED_WAITING)) {
            return fail("a timed wait on the machine's clock, not on the ticker: it cannot be simulated", null);
        }
        if (jump("nothing can run")) {
            return true;
        }
        if (awaitInbox(OUTSIDE_GRACE_NANOS)) {
            return true;
        }
        return fail(
                rootEnded
                        ? "threads left behind: the scenario's run() has returned, these wait for ever"
                        : "deadlock or lost wake-up: nothing can run and nobody waits for a deadline",
                null);
    }

    private boolean isAnyIn(Thread.State state) {
        return live.values().stream().anyMatch(thread -> thread.thread.getState() == state);
    }

    private boolean jump(String why) {
        boolean jumped = clock.jump();
        if (jumped) {
            trace.jumped("at " + clock.elapsed() + ", " + why);
        }
        return jumped;
    }

    private boolean awaitInbox(long nanos) {
        long start = System.nanoTime();
        for (long left = nanos; inbox.isEmpty() && left > 0; left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(this, left);
        }
        takeInbox();
        return !ready.isEmpty();
    }

    private void takeInbox() {
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            submit(task);
        }
    }

    private boolean fail(String summary, @Nullable Throwable cause) {
        if (problem == null) {
            List<SimThread> others = new ArrayList<>(live.values());
            if (cause != null) {
                others.remove(running); // its stack is in what it threw
            }
            problem = new Problem(summary, cause, Stacks.of(others, running));
        }
        return false;
    }

    /** Ends what is still alive, so that it does not stay in memory: interrupts it, and scheduling points throw. */
    private void unwind() {
        unwinding = true;
        for (int round = 0; round < UNWIND_ROUNDS && !live.isEmpty(); round++) {
            List.copyOf(live.values()).forEach(thread -> thread.thread.interrupt());
            takeInbox();
            for (int i = 0; i < UNWIND_ROUNDS * live.size() && !ready.isEmpty(); i++) {
                step(ready.get(0));
                takeInbox();
            }
        }
    }

    /** Returns a number that grows as long as this schedule gets on. Any thread may call it. */
    long progress() {
        return steps.get();
    }

    /** Describes what is being carried right now. Any thread may call it. */
    String describe() {
        SimThread mounted = running;
        Problem found = problem;
        return "seed " + seed + (found == null ? "" : ", after it failed: " + found.summary()) + ", "
                + (mounted == null ? "no thread is running\n" : "running:\n" + Stacks.of(List.of(mounted), mounted));
    }

    // ---- called by the JDK, to start or continue a thread
    // ------------------------------------------------------------

    @Override
    public void execute(Runnable task) {
        Thread caller = Thread.currentThread();
        if (over) {
            return; // what did not unwind never runs again
        }
        if (caller == driver || isRunning(caller)) {
            submit(task);
        } else {
            inbox.add(task);
            LockSupport.unpark(driver);
        }
    }

    private void submit(Runnable task) {
        SimThread thread = live.get(task);
        if (thread == null) {
            thread = new SimThread(VirtualThreads.threadOf(task), task, started++);
            seedThreadLocalRandom(thread.thread);
            strategy.started(thread);
            live.put(task, thread);
        }
        if (!thread.ready) {
            thread.ready = true;
            ready.add(thread);
        }
    }

    private boolean isRunning(Thread thread) {
        SimThread mounted = running;
        return mounted != null && mounted.thread == thread;
    }

    // ---- called by the simulated thread that runs
    // --------------------------------------------------------------------

    /** Returns the schedule that runs the current thread, or null if the current thread is not simulated. */
    static @Nullable Schedule ofCurrentThreadOrNull() {
        Schedule schedule = current;
        return schedule != null && schedule.isRunning(Thread.currentThread()) ? schedule : null;
    }

    static Schedule ofCurrentThread() {
        Schedule schedule = ofCurrentThreadOrNull();
        if (schedule == null) {
            throw new IllegalStateException("not a simulated thread: " + Thread.currentThread());
        }
        return schedule;
    }

    /** Passes a scheduling point: the current thread may stop here for another, and the clock may jump. */
    void point() {
        SimThread thread = running;
        if (initializing > 0 || thread == null) {
            return;
        }
        passPoint(thread);
        if (jumpsOneIn > 0 && random.nextInt(jumpsOneIn) == 0) {
            jump("though threads can run");
        }
        if (!ready.isEmpty() && strategy.preempts(thread, ready)) {
            stopHere();
        }
    }

    private void passPoint(SimThread thread) {
        if (unwinding) {
            throw new Unwind();
        }
        if (steps.get() + ++points > settings.pointLimit()) {
            fail(Stacks.endless(settings.pointLimit()), null);
            throw new Unwind();
        }
        thread.pointsInARow++;
    }

    /**
     * Lets others run, for a thread that yields or spins of its own accord. Time passes if there are none, once it is a
     * spin: a thread that gives its turn away now and then would have gone on without.
     */
    void giveWay() {
        SimThread thread = running;
        if (initializing > 0 || thread == null) {
            return;
        }
        passPoint(thread);
        if (ready.isEmpty() && ++thread.turnsAlone > TURNS_OF_A_SPIN && !jump("somebody spins")) {
            clock.creep();
        }
        strategy.gaveWay(thread);
        stopHere();
    }

    private void stopHere() {
        stop = detailed ? "stops at " + Stacks.here() : "stops";
        Thread.yield();
    }

    void parkNanos(@Nullable Object blocker, long nanos) {
        point();
        if (nanos > 0) {
            clock.park(blocker == null ? this : blocker, nanos);
        }
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    SimClock clock() {
        return clock;
    }

    RandomGenerator scenarioRandom() {
        return scenarioRandom;
    }

    void seedThreadLocalRandom(Thread thread) {
        VirtualThreads.seedThreadLocalRandom(thread, scenarioRandom.nextLong());
    }

    /**
     * The current thread enters a static initializer: it cannot stop there, and whether it gets there depends on
     * history.
     */
    void enterInitializer() {
        initializing++;
    }

    void exitInitializer() {
        initializing--;
    }

    /** Hears of an exception that ended a thread. */
    static boolean uncaught(Thread thread, Throwable exception) {
        Schedule schedule = current;
        if (schedule == null || !schedule.isRunning(thread)) {
            return false;
        }
        if (!schedule.unwinding && !(exception instanceof Unwind)) {
            schedule.fail(thread.getName() + " threw " + exception, exception);
        }
        return true;
    }
}
