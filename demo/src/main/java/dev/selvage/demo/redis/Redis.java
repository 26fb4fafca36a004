package dev.selvage.demo.redis;

import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingOptions;
import dev.selvage.pool.routing.RoutingPool;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A client of Redis: commands that block their caller and nobody else, over a few connections that all callers share.
 *
 * {@snippet :
 * try (Redis redis = Redis.start("redis", 8, new InetSocketAddress("redis.example", 6379), options -> options)) {
 *     redis.set("greeting", "hello");
 *     redis.get("greeting");                      // Optional[hello]
 *     redis.call("HSET", "user:7", "name", "Mo"); // any command that suits a shared connection
 * }
 * }
 *
 * <p>Any thread may call. Each method waits for the reply, for as long as the pool's request timeout allows, and throws
 * {@link RedisException} if the reply is an error, {@link RoutingException} if there is none, and
 * {@link InterruptedException}. Of a command that was not answered, {@link RoutingException#mayHaveReachedPeer} tells
 * whether Redis may have carried it out; nothing is ever sent twice.
 *
 * <p>What does not suit a connection that others use is refused with {@link RoutingException.RequestFailed}:
 * subscriptions, transactions, commands that block, and those that change the connection.
 */
public final class Redis implements AutoCloseable {

    private final RoutingPool<Command, Reply> pool;

    private Redis(RoutingPool<Command, Reply> pool) {
        this.pool = pool;
    }

    /**
     * Starts a client; it connects in the background.
     *
     * @param name of the pool
     * @param connections how many
     * @param server where the server listens
     * @param options what else may be chosen about the pool
     * @return the client
     * @throws InterruptedException if interrupted
     */
    public static Redis start(
            String name, int connections, InetSocketAddress server, UnaryOperator<RoutingOptions> options)
            throws InterruptedException {
        return new Redis(RoutingPool.start(name, connections, new RedisConnector(server), options));
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param words the name of the command, and its arguments
     * @return the reply, never a {@link Reply.Failure}
     * @throws InterruptedException if interrupted
     */
    public Reply call(String... words) throws InterruptedException {
        Reply reply = pool.request(Command.of(words));
        if (reply instanceof Reply.Failure failure) {
            throw new RedisException(failure);
        }
        return reply;
    }

    /**
     * Reads a key.
     *
     * @param key which
     * @return its value; empty if there is none
     * @throws InterruptedException if interrupted
     */
    public Optional<String> get(String key) throws InterruptedException {
        return call("GET", key).asText();
    }

    /**
     * Writes a key.
     *
     * @param key which
     * @param value its value from now on
     * @throws InterruptedException if interrupted
     */
    public void set(String key, String value) throws InterruptedException {
        call("SET", key, value);
    }

    /**
     * Adds one to a key.
     *
     * @param key which
     * @return its value from now on
     * @throws InterruptedException if interrupted
     */
    public long increment(String key) throws InterruptedException {
        return call("INCR", key).asNumber();
    }

    /**
     * Has Redis repeat a text.
     *
     * @param text what to repeat
     * @return the same
     * @throws InterruptedException if interrupted
     */
    public String echo(String text) throws InterruptedException {
        return Objects.requireNonNull(call("ECHO", text).asText().orElse(null), "ECHO is answered by a value");
    }

    /**
     * Returns the pool beneath, for its figures.
     *
     * @return the pool
     */
    public RoutingPool<Command, Reply> pool() {
        return pool;
    }

    /** Closes all connections; whoever waits for a reply gets an exception. */
    @Override
    public void close() {
        pool.close();
    }
}
