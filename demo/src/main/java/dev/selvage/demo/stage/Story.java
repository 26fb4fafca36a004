package dev.selvage.demo.stage;

/** One of the demo's stories: a program in itself, with a report and verdicts at its end. */
public interface Story {

    /**
     * Plays the story until its end or until the stage's stop signal is raised; either way nothing of it runs on
     * afterwards.
     *
     * @param stage the console, the stop signal and the seed
     * @return the report
     * @throws Exception if the story cannot be played at all, such as for a file that cannot be read
     */
    Report play(Stage stage) throws Exception;
}
