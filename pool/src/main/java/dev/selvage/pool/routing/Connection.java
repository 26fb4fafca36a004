package dev.selvage.pool.routing;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registration;
import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * One attempt of a member to connect, and what came of it. It is the value of the member's entry in the registry.
 *
 *     connecting -> has a transport (attach, by the reader) -> up (register, by the member's process)
 *     any of these -> dropped (by whoever finds out first: reader, sender, silence watch, the member at its end)
 *
 * `dropped` is one compare-and-set, and whoever wins it takes everything down, in the order of rule 10.2: out of the
 * registry, so that nobody is routed here any more; then every request in flight fails; then the transport is closed,
 * which frees a blocked send and the reader; then the member's process is told. Whatever others add meanwhile they add
 * first and look at `dropped` afterwards, and take it back themselves; so a registration, a transport or a booked
 * request is always found by one of the two.
 *
 * The map of requests in flight is shared, rather than the process's own, so that a send that blocks holds up neither
 * the responses that come in nor the failing of all requests when the connection is lost.
 */
final class Connection<Q, R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.routing");

    private static final VarHandle DROPPED;
    private static final VarHandle EJECTED;
    private static final VarHandle CLOSED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            DROPPED = lookup.findVarHandle(Connection.class, "dropped", Throwable.class);
            EJECTED = lookup.findVarHandle(Connection.class, "ejected", boolean.class);
            CLOSED = lookup.findVarHandle(Connection.class, "transportClosed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Slot slot;

    /** The member's process, which owns this and the registration. */
    final ProcessRef<MemberMessage<Q, R>> process;

    private final Ticker ticker;

    /** Those who wait for a place here or elsewhere. */
    private final CallerQueue<Q, R> queue;

    private final Ejections<Q, R> ejections;

    /** The limit that the options set; a transport may only lower it. */
    private final int mostInFlight;

    /** How many requests may be under way here. Written by whoever the transport lets tell; read by callers. */
    private volatile int limit;

    /**
     * How many places are taken: raised by callers, or for them by whoever serves them; lowered by whoever ends the
     * request, once (see {@link Request#release}). Never more than the limit was when the last one came.
     */
    private final AtomicInteger taken = new AtomicInteger();

    /** What the peer owes: put in by the process; taken out by the reader, the caller that gives up, or the dropper. */
    private final ConcurrentHashMap<Long, Request<Q, R>> inFlight = new ConcurrentHashMap<>();

    private final @Nullable SilenceWatch watch;

    /** Written by the reader, once. */
    private volatile @Nullable Transport<Q, R> transport;

    /** Written by the process, again after each ejection; not null means up, unless dropped. */
    private volatile @Nullable Registration<String, Connection<Q, R>> registration;

    /** When it came up, by the ticker; written and read by the process. */
    private long upSinceNanos;

    /** Null -> why; by whoever drops. */
    @SuppressWarnings("UnusedVariable") // written through DROPPED
    private volatile @Nullable Throwable dropped;

    /** False -> true, by whoever drops this, or finds that its process takes nothing more. */
    private volatile boolean left;

    /**
     * False -> true, by whoever ejects it; true -> false, by the process when the time is over, or by whoever drops it.
     * Each change is made by one.
     */
    private volatile boolean ejected;

    /** False -> true, by the process: the last request that ends is to tell it. */
    private volatile boolean draining;

    /** False -> true, by whoever closes the transport. */
    @SuppressWarnings("UnusedVariable") // written through CLOSED
    private volatile boolean transportClosed;

    Connection(Slot slot, ProcessRef<MemberMessage<Q, R>> process, RoutingPool<Q, R> pool) {
        RoutingOptions options = pool.options();
        this.slot = slot;
        this.process = process;
        this.ticker = options.ticker();
        this.queue = pool.queue();
        this.ejections = pool.ejections();
        this.mostInFlight = options.maxInFlight();
        this.limit = mostInFlight;
        Duration silence = options.silence();
        this.watch = silence.isZero() ? null : new SilenceWatch(this, silence, ticker);
    }

    // ---- the reader's side: connects, then reads until the connection is over

    void connectAndRead(Connector<Q, R> connector) {
        try {
            Transport<Q, R> connected = Objects.requireNonNull(connector.connect(slot.index), "transport");
            if (attach(connected)) {
                connected.limitedBy(this::limitTo);
                process.send(new MemberMessage.Connected<>(this));
                while (!isDropped()) {
                    arrived(connected.receive());
                }
            }
        } catch (InterruptedException e) {
            drop(e);
            Thread.currentThread().interrupt();
        } catch (Throwable failure) {
            drop(failure);
        }
    }

    /** Returns false, and has closed it, if this connection was dropped before it had a transport. */
    private boolean attach(Transport<Q, R> connected) {
        transport = connected;
        if (isDropped()) {
            closeTransport();
            return false;
        }
        return true;
    }

    private void arrived(Transport.Response<R> response) {
        Request<Q, R> request = inFlight.remove(response.id());
        if (watch != null) {
            watch.answered(response.id());
        }
        if (request == null) {
            slot.strays.increment();
            return;
        }
        request.release(); // before its caller goes on, which may come back at once
        if (request.isForgotten()) {
            slot.strays.increment();
            return;
        }
        slot.answered(response.failure(), ticker.nanoTime());
        if (response.failure()) {
            ejections.failed(this);
        }
        request.reply(response.value());
    }

    // ---- the process's side

    /** Whether requests can be sent. The process only. */
    boolean isUp() {
        return registration != null && !isDropped();
    }

    /** Takes the registration that the process has just made for this connection. */
    void registered(Registration<String, Connection<Q, R>> mine) {
        if (registration == null) {
            upSinceNanos = ticker.nanoTime();
        }
        registration = mine;
        if (left || ejected || isDropped()) {
            mine.close();
        }
    }

    /** Whether it was up for at least so long; asked once it is dropped. */
    boolean wasUpFor(Duration time) {
        return wasUp() && ticker.nanoTime() - upSinceNanos >= time.toNanos();
    }

    boolean wasUp() {
        return registration != null;
    }

    void send(long id, Request<Q, R> request) {
        request.bookedAs(id);
        inFlight.put(id, request);
        if (!request.take()) {
            inFlight.remove(id, request);
            return;
        }
        if (isDropped()) {
            if (inFlight.remove(id, request)) {
                request.release();
                request.fail(Request.NOT_SENT);
            }
            return;
        }
        slot.sent.increment();
        if (watch != null) {
            watch.sending(id);
        }
        write(id, request);
    }

    private void write(long id, Request<Q, R> request) {
        try {
            Objects.requireNonNull(transport, "up").send(id, request.query);
        } catch (IllegalArgumentException refused) {
            if (inFlight.remove(id, request)) {
                request.release();
                request.fail(new Request.Failure(Request.Failure.Kind.REFUSED, refused));
            }
            if (watch != null) {
                watch.answered(id);
            }
        } catch (InterruptedException e) {
            drop(e);
            Thread.currentThread().interrupt();
        } catch (Throwable failure) {
            drop(failure);
        }
    }

    // ---- any thread's side

    boolean isDropped() {
        return dropped != null;
    }

    /** Whether requests may be routed here, once it has been seen in the registry. */
    boolean isRoutable() {
        return !ejected && isUsable();
    }

    /** Whether requests may be sent here, although it may be ejected. */
    private boolean isUsable() {
        return !left && dropped == null && process.isAlive();
    }

    /** Whether it is out, but may be used where there is no other. */
    boolean isLastResort() {
        return ejected && isUsable();
    }

    boolean isEjected() {
        return ejected;
    }

    boolean isDraining() {
        return draining;
    }

    /** A request was routed here and not answered in time. By its caller. */
    void timedOut() {
        slot.failed(ticker.nanoTime());
        ejections.failed(this);
    }

    /** From now on it is passed over; false if it is out already, or lost. True for the one who calls ejected next. */
    boolean eject() {
        return EJECTED.compareAndSet(this, false, true) && !(isDropped() && endEjection());
    }

    /** Takes it out of the registry for a time, after eject. Given is a first time. */
    void ejected(long firstNanos) {
        if (!ejected) {
            return; // it was dropped meanwhile
        }
        slot.ejections.increment();
        Duration time = Duration.ofNanos(slot.ejected(firstNanos, ticker.nanoTime()));
        Registration<String, Connection<Q, R>> mine = registration;
        if (mine != null) {
            mine.close();
        }
        slot.announceEjection(time);
        slot.changed(RoutingPool.Member.State.EJECTED);
        process.send(new MemberMessage.Ejected<>(this, time));
        queue.memberLeft();
    }

    /** Ends an ejection; true for the one that did. */
    private boolean endEjection() {
        return EJECTED.compareAndSet(this, true, false);
    }

    /** Takes it back in, on probation; false if it is not out. The process only, which registers it next. */
    boolean readmit() {
        if (!endEjection()) {
            return false;
        }
        ejections.over();
        slot.returned(ejections.probation(), ticker.nanoTime());
        return true;
    }

    /** Leaves for good, and tells the process when the last request has ended. The process only. */
    void drain() {
        leave();
        draining = true;
        slot.changed(RoutingPool.Member.State.DRAINING);
        tellDrained();
    }

    private void tellDrained() {
        if (draining && taken.get() == 0) {
            process.send(new MemberMessage.Drained<>());
        }
    }

    /** Why it was dropped, or null. */
    @Nullable Throwable whyDropped() {
        return dropped;
    }

    /**
     * Takes this connection out of the registry for good, so that no more requests are routed to it. It may be on its
     * way into the registry at this moment: then it is taken out by who puts it there, and is passed over until then.
     */
    void leave() {
        left = true;
        Registration<String, Connection<Q, R>> mine = registration;
        if (mine != null) {
            mine.close();
        }
        queue.memberLeft();
    }

    /** Ends this connection and all that hangs on it, in the order that the top of this class tells; once. */
    void drop(Throwable why) {
        if (!DROPPED.compareAndSet(this, null, why)) {
            return;
        }
        slot.lastFailure = why;
        if (registration != null) {
            slot.disconnects.increment();
            slot.failed(ticker.nanoTime());
            FlightEvents.disconnected(slot.name, String.valueOf(why), taken.get());
        }
        leave();
        if (endEjection()) {
            ejections.over();
        }
        failInFlight(new Request.Failure(Request.Failure.Kind.LOST, why));
        closeTransport();
        if (watch != null) {
            watch.wake();
        }
        if (process.isAlive()) {
            slot.changed(RoutingPool.Member.State.WAITING);
        }
        process.send(new MemberMessage.Lost<>(this));
    }

    private void failInFlight(Request.Failure failure) {
        for (Long id : inFlight.keySet()) {
            Request<Q, R> request = inFlight.remove(id);
            if (request != null) {
                request.release();
                request.fail(failure);
            }
        }
    }

    private void closeTransport() {
        Transport<Q, R> closing = transport;
        if (closing == null || !CLOSED.compareAndSet(this, false, true)) {
            return;
        }
        try {
            closing.close();
        } catch (Throwable failure) {
            LOG.log(Level.DEBUG, () -> "closing the transport of " + slot.name + " failed", failure);
        }
    }

    /**
     * By the caller of a request that was taken: nobody waits for it any more. Where there is a limit it keeps its
     * place all the same, since the peer is still at it; until it answers, or the connection is over.
     */
    void forget(long id, Request<Q, R> request) {
        if (!isLimited() && inFlight.remove(id, request)) {
            request.release();
        }
    }

    // ---- places (rule 10.3); any thread

    /** Takes a place for a request, if there is one. */
    boolean tryEnter() {
        int now = taken.get();
        while (now < limit) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    /** Gives a place back, and lets the next have it who waits. */
    void exit() {
        giveBack();
        queue.serve(this);
    }

    /** Gives a place back; the caller looks for who waits. */
    void giveBack() {
        taken.decrementAndGet();
        tellDrained();
    }

    int taken() {
        return taken.get();
    }

    boolean isFull() {
        return taken.get() >= limit;
    }

    private boolean isLimited() {
        return limit != RoutingOptions.NO_LIMIT;
    }

    private void limitTo(int requests) {
        limit = Math.min(Checks.atLeast("limit", requests, 0), mostInFlight);
        queue.serve(this);
    }

    // ---- for the silence watch

    @Nullable SilenceWatch watch() {
        return watch;
    }

    /** The id of the oldest request in flight, or 0; costs a walk over them. */
    long oldestInFlight() {
        long oldest = 0;
        for (Long id : inFlight.keySet()) {
            if (oldest == 0 || id < oldest) {
                oldest = id;
            }
        }
        return oldest;
    }

    boolean isInFlight(long id) {
        return inFlight.containsKey(id);
    }

    void foundSilent(long id, Duration interval) {
        drop(new TimeoutException("silent peer: nothing in answer to request " + id + " for " + interval));
    }

    int inFlight() {
        return inFlight.size();
    }

    @Override
    public String toString() {
        return "connection of " + slot.name + (isDropped() ? " (dropped)" : "");
    }
}
