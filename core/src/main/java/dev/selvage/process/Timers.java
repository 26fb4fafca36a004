package dev.selvage.process;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one process, on its own thread only: it looks at them whenever it receives and queues what is due, and
 * its wait for messages ends with the first of them. So a timer costs no thread, nothing wakes a process that is busy,
 * and the timers of a process that has ended are gone with its other garbage.
 */
final class Timers {

    /** Half the range of a reading, so that differences of readings never overflow. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private final ProcessMailbox<?> mailbox;
    private final Ticker ticker;

    private final TreeSet<Alarm> armed = new TreeSet<>();

    private long lastNumber;

    Timers(ProcessMailbox<?> mailbox, Ticker ticker) {
        this.mailbox = mailbox;
        this.ticker = ticker;
    }

    /** One timer. Ordered by its time, then by the order in which they were set. */
    final class Alarm implements Mailbox.Timer, Comparable<Alarm> {
        private final Object message;
        private final long periodNanos;
        private final long number = ++lastNumber;
        private long atNanos;
        private boolean cancelled;

        /** The message while it is queued. */
        private @Nullable Envelope queued;

        Alarm(Object message, long atNanos, long periodNanos) {
            this.message = message;
            this.atNanos = atNanos;
            this.periodNanos = periodNanos;
        }

        @Override
        public boolean cancel() {
            mailbox.checkReceiver();
            boolean waits = armed.remove(this);
            Envelope unread = queued;
            boolean took = unread != null && unread.takeBack();
            cancelled = true;
            return waits || took;
        }

        /** Queues the message, unless the one before has not been received yet, and arms the timer for the next. */
        void ring(long nowNanos) {
            if (queued == null || queued.isGone()) {
                Envelope envelope = Envelope.alarm(message);
                queued = mailbox.deliver(envelope) ? envelope : null;
            }
            if (periodNanos > 0 && !cancelled) {
                long missed = (nowNanos - atNanos) / periodNanos;
                atNanos += (missed + 1) * periodNanos;
                armed.add(this);
            }
        }

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.signum(atNanos - other.atNanos); // readings may overflow, differences do not
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    Mailbox.Timer after(Duration delay, Object message) {
        return arm(message, nanos(delay), 0);
    }

    Mailbox.Timer every(Duration period, Object message) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period: " + period + "; allowed: more than 0");
        }
        return arm(message, nanos(period), nanos(period));
    }

    private Mailbox.Timer arm(Object message, long delayNanos, long periodNanos) {
        Alarm alarm = new Alarm(message, ticker.nanoTime() + delayNanos, periodNanos);
        armed.add(alarm);
        return alarm;
    }

    /** Queues what is due. */
    void ring() {
        while (!armed.isEmpty() && armed.first().atNanos - ticker.nanoTime() <= 0) {
            armed.removeFirst().ring(ticker.nanoTime());
        }
    }

    /** The time of the first timer or the given deadline, whichever comes first. */
    Deadline earlier(Deadline deadline) {
        if (armed.isEmpty()) {
            return deadline;
        }
        long firstNanos = Math.max(0, armed.first().atNanos - ticker.nanoTime());
        return firstNanos < deadline.remainingNanos() ? Deadline.after(Duration.ofNanos(firstNanos), ticker) : deadline;
    }

    int count() {
        return armed.size();
    }

    private static long nanos(Duration duration) {
        try {
            return Math.max(0, Math.min(duration.toNanos(), LONGEST_NANOS));
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? 0 : LONGEST_NANOS;
        }
    }
}
