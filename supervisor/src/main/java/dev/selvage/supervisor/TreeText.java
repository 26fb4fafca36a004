package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.SupervisorTree.Budget;
import dev.selvage.supervisor.SupervisorTree.Child;
import dev.selvage.supervisor.SupervisorTree.Status;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a tree as text, in characters that every terminal has. */
final class TreeText {

    /** How many children of a dynamic supervisor are shown one by one. */
    private static final int MOST_DYNAMIC = 20;

    private final StringBuilder text = new StringBuilder();

    private TreeText() {}

    static String of(SupervisorTree tree) {
        TreeText writer = new TreeText();
        writer.text.append(tree.name()).append(": ").append(tree.status()).append(", ");
        writer.text.append(supervision(tree));
        writer.children(tree, "");
        return writer.text.toString();
    }

    static String line(Child child) {
        return line(child, "");
    }

    private static String line(Child child, String withWhom) {
        StringBuilder line = new StringBuilder(child.id());
        line.append(": ")
                .append(child.kind())
                .append(", ")
                .append(child.status())
                .append(withWhom);
        child.nextTry()
                .filter(wait -> !wait.isZero())
                .ifPresent(wait -> line.append(" in ").append(duration(wait)));
        exitWorthTelling(child)
                .ifPresent(reason -> line.append(" (").append(reason).append(')'));
        if (child.restarts() > 0) {
            line.append(", restarted ").append(times(child.restarts()));
        }
        child.budget().ifPresent(own -> line.append(", ").append(own).append(" of its own"));
        if (child.abandoned() > 0) {
            line.append(", abandoned ").append(times(child.abandoned()));
        }
        child.supervisor().ifPresent(below -> line.append("; ").append(supervision(below)));
        return line.toString();
    }

    private void children(SupervisorTree tree, String indent) {
        List<Child> shown = tree.children();
        List<Child> counted = List.of();
        if (tree.strategy() == Strategy.DYNAMIC && shown.size() > MOST_DYNAMIC) {
            counted = shown.subList(MOST_DYNAMIC, shown.size());
            shown = shown.subList(0, MOST_DYNAMIC);
        }
        Optional<Child> leader = leader(tree);
        for (Iterator<Child> each = shown.iterator(); each.hasNext(); ) {
            Child child = each.next();
            boolean last = !each.hasNext() && counted.isEmpty();
            boolean goesWithIt =
                    child.status() == Status.RESTARTING && child.nextTry().isEmpty();
            String withWhom = leader.filter(any -> goesWithIt)
                    .map(other -> " with " + other.id())
                    .orElse("");
            text.append('\n').append(indent).append(last ? "`- " : "|- ").append(line(child, withWhom));
            child.supervisor().ifPresent(below -> children(below, indent + (last ? "   " : "|  ")));
        }
        if (!counted.isEmpty()) {
            text.append('\n').append(indent).append("`- and ").append(counts(counted));
        }
    }

    /** The child that waits and that others go with, where they do not wait each for itself. */
    private static Optional<Child> leader(SupervisorTree tree) {
        boolean isAlone = tree.strategy() == Strategy.ONE_FOR_ONE || tree.strategy() == Strategy.DYNAMIC;
        return isAlone
                ? Optional.empty()
                : tree.children().stream()
                        .filter(child -> child.nextTry().isPresent())
                        .findFirst();
    }

    private static String counts(List<Child> children) {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        children.forEach(child -> counts.merge(child.status(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " more " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String supervision(SupervisorTree tree) {
        String stuck = tree.stuckThreads() == 0 ? "" : ", abandoned threads that run on: " + tree.stuckThreads();
        String size = tree.strategy() == Strategy.DYNAMIC
                ? ", " + tree.children().size() + (tree.children().size() == 1 ? " child" : " children")
                : "";
        return tree.strategy() + size + ", " + tree.budget() + stuck;
    }

    static String budget(Budget budget) {
        return budget.used() + " of " + budget.allowed() + " restarts within " + duration(budget.period());
    }

    /** A child that runs has ended for a reason that its failure's log tells; one that does not run says why. */
    private static Optional<ExitReason> exitWorthTelling(Child child) {
        return switch (child.status()) {
            case ENDED, RESTARTING, STOPPED -> child.lastExit();
            default -> Optional.empty();
        };
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    static String duration(Duration duration) {
        if (duration.toMillisPart() != 0 || duration.toSeconds() == 0) {
            return duration.toMillis() + " ms";
        }
        if (duration.toSeconds() % 60 != 0) {
            return duration.toSeconds() + " s";
        }
        return duration.toMinutes() % 60 == 0 ? duration.toHours() + " h" : duration.toMinutes() + " min";
    }
}
