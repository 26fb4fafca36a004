package dev.selvage.demo.redis;

import dev.selvage.pool.routing.RoutingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;

/** Three clients of Redis that are to do the same. */
final class RedisClients {

    private RedisClients() {}

    /** What they do, each from any thread. */
    interface Client extends AutoCloseable {

        String echo(String text) throws InterruptedException;

        long increment(String key) throws InterruptedException;

        void set(String key, String value) throws InterruptedException;

        Optional<String> get(String key) throws InterruptedException;

        /** Whether Redis may have done what a call asked that ended so. */
        default boolean mayHaveBeenDone(Exception failure) {
            return true;
        }

        /** Whether this is one of the errors that its users have to expect. */
        boolean isClear(Exception failure);

        @Override
        void close();
    }

    record Ours(Redis redis) implements Client {
        @Override
        public String echo(String text) throws InterruptedException {
            return redis.echo(text);
        }

        @Override
        public long increment(String key) throws InterruptedException {
            return redis.increment(key);
        }

        @Override
        public void set(String key, String value) throws InterruptedException {
            redis.set(key, value);
        }

        @Override
        public Optional<String> get(String key) throws InterruptedException {
            return redis.get(key);
        }

        @Override
        public boolean mayHaveBeenDone(Exception failure) {
            return !(failure instanceof RoutingException clear) || clear.mayHaveReachedPeer();
        }

        @Override
        public boolean isClear(Exception failure) {
            return failure instanceof RoutingException.Disconnected
                    || failure instanceof RoutingException.NoMember
                    || failure instanceof RoutingException.RequestTimeout;
        }

        @Override
        public void close() {
            redis.close();
        }

        @Override
        public String toString() {
            return "Selvage, " + redis.pool().size() + " connections";
        }
    }

    /** Jedis: each call borrows a connection of a pool, and waits for its answer before the next may have it. */
    static final class Jedis implements Client {
        private final redis.clients.jedis.RedisClient client;
        private final int connections;

        Jedis(InetSocketAddress server, int connections) {
            GenericObjectPoolConfig<Connection> pool = new ConnectionPoolConfig();
            pool.setMaxTotal(connections);
            pool.setMaxIdle(connections);
            pool.setMaxWait(RedisTroubles.CALL_TIMEOUT);
            this.connections = connections;
            this.client = redis.clients.jedis.RedisClient.builder()
                    .hostAndPort(new HostAndPort(server.getAddress().getHostAddress(), server.getPort()))
                    .clientConfig(DefaultJedisClientConfig.builder()
                            .timeoutMillis((int) RedisTroubles.CALL_TIMEOUT.toMillis())
                            .build())
                    .poolConfig(pool)
                    .build();
        }

        @Override
        public String echo(String text) {
            return client.echo(text);
        }

        @Override
        public long increment(String key) {
            return client.incr(key);
        }

        @Override
        public void set(String key, String value) {
            client.set(key, value);
        }

        @Override
        public Optional<String> get(String key) {
            return Optional.ofNullable(client.get(key));
        }

        @Override
        public boolean isClear(Exception failure) {
            return failure instanceof redis.clients.jedis.exceptions.JedisException;
        }

        @Override
        public void close() {
            client.close();
        }

        @Override
        public String toString() {
            return "Jedis, " + connections + " connections";
        }
    }

    /** Lettuce: all calls share one connection, which is pipelined and comes back by itself. */
    static final class Lettuce implements Client {
        private final io.lettuce.core.RedisClient client;
        private final StatefulRedisConnection<String, String> connection;

        Lettuce(InetSocketAddress server) {
            client = io.lettuce.core.RedisClient.create(RedisURI.builder()
                    .withHost(server.getAddress().getHostAddress())
                    .withPort(server.getPort())
                    .withTimeout(RedisTroubles.CALL_TIMEOUT)
                    .build());
            connection = client.connect();
        }

        @Override
        public String echo(String text) {
            return connection.sync().echo(text);
        }

        @Override
        public long increment(String key) {
            return connection.sync().incr(key);
        }

        @Override
        public void set(String key, String value) {
            connection.sync().set(key, value);
        }

        @Override
        public Optional<String> get(String key) {
            return Optional.ofNullable(connection.sync().get(key));
        }

        @Override
        public boolean isClear(Exception failure) {
            return failure instanceof io.lettuce.core.RedisException;
        }

        @Override
        public void close() {
            connection.close();
            client.shutdown();
        }

        @Override
        public String toString() {
            return "Lettuce, 1 connection";
        }
    }
}
