package dev.selvage.exit;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What hangs on the life of one thread.
 *
 * <p>Whoever keeps something that must vanish with the current thread hangs it there:
 *
 * {@snippet :
 * Lifetime lifetime = Lifetime.current();
 * lifetime.add(hook);      // hook.onExit() runs when this thread ends, however it ends
 * lifetime.remove(hook);   // unless it is no longer needed
 * }
 *
 * <p>Every owner has one lifetime. A process's is ended by the process, as the second step of its exit (design rule
 * 4.2). A thread that is no process gets one on first use, and with it a watcher: one parked thread, virtual for a
 * virtual owner and a platform daemon for a platform owner, that joins it. The watcher costs that one thread whatever
 * the number of hooks, pins no carrier and polls nothing; since it may run late, readers ask {@link #isAlive()}, which
 * is right from the first instant.
 *
 * <p>A lifetime may also be {@linkplain #abandon() abandoned}: declared over while its thread runs on. Then the hooks
 * {@link ExitHook.Phase#AT_EXIT} run at once and the others when the thread really ends.
 *
 * <p>Memory effects: what a thread did before it ended, or before its hook was added, happens-before
 * {@link ExitHook#onExit()}.
 */
public final class Lifetime {
    private static final Logger LOG = System.getLogger("dev.selvage.exit");

    /**
     * The lifetimes of all threads that have one. A map costs an owner some 40 bytes; a thread-local would cost each
     * virtual thread a table of its own.
     */
    private static final ConcurrentHashMap<Thread, Lifetime> LIFETIMES = new ConcurrentHashMap<>();

    /**
     * The lifetimes asked for last, at their thread's id modulo the length: what the map answers in some 20 ns, this
     * answers in 3. Each thread writes only its own lifetime here and believes only its own, so plain accesses do: what
     * others write can but turn a hit into a miss. {@link #end()} takes the entry away, lest it keep a dead thread.
     */
    private static final @Nullable Lifetime[] RECENT = new Lifetime[256];

    /**
     * The ids of threads that asked for their lifetime and had none, at the id modulo the length: a bare thread that
     * borrows again and again does not look it up each time. Each thread writes and believes only its own id; whoever
     * makes a lifetime for a thread strikes its id out. The thread writes its id and then looks for a lifetime, the
     * maker puts the lifetime and then looks for the id: so one finds the other.
     */
    private static final long[] BARE_IDS = new long[RECENT.length];

    private static final VarHandle BARE_ID = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle STATE;
    private static final VarHandle HOOKS;
    private static final VarHandle WAITS_FOR;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Lifetime.class, "state", int.class);
            HOOKS = lookup.findVarHandle(Lifetime.class, "hooks", HookList.class);
            WAITS_FOR = lookup.findVarHandle(Lifetime.class, "waitsFor", ExitHook.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // ALIVE -> ABANDONED -> ENDED, or ALIVE -> ENDED
    private static final int ALIVE = 0;
    private static final int ABANDONED = 1;
    private static final int ENDED = 2;

    private final Thread thread;

    /** Written again by the thread itself in {@link #begin}, if somebody made this lifetime before it came to that. */
    private volatile Owner owner;

    private volatile int state;

    /**
     * Made with the first hook. Written before {@code state} is read again in {@link #hang}, and read after
     * {@code state} was written in {@link #abandon} and {@link #end}, so that one of the two sees the other.
     */
    private volatile @Nullable HookList hooks;

    /** Written by the thread itself; see {@link #waitsFor()}. */
    private volatile @Nullable ExitHook waitsFor;

    private Lifetime(Owner owner, Thread thread) {
        this.owner = owner;
        this.thread = thread;
    }

    /**
     * Returns the lifetime of the current thread, making one, with its watcher, where it has none.
     *
     * @return the current thread's lifetime
     */
    public static Lifetime current() {
        Thread thread = Thread.currentThread();
        Lifetime recent = RECENT[recentIndex(thread)];
        return recent != null && recent.thread == thread ? recent : lookUp(thread);
    }

    private static Lifetime lookUp(Thread thread) {
        Lifetime known = LIFETIMES.get(thread);
        Lifetime lifetime = known != null ? known : ofBareThread(thread, new BareThread(thread));
        RECENT[recentIndex(thread)] = lifetime;
        return lifetime;
    }

    private static int recentIndex(Thread thread) {
        return (int) thread.threadId() & (RECENT.length - 1);
    }

    /**
     * Returns the lifetime of the current thread if it has one.
     *
     * @return the lifetime, or null when this thread is no process and has hung up nothing yet
     */
    public static @Nullable Lifetime currentOrNull() {
        Thread thread = Thread.currentThread();
        int index = recentIndex(thread);
        Lifetime recent = RECENT[index];
        if (recent != null && recent.thread == thread) {
            return recent;
        }
        boolean bare = (long) BARE_ID.getOpaque(BARE_IDS, index) == thread.threadId();
        return bare ? null : lookUpOrNull(thread, index);
    }

    private static @Nullable Lifetime lookUpOrNull(Thread thread, int index) {
        Lifetime known = LIFETIMES.get(thread);
        if (known == null) {
            BARE_ID.setOpaque(BARE_IDS, index, thread.threadId());
            VarHandle.fullFence();
            known = LIFETIMES.get(thread);
            if (known == null) {
                return null;
            }
            strikeOut(thread);
        }
        RECENT[index] = known;
        return known;
    }

    /** A thread has a lifetime now, which is in the map already. */
    private static void strikeOut(Thread thread) {
        VarHandle.fullFence();
        int index = recentIndex(thread);
        if ((long) BARE_ID.getOpaque(BARE_IDS, index) == thread.threadId()) {
            BARE_ID.setOpaque(BARE_IDS, index, 0L);
        }
    }

    /**
     * Returns the lifetime of a thread if it has one. Any thread may ask. The answer is as new as what the calling
     * thread wrote before: a thread that begins its lifetime and then looks for that writing finds it or is found.
     *
     * @param thread the thread
     * @return the lifetime, or null when it has ended, or the thread is no process and has hung up nothing yet
     */
    public static @Nullable Lifetime of(Thread thread) {
        // a map reads its table in acquire mode, which alone may run ahead of the caller's writes
        VarHandle.fullFence();
        return LIFETIMES.get(thread);
    }

    /**
     * Returns the lifetime of a thread, making one, with its watcher, where it has none. For whoever hands something to
     * another thread with {@link #adopt}.
     *
     * @param thread any thread
     * @return its lifetime, or null when it has not been started or has terminated
     */
    public static @Nullable Lifetime ofLiving(Thread thread) {
        Objects.requireNonNull(thread, "thread");
        if (!thread.isAlive()) {
            return null;
        }
        Lifetime known = LIFETIMES.get(thread);
        return known != null ? known : ofBareThread(thread, new BareThread.Unasked(thread));
    }

    /**
     * Begins the lifetime of a process. For the process package: called by the process's own thread, before its body.
     *
     * @param owner the process
     * @return its lifetime
     */
    public static Lifetime begin(Owner owner) {
        Objects.requireNonNull(owner, "owner");
        Lifetime lifetime = new Lifetime(owner, Thread.currentThread());
        Lifetime earlier = LIFETIMES.putIfAbsent(lifetime.thread, lifetime);
        if (earlier == null) {
            strikeOut(lifetime.thread);
            return lifetime;
        }
        if (earlier.owner instanceof BareThread.Unasked) {
            earlier.owner = owner; // a gift came first; that its watcher ends it once more does no harm
            return earlier;
        }
        throw new IllegalStateException("thread has a lifetime already: " + earlier.owner.name());
    }

    private static Lifetime ofBareThread(Thread thread, Owner owner) {
        Lifetime lifetime = new Lifetime(owner, thread);
        Lifetime earlier = LIFETIMES.putIfAbsent(thread, lifetime);
        if (earlier != null) {
            return earlier;
        }
        strikeOut(thread);
        boolean watched = false;
        try {
            Watchers.watch(lifetime);
            watched = true;
            return lifetime;
        } finally {
            if (!watched) {
                LIFETIMES.remove(thread, lifetime);
            }
        }
    }

    /**
     * Returns whose lifetime this is.
     *
     * @return the process, or the bare thread
     */
    public Owner owner() {
        return owner;
    }

    /**
     * Returns the thread whose lifetime this is.
     *
     * @return the thread
     */
    public Thread thread() {
        return thread;
    }

    /**
     * Tells whether the owner lives. Any thread may ask; the answer is never "yes" for an owner that has ended, even
     * before its hooks ran.
     *
     * @return true while it lives
     */
    public boolean isAlive() {
        return state == ALIVE && owner.isAlive();
    }

    /**
     * Tells whether the owner runs no more code of its own, for certain: this lifetime was {@linkplain #end() ended},
     * or the thread has terminated and its watcher is late. Unlike {@link #isAlive()} it tells an abandoned process,
     * whose thread runs on, from one that is gone: what hangs on the phase {@link ExitHook.Phase#AT_THREAD_END} may be
     * taken away by anyone who gets the answer "yes".
     *
     * <p>Any thread may ask. Memory effects: what the owner's code did, happens-before the answer "yes".
     *
     * @return true once it has ended; then it stays so
     */
    public boolean hasEnded() {
        return state == ENDED || !thread.isAlive();
    }

    /**
     * Hangs a hook on this lifetime. Only the owner's thread may.
     *
     * @param hook what to run when the owner ends
     * @throws ExitException if this lifetime is over, because its process was abandoned
     * @throws IllegalStateException if called by another thread, or if the hook hangs on a lifetime already
     */
    public void add(ExitHook hook) {
        Objects.requireNonNull(hook, "hook");
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("only the owner, " + owner.name() + ", adds hooks; this is "
                    + Thread.currentThread().getName());
        }
        if (!hang(hook)) {
            throw new ExitException(owner.name() + " was declared exited: it can own nothing more");
        }
    }

    /**
     * Hangs a hook on the lifetime of another thread: gives it something that its end then takes away. Any thread may.
     *
     * @param hook what to run when the owner ends
     * @return false if this lifetime is over, abandoned or ended; then the hook does not hang here, and may have run
     * @throws IllegalStateException if the hook hangs on a lifetime already
     */
    public boolean adopt(ExitHook hook) {
        Objects.requireNonNull(hook, "hook");
        return thread.isAlive() && hang(hook);
    }

    private boolean hang(ExitHook hook) {
        HookList list = hooks;
        if (list == null) {
            list = hooksOrNew();
        }
        if (list.add(hook) && state == ALIVE) {
            return true;
        }
        list.remove(hook);
        return false;
    }

    private HookList hooksOrNew() {
        HookList made = new HookList();
        HookList earlier = (HookList) HOOKS.compareAndExchange(this, (HookList) null, made);
        return earlier == null ? made : earlier;
    }

    /**
     * Tells whether nothing of its phase hangs here but one hook. Any thread may ask; the answer may be old when it
     * arrives.
     *
     * @param hook the hook
     * @return true if there is no other
     */
    public boolean isOnly(ExitHook hook) {
        Objects.requireNonNull(hook, "hook");
        HookList list = hooks;
        return list == null || list.isOnly(hook);
    }

    /**
     * Says what the thread waits for, or no longer waits for, as something that hangs on its life; for those who look
     * for threads that wait for one another. Only the owner's thread may.
     *
     * <p>Memory effects: what the thread did before, happens-before the return of the {@link #waitsFor()} that sees it.
     *
     * @param hook what it waits for; null: nothing any more
     */
    public void waitsFor(@Nullable ExitHook hook) {
        WAITS_FOR.setRelease(this, hook);
    }

    /**
     * Returns what the thread has said last that it waits for. Any thread may ask; whether it still waits, the hook
     * must know.
     *
     * @return what it waits for, or null
     */
    public @Nullable ExitHook waitsFor() {
        return waitsFor;
    }

    /**
     * Takes a hook off. Any thread may.
     *
     * @param hook the hook
     * @return true if it hung here and will not run; false if it ran, runs now, or was taken off before
     */
    public boolean remove(ExitHook hook) {
        Objects.requireNonNull(hook, "hook");
        HookList list = hooks;
        return list != null && list.remove(hook);
    }

    /**
     * Returns the hooks of one type that hang here now, the oldest first of each phase. Any thread may ask; it costs a
     * walk over all of the owner's hooks.
     *
     * @param <T> the type
     * @param type the type
     * @return a list of its own
     */
    public <T extends ExitHook> List<T> hooks(Class<T> type) {
        Objects.requireNonNull(type, "type");
        HookList list = hooks;
        return list == null ? List.of() : list.snapshot(type);
    }

    /**
     * Ends this lifetime: runs all hooks, names first, the newest first of each phase. For the process package and for
     * watchers: called once the owner runs no more code of its own. A second call does nothing.
     */
    public void end() {
        if ((int) STATE.getAndSet(this, ENDED) == ENDED) {
            return;
        }
        run(ExitHook.Phase.AT_EXIT);
        run(ExitHook.Phase.AT_THREAD_END);
        LIFETIMES.remove(thread, this);
        int index = recentIndex(thread);
        if (RECENT[index] == this) {
            RECENT[index] = null;
        }
    }

    /**
     * Declares this lifetime over while its thread runs on: the names go at once, locks and leases stay until
     * {@link #end()} (design rule 4.3). For the process package; any thread may call it; it does nothing after the end.
     */
    public void abandon() {
        if (STATE.compareAndSet(this, ALIVE, ABANDONED)) {
            run(ExitHook.Phase.AT_EXIT);
        }
    }

    private void run(ExitHook.Phase phase) {
        HookList list = hooks;
        if (list == null) {
            return;
        }
        for (ExitHook hook = list.takeNewest(phase); hook != null; hook = list.takeNewest(phase)) {
            try {
                hook.onExit();
            } catch (Throwable failure) {
                LOG.log(Level.ERROR, "exit hook " + hook + " of " + owner.name() + " failed", failure);
            }
        }
    }

    @Override
    public String toString() {
        return "lifetime of " + owner.name() + (isAlive() ? "" : " (over)");
    }
}
