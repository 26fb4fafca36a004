package dev.selvage.sim;

import java.util.List;
import java.util.SplittableRandom;

/** Stops at one point in so many, picks evenly. */
final class RandomStrategy implements Strategy {

    private final SplittableRandom random;
    private final int stopsOneIn;

    RandomStrategy(SplittableRandom random, int stopsOneIn) {
        this.random = random;
        this.stopsOneIn = stopsOneIn;
    }

    @Override
    public void started(SimThread thread) {
        // all are alike
    }

    @Override
    public boolean preempts(SimThread running, List<SimThread> ready) {
        return random.nextInt(stopsOneIn) == 0;
    }

    @Override
    public SimThread pick(List<SimThread> ready) {
        return ready.get(random.nextInt(ready.size()));
    }

    @Override
    public void gaveWay(SimThread thread) {
        // an even pick starves nobody
    }

    @Override
    public String toString() {
        return "random, stops at one point in " + stopsOneIn;
    }
}
