package dev.selvage.supervisor;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
 * </table>
 */
public final class SupervisorSpec {
    private static final Intensity DEFAULT_INTENSITY = new Intensity(3, Duration.ofSeconds(5));

    /** How many restarts are allowed in which time. */
    record Intensity(int restarts, Duration period) {}

    private final String name;
    private final Strategy strategy;
    private final List<ChildSpec<?>> children;
    private final Intensity intensity;
    private final @Nullable Ticker ticker;

    private SupervisorSpec(
            String name, Strategy strategy, List<ChildSpec<?>> children, Intensity intensity, @Nullable Ticker ticker) {
        this.name = name;
        this.strategy = strategy;
        this.children = children;
        this.intensity = intensity;
        this.ticker = ticker;
    }

    /**
     * Specifies a supervisor that restarts the child that ended, and no other.
     *
     * @param name its name, not blank, which its thread and its scope bear too
     * @param children its children, in the order of their start
     * @return the specification
     * @throws IllegalArgumentException if two children have the same id
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
     * @throws IllegalArgumentException if two children have the same id
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
     * @throws IllegalArgumentException if two children have the same id
     */
    public static SupervisorSpec oneForAll(String name, ChildSpec<?>... children) {
        return of(name, Strategy.ONE_FOR_ALL, children);
    }

    private static SupervisorSpec of(String name, Strategy strategy, ChildSpec<?>... children) {
        Checks.notBlank("name", name);
        Objects.requireNonNull(children, "children");
        return new SupervisorSpec(name, strategy, List.of(), DEFAULT_INTENSITY, null)
                .withChildren(Arrays.asList(children));
    }

    /**
     * Adds children behind those there are.
     *
     * @param more further children, in the order of their start
     * @return a specification with these too
     * @throws IllegalArgumentException if two children have the same id
     */
    public SupervisorSpec withChildren(Collection<? extends ChildSpec<?>> more) {
        Objects.requireNonNull(more, "more");
        List<ChildSpec<?>> all = new ArrayList<>(children);
        Set<String> ids = new HashSet<>();
        all.forEach(child -> ids.add(child.id()));
        for (ChildSpec<?> child : more) {
            Objects.requireNonNull(child, "child");
            if (!ids.add(child.id())) {
                throw new IllegalArgumentException("children: two of supervisor '" + name + "' have the id '"
                        + child.id() + "'; allowed: ids that differ");
            }
            all.add(child);
        }
        return new SupervisorSpec(name, strategy, List.copyOf(all), intensity, ticker);
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
        Checks.atLeast("restarts", restarts, 0);
        Checks.positive("period", period);
        return new SupervisorSpec(name, strategy, children, new Intensity(restarts, period), ticker);
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
        return new SupervisorSpec(name, strategy, children, intensity, ticker);
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
        return intensity;
    }

    Ticker ticker(Ticker ofEnclosing) {
        return ticker == null ? ofEnclosing : ticker;
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
        return "supervisor '" + name + "' (" + strategy + ", " + children.size() + " children)";
    }
}
