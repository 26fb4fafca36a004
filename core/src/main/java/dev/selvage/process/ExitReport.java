package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import java.lang.System.Logger.Level;

/** What the log says of an exit: once of each that nobody asked for, nothing of the others. */
final class ExitReport {

    private ExitReport() {}

    /**
     * Runs in the exit step. A log handler is code of the user's, and so is the text of what the body threw: what they
     * throw changes nothing for others.
     */
    static void of(ManagedProcess<?> process, ExitReason reason) {
        try {
            FlightEvents.exited(process, reason);
            write(process, reason);
        } catch (Throwable failure) {
            if (reason instanceof ExitReason.Failed failed && failed.cause() != failure) {
                failed.cause().addSuppressed(failure); // there is nowhere else to tell it
            }
        }
    }

    private static void write(ManagedProcess<?> process, ExitReason reason) {
        Exit forced = process.forced();
        if (process.isAbandoned()) {
            ManagedProcess.LOG.log(
                    Level.WARNING,
                    "process '" + process.name() + "' ignored its interrupt and was abandoned; it keeps its locks"
                            + " until its thread ends" + details(process),
                    stackOf(process));
        } else if (forced != null && forced.process() != process) {
            ManagedProcess.LOG.log(
                    Level.WARNING,
                    "process '" + process.name() + "' was ended by its link with '"
                            + forced.process().name() + "': " + reason + details(process));
        } else if (reason instanceof ExitReason.Failed failed) {
            ManagedProcess.LOG.log(
                    Level.WARNING, "process '" + process.name() + "' failed" + details(process), failed.cause());
        }
    }

    private static String details(ManagedProcess<?> process) {
        return process.mailbox()
                .lastTaken()
                .map(type -> "; its last message was a " + type.getName())
                .orElse("");
    }

    private static Exception stackOf(ManagedProcess<?> process) {
        Exception stack = new Exception("where it is now");
        Thread stuck = process.threadOrNull();
        stack.setStackTrace(stuck == null ? new StackTraceElement[0] : stuck.getStackTrace());
        return stack;
    }
}
