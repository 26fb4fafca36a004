package dev.selvage.pool.routing;

import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a pool, if it has one, and JDK Flight Recorder; on the thread on which something happens, which
 * holds no lock then.
 */
final class Announcer {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.routing");

    private final String pool;
    private final @Nullable RoutingListener listener;
    private final Ticker ticker;

    Announcer(String pool, RoutingOptions options) {
        this.pool = pool;
        this.listener = options.listener();
        this.ticker = options.ticker();
    }

    boolean isHeard() {
        return listener != null;
    }

    long now() {
        return ticker.nanoTime();
    }

    void ended(long sinceNanos, @Nullable RoutingException failure) {
        Duration time = Duration.ofNanos(now() - sinceNanos);
        tell(heard -> heard.onRequest(pool, time, Optional.ofNullable(failure)));
    }

    void waited(long nanos, boolean granted) {
        tell(heard -> heard.onWait(pool, Duration.ofNanos(nanos), granted));
    }

    void refused(Object request, String why) {
        tell(heard -> heard.onRefusal(pool, request, why));
    }

    void ejected(String member, Duration time) {
        FlightEvents.ejected(member, time);
        tell(heard -> heard.onEjection(pool, member, time));
    }

    void changed(String member, RoutingPool.Member.State state) {
        tell(heard -> heard.onMemberChange(pool, member, state));
    }

    private void tell(Consumer<RoutingListener> news) {
        if (listener == null) {
            return;
        }
        try {
            news.accept(listener);
        } catch (Throwable failure) {
            LOG.log(Level.ERROR, "the listener of pool '" + pool + "' failed", failure);
        }
    }
}
