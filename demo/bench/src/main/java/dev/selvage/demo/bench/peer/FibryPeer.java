package dev.selvage.demo.bench.peer;

import eu.lucaventuri.fibry.Actor;
import eu.lucaventuri.fibry.ActorSystem;
import eu.lucaventuri.fibry.CreationStrategy;
import eu.lucaventuri.fibry.SinkActorSingleTask;
import eu.lucaventuri.fibry.Stereotypes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Fibry's anonymous actors, on virtual threads; what is spawned is its actor for one task. */
final class FibryPeer implements Peer {

    @Override
    public Callee startCallee() {
        AtomicInteger asked = new AtomicInteger();
        Actor<Integer, Integer, Void> actor = ActorSystem.anonymous()
                .strategy(CreationStrategy.FIBER)
                .newActorWithReturn((Integer question) -> asked.getAndIncrement());
        return new Callee() {
            @Override
            public int ask() throws Exception {
                return actor.sendMessageReturn(0).get(5, TimeUnit.SECONDS);
            }

            @Override
            public void stop() {
                actor.sendPoisonPill();
            }
        };
    }

    @Override
    public Receiver startReceiver(int messages) {
        Tally tally = new Tally(messages);
        Actor<Integer, Void, Void> actor = ActorSystem.anonymous()
                .strategy(CreationStrategy.FIBER)
                .newActor((Integer number) -> tally.add(number));
        return new Receiver() {
            @Override
            public void send(Integer number) {
                actor.sendMessage(number);
            }

            @Override
            public long awaitSum() throws Exception {
                long sum = tally.await();
                actor.sendPoisonPill();
                return sum;
            }
        };
    }

    @Override
    public int spawnToExit(int spawns, int batch) {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < spawns; i += batch) {
            List<SinkActorSingleTask<Void>> actors = new ArrayList<>(batch);
            for (int b = 0; b < batch; b++) {
                actors.add(Stereotypes.def().runOnce(ran::incrementAndGet));
            }
            actors.forEach(SinkActorSingleTask::waitForExit);
        }
        return ran.get();
    }

    @Override
    public void close() {}
}
