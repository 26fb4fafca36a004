package dev.selvage.demo.bench.peer;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.structured.ActorRef;
import com.softwaremill.jox.structured.ThrowingConsumer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Jox: its actor reference is asked, its unlimited channel is sent to. What handles is a virtual thread of ours: Jox'
 * scopes need --enable-preview and another release of Jox for each JDK.
 */
final class JoxPeer implements Peer {

    private interface Handler<M> {
        void handle(M message) throws Exception;
    }

    /** Handles until interrupted. */
    private static <M> Thread startHandler(Channel<M> channel, Handler<? super M> handler) {
        return Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    handler.handle(channel.receive());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public Callee startCallee() {
        AtomicInteger asked = new AtomicInteger();
        Channel<ThrowingConsumer<AtomicInteger>> mailbox = Channel.newBufferedDefaultChannel();
        Thread handler = startHandler(mailbox, message -> message.accept(asked));
        ActorRef<AtomicInteger> actor = new ActorRef<>(mailbox);
        return new Callee() {
            @Override
            public int ask() throws Exception {
                return actor.ask(AtomicInteger::getAndIncrement);
            }

            @Override
            public void stop() throws InterruptedException {
                handler.interrupt();
                handler.join();
            }
        };
    }

    @Override
    public Receiver startReceiver(int messages) {
        Tally tally = new Tally(messages);
        Channel<Integer> channel = Channel.newUnlimitedChannel();
        Thread handler = startHandler(channel, tally::add);
        return new Receiver() {
            @Override
            public void send(Integer number) throws InterruptedException {
                channel.send(number);
            }

            @Override
            public long awaitSum() throws Exception {
                long sum = tally.await();
                handler.interrupt();
                return sum;
            }
        };
    }

    @Override
    public int spawnToExit(int spawns, int batch) {
        throw new UnsupportedOperationException("Jox' forks are the JDK's, and need --enable-preview");
    }

    @Override
    public void close() {}
}
