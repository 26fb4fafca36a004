package dev.selvage.demo.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a story has to say when it is over: numbers, the supervision tree as text, and verdicts. An immutable value.
 *
 * @param story the story's name
 * @param complete false if the story was stopped before its end
 * @param facts lines of numbers
 * @param tree the supervision tree as it was last seen running, as text
 * @param verdicts the claims and whether they held
 */
public record Report(String story, boolean complete, List<String> facts, String tree, List<Verdict> verdicts) {

    private static final String INDENT = "  ";

    /** Refuses null and copies the lists. */
    public Report {
        Objects.requireNonNull(story, "story");
        Objects.requireNonNull(tree, "tree");
        facts = List.copyOf(facts);
        verdicts = List.copyOf(verdicts);
    }

    /**
     * Returns whether every claim held.
     *
     * @return true if no verdict failed
     */
    public boolean holds() {
        return verdicts.stream().allMatch(Verdict::holds);
    }

    /**
     * Returns the report as text.
     *
     * @return lines to print, in order
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("== " + story + (complete ? "" : " (stopped before its end)"));
        facts.forEach(fact -> lines.add(INDENT + fact));
        lines.add("");
        tree.lines().forEach(line -> lines.add(INDENT + line));
        lines.add("");
        for (Verdict verdict : verdicts) {
            lines.add("%s%-6s %s: %s"
                    .formatted(INDENT, verdict.holds() ? "ok" : "FAILED", verdict.claim(), verdict.evidence()));
        }
        return lines;
    }
}
