package dev.selvage.pool.routing;

import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the listener of a pool, if it has one, on the thread on which something happens, which holds no lock then. */
final class Announcer {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.routing");

    private final @Nullable RoutingListener listener;
    private final Ticker ticker;

    Announcer(RoutingOptions options) {
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
        tell(heard -> heard.requestEnded(time, Optional.ofNullable(failure)));
    }

    void waited(long nanos) {
        tell(heard -> heard.requestWaited(Duration.ofNanos(nanos)));
    }

    void changed(String member, RoutingPool.Member.State state) {
        tell(heard -> heard.memberChanged(member, state));
    }

    private void tell(Consumer<RoutingListener> news) {
        if (listener == null) {
            return;
        }
        try {
            news.accept(listener);
        } catch (Throwable failure) {
            LOG.log(Level.WARNING, "the listener of a routing pool failed", failure);
        }
    }
}
