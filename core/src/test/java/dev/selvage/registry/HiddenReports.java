package dev.selvage.registry;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps reports of failures that a test brings about out of the test's output. */
final class HiddenReports implements AutoCloseable {

    /** Held, since a logger that nobody holds forgets its level. */
    private final Logger logger;

    private HiddenReports(Logger logger) {
        this.logger = logger;
        logger.setLevel(Level.OFF);
    }

    static HiddenReports of(String name) {
        return new HiddenReports(Logger.getLogger(name));
    }

    @Override
    public void close() {
        logger.setLevel(null);
    }

    @Override
    public String toString() {
        return "(reports of " + logger.getName() + " are hidden)";
    }
}
