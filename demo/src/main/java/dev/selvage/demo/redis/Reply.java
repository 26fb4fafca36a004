package dev.selvage.demo.redis;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What Redis answers, in the version 2 of its protocol. */
public sealed interface Reply {

    /**
     * A short word such as {@code OK}.
     *
     * @param text the word
     */
    record Status(String text) implements Reply {
        /** Checks the word. */
        public Status {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * An error: the command was refused, or failed.
     *
     * @param message its code, such as {@code ERR} or {@code WRONGTYPE}, and what happened
     */
    record Failure(String message) implements Reply {
        /** Checks the message. */
        public Failure {
            Objects.requireNonNull(message, "message");
        }

        /**
         * Returns what kind of error it is.
         *
         * @return the first word of the message
         */
        public String code() {
            int end = message.indexOf(' ');
            return end < 0 ? message : message.substring(0, end);
        }
    }

    /**
     * An integer.
     *
     * @param value its value
     */
    record Whole(long value) implements Reply {}

    /**
     * A value of any length; UTF-8.
     *
     * @param text the value
     */
    record Text(String text) implements Reply {
        /** Checks the value. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /** There is no such value. */
    record Nil() implements Reply {}

    /**
     * Several replies, which may be errors one by one.
     *
     * @param replies all of them, in order
     */
    record Several(List<Reply> replies) implements Reply {
        /** Copies the replies. */
        public Several {
            replies = List.copyOf(replies);
        }
    }

    /**
     * Returns this as text.
     *
     * @return a status, a text or an integer; empty for {@link Nil}
     * @throws RedisException if it is an error
     * @throws IllegalStateException if it is several
     */
    default Optional<String> asText() {
        return switch (this) {
            case Status status -> Optional.of(status.text);
            case Text value -> Optional.of(value.text);
            case Whole whole -> Optional.of(Long.toString(whole.value));
            case Nil nil -> Optional.empty();
            case Failure failure -> throw new RedisException(failure);
            case Several several -> throw new IllegalStateException("not one reply but " + several.replies.size());
        };
    }

    /**
     * Returns this as an integer.
     *
     * @return its value
     * @throws RedisException if it is an error
     * @throws IllegalStateException if it is anything else but an integer
     */
    default long asNumber() {
        return switch (this) {
            case Whole whole -> whole.value;
            case Failure failure -> throw new RedisException(failure);
            default -> throw new IllegalStateException("not an integer: " + this);
        };
    }
}
