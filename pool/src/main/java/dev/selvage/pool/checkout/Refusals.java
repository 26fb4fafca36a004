package dev.selvage.pool.checkout;

import java.time.Duration;

/** Says why a borrower got nothing. */
final class Refusals {

    private Refusals() {}

    static <R> CheckoutException of(Lending<R> lending, Borrower<R> borrower) {
        long millis = (lending.now() - borrower.sinceNanos) / 1_000_000;
        return switch (borrower.refusal()) {
            case CLOSED -> lending.closedNow();
            case SHED -> {
                lending.counts().shed.increment();
                yield new CheckoutException.Shed(lending + " sheds load: refused after " + millis + " ms of waiting");
            }
            case GAVE_UP -> {
                lending.counts().timeouts.increment();
                yield timedOut(lending, millis);
            }
        };
    }

    /** It was granted a resource, and there is no time left to use it. */
    static <R> CheckoutException noTimeLeft(Lending<R> lending, Duration limit) {
        lending.counts().timeouts.increment();
        return new CheckoutException.CheckoutTimeout(
                lending + " had a resource to lend only when " + limit.toMillis() + " ms were over");
    }

    /** Why a resource is taken from who uses it past its deadline; told while it still does. */
    static <R> String late(Lending<R> lending, CheckoutLease<R> lease, Duration limit) {
        return lease.lent + " was not given back within " + limit.toMillis() + " ms, and is taken away and replaced:"
                + Holders.text(lease, lending.all(), lending.now());
    }

    private static <R> CheckoutException timedOut(Lending<R> lending, long millis) {
        Throwable failure = lending.lastFailure();
        if (lending.total() == 0 && failure != null) {
            return new CheckoutException.CreationFailed(
                    lending + " could make no resource within " + millis + " ms: " + failure, failure);
        }
        return new CheckoutException.CheckoutTimeout(lending + " had no resource to lend within " + millis + " ms"
                + Holders.text(lending.all(), lending.now()));
    }
}
