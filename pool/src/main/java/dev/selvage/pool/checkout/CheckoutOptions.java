package dev.selvage.pool.checkout;

import dev.selvage.time.Backoff;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What may be chosen about a {@link CheckoutPool}. An immutable value, given to the function that makes or starts one:
 *
 * {@snippet :
 * var pool = CheckoutPool.start("printers", 4, factory, options -> options
 *         .withOverflow(2, Duration.ofMinutes(1))
 *         .withCheckoutTimeout(Duration.ofSeconds(2))
 *         .withMaxLifetime(Duration.ofMinutes(30)));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>checkout timeout</td><td>0 or more; 0 does not wait</td><td>5 s</td></tr>
 * <tr><td>overflow</td><td>0 or more, with an idle timeout of 0 or more</td><td>0</td></tr>
 * <tr><td>reuse</td><td>{@link Reuse}</td><td>{@link Reuse#LIFO}</td></tr>
 * <tr><td>orphans</td><td>{@link Orphans}</td><td>{@link Orphans#DESTROY}</td></tr>
 * <tr><td>maximum lifetime</td><td>more than 0; some are up to a tenth younger when they go</td><td>none</td></tr>
 * <tr><td>validation after</td><td>0 or more</td><td>never</td></tr>
 * <tr><td>keep-alive</td><td>more than 0</td><td>never</td></tr>
 * <tr><td>create timeout</td><td>more than 0</td><td>10 s</td></tr>
 * <tr><td>destroy timeout</td><td>0 or more</td><td>5 s</td></tr>
 * <tr><td>backoff</td><td>any {@link Backoff}</td><td>exponential with full jitter, 10 ms to 2 s</td></tr>
 * <tr><td>drain timeout</td><td>0 or more</td><td>10 s</td></tr>
 * <tr><td>load shedding</td><td>target and interval, more than 0</td><td>off</td></tr>
 * <tr><td>listener</td><td>any {@link CheckoutListener}</td><td>none</td></tr>
 * <tr><td>ticker</td><td>any {@link Ticker}</td><td>{@link Ticker#system()}</td></tr>
 * </table>
 */
public final class CheckoutOptions {

    /** Which idle resource is lent next. */
    public enum Reuse {
        /**
         * The one that came back last: a few are busy and warm, the others become idle and may go. Where threads keep
         * getting in each other's way, each is lent what it gave back last itself, if that is idle.
         */
        LIFO,
        /** The one that has been idle longest: all are used alike, and none grows stale unseen. */
        FIFO
    }

    /** What becomes of the resource of a borrower whose thread ended. */
    public enum Orphans {
        /** It is destroyed and replaced: nobody knows in which state it was left. */
        DESTROY,
        /** It is {@linkplain ResourceFactory#reset reset} and lent on; destroyed where that fails. */
        RESET,
        /** It is lent on at once, as it is. */
        REUSE
    }

    static final CheckoutOptions DEFAULTS = new CheckoutOptions(new Builder());

    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    /** The values, while they are being put together. */
    private static final class Builder {
        Duration checkoutTimeout = Duration.ofSeconds(5);
        int overflow;
        Duration idleTimeout = Duration.ofMinutes(1);
        Reuse reuse = Reuse.LIFO;
        Orphans orphans = Orphans.DESTROY;

        @Nullable Duration maxLifetime;

        @Nullable Duration validateAfter;

        @Nullable Duration keepAlive;

        Duration createTimeout = Duration.ofSeconds(10);
        Duration destroyTimeout = Duration.ofSeconds(5);
        Backoff backoff = Backoff.exponential(Duration.ofMillis(10), Duration.ofSeconds(2))
                .withFullJitter();
        Duration drainTimeout = Duration.ofSeconds(10);

        @Nullable Duration shedTarget;

        Duration shedInterval = Duration.ofSeconds(1);

        @Nullable CheckoutListener listener;

        Ticker ticker = Ticker.system();

        Builder() {}

        Builder(Builder other) {
            checkoutTimeout = other.checkoutTimeout;
            overflow = other.overflow;
            idleTimeout = other.idleTimeout;
            reuse = other.reuse;
            orphans = other.orphans;
            maxLifetime = other.maxLifetime;
            validateAfter = other.validateAfter;
            keepAlive = other.keepAlive;
            createTimeout = other.createTimeout;
            destroyTimeout = other.destroyTimeout;
            backoff = other.backoff;
            drainTimeout = other.drainTimeout;
            shedTarget = other.shedTarget;
            shedInterval = other.shedInterval;
            listener = other.listener;
            ticker = other.ticker;
        }
    }

    private final Builder values;
    private final long validateAfterNanos;
    private final long lookEveryNanos;

    private CheckoutOptions(Builder values) {
        this.values = values;
        this.validateAfterNanos = values.validateAfter == null ? -1 : nanos(values.validateAfter);
        long look = LONGEST_NANOS;
        if (values.overflow > 0) {
            look = Math.min(look, nanos(values.idleTimeout));
        }
        if (values.maxLifetime != null) {
            look = Math.min(look, nanos(values.maxLifetime) / 10);
        }
        if (values.keepAlive != null) {
            look = Math.min(look, nanos(values.keepAlive) / 2);
        }
        this.lookEveryNanos = Math.max(1_000_000, look);
    }

    private interface Change {
        void to(Builder values);
    }

    private CheckoutOptions with(Change change) {
        Builder changed = new Builder(values);
        change.to(changed);
        return new CheckoutOptions(changed);
    }

    /**
     * Sets the time limit of a {@link CheckoutPool#checkOut()} that is given none.
     *
     * @param timeout 0 or more; with 0 it does not wait
     * @return options with that timeout
     */
    public CheckoutOptions withCheckoutTimeout(Duration timeout) {
        Checks.notNegative("timeout", timeout);
        return with(values -> values.checkoutTimeout = timeout);
    }

    /**
     * Sets how many resources more than its size the pool may have while borrowers wait. They are made one by one, then
     * two at once, and so on, for as long as somebody waits, so that a short spike makes few.
     *
     * @param most 0 or more
     * @param idleTimeout how long one that is not needed stays; 0 or more
     * @return options with that overflow
     */
    public CheckoutOptions withOverflow(int most, Duration idleTimeout) {
        if (most < 0) {
            throw new IllegalArgumentException("most: " + most + "; allowed: 0 or more");
        }
        Checks.notNegative("idleTimeout", idleTimeout);
        return with(values -> {
            values.overflow = most;
            values.idleTimeout = idleTimeout;
        });
    }

    /**
     * Sets which idle resource is lent next.
     *
     * @param reuse the order
     * @return options with that order
     */
    public CheckoutOptions withReuse(Reuse reuse) {
        Objects.requireNonNull(reuse, "reuse");
        return with(values -> values.reuse = reuse);
    }

    /**
     * Sets what becomes of the resource of a borrower whose thread ended without giving it back.
     *
     * @param orphans what to do with it
     * @return options with that rule
     */
    public CheckoutOptions withOrphans(Orphans orphans) {
        Objects.requireNonNull(orphans, "orphans");
        return with(values -> values.orphans = orphans);
    }

    /**
     * Sets how old a resource may become. An older one is not lent any more, and replaced; one that is lent when it
     * becomes too old, when it is given back. A tenth of the time is left to chance, so that those made together do not
     * go together.
     *
     * @param age more than 0
     * @return options with that lifetime
     */
    public CheckoutOptions withMaxLifetime(Duration age) {
        Checks.positive("age", age);
        return with(values -> values.maxLifetime = age);
    }

    /**
     * Has a resource that was idle for longer than this {@linkplain ResourceFactory#validate validated} before it
     * is lent; not by the borrower, which takes what comes first.
     *
     * @param idle 0 or more
     * @return options with that validation
     */
    public CheckoutOptions withValidationAfter(Duration idle) {
        Checks.notNegative("idle", idle);
        return with(values -> values.validateAfter = idle);
    }

    /**
     * Has every idle resource {@linkplain ResourceFactory#validate validated} now and then, so that it is not
     * dropped by the other side, and is replaced if it was.
     *
     * @param every how often, more than 0
     * @return options with that keep-alive
     */
    public CheckoutOptions withKeepAlive(Duration every) {
        Checks.positive("every", every);
        return with(values -> values.keepAlive = every);
    }

    /**
     * Sets how long a {@link ResourceFactory#create} may take before it is interrupted and counts as failed.
     *
     * @param timeout more than 0
     * @return options with that timeout
     */
    public CheckoutOptions withCreateTimeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return with(values -> values.createTimeout = timeout);
    }

    /**
     * Sets how long the end of a pool waits for resources that are being destroyed before it interrupts that.
     *
     * @param timeout 0 or more
     * @return options with that timeout
     */
    public CheckoutOptions withDestroyTimeout(Duration timeout) {
        Checks.notNegative("timeout", timeout);
        return with(values -> values.destroyTimeout = timeout);
    }

    /**
     * Sets the pauses after failed attempts to make a resource.
     *
     * @param backoff the pause by how many attempts failed in a row, 1 or more
     * @return options with that backoff
     */
    public CheckoutOptions withBackoff(Backoff backoff) {
        Objects.requireNonNull(backoff, "backoff");
        return with(values -> values.backoff = backoff);
    }

    /**
     * Sets how long {@link CheckoutPool#close()} waits for what is lent before it takes it away.
     *
     * @param timeout 0 or more
     * @return options with that timeout
     */
    public CheckoutOptions withDrainTimeout(Duration timeout) {
        Checks.notNegative("timeout", timeout);
        return with(values -> values.drainTimeout = timeout);
    }

    /**
     * Sheds load: once for a whole interval nobody has waited for less than the target, borrowers are refused, more and
     * more often, until waits are short again (CoDel).
     *
     * @param target how long a wait is no sign of overload; more than 0
     * @param interval how long waits may be longer than that; more than 0
     * @return options with load shedding
     */
    public CheckoutOptions withLoadShedding(Duration target, Duration interval) {
        Checks.positive("target", target);
        Checks.positive("interval", interval);
        return with(values -> {
            values.shedTarget = target;
            values.shedInterval = interval;
        });
    }

    /**
     * Has a listener told what happens in the pool.
     *
     * @param listener the listener
     * @return options with that listener, and no other
     */
    public CheckoutOptions withListener(CheckoutListener listener) {
        Objects.requireNonNull(listener, "listener");
        return with(values -> values.listener = listener);
    }

    /**
     * Sets the clock of every wait.
     *
     * @param ticker the clock
     * @return options with that clock
     */
    public CheckoutOptions withTicker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return with(values -> values.ticker = ticker);
    }

    private static long nanos(Duration duration) {
        try {
            return Math.min(duration.toNanos(), LONGEST_NANOS);
        } catch (ArithmeticException tooLong) {
            return LONGEST_NANOS;
        }
    }

    // ---- for the rest of the package

    Duration checkoutTimeout() {
        return values.checkoutTimeout;
    }

    int overflow() {
        return values.overflow;
    }

    Reuse reuse() {
        return values.reuse;
    }

    Orphans orphans() {
        return values.orphans;
    }

    Duration createTimeout() {
        return values.createTimeout;
    }

    Duration destroyTimeout() {
        return values.destroyTimeout;
    }

    /** How long the keeper may take to stop: it waits for what is being destroyed, and then needs a moment. */
    Duration stopTimeout() {
        boolean longest = nanos(values.destroyTimeout) == LONGEST_NANOS;
        return longest ? values.destroyTimeout : values.destroyTimeout.plusSeconds(5);
    }

    Duration drainTimeout() {
        return values.drainTimeout;
    }

    @Nullable CheckoutListener listener() {
        return values.listener;
    }

    Ticker ticker() {
        return values.ticker;
    }

    @Nullable Codel codel() {
        return values.shedTarget == null ? null : new Codel(values.shedTarget, values.shedInterval);
    }

    /** The pause after so many failures in a row, 1 or more. */
    Duration pause(int failures) {
        return values.backoff.delay(failures, ThreadLocalRandom.current());
    }

    /** Whether resources become too old. */
    boolean ages() {
        return values.maxLifetime != null;
    }

    /** How old one resource may become: the maximum, less up to a tenth. */
    long lifetimeNanos(RandomGenerator random) {
        if (values.maxLifetime == null) {
            return 0;
        }
        long most = nanos(values.maxLifetime);
        return most - random.nextLong(most / 10 + 1);
    }

    /** After how long a wait among the idle a resource is checked before it is lent; less than 0: it never is. */
    long validateAfterNanos() {
        return validateAfterNanos;
    }

    /** Whether anything depends on how long a resource has been idle. */
    boolean timesIdleness() {
        return validateAfterNanos >= 0 || values.overflow > 0 || values.keepAlive != null;
    }

    boolean looksAtIdle() {
        return values.overflow > 0 || values.maxLifetime != null || values.keepAlive != null;
    }

    /** How often the idle ones are looked at. */
    long lookEveryNanos() {
        return lookEveryNanos;
    }

    /** How long one of so many that are more than the size may be idle. */
    long idleTimeoutNanos(int spare) {
        return spare > values.overflow ? 0 : nanos(values.idleTimeout);
    }

    boolean isCheckDue(long nowNanos, PooledResource<?> idle) {
        return values.keepAlive != null && nowNanos - idle.wellSinceNanos >= nanos(values.keepAlive);
    }

    @Override
    public String toString() {
        return "CheckoutOptions[checkout timeout " + values.checkoutTimeout + ", overflow " + values.overflow + ", "
                + values.reuse + ", orphans " + values.orphans + ", " + values.ticker + "]";
    }
}
