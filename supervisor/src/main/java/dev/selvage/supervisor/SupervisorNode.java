package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One incarnation of a supervisor, as others see it: its children and what it does. The supervisor's thread writes,
 * any thread reads, and no reader waits.
 */
final class SupervisorNode {
    private final SupervisorSpec spec;
    private final Ticker ticker;
    private final RestartWindow window;

    /** Replaced when a child is removed; written by the supervisor's thread. */
    private volatile List<ChildSlot> children;

    private volatile Status status = Status.STARTING;

    SupervisorNode(SupervisorSpec spec, Ticker ofEnclosing) {
        this.spec = spec;
        this.ticker = spec.ticker(ofEnclosing);
        SupervisorSpec.Intensity intensity = spec.intensity();
        this.window = new RestartWindow(intensity.restarts(), intensity.period(), ticker);
        this.children = spec.children().stream().map(ChildSlot::new).toList();
    }

    SupervisorSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    Ticker ticker() {
        return ticker;
    }

    RestartWindow window() {
        return window;
    }

    // ---- the supervisor's thread

    void status(Status changed) {
        status = changed;
    }

    void remove(ChildSlot child) {
        List<ChildSlot> rest = new ArrayList<>(children);
        rest.remove(child);
        children = List.copyOf(rest);
    }

    // ---- any thread

    /** The children, in the order of their start. */
    List<ChildSlot> children() {
        return children;
    }

    /** Finds the living process of a specification, here first and then in each supervisor below. */
    Optional<ProcessRef<?>> find(ChildSpec<?> wanted) {
        for (ChildSlot child : children) {
            if (child.spec().isSameKeyAs(wanted)) {
                return child.livingProcess();
            }
        }
        for (ChildSlot child : children) {
            SupervisorNode below = child.below();
            Optional<ProcessRef<?>> found = below == null ? Optional.empty() : below.find(wanted);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Finds the living process at the end of a path of ids. */
    Optional<ProcessRef<?>> find(List<String> path) {
        for (ChildSlot child : children) {
            if (!child.id().equals(path.get(0))) {
                continue;
            }
            if (path.size() == 1) {
                return child.livingProcess();
            }
            SupervisorNode below = child.below();
            return below == null ? Optional.empty() : below.find(path.subList(1, path.size()));
        }
        return Optional.empty();
    }

    /** Whether the body of a child in this tree runs on a thread, on its way up or down too. */
    boolean contains(Thread thread) {
        for (ChildSlot child : children) {
            SupervisorNode below = child.below();
            if (child.isOn(thread) || (below != null && below.contains(thread))) {
                return true;
            }
        }
        return false;
    }

    SupervisorTree snapshot() {
        SupervisorSpec.Intensity intensity = spec.intensity();
        return new SupervisorTree(
                name(),
                status,
                spec.strategy(),
                window.used(),
                intensity.restarts(),
                intensity.period(),
                children.stream().map(ChildSlot::snapshot).toList());
    }
}
