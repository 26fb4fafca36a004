package dev.selvage.demo.redis;

/** Redis has answered, and the answer is an error. Its message is what Redis said. */
public final class RedisException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    RedisException(Reply.Failure failure) {
        super(failure.message());
        this.code = failure.code();
    }

    /**
     * Returns what kind of error it is.
     *
     * @return a code of Redis, such as {@code ERR} or {@code WRONGTYPE}
     */
    public String code() {
        return code;
    }
}
