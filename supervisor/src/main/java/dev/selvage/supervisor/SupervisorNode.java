package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a supervisor, as others see it: its children and what it does. The supervisor's thread writes,
 * any thread reads, and no reader waits.
 */
final class SupervisorNode {
    private final SupervisorSpec spec;
    private final Ticker ticker;
    private final RestartWindow window;
    private final Announcer announcer;

    /** Who it is to the supervisor above it; null for the outermost. */
    private final @Nullable Incarnation asChild;

    /** Who waits for something in the whole tree. */
    private final Changes changes;

    /** The children by their place; a sorted map, so that adding and removing one of very many costs little. */
    private final ConcurrentNavigableMap<Long, ChildSlot> slots = new ConcurrentSkipListMap<>();

    /** The same by id; empty in a dynamic supervisor, whose children's ids need not differ. */
    private final Map<String, ChildSlot> byId = new ConcurrentHashMap<>();

    /** The place of the child added last; the supervisor's thread only, once that runs. */
    private long lastPosition;

    /** Written by the supervisor's thread. */
    private final AtomicInteger size = new AtomicInteger();

    private final AtomicInteger stuckThreads = new AtomicInteger();

    private volatile Status status = Status.STARTING;

    /** Written by the supervisor's thread before anything of it runs. */
    private volatile @Nullable ProcessRef<Signal> process;

    /** Whether it takes no request any more; written by the supervisor's thread before it stops its children. */
    private volatile boolean closing;

    /** What users hold of the tree; of the outermost only, and written before anything of it runs. */
    private @Nullable Supervisor handle;

    /** Whether somebody has asked it to end. */
    private volatile boolean stopRequested;

    /** The outermost. */
    SupervisorNode(SupervisorSpec spec) {
        this(spec, Ticker.system(), null, new Changes(), Announcer.SILENT.below(spec.listener()));
    }

    /** A nested one, as the child that it is. */
    SupervisorNode(SupervisorSpec spec, ChildSlot slot, Incarnation asChild) {
        this(spec, slot.supervisor().ticker, asChild, slot.supervisor().changes, slot.announcerBelow());
    }

    private SupervisorNode(
            SupervisorSpec spec,
            Ticker ofEnclosing,
            @Nullable Incarnation asChild,
            Changes changes,
            Announcer announcer) {
        this.spec = spec;
        this.ticker = spec.ticker(ofEnclosing);
        this.asChild = asChild;
        this.changes = changes;
        this.announcer = announcer;
        this.window = new RestartWindow(spec.intensity(), ticker);
        spec.children().forEach(this::add);
    }

    SupervisorSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    boolean isDynamic() {
        return spec.strategy() == Strategy.DYNAMIC;
    }

    Ticker ticker() {
        return ticker;
    }

    RestartWindow window() {
        return window;
    }

    Announcer announcer() {
        return announcer;
    }

    Changes changes() {
        return changes;
    }

    @Nullable Incarnation asChild() {
        return asChild;
    }

    SupervisorNode root() {
        SupervisorNode each = this;
        for (Incarnation above = asChild; above != null; above = each.asChild) {
            each = above.supervisor();
        }
        return each;
    }

    void handle(Supervisor ofTree) {
        handle = ofTree;
    }

    @Nullable Supervisor handle() {
        return handle;
    }

    // ---- the supervisor's thread

    void runsAs(ProcessRef<Signal> started) {
        process = started;
    }

    void status(Status changed) {
        status = changed;
        changes.happened();
    }

    /** From now on whoever asks something is refused; who asked before is in the mailbox. */
    void closes() {
        closing = true;
    }

    ChildSlot add(ChildSpec<?> child) {
        ChildSlot slot = new ChildSlot(child, this, ++lastPosition);
        put(slot);
        size.incrementAndGet();
        return slot;
    }

    /** Puts another child in the place of one. */
    ChildSlot replace(ChildSlot before, ChildSpec<?> child) {
        ChildSlot slot = new ChildSlot(child, this, before.position());
        before.removed();
        byId.remove(before.id(), before);
        put(slot);
        return slot;
    }

