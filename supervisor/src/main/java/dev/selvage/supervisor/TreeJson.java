package dev.selvage.supervisor;

import dev.selvage.supervisor.SupervisorTree.Budget;
import dev.selvage.supervisor.SupervisorTree.Child;
import java.math.BigDecimal;
import java.time.Duration;

/** Writes a tree as JSON. */
final class TreeJson {
    private final StringBuilder json = new StringBuilder();

    private TreeJson() {}

    static String of(SupervisorTree tree) {
        TreeJson writer = new TreeJson();
        writer.supervisor(tree);
        return writer.json.toString();
    }

    private void supervisor(SupervisorTree tree) {
        json.append('{');
        text("name", tree.name());
        text("status", tree.status().toString());
        text("strategy", tree.strategy().toString());
        number("recentRestarts", tree.recentRestarts());
        number("allowedRestarts", tree.allowedRestarts());
        duration("period", tree.period());
        number("stuckThreads", tree.stuckThreads());
        name("children").append('[');
        for (Child child : tree.children()) {
            separate();
            child(child);
        }
        json.append("]}");
    }

    private void child(Child child) {
        json.append('{');
        text("id", child.id());
        text("kind", child.kind().toString());
        text("restart", child.restart().toString());
        text("status", child.status().toString());
        number("restarts", child.restarts());
        number("abandoned", child.abandoned());
        child.lastExit().ifPresent(reason -> text("lastExit", reason.toString()));
        child.nextTry().ifPresent(wait -> duration("nextTry", wait));
        child.budget().ifPresent(this::budget);
        child.supervisor().ifPresent(below -> {
            name("supervisor");
            supervisor(below);
        });
        json.append('}');
    }

    private void budget(Budget budget) {
        name("budget").append('{');
        number("used", budget.used());
        number("allowed", budget.allowed());
        duration("period", budget.period());
        json.append('}');
    }

    private void number(String name, int value) {
        name(name).append(value);
    }

    private void duration(String name, Duration value) {
        BigDecimal seconds = BigDecimal.valueOf(value.toSeconds()).add(BigDecimal.valueOf(value.toNanosPart(), 9));
        name(name)
                .append(
                        seconds.signum() == 0
                                ? "0"
                                : seconds.stripTrailingZeros().toPlainString());
    }

    private void text(String name, String value) {
        name(name);
        quoted(value);
    }

    private StringBuilder name(String name) {
        separate();
        quoted(name);
        return json.append(':');
    }

    private void separate() {
        char last = json.charAt(json.length() - 1);
        if (last != '{' && last != '[' && last != ':') {
            json.append(',');
        }
    }

    /** Escapes what RFC 8259 says must be, and surrogates that stand alone. */
    private void quoted(String value) {
        json.append('"');
        for (int index = 0; index < value.length(); index++) {
            char c = value.charAt(index);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
