package dev.selvage.supervisor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules of supervision once more, as a plain sequential program that shares nothing with the one under test: what
 * happens in a tree, one thing after the other, on a clock of its own. What is started and ended is written down as
 * {@code +a}, {@code -a}, {@code !a} for a start that failed, and {@code ~a} for one that was declined.
 */
final class ModelTree {

    /** A child that has ended is one of these to the rules. */
    enum State {
        RUNNING,
        RESTARTING,
        STOPPED,
        ENDED,
        DECLINED
    }

    /** A child; a supervisor where it has a plan for those below it. */
    static final class Child {
        final String id;
        final Restart restart;
        final long backoffNanos;
        final boolean significant;
        final Plan plan;
        State state = State.STOPPED;
        /** When it is started; only for one that waits by itself. */
        Long dueNanos;

        Node node;

        Child(String id, Restart restart, long backoffNanos, boolean significant, Plan plan) {
            this.id = id;
            this.restart = restart;
            this.backoffNanos = backoffNanos;
            this.significant = significant;
            this.plan = plan;
        }

        Child fresh() {
            return new Child(id, restart, backoffNanos, significant, plan);
        }
    }

    /** What a supervisor is made from. */
    record Plan(
            String name,
            Strategy strategy,
            SupervisorSpec.AutoShutdown autoShutdown,
            int allowed,
            long periodNanos,
            List<Child> children) {}

    /** A running supervisor. */
    static final class Node {
        final Plan plan;
        final Child asChild;
        final Node above;
        final List<Child> children = new ArrayList<>();
        final List<Long> restarts = new ArrayList<>();

        Node(Plan plan, Child asChild, Node above) {
            this.plan = plan;
            this.asChild = asChild;
            this.above = above;
            plan.children().forEach(child -> children.add(child.fresh()));
        }

        boolean isAlone() {
            return plan.strategy() == Strategy.ONE_FOR_ONE || plan.strategy() == Strategy.DYNAMIC;
        }
    }

    /** Unwinds to where the end of a supervisor is dealt with. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Node node;
        final boolean abnormal;

        Ended(Node node, boolean abnormal) {
            super(null, null, false, false);
            this.node = node;
            this.abnormal = abnormal;
        }
    }

    private interface Change {
        void make() throws Ended;
    }

    final List<String> record = new ArrayList<>();
    final Map<String, Integer> failNextStarts = new LinkedHashMap<>();
    final Map<String, Integer> declineNextStarts = new LinkedHashMap<>();
    final Node root;
    long nowNanos;

    /** Whether children were stopped all at once, so that the order of what was written down since means nothing. */
    boolean unordered;

    /** Whether the outermost has ended, and abnormally. */
    Optional<Boolean> end = Optional.empty();

    ModelTree(Plan plan) {
        root = new Node(plan, null, null);
        apply(() -> startAll(root));
    }

    private void apply(Change change) {
        Change next = change;
        while (next != null) {
            try {
                next.make();
                next = null;
            } catch (Ended ended) {
                Node node = ended.node;
                if (node.asChild == null) {
                    end = Optional.of(ended.abnormal);
                    return;
                }
                next = () -> hasEnded(node.above, node.asChild, ended.abnormal);
            }
        }
    }

    // ---- what happens to it

    void childEnds(Node node, Child child, boolean abnormal) {
        apply(() -> {
            stop(child);
            hasEnded(node, child, abnormal);
        });
    }

    void terminate(Node node, Child child) {
        apply(() -> {
            boolean waited = child.dueNanos != null;
            if (child.state == State.RUNNING || child.state == State.RESTARTING) {
                stop(child);
                child.state = State.STOPPED;
            }
            forgetIfDone(node, child);
            if (waited && !node.isAlone()) {
                Optional<Child> next = node.children.stream()
                        .filter(each -> each.state == State.RESTARTING)
                        .findFirst();
                if (next.isPresent()) {
                    round(node, next.get());
                }
            }
        });
    }

    void restart(Node node, Child child) {
        apply(() -> {
            if (child.state == State.RESTARTING) {
                Child leader = node.isAlone() ? child : leader(node).orElse(child);
                round(node, leader);
                return;
            }
            stop(child);
            child.state = State.STOPPED;
            start(node, child);
            forgetIfDone(node, child);
        });
    }

    void delete(Node node, Child child) {
        node.children.remove(child);
    }

    void add(Node node, Child child) {
        apply(() -> {
            node.children.add(child);
            if (!start(node, child)) {
                node.children.remove(child);
            }
        });
    }

    void advance(long nanos) {
        long until = nowNanos + nanos;
        for (Optional<Node> next = nextDue(until); next.isPresent(); next = nextDue(until)) {
            Node node = next.get();
            Child child = waiting(node)
                    .min(Comparator.comparing(each -> each.dueNanos))
                    .orElseThrow();
            nowNanos = child.dueNanos;
            apply(() -> round(node, child));
        }
        nowNanos = until;
    }

    void stop() {
        stopAll(root);
        end = Optional.of(false);
    }

    private Optional<Node> nextDue(long until) {
        return end.isPresent()
                ? Optional.empty()
                : living(root)
                        .filter(node -> waiting(node).anyMatch(child -> child.dueNanos <= until))
                        .min(Comparator.comparing(node -> waiting(node)
                                .mapToLong(child -> child.dueNanos)
                                .min()
                                .orElseThrow()));
    }

    private static Stream<Child> waiting(Node node) {
        return node.children.stream().filter(child -> child.dueNanos != null);
    }

    private static Optional<Child> leader(Node node) {
        return waiting(node).findFirst();
    }

