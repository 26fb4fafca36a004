package dev.selvage.sim.planted;

import dev.selvage.sim.Scenario;

/** The planted bugs, each with what its failure says and its correct form. */
public enum Planted {
    TWO_HOLDERS_OF_A_LOCK(KeyedLock.CheckThenAct.class, "[holders]", KeyedLock.Atomic.class),
    LATE_CLEAN_UP_OF_A_NAME(NameRegistry.CheckThenAct.class, "to contain entries", NameRegistry.Atomic.class),
    LOST_MESSAGE(MessageQueue.Lossy.class, "[messages]", MessageQueue.Lossless.class),
    LOST_UNPARK(ParkedWaiter.ChecksThenAnnounces.class, "lost wake-up", ParkedWaiter.AnnouncesThenChecks.class),
    LOST_SIGNAL(ConditionWaiter.ChecksOutside.class, "lost wake-up", ConditionWaiter.ChecksInside.class),
    DEADLOCK(TwoLocks.Crossed.class, "deadlock", TwoLocks.Ordered.class),
    PERMIT_LOST_IN_TIMEOUT(TimedWaiter.ForgetsGrant.class, "[the permit", TimedWaiter.DecidesOnce.class),
    EXCEPTION_IN_A_FORK(ForkedTask.ReadsTwice.class, "NullPointerException", ForkedTask.ReadsOnce.class);

    private final Class<? extends Scenario> broken;
    private final String symptom;
    private final Class<? extends Scenario> correct;

    Planted(Class<? extends Scenario> broken, String symptom, Class<? extends Scenario> correct) {
        this.broken = broken;
        this.symptom = symptom;
        this.correct = correct;
    }

    /**
     * Returns the scenario with the bug.
     *
     * @return the scenario
     */
    public Class<? extends Scenario> broken() {
        return broken;
    }

    /**
     * Returns a part of the message that its failure has.
     *
     * @return the symptom
     */
    public String symptom() {
        return symptom;
    }

    /**
     * Returns the scenario without the bug.
     *
     * @return the scenario
     */
    public Class<? extends Scenario> correct() {
        return correct;
    }
}
