package dev.selvage.scope;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this package throws. Its kinds are nested here:
 *
 * <ul>
 *   <li>{@link Unsupported}: the running JDK's structured concurrency API fits no known shape;
 *   <li>{@link WrongThread}: an operation that belongs to the owner was called by another thread;
 *   <li>{@link NotOpen}: a fork or join came after join, close or abandon;
 *   <li>{@link NotStarted}: the JDK did not start the thread of a fork;
 *   <li>{@link Misnested}: scopes, or scopes and scoped value bindings, were not nested properly.
 * </ul>
 */
public class ScopeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ScopeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * The running JDK's {@code StructuredTaskScope} fits none of the shapes this library knows. Thrown by the first
     * {@link TaskScope#open(String)} and by every later one; the message names the JDK and what was looked for.
     */
    public static final class Unsupported extends ScopeException {

        private static final long serialVersionUID = 1L;

        Unsupported(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * A thread that does not own the scope called what only the owner may call. Nothing was changed; the message names
     * both threads.
     */
    public static final class WrongThread extends ScopeException {

        private static final long serialVersionUID = 1L;

        WrongThread(String message) {
            super(message, null);
        }
    }

    /** A fork or a join came after the scope was joined, closed or abandoned. Nothing was started. */
    public static final class NotOpen extends ScopeException {

        private static final long serialVersionUID = 1L;

        NotOpen(String message) {
            super(message, null);
        }
    }

    /**
     * The JDK did not start the thread of a fork: its scope was shut down from outside, or the scheduler refused the
     * thread. The task did not run and never will.
     */
    public static final class NotStarted extends ScopeException {

        private static final long serialVersionUID = 1L;

        NotStarted(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Scopes must be closed in the reverse of the order in which they were opened, and a scope must be used under the
     * scoped value bindings that it was opened under. The message says which rule was broken; when a close throws this,
     * the scope is closed all the same, and so are those that were still open inside it.
     */
    public static final class Misnested extends ScopeException {

        private static final long serialVersionUID = 1L;

        Misnested(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
