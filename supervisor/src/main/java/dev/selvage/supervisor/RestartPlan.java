package dev.selvage.supervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * What one restart does, as positions among the children: whom to stop, in which order, then whom to start, in which
 * order. A function of the strategy and of what the children are, and of nothing else.
 *
 * @param stops whom to stop, in that order; who does not run needs nothing
 * @param starts whom to start, in that order
 */
record RestartPlan(List<Integer> stops, List<Integer> starts) {

    /** What a sibling is for a restart that may concern it. */
    enum Sibling {
        /** Is stopped with the others if it runs, and started with them, whether it ran or not. */
        COMES_BACK,
        /** Is stopped with the others and not started: it is temporary. */
        GOES,
        /** Is left alone: somebody has terminated it in the course of this restart. */
        LEFT_OUT
    }

    RestartPlan {
        stops = List.copyOf(stops);
        starts = List.copyOf(starts);
    }

    /**
     * Makes the plan.
     *
     * @param children all children, in their order
     * @param ended the position of the child that ended, or could not be started in an earlier round
     */
    static RestartPlan of(Strategy strategy, List<Sibling> children, int ended) {
        boolean alone = strategy == Strategy.ONE_FOR_ONE || strategy == Strategy.DYNAMIC;
        int first = strategy == Strategy.ONE_FOR_ALL ? 0 : ended;
        int last = alone ? ended : children.size() - 1;
        List<Integer> stops = new ArrayList<>();
        for (int each = last; each >= first; each--) {
            if (each != ended && children.get(each) != Sibling.LEFT_OUT) {
                stops.add(each);
            }
        }
        List<Integer> starts = new ArrayList<>();
        for (int each = first; each <= last; each++) {
            if (each == ended || children.get(each) == Sibling.COMES_BACK) {
                starts.add(each);
            }
        }
        return new RestartPlan(stops, starts);
    }
}
