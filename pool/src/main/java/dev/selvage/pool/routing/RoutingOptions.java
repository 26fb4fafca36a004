package dev.selvage.pool.routing;

import dev.selvage.time.Backoff;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What may be chosen about a {@link RoutingPool}. An immutable value, given to the function that makes or starts one:
 *
 * {@snippet :
 * var pool = RoutingPool.start("fanta", 10, connector, options -> options
 *         .withRouting(Routing.leastUsed())
 *         .withRequestTimeout(Duration.ofSeconds(2))
 *         .withSilence(Duration.ofSeconds(5)));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>routing</td><td>any {@link Routing}</td><td>{@link Routing#powerOfTwo()}</td></tr>
 * <tr><td>request timeout</td><td>more than 0</td><td>5 s</td></tr>
 * <tr><td>member wait</td><td>0 or more; 0 fails at once</td><td>1 s, within the request's time</td></tr>
 * <tr><td>connect timeout</td><td>more than 0</td><td>10 s</td></tr>
 * <tr><td>backoff</td><td>any {@link Backoff}; full jitter is added</td><td>exponential, 10 ms to 10 s</td></tr>
 * <tr><td>healthy after</td><td>0 or more</td><td>1 s</td></tr>
 * <tr><td>silence</td><td>0 or more; 0 turns it off; more than the slowest response takes</td><td>10 s</td></tr>
 * <tr><td>max in flight</td><td>1 or more, for each member</td><td>no limit</td></tr>
 * <tr><td>max waiting</td><td>0 or more; 0 refuses what finds all members at their limits</td><td>1,000</td></tr>
 * <tr><td>ejection: failures in a row</td><td>1 or more; may be turned off</td><td>5</td></tr>
 * <tr><td>ejection: time</td><td>more than 0; the first time in a row, the n-th takes n times as long, up to 10</td>
 *     <td>10 s</td></tr>
 * <tr><td>intensity: restarts</td><td>0 or more</td><td>the size of the pool and 3 more</td></tr>
 * <tr><td>intensity: period</td><td>more than 0</td><td>5 s</td></tr>
 * <tr><td>listener</td><td>any {@link RoutingListener}</td><td>none</td></tr>
 * <tr><td>ticker</td><td>any {@link Ticker}</td><td>{@link Ticker#system()}</td></tr>
 * <tr><td>random</td><td>any that several threads may use</td><td>each thread's {@link ThreadLocalRandom}</td></tr>
 * </table>
 */
public final class RoutingOptions {
    /** What a limit is where there is none. */
    static final int NO_LIMIT = Integer.MAX_VALUE;

    static final RoutingOptions DEFAULTS = new RoutingOptions(
            Routing.powerOfTwo(),
            new Times(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10)),
            Backoff.exponential(Duration.ofMillis(10), Duration.ofSeconds(10)).withFullJitter(),
            new Limits(NO_LIMIT, 1_000, Ejection.DEFAULT),
            null,
            null,
            Ticker.system(),
            null);

    private record Times(
            Duration request, Duration memberWait, Duration connect, Duration healthyAfter, Duration silence) {}

    private record Limits(
            int inFlight, int waiting, @Nullable Ejection ejection) {}

    /** After how many failures in a row a member is out, for how long the first time. */
    record Ejection(int failures, Duration time) {
        static final Ejection DEFAULT = new Ejection(5, Duration.ofSeconds(10));
    }

    /** How many restarts of members are allowed in which time. */
    record Intensity(int restarts, Duration period) {}

    private final Routing routing;
    private final Times times;
    private final Backoff backoff;
    private final Limits limits;
    private final @Nullable Intensity intensity;
    private final @Nullable RoutingListener listener;
    private final Ticker ticker;
    private final @Nullable RandomGenerator random;

    private RoutingOptions(
            Routing routing,
            Times times,
            Backoff backoff,
            Limits limits,
            @Nullable Intensity intensity,
            @Nullable RoutingListener listener,
            Ticker ticker,
            @Nullable RandomGenerator random) {
        this.routing = routing;
        this.times = times;
        this.backoff = backoff;
        this.limits = limits;
        this.intensity = intensity;
        this.listener = listener;
        this.ticker = ticker;
        this.random = random;
    }

    /**
     * Sets how the member that a request goes to is chosen.
     *
     * @param routing the strategy
     * @return options with that strategy
     */
    public RoutingOptions withRouting(Routing routing) {
        Objects.requireNonNull(routing, "routing");
        return new RoutingOptions(routing, times, backoff, limits, intensity, listener, ticker, random);
    }

    /**
     * Sets the time limit of a {@link RoutingPool#request(Object)} that is given none.
     *
     * @param timeout more than 0
     * @return options with that timeout
     */
    public RoutingOptions withRequestTimeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return with(new Times(timeout, times.memberWait, times.connect, times.healthyAfter, times.silence));
    }

    /**
     * Sets how long a request waits for a member when none is connected.
     *
     * @param wait 0 or more; with 0 it fails at once
     * @return options with that wait
     */
    public RoutingOptions withMemberWait(Duration wait) {
        Checks.notNegative("wait", wait);
        return with(new Times(times.request, wait, times.connect, times.healthyAfter, times.silence));
    }

    /**
     * Sets how long a {@link Connector#connect} may take, before it is interrupted and counts as failed.
     *
     * @param timeout more than 0
     * @return options with that timeout
     */
    public RoutingOptions withConnectTimeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return with(new Times(times.request, times.memberWait, timeout, times.healthyAfter, times.silence));
    }

    /**
     * Sets how long a member pauses before it connects again. Its attempts are counted from the end of its last healthy
     * connection: the first comes without a pause, the one after {@code n} failures after a pause drawn evenly from 0
     * up to {@code backoff.delay(n, …)}.
     *
     * @param backoff the longest pauses
     * @return options with that backoff
     */
    public RoutingOptions withBackoff(Backoff backoff) {
        Objects.requireNonNull(backoff, "backoff");
        return new RoutingOptions(
                routing, times, backoff.withFullJitter(), limits, intensity, listener, ticker, random);
    }

    /**
     * Sets for how long a connection must have been up to count as healthy. The loss of one that was not counts as a
     * failed attempt, so that a peer that accepts and drops is not stormed. A member counts as
     * {@linkplain Routing.Health#FAILING failing} for as long after a failure, unless it answers before.
     *
     * @param time 0 or more
     * @return options with that time
     */
    public RoutingOptions withHealthyAfter(Duration time) {
        Checks.notNegative("time", time);
        return with(new Times(times.request, times.memberWait, times.connect, time, times.silence));
    }

    /**
     * Sets when a peer counts as silent: when the oldest request in flight of its connection has been the same for that
     * long. The connection is dropped then, however many younger requests were answered meanwhile; so the interval must
     * be longer than the slowest response takes. A request whose caller has given up counts until it is answered.
     *
     * @param interval 0 or more; 0 turns it off
     * @return options with that interval
     */
    public RoutingOptions withSilence(Duration interval) {
        Checks.notNegative("interval", interval);
        return with(new Times(times.request, times.memberWait, times.connect, times.healthyAfter, interval));
    }

    /**
     * Sets how many requests a member may have under way at the same time. Its transport may
     * {@linkplain Transport#limitedBy lower} that. A request that finds all members at their limits waits for a place,
     * within its time limit.
     *
     * @param requests 1 or more, for each member
     * @return options with that limit
     */
    public RoutingOptions withMaxInFlight(int requests) {
        return with(new Limits(Checks.atLeast("requests", requests, 1), limits.waiting, limits.ejection));
    }

    /**
     * Sets how many requests may wait for a place at the same time, when all members are at their limits. One more is
     * refused with {@link RoutingException.Overloaded}.
     *
     * @param requests 0 or more; with 0 none waits
     * @return options with that bound
     */
    public RoutingOptions withMaxWaiting(int requests) {
        return with(new Limits(limits.inFlight, Checks.atLeast("requests", requests, 0), limits.ejection));
    }

    /**
     * Sets when a member is ejected: after so many failures in a row (requests that were not answered in time, answers
     * that are {@linkplain Transport.Response#failed failures}, lost connections) it gets no requests for a time,
     * though it is connected. The n-th time in a row takes n times as long, up to ten times; the row is over once it
     * was back for as long as it had been out. When it is back its first failure ejects it again, and its first answer
     * makes it one like the others.
     *
     * <p>At most a tenth of the members are out at the same time, but one may always go unless it is the last that is
     * ready. When no other member is connected those that are out are used all the same.
     *
     * @param failures 1 or more
     * @param time how long it is out the first time, more than 0
     * @return options with that ejection
     */
    public RoutingOptions withEjection(int failures, Duration time) {
        Checks.atLeast("failures", failures, 1);
        Checks.positive("time", time);
        return with(new Limits(limits.inFlight, limits.waiting, new Ejection(failures, time)));
    }

    /**
     * Ejects no member, however often it fails.
     *
     * @return options without ejection
     */
    public RoutingOptions withoutEjection() {
        return with(new Limits(limits.inFlight, limits.waiting, null));
    }

    /**
     * Sets how many restarts of members, and likewise of the registry, the supervisors allow in which time. Lost
     * connections are none: a member bears them without ending.
     *
     * @param restarts 0 or more
     * @param period more than 0
     * @return options with that intensity
     * @see dev.selvage.supervisor.SupervisorSpec#withIntensity
     */
    public RoutingOptions withIntensity(int restarts, Duration period) {
        if (restarts < 0) {
            throw new IllegalArgumentException("restarts: " + restarts + "; allowed: 0 or more");
        }
        Checks.positive("period", period);
        return new RoutingOptions(
                routing, times, backoff, limits, new Intensity(restarts, period), listener, ticker, random);
    }

    /**
     * Sets who is told what happens in the pool.
     *
     * @param listener called on the threads on which things happen
     * @return options with that listener
     */
    public RoutingOptions withListener(RoutingListener listener) {
        Objects.requireNonNull(listener, "listener");
        return new RoutingOptions(routing, times, backoff, limits, intensity, listener, ticker, random);
    }

    /**
     * Sets the clock of every wait of the pool and of its supervisors. In a tree of yours it must be that tree's clock.
     *
     * @param ticker the clock
     * @return options with that clock
     */
    public RoutingOptions withTicker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return new RoutingOptions(routing, times, backoff, limits, intensity, listener, ticker, random);
    }

    /**
     * Sets where the jitter of pauses comes from, for tests that have to come out the same each time.
     *
     * @param random used by all members, so it must bear several threads
     * @return options with that source
     */
    public RoutingOptions withRandom(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new RoutingOptions(routing, times, backoff, limits, intensity, listener, ticker, random);
    }

    private RoutingOptions with(Times changed) {
        return new RoutingOptions(routing, changed, backoff, limits, intensity, listener, ticker, random);
    }

    private RoutingOptions with(Limits changed) {
        return new RoutingOptions(routing, times, backoff, changed, intensity, listener, ticker, random);
    }

    Routing routing() {
        return routing;
    }

    Duration requestTimeout() {
        return times.request;
    }

    Duration memberWait() {
        return times.memberWait;
    }

    Duration connectTimeout() {
        return times.connect;
    }

    Duration healthyAfter() {
        return times.healthyAfter;
    }

    int maxInFlight() {
        return limits.inFlight;
    }

    int maxWaiting() {
        return limits.waiting;
    }

    @Nullable Ejection ejection() {
        return limits.ejection;
    }

    long failureMemoryNanos() {
        return Deadline.after(times.healthyAfter, ticker).remainingNanos();
    }

    Duration silence() {
        return times.silence;
    }

    /** The pause after so many failures in a row, 1 or more. */
    Duration pause(int failures) {
        return backoff.delay(failures, random == null ? ThreadLocalRandom.current() : random);
    }

    Intensity intensity(int size) {
        return intensity == null ? new Intensity(size + 3, Duration.ofSeconds(5)) : intensity;
    }

    @Nullable RoutingListener listener() {
        return listener;
    }

    Ticker ticker() {
        return ticker;
    }

    @Override
    public String toString() {
        return "RoutingOptions[routing " + routing + ", " + times + ", " + limits
                + (intensity == null ? "" : ", " + intensity) + ", " + ticker + "]";
    }
}
