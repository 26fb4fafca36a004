package dev.selvage.demo.stage;

import java.io.IOException;

/** One of the demo's stories: a program in itself, with a report and verdicts at its end. */
public interface Story {

    /**
     * Plays the story until its end or until the stage's stop signal is raised; either way nothing of it runs on
     * afterwards.
     *
     * @param stage the console, the stop signal and the seed
     * @return the report
     * @throws Unplayable if what the user gave cannot be played
     * @throws IOException if the machine refuses what the story needs
     * @throws InterruptedException if the current thread is interrupted
     */
    Report play(Stage stage) throws Unplayable, IOException, InterruptedException;
}
