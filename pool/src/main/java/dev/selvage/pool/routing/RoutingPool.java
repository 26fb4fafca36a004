package dev.selvage.pool.routing;

import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Connections that many callers share: each request is routed to one of them, and a connection has
 * many requests under way at the same time.
 *
 * {@snippet :
 * Connector<String, String> connector = member -> new FantaTransport(new Socket("fanta.example", 4711));
 * try (var pool = RoutingPool.start("fanta", 10, connector)) {
 *     String pong = pool.request("PING");
 * }
 * }
 *
 * <p>A pool lends nothing: unlike with a checkout pool, a caller never has a connection to itself. That suits what can
 * be shared, such as protocols whose requests carry an id, and needs far fewer connections.
 *
 * <p><b>Members.</b> Each connection belongs to a member, which is a supervised process. It sends the requests that are
 * routed to it, one after the other, and never waits for a response: the response's id finds the caller. A member
 * stands in the pool's duplicate registry while it is connected, and only then is anything routed to it. When its
 * connection is lost it leaves the registry first, then all its requests in flight fail with {@link
 * RoutingException.Disconnected}, at once, then it connects anew: at once after a healthy period, otherwise after a
 * pause that grows with each failure and is drawn evenly from 0 up to its length, so that members that failed together
 * do not return together. A peer that has gone silent counts as lost: when the oldest request in flight of a connection
 * stays the same for the silence interval.
 *
 * <p><b>A request is sent once.</b> If the member that was chosen turns out to have left before it handed the request
 * to its transport, another member gets it, within the same time limit. A request that a transport may have seen is
 * never repeated: {@link RoutingException#mayHaveReachedPeer()} tells, and repeating it is for those who know that it
 * may be.
 *
 * <p><b>Limits.</b> A member may be given {@linkplain RoutingOptions#withMaxInFlight a limit} of requests under way,
 * and its transport may lower that while it runs, as HTTP/2's settings do. At its limit another member is chosen; when
 * all are at theirs a request waits in turn for a place, within its time limit, in a queue of {@linkplain
 * RoutingOptions#withMaxWaiting bounded} length. A place that is freed goes to who has waited longest. A request that
 * was sent and given up keeps its place until the peer has answered it, because the peer is still at it.
 *
 * <p><b>Ejection.</b> A member that is connected and yet fails one request after the other is taken out
 * {@linkplain RoutingOptions#withEjection for a time}; a few at most, and never the last.
 *
 * <p><b>Supervision.</b> {@link #spec()} is the tree: rest_for_one over the registry and a one_for_one supervisor of
 * the connections. A member that dies is started anew by itself; if the registry dies all connections go and come back.
 * {@link #start start} runs that tree by itself; to put it under a tree of your own, {@link #create create} the pool
 * and nest the specification:
 *
 * {@snippet :
 * RoutingPool<String, String> pool = RoutingPool.create("fanta", 10, connector);
 * Supervisor.run(SupervisorSpec.oneForOne("app",
 *         ChildSpec.supervisor(pool.spec()),
 *         ChildSpec.task("web", () -> serve(pool))));
 * }
 *
 * <p>Either way the pool is a stable handle: it may be kept and used by any thread while what is behind it is started
 * anew.
 *
 * <p><b>Memory effects.</b> What a thread did before it made a request happens-before the transport's
 * {@link Transport#send} of it; what the reader did before {@link Transport#receive} returned the response
 * happens-before the return of the request.
 *
 * <p><b>Not promised.</b> Order: two requests of one thread may go by different connections, and answers overtake each
 * other. Requests in flight when the pool is closed are not waited for.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public final class RoutingPool<Q, R> implements AutoCloseable {

    /**
     * A member as it was at one moment, for people.
     *
     * @param name its name: the pool's, and its number
     * @param state what it does
     * @param inState for how long it has been in that state
     * @param inFlight how many requests were routed to it and are neither answered nor given up; where there is a
     *     limit, one that was sent and given up counts until it is answered
     * @param sent how many requests were handed to a transport
     * @param served how many responses reached their requests
     * @param failed how many requests were not answered in time or with a {@linkplain Transport.Response#failed
     *     failure}, and how many connections were lost
     * @param strays how many responses came for requests that nobody waited for any more, or that were never made
     * @param disconnects how many of its connections ended, for whatever reason
     * @param ejections how many times it was ejected
     * @param lastFailure why it last had no connection: what the connector or the transport threw, or what else
     *     happened
     */
    public record Member(
            String name,
            State state,
            Duration inState,
            int inFlight,
            long sent,
            long served,
            long failed,
            long strays,
            long disconnects,
            long ejections,
            Optional<Throwable> lastFailure) {

        /** What a member does. */
        public enum State {
            /** It has no process: it has not been started, or it ended and was not started anew so far. */
            STOPPED,
            /** It waits for its connector. */
            CONNECTING,
            /** It is connected, and requests are routed to it. */
            CONNECTED,
            /** It has no connection, and pauses before its next attempt. */
            WAITING,
            /** It is connected, but {@linkplain RoutingOptions#withEjection failed too often} to get requests now. */
            EJECTED,
            /** It takes no more requests, and ends when those in flight have. */
            DRAINING
        }

        /** Refuses a member with a part missing. */
        public Member {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(inState, "inState");
            Objects.requireNonNull(lastFailure, "lastFailure");
        }
    }

    /**
     * What a pool does and has done, as a value: cheap enough to be asked for every second. Each part is told truly,
     * but not all at the same instant. Counts are since the pool was made.
     *
     * @param size how many members it has, connected or not
     * @param ready how many requests can be routed to now
     * @param ejected how many are out for failing too often
     * @param waiting how many requests wait for a place
     * @param waits how many have waited for a place so far
     * @param waited how long they waited, together
     * @param overloaded how many were refused because too many waited
     * @param members the members, in the order of their numbers
     */
    public record Statistics(
            int size,
            int ready,
            int ejected,
            int waiting,
            long waits,
            Duration waited,
            long overloaded,
            List<Member> members) {

        /** Keeps a copy of the members. */
        public Statistics {
            Objects.requireNonNull(waited, "waited");
            members = List.copyOf(members);
        }

        /**
         * Adds up a number of all members.
         *
         * {@snippet :
         * long sent = pool.statistics().sum(RoutingPool.Member::sent);
         * }
         *
         * @param number takes it from a member
         * @return the sum
         */
        public long sum(ToLongFunction<? super Member> number) {
            return members.stream().mapToLong(number).sum();
        }
    }

    /** The one key of the registry. */
    static final String KEY = "members";

    private final String name;
    private final Connector<Q, R> connector;
    private final RoutingOptions options;
    private final Announcer announcer;
    private final Ejections<Q, R> ejections;
    private final PoolTree<Q, R> tree;
    private final Router<Q, R> router;
    private final Bell bell = new Bell();

    private volatile boolean closed;

    /** The tree that {@link #start} started; written before the pool is handed out. */
    private @Nullable Supervisor supervisor;

    private RoutingPool(String name, int size, Connector<Q, R> connector, RoutingOptions options) {
        this.name = Checks.notBlank("name", name);
        this.connector = Objects.requireNonNull(connector, "connector");
        this.options = options;
        this.announcer = new Announcer(this.name, options);
        this.ejections = new Ejections<>(this, options);
        this.tree = new PoolTree<>(this, Checks.atLeast("size", size, 1));
        this.router = new Router<>(this);
    }

    /**
     * Makes a pool that does not run yet: its {@link #spec() tree} is to be put under a supervisor of yours.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param name its name, not blank; its members are called after it
     * @param size how many members it has, 1 or more
     * @param connector makes their connections
     * @return the pool
     */
    public static <Q, R> RoutingPool<Q, R> create(String name, int size, Connector<Q, R> connector) {
        return create(name, size, connector, UnaryOperator.identity());
    }

    /**
     * Makes a pool with other options that does not run yet: its {@link #spec() tree} is to be put under a supervisor
     * of yours.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param name its name, not blank; its members are called after it
     * @param size how many members it has, 1 or more
     * @param connector makes their connections
     * @param options makes the options from the defaults
     * @return the pool
     */
    public static <Q, R> RoutingPool<Q, R> create(
            String name, int size, Connector<Q, R> connector, UnaryOperator<RoutingOptions> options) {
        Objects.requireNonNull(options, "options");
        return new RoutingPool<>(
                name, size, connector, Objects.requireNonNull(options.apply(RoutingOptions.DEFAULTS), "options"));
    }

    /**
     * Makes a pool and starts its tree, which {@link #close} stops. The members begin to connect, and this does not
     * wait for them: a pool whose peer is down starts too. The first requests wait for a member as later ones do.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param name its name, not blank; its members are called after it
     * @param size how many members it has, 1 or more
     * @param connector makes their connections
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the tree has started
     */
    public static <Q, R> RoutingPool<Q, R> start(String name, int size, Connector<Q, R> connector)
            throws InterruptedException {
        return start(name, size, connector, UnaryOperator.identity());
    }

    /**
     * Makes a pool with other options and starts its tree, as {@link #start(String, int, Connector)} does.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param name its name, not blank; its members are called after it
     * @param size how many members it has, 1 or more
     * @param connector makes their connections
     * @param options makes the options from the defaults
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the tree has started
     */
    public static <Q, R> RoutingPool<Q, R> start(
            String name, int size, Connector<Q, R> connector, UnaryOperator<RoutingOptions> options)
            throws InterruptedException {
        RoutingPool<Q, R> pool = create(name, size, connector, options);
        pool.supervisor = Supervisor.start(pool.spec());
        return pool;
    }

    /**
     * Returns the tree of this pool: rest_for_one of the registry, and of a one_for_one supervisor of the connections.
     * It may run once at a time.
     *
     * @return the specification, to be nested in a tree or started by itself
     */
    public SupervisorSpec spec() {
        return tree.spec();
    }

    /**
     * Changes how many members there are, while the pool is used. Returns at once. Members that are added begin to
     * connect; those that are too many, the ones with the highest numbers, take no more requests, and end when those in
     * flight have, or after a {@linkplain RoutingOptions#withRequestTimeout request timeout}: what is left then fails
     * with {@link RoutingException.Disconnected}. Any thread.
     *
     * @param members how many, 1 or more
     */
    public void resize(int members) {
        tree.resize(Checks.atLeast("members", members, 1));
    }

    // ---- requests

    /**
     * Makes a request and waits for the response, for as long as the
     * {@linkplain RoutingOptions#withRequestTimeout request timeout}.
     *
     * @param request what to ask
     * @return what the peer answered
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws RoutingException as {@link #request(Object, Duration)} does
     */
    public R request(Q request) throws InterruptedException {
        return request(request, options.requestTimeout());
    }

    /**
     * Makes a request and waits for the response. Any thread may; but for this wait it does nothing that blocks.
     *
     * <p>The wait ends by the response; by the loss of the member that the request went to, at once; by the time limit,
     * which also covers the wait for a member and for a place there; or by an interrupt. In each case nothing of the
     * request stays behind but, where there is a limit, its place until the peer answers; and a response that comes
     * later vanishes.
     *
     * @param request what to ask
     * @param timeout how long at most; with 0 or less nothing is sent and the request times out at once
     * @return what the peer answered
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the peer may have got
     *     the request
     * @throws RoutingException.NoMember if no member is connected, and none comes in the time that requests wait for
     *     one
     * @throws RoutingException.Overloaded if all members are at their limits and too many requests wait already
     * @throws RoutingException.Disconnected if the member loses its connection, or ends, before it answers
     * @throws RoutingException.RequestTimeout if the time is up
     * @throws RoutingException.RequestFailed if the transport refuses the request
     * @throws RoutingException.Closed if the pool is closed, before or meanwhile
     */
    public R request(Q request, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(timeout, "timeout");
        return router.request(request, timeout);
    }

    /**
     * Waits until so many members are connected at the same time.
     *
     * @param members how many, 1 to the size of the pool
     * @param timeout how long at most; 0 or less looks once
     * @return true if they are, or were a moment ago; false when the time is up
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws RoutingException.Closed if the pool is closed, before or meanwhile
     */
    public boolean awaitReady(int members, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        int most = tree.size();
        if (members < 1 || members > most) {
            throw new IllegalArgumentException("members: " + members + "; allowed: 1 to " + most);
        }
        Deadline deadline = Deadline.after(timeout, options.ticker());
        boolean ready = bell.await(() -> closed || router.ready() >= members, deadline);
        if (closed) {
            throw new RoutingException.Closed(this + " is closed", false);
        }
        return ready;
    }

    // ---- what there is

    /**
     * Returns the pool's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns how many members the pool has, connected or not; those that are drained do not count.
     *
     * @return 1 or more
     */
    public int size() {
        return tree.size();
    }

    /**
     * Returns what all members do now, for people: each is told truly, but not all at the same instant.
     *
     * @return a list of its own, in the order of their numbers; those that are drained are in it until they have ended
     */
    public List<Member> members() {
        return tree.members();
    }

    /**
     * Returns what the pool does and has done. Any thread.
     *
     * @return a value of its own
     */
    public Statistics statistics() {
        CallerQueue<Q, R> queue = queue();
        return new Statistics(
                size(),
                ready(),
                ejections.out(),
                queue.length(),
                queue.waits.sum(),
                Duration.ofNanos(queue.waitedNanos.sum()),
                queue.refused.sum(),
                members());
    }

    /**
     * Closes the pool: every request from now on is refused with {@link RoutingException.Closed}, and so are those that
     * wait for a member or a place. If {@link #start start} started its tree this stops that too, which closes all
     * connections and ends the requests in flight, and waits for its end as the supervisor's stop does, in bounded
     * time. A tree that runs under a supervisor of yours is stopped by that. Any thread may close but those of the pool
     * itself, which run the connector and the transports; a second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
        bell.ring();
        queue().close();
        Supervisor own = supervisor;
        if (own != null) {
            own.close();
        }
    }

    /**
     * Tells whether the pool was closed.
     *
     * @return true once {@link #close} was called
     */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        int inFlight = tree.slots().stream().mapToInt(Slot::inFlight).sum();
        return "pool '" + name + "' (" + router.ready() + " of " + tree.size() + " members ready, " + inFlight
                + " in flight" + (closed ? ", closed" : registry() == null ? ", not running" : "") + ")";
    }

    // ---- for the rest of the package

    RoutingOptions options() {
        return options;
    }

    Connector<Q, R> connector() {
        return connector;
    }

    Announcer announcer() {
        return announcer;
    }

    Ejections<Q, R> ejections() {
        return ejections;
    }

    /** How many members can be chosen from now. */
    int ready() {
        return router.ready();
    }

    PoolTree<Q, R> tree() {
        return tree;
    }

    CallerQueue<Q, R> queue() {
        return router.queue();
    }

    Bell bell() {
        return bell;
    }

    List<Slot> slots() {
        return tree.slots();
    }

    @Nullable DuplicateRegistry<String, Connection<Q, R>> registry() {
        return tree.registry();
    }
}
