package dev.selvage.demo.stage;

import dev.selvage.time.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the demo talks to its reader: lines that stay, and one status that is drawn over again.
 *
 * <p>On a terminal the status is a single line at the bottom that each update overwrites. Elsewhere (a file, a pipe, a
 * CI log) an update is a plain line of its own, and only one in two seconds is printed. Any thread may call.
 */
public final class Console {

    /** On what is no terminal, a status line is printed at most this often. */
    static final Duration PLAIN_INTERVAL = Duration.ofSeconds(2);

    /** A status is cut here, so that it never wraps and leaves half of itself behind. */
    static final int STATUS_WIDTH = 79;

    private static final String TO_LINE_START_AND_CLEAR = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    private boolean statusShown; // guarded by lock; true while a status stands on the terminal's last line
    private boolean statusPrinted; // guarded by lock; true once a plain status was printed, at plainPrintedNanos
    private long plainPrintedNanos; // guarded by lock

    /**
     * Makes a console.
     *
     * @param out where everything goes
     * @param terminal whether {@code out} is a terminal that understands carriage return and "clear to end of line"
     * @param ticker the clock that plain status lines are rationed by
     */
    public Console(PrintStream out, boolean terminal, Ticker ticker) {
        this.out = Objects.requireNonNull(out, "out");
        this.terminal = terminal;
        this.ticker = Objects.requireNonNull(ticker, "ticker");
    }

    /**
     * Returns the console of this JVM: standard output, drawn over only if it is a terminal.
     *
     * @return a new console on {@link System#out}
     */
    public static Console system() {
        return new Console(System.out, Terminals.standardOutputIsTerminal(), Ticker.system());
    }

    /**
     * Returns whether a status is drawn over in place.
     *
     * @return true on a terminal
     */
    public boolean isTerminal() {
        return terminal;
    }

    /**
     * Prints a line that stays. A status in its way is wiped first.
     *
     * @param text the line, without its end
     */
    public void line(String text) {
        Objects.requireNonNull(text, "text");
        lock.lock();
        try {
            wipe();
            out.println(text);
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows how far things are. What a terminal shows is replaced by the next status or line.
     *
     * @param text the status; cut to 79 characters
     */
    public void status(String text) {
        Objects.requireNonNull(text, "text");
        String cut = text.length() > STATUS_WIDTH ? text.substring(0, STATUS_WIDTH) : text;
        lock.lock();
        try {
            if (terminal) {
                out.print(TO_LINE_START_AND_CLEAR + cut);
                statusShown = true;
            } else if (plainStatusIsDue()) {
                out.println(cut);
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Wipes the status off a terminal, so that whoever prints next starts on a clean line. */
    public void clearStatus() {
        lock.lock();
        try {
            wipe();
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    private boolean plainStatusIsDue() {
        long now = ticker.nanoTime();
        if (statusPrinted && now - plainPrintedNanos < PLAIN_INTERVAL.toNanos()) {
            return false;
        }
        statusPrinted = true;
        plainPrintedNanos = now;
        return true;
    }

    private void wipe() {
        if (statusShown) {
            out.print(TO_LINE_START_AND_CLEAR);
            statusShown = false;
        }
    }
}
