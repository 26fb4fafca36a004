package dev.selvage.pool.routing;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A peer in memory, under the test's control: it says who may connect, and what becomes of what is sent. */
final class FakePeer implements Connector<String, String> {
    private static final long PATIENCE_SECONDS = 20;

    /** Asked by each connect, on the connecting thread; throws what the connect is to throw. */
    @FunctionalInterface
    interface Door {
        void enter(int member) throws Exception;
    }

    /** A request as it reached the peer. */
    record Sent(Line line, long id, String request) {
        void answer(String value) {
            line.answer(id, value);
        }
    }

    /** One connection. */
    final class Line implements Transport<String, String> {
        final int member;
        final AtomicInteger closes = new AtomicInteger();
        private final LinkedBlockingQueue<Object> incoming = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        /** Not null: what a send does first; it may wait, or throw. */
        volatile @Nullable Writing writing;

        volatile @Nullable Thread reader;

        /** What the pool gave to be told limits. */
        volatile @Nullable IntConsumer limit;

        Line(int member) {
            this.member = member;
        }

        @Override
        public void send(long id, String request) throws Exception {
            Writing first = writing;
            if (first != null) {
                first.write(this, id, request);
            }
            if (isClosed()) {
                throw new IOException("sent on a closed line");
            }
            Sent arrived = new Sent(this, id, request);
            UnaryOperator<String> answer = answers;
            if (answer == null) {
                sent.add(arrived);
            } else {
                arrived.answer(answer.apply(request));
            }
        }

        @Override
        public void limitedBy(IntConsumer taker) {
            limit = taker;
            if (firstLimit >= 0) {
                taker.accept(firstLimit);
            }
        }

        /** Says another limit, if it has been asked for the first one. */
        void limit(int requests) {
            IntConsumer taker = limit;
            if (taker != null) {
                taker.accept(requests);
            }
        }

        @Override
        public Response<String> receive() throws Exception {
            reader = Thread.currentThread();
            Object next = incoming.take();
            if (next instanceof Exception end) {
                incoming.add(end);
                throw end;
            }
            @SuppressWarnings("unchecked") // only responses are put there otherwise
            Response<String> response = (Response<String>) next;
            return response;
        }

        void answer(long id, String value) {
            incoming.add(new Response<>(id, value));
        }

        void respond(Response<String> response) {
            incoming.add(response);
        }

        /** The peer breaks the connection. */
        void lose(String why) {
            incoming.add(new IOException(why));
        }

        @Override
        public void close() {
            closes.incrementAndGet();
            closed.countDown();
            incoming.add(new IOException("closed here"));
        }

        boolean isClosed() {
            return closed.getCount() == 0;
        }

        void awaitClosed() throws InterruptedException {
            closed.await();
        }
    }

    /** What a send does first. */
    @FunctionalInterface
    interface Writing {
        void write(Line line, long id, String request) throws Exception;
    }

    final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    final Queue<Line> allLines = new ConcurrentLinkedQueue<>();
    final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    final AtomicInteger connects = new AtomicInteger();
    volatile Door door = member -> {};

    /** Not negative: what each line says when it is made. */
    volatile int firstLimit = -1;

    /** Not null: answers each request in this way, at once, rather than to note it for the test. */
    volatile @Nullable UnaryOperator<String> answers;

    @Override
    public Transport<String, String> connect(int member) throws Exception {
        connects.incrementAndGet();
        door.enter(member);
        Line line = new Line(member);
        allLines.add(line);
        lines.add(line);
        return line;
    }

    /** A peer that answers each request with itself. */
    static FakePeer echoing() {
        FakePeer peer = new FakePeer();
        peer.answers = request -> request;
        return peer;
    }

    Line awaitLine() throws InterruptedException {
        return orFail(lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody connected");
    }

    Sent awaitSent() throws InterruptedException {
        return orFail(sent.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing was sent");
    }

    private static <T> T orFail(@Nullable T found, String otherwise) {
        if (found == null) {
            throw new AssertionError(otherwise + " within " + PATIENCE_SECONDS + " s");
        }
        return found;
    }
}
