package dev.selvage.sim;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a schedule decided: a fingerprint of all of it, the last part in words. */
final class Trace {

    /** So many decisions are kept in words. */
    private static final int LENGTH = 60;

    private final Deque<String> last = new ArrayDeque<>();
    private long decisions;
    private long fingerprint;

    /** Records that a thread ran up to the given number of points passed in all, and in words how it stopped. */
    void ran(SimThread thread, long points, String stop) {
        mix(points * 31 + thread.index);
        add(thread.name() + "  " + stop);
    }

    void jumped(String time) {
        mix(-1);
        add("(clock)  " + time);
    }

    private void mix(long decision) {
        long mixed = (fingerprint ^ decision) * 0x9E3779B97F4A7C15L;
        fingerprint = mixed ^ (mixed >>> 29);
    }

    private void add(String line) {
        decisions++;
        if (last.size() == LENGTH) {
            last.removeFirst();
        }
        last.addLast(line);
    }

    /** Two schedules of the same decisions have the same fingerprint. */
    long fingerprint() {
        return fingerprint;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (decisions > last.size()) {
            text.append("  … ").append(decisions - last.size()).append(" earlier\n");
        }
        last.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }
}
