package dev.selvage.pool.checkout;

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
