package dev.selvage.demo.stage;

/** A story cannot be played with what the user gave it, such as a file that is not there. The message says why. */
public final class Unplayable extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong, for the user to read
     * @param cause what said so
     */
    public Unplayable(String message, Throwable cause) {
        super(message, cause);
    }
}
