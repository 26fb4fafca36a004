package dev.selvage.supervisor;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor with its children in their order, as an immutable value: run it with {@link Supervisor}, or nest it with
 * {@link ChildSpec#supervisor}.
 *
 * {@snippet :
 * SupervisorSpec app = SupervisorSpec.restForOne("app",
 *         ChildSpec.process("store", Store::serve),
 *         ChildSpec.supervisor(SupervisorSpec.oneForOne("workers").withChildren(workers)))
 *     .withIntensity(10, Duration.ofMinutes(1));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>intensity: restarts</td><td>0 or more</td><td>3</td></tr>
 * <tr><td>intensity: period</td><td>more than 0</td><td>5 s</td></tr>
 * <tr><td>ticker</td><td>any {@link Ticker}</td><td>that of the enclosing supervisor; {@link Ticker#system()} for the
 * outermost</td></tr>
 * <tr><td>automatic shutdown</td><td>any {@link AutoShutdown}</td><td>never</td></tr>
 * <tr><td>most children</td><td>1 or more; for dynamic supervisors</td><td>no bound</td></tr>
 * <tr><td>listener</td><td>any</td><td>none</td></tr>
 * </table>
 */
public final class SupervisorSpec {
    private static final Intensity DEFAULT_INTENSITY = new Intensity(3, Duration.ofSeconds(5));

    /** How many restarts are allowed in which time. */
    record Intensity(int restarts, Duration period) {
        static Intensity of(int restarts, Duration period) {
            return new Intensity(Checks.atLeast("restarts", restarts, 0), Checks.positive("period", period));
        }
    }

    /** When a supervisor ends by itself because {@linkplain ChildSpec#withSignificant significant} children have. */
    public enum AutoShutdown {
        /** Never: it has no significant children. */
        NEVER,
        /** When one of them has. */
        ANY_SIGNIFICANT,
        /** When all of them have. */
        ALL_SIGNIFICANT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Options(
            Intensity intensity,
            @Nullable Ticker ticker,
            AutoShutdown autoShutdown,
            int maxChildren,
            @Nullable Consumer<? super SupervisorTree.Event> listener) {
        static final Options DEFAULTS =
                new Options(DEFAULT_INTENSITY, null, AutoShutdown.NEVER, Integer.MAX_VALUE, null);
    }

    private final String name;
    private final Strategy strategy;
    private final List<ChildSpec<?>> children;
    private final Options options;

    private SupervisorSpec(String name, Strategy strategy, List<ChildSpec<?>> children, Options options) {
        this.name = name;
        this.strategy = strategy;
        this.children = children;
        this.options = options;
    }

    /**
     * Specifies a supervisor that restarts the child that ended, and no other.
     *
     * @param name its name, not blank, which its thread and its scope bear too
     * @param children its children, in the order of their start
     * @return the specification
     * @throws IllegalArgumentException if two children have the same id, or one is significant
     */
    public static SupervisorSpec oneForOne(String name, ChildSpec<?>... children) {
        return of(name, Strategy.ONE_FOR_ONE, children);
    }

    /**
     * Specifies a supervisor that restarts the child that ended and those after it.
     *
     * @param name its name, not blank, which its thread and its scope bear too
     * @param children its children, in the order of their start
     * @return the specification
     * @throws IllegalArgumentException if two children have the same id, or one is significant
     */
    public static SupervisorSpec restForOne(String name, ChildSpec<?>... children) {
        return of(name, Strategy.REST_FOR_ONE, children);
    }

    /**
     * Specifies a supervisor that restarts all children when one has ended.
     *
     * @param name its name, not blank, which its thread and its scope bear too
     * @param children its children, in the order of their start
     * @return the specification
     * @throws IllegalArgumentException if two children have the same id, or one is significant
     */
    public static SupervisorSpec oneForAll(String name, ChildSpec<?>... children) {
        return of(name, Strategy.ONE_FOR_ALL, children);
    }

    private static SupervisorSpec of(String name, Strategy strategy, ChildSpec<?>... children) {
        Checks.notBlank("name", name);
        Objects.requireNonNull(children, "children");
        return new SupervisorSpec(name, strategy, List.of(), Options.DEFAULTS).withChildren(Arrays.asList(children));
    }

    /**
     * Specifies a supervisor whose children come and go at run time, any number of them, mostly of one kind: sessions,
     * connections, tasks. It starts without any; they are started by {@link Supervisor.Children#start}, whose result is
     * the only way to find one again, since their ids need not differ. Each is restarted alone. One that has ended, and
     * is not to be started anew, is forgotten. All are stopped at once, however many.
     *
     * {@snippet :
     * static final ChildSpec<Void> SESSIONS =
     *         ChildSpec.supervisor(SupervisorSpec.dynamic("sessions").withMaxChildren(10_000));
     *
     * ChildRef<Request> session = running.ref(SESSIONS).children().start(
     *         ChildSpec.<Request>process("session of " + user, mailbox -> serve(user, mailbox))
     *                 .withRestart(Restart.TEMPORARY));
     * }
     *
     * @param name its name, not blank, which its thread and its scope bear too
     * @return the specification
     */
    public static SupervisorSpec dynamic(String name) {
        return of(name, Strategy.DYNAMIC);
    }

    /**
     * Specifies a number of equal children, among which keys are divided: what has the same key always comes to the
     * same child, so that one process is no bottleneck and no two work on one key.
     *
     * {@snippet :
     * static final SupervisorSpec.Partitions<Message> COUNTERS =
     *         SupervisorSpec.partitioned("counters", 8, i -> ChildSpec.process("counter " + i, Counter::serve));
     *
     * SupervisorSpec app = SupervisorSpec.oneForOne("app", ChildSpec.supervisor(COUNTERS.supervisor()));
     * running.ref(COUNTERS.of(userId)).send(new Add(1));
     * }
     *
     * @param <M> the type of their messages
     * @param name the name of their supervisor, not blank
     * @param count how many, 1 or more
     * @param child makes the specification of each from its index, from 0 on; their ids must differ
     * @return the partitions
     */
    public static <M> Partitions<M> partitioned(String name, int count, IntFunction<ChildSpec<M>> child) {
        Checks.notBlank("name", name);
        Checks.atLeast("count", count, 1);
        Objects.requireNonNull(child, "child");
        List<ChildSpec<M>> all = IntStream.range(0, count).mapToObj(child).toList();
        return new Partitions<>(SupervisorSpec.oneForOne(name).withChildren(all), all);
    }

    /**
     * A supervisor of equal children, and which key is whose, as an immutable value.
     *
     * @param <M> the type of their messages
     */
    public static final class Partitions<M> {
        private final SupervisorSpec supervisor;
        private final List<ChildSpec<M>> all;

        private Partitions(SupervisorSpec supervisor, List<ChildSpec<M>> all) {
            this.supervisor = supervisor;
            this.all = all;
        }

        /**
         * Returns the supervisor of all, to be run or nested; one_for_one, and other options can be added.
         *
         * @return the supervisor
         */
        public SupervisorSpec supervisor() {
            return supervisor;
        }

        /**
         * Returns the partitions in their order.
         *
         * @return the specifications
         */
        public List<ChildSpec<M>> all() {
            return all;
        }

        /**
         * Returns whose a key is: always the same for equal keys. A number keeps its order, so that 0, 1, 2... come to
         * one child after the other; keys with the same hash code come to the same child.
         *
         * @param key the key
         * @return the specification of its child
         */
        public ChildSpec<M> of(Object key) {
            int hash = Objects.requireNonNull(key, "key").hashCode();
            int spread = key instanceof Number ? hash : hash ^ (hash >>> 16);
            return all.get(Math.floorMod(spread, all.size()));
        }

        @Override
        public String toString() {
            return all.size() + " partitions of " + supervisor;
        }
    }

    /**
     * Adds children behind those there are.
     *
     * @param more further children, in the order of their start
     * @return a specification with these too
     * @throws IllegalArgumentException if two children have the same id, if one is significant and there is no
     *     automatic shutdown, or if the supervisor is dynamic
     */
    public SupervisorSpec withChildren(Collection<? extends ChildSpec<?>> more) {
        Objects.requireNonNull(more, "more");
        List<ChildSpec<?>> all = new ArrayList<>(children);
        Set<String> ids = new HashSet<>();
        all.forEach(child -> ids.add(child.id()));
        for (ChildSpec<?> child : more) {
            Objects.requireNonNull(child, "child");
            if (strategy == Strategy.DYNAMIC) {
                throw new IllegalArgumentException("children: '" + child.id() + "' of supervisor '" + name
                        + "', which is dynamic; allowed: none before it runs");
            }
            refuseUselessSignificance(child);
            if (!ids.add(child.id())) {
                throw new IllegalArgumentException("children: two of supervisor '" + name + "' have the id '"
                        + child.id() + "'; allowed: ids that differ");
            }
            all.add(child);
        }
        return new SupervisorSpec(name, strategy, List.copyOf(all), options);
    }

    /** At construction, and for each child that is added at run time. */
    void refuseUselessSignificance(ChildSpec<?> child) {
        if (child.isSignificant() && options.autoShutdown == AutoShutdown.NEVER) {
            throw new IllegalArgumentException("children: '" + child.id() + "' of supervisor '" + name
                    + "' is significant, but the automatic shutdown is never; allowed: significant children once"
                    + " withAutoShutdown has said when they end it");
        }
    }

    /**
     * Sets how many restarts are allowed in which time, of all children together. The window slides: a restart counts
     * from its instant on until it is exactly one period old. One restart more than is allowed, and the supervisor
     * stops its children in reverse and fails with {@link SupervisorException.GaveUp}.
     *
     * <p>One event counts one restart, however many children are started anew for it. An attempt that fails counts as
     * one, and the next attempt as another.
     *
     * @param restarts how many, 0 or more; with 0 the first end that asks for a restart ends the supervisor
     * @param period in which time, more than 0
     * @return a specification with that
     */
    public SupervisorSpec withIntensity(int restarts, Duration period) {
        return with(new Options(
                Intensity.of(restarts, period),
                options.ticker,
                options.autoShutdown,
                options.maxChildren,
                options.listener));
    }

    /**
     * Sets the clock of the restart window and of every wait of the supervisor, and of those nested in it. All
     * supervisors of a tree should have the same: set it on the outermost.
     *
     * @param ticker the clock
     * @return a specification with that
     */
    public SupervisorSpec withTicker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return with(
                new Options(options.intensity, ticker, options.autoShutdown, options.maxChildren, options.listener));
    }

    /**
     * Sets when the supervisor ends by itself, in good order and with the reason <em>shutdown</em>, because
     * {@linkplain ChildSpec#withSignificant significant} children have ended. A child counts as ended when it ended by
     * itself and is not to be started anew; that somebody terminated it ends nobody. A supervisor that ends this way is
     * started anew by the one above it if it is permanent: mostly it should be transient or temporary.
     *
     * @param when when
     * @return a specification with that
     * @throws IllegalArgumentException if it is never, and there is a significant child
     */
    public SupervisorSpec withAutoShutdown(AutoShutdown when) {
        Objects.requireNonNull(when, "when");
        SupervisorSpec changed =
                with(new Options(options.intensity, options.ticker, when, options.maxChildren, options.listener));
        children.forEach(changed::refuseUselessSignificance);
        return changed;
    }

    /**
     * Sets how many children a dynamic supervisor has at most, those that wait for a restart included. One more is
     * refused.
     *
     * @param most how many, 1 or more
     * @return a specification with that
     * @throws IllegalArgumentException if the number is not legal, or the supervisor is not dynamic
     */
    public SupervisorSpec withMaxChildren(int most) {
        Checks.atLeast("most", most, 1);
        if (strategy != Strategy.DYNAMIC) {
            throw new IllegalArgumentException("most: " + most + " for supervisor '" + name + "', which is " + strategy
                    + "; allowed: for dynamic supervisors");
        }
        return with(new Options(options.intensity, options.ticker, options.autoShutdown, most, options.listener));
    }

    /**
     * Sets who hears of each event in this supervisor and in those below it. Replaces the one set before; listeners of
     * supervisors above or below are others, and hear too.
     *
     * <p>It is called on a virtual thread of its own, one event after the other, in the order in which each supervisor
     * did things. So one that is slow delays nobody: when 10,000 events wait for it, further ones are left out, and
     * {@link SupervisorTree.Event.Missed} says how many. What it throws is logged. It may still be called for a moment
     * after the tree has ended. A listener that asks the supervisor for something waits like any other thread.
     *
     * @param listener what to do with each event
     * @return a specification with that
     */
    public SupervisorSpec withListener(Consumer<? super SupervisorTree.Event> listener) {
        Objects.requireNonNull(listener, "listener");
        return with(
                new Options(options.intensity, options.ticker, options.autoShutdown, options.maxChildren, listener));
    }

    private SupervisorSpec with(Options changed) {
        return new SupervisorSpec(name, strategy, children, changed);
    }

    /**
     * Returns the name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    // ---- for the supervisor

    Strategy strategy() {
        return strategy;
    }

    List<ChildSpec<?>> children() {
        return children;
    }

    Intensity intensity() {
        return options.intensity;
    }

    Ticker ticker(Ticker ofEnclosing) {
        return options.ticker == null ? ofEnclosing : options.ticker;
    }

    AutoShutdown autoShutdown() {
        return options.autoShutdown;
    }

    int maxChildren() {
        return options.maxChildren;
    }

    @Nullable Consumer<? super SupervisorTree.Event> listener() {
        return options.listener;
    }

    /** How long an orderly stop takes at most by the children's own rules, one after the other. */
    Duration longestStop() {
        return children.stream().map(ChildSpec::longestStop).reduce(Duration.ZERO, Checks::sum);
    }

    /** How long the end after an interrupt takes at most. */
    Duration longestKill() {
        return children.stream().map(ChildSpec::longestKill).reduce(Duration.ZERO, Checks::sum);
    }

    @Override
    public String toString() {
        return "supervisor '" + name + "' (" + strategy + ", " + children.size()
                + (children.size() == 1 ? " child)" : " children)");
    }
}