    static Stream<Node> living(Node node) {
        return Stream.concat(
                Stream.of(node),
                node.children.stream()
                        .filter(child -> child.state == State.RUNNING && child.node != null)
                        .flatMap(child -> living(child.node)));
    }

    // ---- the rules

    private void hasEnded(Node node, Child child, boolean abnormal) throws Ended {
        child.state = State.ENDED;
        boolean again = switch (child.restart) {
            case PERMANENT -> true;
            case TRANSIENT -> abnormal;
            case TEMPORARY -> false;
        };
        if (again) {
            due(node, child, false);
            return;
        }
        forgetIfDone(node, child);
        boolean isLast = node.children.stream()
                .noneMatch(each -> each.significant && (each.state == State.RUNNING || each.state == State.RESTARTING));
        if (child.significant && (node.plan.autoShutdown() == SupervisorSpec.AutoShutdown.ANY_SIGNIFICANT || isLast)) {
            end(node, false);
        }
    }

    private void due(Node node, Child child, boolean failedToStart) throws Ended {
        node.restarts.removeIf(at -> nowNanos - at >= node.plan.periodNanos());
        if (node.restarts.size() == node.plan.allowed()) {
            end(node, true);
        }
        node.restarts.add(nowNanos);
        Optional<Child> before = node.plan.strategy() == Strategy.REST_FOR_ONE
                ? leader(node).filter(each -> node.children.indexOf(each) < node.children.indexOf(child))
                : Optional.empty();
        down(node, child, failedToStart);
        if (before.isPresent()) {
            return; // that one takes it along
        }
        if (child.backoffNanos > 0) {
            child.dueNanos = nowNanos + child.backoffNanos;
        } else {
            up(node, child);
        }
    }

    /** Those that are started together with one of them, in order. */
    private static List<Child> group(Node node, Child child) {
        return switch (node.plan.strategy()) {
            case ONE_FOR_ONE, DYNAMIC -> List.of(child);
            case ONE_FOR_ALL -> List.copyOf(node.children);
            case REST_FOR_ONE -> List.copyOf(node.children.subList(node.children.indexOf(child), node.children.size()));
        };
    }

    /** After it nobody of the group runs, and all but the temporary ones and those sent away meanwhile are to come. */
    private void down(Node node, Child child, boolean underWay) {
        List<Child> group = group(node, child);
        for (int each = group.size() - 1; each >= 0; each--) {
            Child sibling = group.get(each);
            if (sibling == child || !(underWay && sibling.state == State.STOPPED)) {
                stop(sibling);
                sibling.state = State.RESTARTING;
                if (sibling != child && sibling.restart == Restart.TEMPORARY) {
                    node.children.remove(sibling);
                }
            }
        }
    }

    private void up(Node node, Child child) throws Ended {
        for (Child each : group(node, child)) {
            if (each.state == State.RESTARTING && !start(node, each)) {
                due(node, each, true);
                return;
            }
        }
    }

    private void round(Node node, Child child) throws Ended {
        down(node, child, true);
        up(node, child);
    }

    private void end(Node node, boolean abnormal) throws Ended {
        stopAll(node);
        throw new Ended(node, abnormal);
    }

    /** False if it could not; then it has left nothing behind. */
    private boolean start(Node node, Child child) {
        State before = child.state;
        child.dueNanos = null;
        if (child.plan == null) {
            if (takesOne(declineNextStarts, child.id)) {
                record.add("~" + child.id);
                child.state = State.DECLINED;
                forgetIfDone(node, child);
                return true;
            }
            boolean fails = takesOne(failNextStarts, child.id);
            record.add((fails ? "!" : "+") + child.id);
            child.state = fails ? before : State.RUNNING;
            return !fails;
        }
        child.node = new Node(child.plan, child, node);
        if (startAll(child.node)) {
            child.state = State.RUNNING;
            return true;
        }
        return false;
    }

    private static boolean takesOne(Map<String, Integer> planned, String id) {
        boolean one = planned.merge(id, -1, Integer::sum) >= 0;
        planned.merge(id, 0, Math::max);
        return one;
    }

    private boolean startAll(Node node) {
        for (Child child : List.copyOf(node.children)) {
            if (!start(node, child)) {
                stopAll(node);
                return false;
            }
        }
        return true;
    }

    private void stop(Child child) {
        child.dueNanos = null;
        if (child.state == State.RUNNING) {
            if (child.node != null) {
                stopAll(child.node);
            } else {
                record.add("-" + child.id);
            }
        }
    }

    private void stopAll(Node node) {
        unordered |= node.plan.strategy() == Strategy.DYNAMIC;
        for (int each = node.children.size() - 1; each >= 0; each--) {
            Child child = node.children.get(each);
            stop(child);
            if (child.state == State.RUNNING || child.state == State.RESTARTING) {
                child.state = State.STOPPED;
            }
        }
    }

    private static void forgetIfDone(Node node, Child child) {
        if (child.state != State.RUNNING
                && child.state != State.RESTARTING
                && (child.restart == Restart.TEMPORARY || node.plan.strategy() == Strategy.DYNAMIC)) {
            node.children.remove(child);
        }
    }

    /** Each child of each living supervisor, by its path, with its state. */
    Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        states(root, "", states);
        return states;
    }

    private void states(Node node, String path, Map<String, String> states) {
        node.restarts.removeIf(at -> nowNanos - at >= node.plan.periodNanos());
        states.put(path, node.restarts.size() + " restarts");
        for (Child child : node.children) {
            String own = path + "/" + child.id;
            if (child.state == State.RUNNING && child.node != null) {
                states(child.node, own, states);
            } else {
                states.put(own, child.state.toString());
            }
        }
    }
}
