package dev.selvage.exit;

/**
 * Thrown when something is hung on a lifetime that is over.
 *
 * <p>The one circumstance: the current thread belongs to a process that was declared exited while its thread ran on
 * (an abandoned process). It has lost its names and can register or lock nothing more.
 */
public class ExitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message who is dead, and what was refused
     */
    public ExitException(String message) {
        super(message);
    }
}
