package dev.selvage.demo.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.demo.server.RedisServer;
import dev.selvage.pool.routing.RoutingPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two thousand virtual threads on eight connections to a real Redis, which ends its connections and crashes meanwhile.
 * Beside ours the same is done with Jedis, eight connections in a pool, and with Lettuce, one that is shared, and the
 * three reports are printed. {@code -Dselvage.long=true} does ten times as much.
 */
@Timeout(240)
class RedisPoolTest {
    private static final int CONNECTIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How much later than its timeout a call may end on a machine that is busy with other things. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Test
    @DisplayName("10.1 to 10.5 connections end and the server crashes: no foreign answer, nothing lost, none hangs")
    void troubles() throws Exception {
        Optional<RedisServer> installed = RedisServer.start();
        assumeTrue(installed.isPresent(), "Redis is not installed; demo/install-servers installs it");
        List<RedisTroubles.Report> reports = new ArrayList<>();
        try (RedisServer server = installed.get()) {
            RedisTroubles.Report ours;
            try (Redis redis = Redis.start(
                    "redis",
                    CONNECTIONS,
                    server.address(),
                    options -> options.withRequestTimeout(RedisTroubles.CALL_TIMEOUT))) {
                assertThat(redis.pool().awaitReady(CONNECTIONS, PATIENCE)).isTrue();
                ours = RedisTroubles.goThrough(server, new RedisClients.Ours(redis));
                assertRecovered(redis.pool());
            }
            reports.add(ours);
            try (RedisClients.Client jedis = new RedisClients.Jedis(server.address(), CONNECTIONS)) {
                goThroughAsPeer(server, jedis, reports);
            }
            try (RedisClients.Client lettuce = new RedisClients.Lettuce(server.address())) {
                goThroughAsPeer(server, lettuce, reports);
            }
            System.out.println(RedisTroubles.Report.table(reports));
            assertThat(ours.foreign()).as("answers of others").isZero();
            assertThat(ours.lost())
                    .as("writes that were acknowledged and are not there")
                    .isZero();
            assertThat(ours.unexplained())
                    .as("writes that are there, and nobody may have made")
                    .isZero();
            assertThat(ours.hanging()).as("calls without an end").isZero();
            assertThat(ours.longest()).isLessThan(RedisTroubles.CALL_TIMEOUT.plus(GRACE));
            assertThat(ours.unclear()).as("what no pool should throw").isEmpty();
        }
        assertThat(reports).allSatisfy(report -> assertThat(report.answered()).isPositive());
    }

    /** A peer that gets stuck (Jedis did on JDK 21, on a busy machine) has no row and fails nothing. */
    private static void goThroughAsPeer(
            RedisServer server, RedisClients.Client peer, List<RedisTroubles.Report> reports) throws Exception {
        try {
            reports.add(RedisTroubles.goThrough(server, peer));
        } catch (ConditionTimeoutException stuck) {
            System.out.println(peer.getClass().getSimpleName() + " did not get through: " + stuck.getMessage());
        }
    }

    private static void assertRecovered(RoutingPool<Command, Reply> pool) throws InterruptedException {
        assertThat(pool.awaitReady(CONNECTIONS, PATIENCE)).isTrue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pool.statistics().sum(RoutingPool.Member::inFlight))
                        .isZero());
        assertThat(pool.statistics().waiting()).isZero();
        assertThat(pool.members())
                .allSatisfy(member -> assertThat(member.disconnects()).isPositive());
    }
}
