package dev.selvage.process;

import dev.selvage.exit.ExitReason;

/**
 * The root of what this package throws. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link CallTimeout}: a call was not answered in time;
 *   <li>{@link Exited}: a call to a process that has ended, is stopping, or ended before it answered;
 *   <li>{@link CallFailed}: the callee answered with {@link ReplyTo#fail};
 *   <li>{@link MailboxFull}: a call or message found a bounded mailbox full, or was dropped from one;
 *   <li>{@link ProcessRef.Named.NotRegistered}: a call or request by name found nobody of that name;
 *   <li>{@link Stopped}: the process that receives was asked to stop;
 *   <li>this class itself: a request that was cancelled, and misuse, such as a process calling itself, a receive by a
 *       thread that is not the process, a request awaited by two threads at once, or a closed scope.
 * </ul>
 */
public class ProcessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what happened to whom
     */
    public ProcessException(String message) {
        super(message);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message what happened to whom
     * @param cause why
     */
    public ProcessException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A call was not answered in time. An answer that comes later vanishes. */
    public static final class CallTimeout extends ProcessException {
        private static final long serialVersionUID = 1L;

        CallTimeout(String message) {
            super(message);
        }
    }

    /** A call cannot be answered, because the process that was called has ended or is stopping. */
    public static final class Exited extends ProcessException {
        private static final long serialVersionUID = 1L;

        private final transient ExitReason reason;

        Exited(String message, ExitReason reason) {
            super(message);
            this.reason = reason;
            if (reason instanceof ExitReason.Failed failed) {
                initCause(failed.cause());
            }
        }

        /**
         * Returns why the process ended; {@code Shutdown} if it is about to.
         *
         * @return the reason
         */
        public ExitReason reason() {
            return reason;
        }
    }

    /** The callee answered with a failure, which is the cause. */
    public static final class CallFailed extends ProcessException {
        private static final long serialVersionUID = 1L;

        CallFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A bounded mailbox had no room, and its overflow rule sent this message away. */
    public static final class MailboxFull extends ProcessException {
        private static final long serialVersionUID = 1L;

        MailboxFull(String message) {
            super(message);
        }
    }

    /**
     * Thrown by a receive once the process has been asked to stop and everything queued before that has been received.
     * It is thrown again by every later receive. A body lets it pass; leaving with it is an orderly end.
     */
    public static final class Stopped extends ProcessException {
        private static final long serialVersionUID = 1L;

        Stopped(String message) {
            super(message);
        }

        /** It is control flow, so it carries no stack trace. */
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
