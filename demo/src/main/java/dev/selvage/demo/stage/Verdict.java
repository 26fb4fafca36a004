package dev.selvage.demo.stage;

import java.util.Objects;

/**
 * One claim of a story, and whether it held. It is decided by the story's own witnesses, never by asking the toolkit
 * whether it did well.
 *
 * @param claim what should be true, as a sentence
 * @param holds whether it was
 * @param evidence the numbers behind it
 */
public record Verdict(String claim, boolean holds, String evidence) {

    /** Refuses null. */
    public Verdict {
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(evidence, "evidence");
    }
}
