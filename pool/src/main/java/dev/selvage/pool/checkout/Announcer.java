package dev.selvage.pool.checkout;

import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a pool, if it has one, and JDK Flight Recorder; on the thread on which something happens, which
 * holds no lock then.
 */
final class Announcer {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.checkout");

    private final String pool;
    private final @Nullable CheckoutListener listener;
    private final Ticker ticker;

    Announcer(String pool, CheckoutOptions options) {
        this.pool = pool;
        this.listener = options.listener();
        this.ticker = options.ticker();
    }

    boolean isHeard() {
        return listener != null;
    }

    /** A wait that began then has ended. */
    void waited(FlightEvents.@Nullable Wait event, long sinceNanos, boolean granted) {
        if (event != null) {
            event.ended(pool, granted);
        }
        if (isHeard()) {
            Duration waited = since(sinceNanos);
            tell(heard -> heard.onWait(pool, waited, granted));
        }
    }

    void lent(long waitedNanos) {
        if (isHeard()) {
            tell(heard -> heard.onCheckout(pool, Duration.ofNanos(waitedNanos)));
        }
    }

    void returned(long heldNanos) {
        if (isHeard()) {
            tell(heard -> heard.onReturn(pool, Duration.ofNanos(heldNanos)));
        }
    }

    void refused(CheckoutException why) {
        FlightEvents.refused(pool, why);
        tell(heard -> heard.onRefusal(pool, why));
    }

    void late(CheckoutPool.Holder late) {
        FlightEvents.late(pool, late);
        tell(heard -> heard.onDeadline(pool, late));
    }

    void reclaimed(CheckoutPool.Holder dead) {
        FlightEvents.reclaimed(pool, dead);
        tell(heard -> heard.onReclaim(pool, dead));
    }

    void created(long sinceNanos) {
        Duration took = since(sinceNanos);
        tell(heard -> heard.onCreate(pool, took));
    }

    void notCreated(long sinceNanos, Throwable cause) {
        Duration took = since(sinceNanos);
        FlightEvents.notCreated(pool, took, cause);
        tell(heard -> heard.onCreationFailure(pool, took, cause));
    }

    void destroyed(CheckoutListener.Reason reason) {
        tell(heard -> heard.onDestroy(pool, reason));
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(ticker.nanoTime() - nanos);
    }

    private void tell(Consumer<CheckoutListener> news) {
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
