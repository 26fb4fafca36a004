package dev.selvage.supervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * What one restart does, as positions among the children: whom to stop, in which order, then whom to start, in which
 * order. A function of the strategy and of the children's restart types, and of nothing else.
 *
 * @param stops whom to stop, in that order; who does not run needs nothing
 * @param starts whom to start, in that order
 */
record RestartPlan(List<Integer> stops, List<Integer> starts) {

    RestartPlan {
        stops = List.copyOf(stops);
        starts = List.copyOf(starts);
    }

    /**
     * Makes the plan.
     *
     * @param children the restart types of all children, in their order
     * @param ended the position of the child that ended, or could not be started in an earlier round
     */
    static RestartPlan of(Strategy strategy, List<Restart> children, int ended) {
        int first = strategy == Strategy.ONE_FOR_ALL ? 0 : ended;
        int last = strategy == Strategy.ONE_FOR_ONE ? ended : children.size() - 1;
        List<Integer> stops = new ArrayList<>();
        for (int each = last; each >= first; each--) {
            if (each != ended) {
                stops.add(each);
            }
        }
        List<Integer> starts = new ArrayList<>();
        for (int each = first; each <= last; each++) {
            if (each == ended || children.get(each) != Restart.TEMPORARY) {
                starts.add(each);
            }
        }
        return new RestartPlan(stops, starts);
    }
}
