package dev.selvage.demo.bench.peer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Pekko's typed actors on the default dispatcher, with its log off. Children are watched by their parent. */
final class PekkoPeer implements Peer {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Config CONFIG = ConfigFactory.parseString("pekko { loglevel = OFF, stdout-loglevel = OFF,"
            + " log-dead-letters = off, log-dead-letters-during-shutdown = off }");

    private final ActorSystem<SpawnProtocol.Command> system =
            ActorSystem.create(SpawnProtocol.create(), "bench", CONFIG.withFallback(ConfigFactory.load()));

    private <T> ActorRef<T> spawn(Behavior<T> behavior) throws Exception {
        return AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
                        system,
                        replyTo -> new SpawnProtocol.Spawn<>(behavior, "", Props.empty(), replyTo),
                        TIMEOUT,
                        system.scheduler())
                .toCompletableFuture()
                .get();
    }

    private sealed interface Question {
        record Ask(ActorRef<Integer> replyTo) implements Question {}

        record Stop() implements Question {}
    }

    @Override
    public Callee startCallee() throws Exception {
        ActorRef<Question> actor = spawn(Behaviors.setup(context -> {
            AtomicInteger asked = new AtomicInteger();
            return Behaviors.receiveMessage(question -> {
                if (question instanceof Question.Ask ask) {
                    ask.replyTo().tell(asked.getAndIncrement());
                    return Behaviors.same();
                }
                return Behaviors.stopped();
            });
        }));
        return new Callee() {
            @Override
            public int ask() throws Exception {
                return AskPattern.<Question, Integer>ask(actor, Question.Ask::new, TIMEOUT, system.scheduler())
                        .toCompletableFuture()
                        .get();
            }

            @Override
            public void stop() {
                actor.tell(new Question.Stop());
            }
        };
    }

    /** Sent after the numbers; they are not wrapped, nor are they in the other systems. */
    private static final Integer END = -1;

    @Override
    public Receiver startReceiver(int messages) throws Exception {
        Tally tally = new Tally(messages);
        ActorRef<Integer> actor = spawn(Behaviors.receiveMessage(number -> {
            if (number.intValue() == END) {
                return Behaviors.stopped();
            }
            tally.add(number);
            return Behaviors.same();
        }));
        return new Receiver() {
            @Override
            public void send(Integer number) {
                actor.tell(number);
            }

            @Override
            public long awaitSum() throws Exception {
                long sum = tally.await();
                actor.tell(END);
                return sum;
            }
        };
    }

    private sealed interface Spawning {
        record Batch(int size, ActorRef<Integer> replyTo) implements Spawning {}

        record Ended() implements Spawning {}
    }

    /** Starts a batch of children when told, and answers when the last of them has ended. */
    private static Behavior<Spawning> spawner(AtomicInteger ran) {
        Behavior<Object> child = Behaviors.setup(context -> {
            ran.incrementAndGet();
            return Behaviors.stopped();
        });
        Spawning.Ended ended = new Spawning.Ended();
        return Behaviors.setup(context -> waiting(child, ended));
    }

    private static Behavior<Spawning> waiting(Behavior<Object> child, Spawning.Ended ended) {
        return Behaviors.receive((context, message) -> {
            if (!(message instanceof Spawning.Batch batch)) {
                return Behaviors.same();
            }
            for (int i = 0; i < batch.size(); i++) {
                context.watchWith(context.spawnAnonymous(child), ended);
            }
            int[] missing = {batch.size()};
            return Behaviors.receiveMessage(end -> {
                if (--missing[0] > 0) {
                    return Behaviors.same();
                }
                batch.replyTo().tell(batch.size());
                return waiting(child, ended);
            });
        });
    }

    @Override
    public int spawnToExit(int spawns, int batch) throws Exception {
        AtomicInteger ran = new AtomicInteger();
        ActorRef<Spawning> spawner = spawn(spawner(ran));
        for (int i = 0; i < spawns; i += batch) {
            AskPattern.<Spawning, Integer>ask(
                            spawner, replyTo -> new Spawning.Batch(batch, replyTo), TIMEOUT, system.scheduler())
                    .toCompletableFuture()
                    .get();
        }
        return ran.get();
    }

    @Override
    public void close() throws InterruptedException, ExecutionException, TimeoutException {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