    private void put(ChildSlot slot) {
        if (!isDynamic()) {
            byId.put(slot.id(), slot);
        }
        slots.put(slot.position(), slot);
    }

    void remove(ChildSlot child) {
        child.removed();
        byId.remove(child.id(), child);
        if (slots.remove(child.position(), child)) {
            size.decrementAndGet();
        }
        changes.happened();
    }

    /** A thread of an abandoned child runs on behind; and at some time it ends. Any thread for the latter. */
    void stuckThreads(int change) {
        stuckThreads.addAndGet(change);
    }

    // ---- any thread

    /** The children in the order of their start. */
    Collection<ChildSlot> children() {
        return slots.values();
    }

    NavigableMap<Long, ChildSlot> slots() {
        return slots;
    }

    int size() {
        return size.get();
    }

    Status status() {
        return status;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether no child of it will ever run again; said before those who wait are woken for the last time. */
    boolean hasEnded() {
        Status now = status;
        return now == Status.ENDED || now == Status.STOPPED;
    }

    void requestsStop() {
        stopRequested = true;
    }

    boolean isStopping() {
        return stopRequested
                || closing
                || (asChild != null
                        && (asChild.isStopping() || asChild.supervisor().isStopping()));
    }

    /** The supervisor's process, or null before it has begun. */
    @Nullable ProcessRef<Signal> process() {
        return process;
    }

    /** The child of an id here; never one of a dynamic supervisor. */
    @Nullable ChildSlot slot(String id) {
        return byId.get(id);
    }

    /** Finds the child of a specification, here first and then in each supervisor below that is not dynamic. */
    @Nullable ChildSlot find(ChildSpec<?> wanted) {
        ChildSlot own = byId.get(wanted.id());
        if (own != null && own.spec().isSameKeyAs(wanted)) {
            return own;
        }
        if (isDynamic()) {
            return null;
        }
        ChildSlot anywhere = null;
        for (ChildSlot child : slots.values()) {
            SupervisorNode below = child.below();
            ChildSlot found = below == null ? null : below.find(wanted);
            if (found != null && found.livingProcess().isPresent()) {
                return found;
            }
            anywhere = anywhere == null ? found : anywhere;
        }
        return anywhere;
    }

    /** Finds the child at the end of a path of ids. */
    @Nullable ChildSlot find(List<String> path) {
        ChildSlot first = byId.get(path.get(0));
        if (first == null || path.size() == 1) {
            return first;
        }
        SupervisorNode below = first.below();
        return below == null ? null : below.find(path.subList(1, path.size()));
    }

    SupervisorTree snapshot() {
        SupervisorTree.Budget budget = window.budget();
        return new SupervisorTree(
                name(),
                status,
                spec.strategy(),
                budget.used(),
                budget.allowed(),
                budget.period(),
                stuckThreads.get(),
                slots.values().stream().map(ChildSlot::snapshot).toList());
    }

    /** How long an orderly stop takes at most by the rules of the children of now: one by one, or all at once. */
    Duration longestStop() {
        return together(slots.values().stream().map(SupervisorNode::longestStop));
    }

    private static Duration longestStop(ChildSlot slot) {
        SupervisorNode below = slot.below();
        return below == null
                ? slot.spec().longestStop()
                : slot.spec().longestStop(below.longestStop(), below.longestKill());
    }

    /** How long the end after an interrupt takes at most. */
    Duration longestKill() {
        return together(slots.values().stream().map(SupervisorNode::longestKill));
    }

    private static Duration longestKill(ChildSlot slot) {
        SupervisorNode below = slot.below();
        return below == null ? slot.spec().longestKill() : slot.spec().longestKill(below.longestKill());
    }

    private Duration together(Stream<Duration> each) {
        return each.reduce(Duration.ZERO, isDynamic() ? Checks::longer : Checks::sum);
    }
}
