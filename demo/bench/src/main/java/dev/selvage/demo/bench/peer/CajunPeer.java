package dev.selvage.demo.bench.peer;

import com.cajunsystems.ActorContext;
import com.cajunsystems.ActorSystem;
import com.cajunsystems.Pid;
import com.cajunsystems.handler.Handler;
import com.cajunsystems.mailbox.MpscMailbox;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Cajun's actors on virtual threads, which is its default. Asked are actors with the default mailbox. Sent to is one
 * with the unbounded lock-free mailbox that it recommends for throughput: the default one drops messages when it is
 * full, and an actor with the lock-free one takes a millisecond to answer.
 */
final class CajunPeer implements Peer {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ActorSystem system = new ActorSystem();

    private <M> Pid spawn(Handler<M> handler) {
        return system.<M>actorOf(handler).spawn();
    }

    /** A handler of one kind of message that ignores the rest of an actor's life. */
    private interface OnMessage<M> extends Handler<M> {
        @Override
        void receive(M message, ActorContext context);
    }

    @Override
    public Callee startCallee() {
        AtomicInteger asked = new AtomicInteger();
        Pid actor = spawn((OnMessage<Integer>) (question, context) ->
                context.getSender().ifPresent(sender -> context.tell(sender, asked.getAndIncrement())));
        return new Callee() {
            @Override
            public int ask() {
                return actor.<Integer, Integer>ask(0, TIMEOUT).get();
            }

            @Override
            public void stop() {
                system.stopActor(actor);
            }
        };
    }

    @Override
    public Receiver startReceiver(int messages) {
        Tally tally = new Tally(messages);
        Pid actor = system.actorOf((OnMessage<Integer>) (number, context) -> tally.add(number))
                .withMailboxProvider((config, workload) -> new MpscMailbox<>())
                .spawn();
        return new Receiver() {
            @Override
            public void send(Integer number) {
                actor.tell(number);
            }

            @Override
            public long awaitSum() throws Exception {
                long sum = tally.await();
                system.stopActor(actor);
                return sum;
            }
        };
    }

    /** Each actor is told to stop as soon as it has started. */
    private record Task(AtomicInteger ran, CountDownLatch ended) implements Handler<Integer> {
        @Override
        public void preStart(ActorContext context) {
            ran.incrementAndGet();
        }

        @Override
        public void receive(Integer message, ActorContext context) {}

        @Override
        public void postStop(ActorContext context) {
            ended.countDown();
        }
    }

    @Override
    public int spawnToExit(int spawns, int batch) throws InterruptedException {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < spawns; i += batch) {
            CountDownLatch ended = new CountDownLatch(batch);
            Pid[] actors = new Pid[batch];
            for (int b = 0; b < batch; b++) {
                actors[b] = spawn(new Task(ran, ended));
            }
            for (Pid actor : actors) {
                system.stopActor(actor);
            }
            ended.await();
        }
        return ran.get();
    }

    @Override
    public void close() {
        system.shutdown();
    }
}
