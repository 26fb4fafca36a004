package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/** Writes a tree as text, in characters that every terminal has. */
final class TreeText {
    private final StringBuilder text = new StringBuilder();

    private TreeText() {}

    static String of(SupervisorTree tree) {
        TreeText writer = new TreeText();
        writer.text.append(tree.name()).append(": ").append(tree.status()).append(", ");
        writer.text.append(supervision(tree));
        writer.children(tree, "");
        return writer.text.toString();
    }

    static String line(SupervisorTree.Child child) {
        StringBuilder line = new StringBuilder(child.id());
        line.append(": ").append(child.kind()).append(", ").append(child.status());
        exitWorthTelling(child)
                .ifPresent(reason -> line.append(" (").append(reason).append(')'));
        if (child.restarts() > 0) {
            line.append(", restarted ").append(times(child.restarts()));
        }
        if (child.abandoned() > 0) {
            line.append(", abandoned ").append(times(child.abandoned()));
        }
        child.supervisor().ifPresent(below -> line.append("; ").append(supervision(below)));
        return line.toString();
    }

    private void children(SupervisorTree tree, String indent) {
        for (Iterator<SupervisorTree.Child> each = tree.children().iterator(); each.hasNext(); ) {
            SupervisorTree.Child child = each.next();
            boolean last = !each.hasNext();
            text.append('\n').append(indent).append(last ? "`- " : "|- ").append(line(child));
            child.supervisor().ifPresent(below -> children(below, indent + (last ? "   " : "|  ")));
        }
    }

    private static String supervision(SupervisorTree tree) {
        return tree.strategy() + ", " + tree.recentRestarts() + " of " + tree.allowedRestarts() + " restarts within "
                + duration(tree.period());
    }

    /** A child that runs has ended for a reason that its failure's log tells; one that does not run says why. */
    private static Optional<ExitReason> exitWorthTelling(SupervisorTree.Child child) {
        return switch (child.status()) {
            case ENDED, RESTARTING, STOPPED -> child.lastExit();
            default -> Optional.empty();
        };
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    private static String duration(Duration duration) {
        if (duration.toMillisPart() != 0 || duration.toSeconds() == 0) {
            return duration.toMillis() + " ms";
        }
        return duration.toSeconds() % 60 == 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }
}
