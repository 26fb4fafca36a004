package dev.selvage.demo.fantatcp;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * The server's end of one connection: a virtual thread that reads, and one more for each request in hand, so that
 * answers overtake each other.
 */
final class ServerConnection implements AutoCloseable {

    /** How many requests may be in hand at once; then the connection is not read until one is answered. */
    static final int MOST_IN_HAND = 2_000;

    private final Socket socket;
    private final Manners manners;
    private final FantaServer.Counts counts;
    private final long longestAnswerNanos;
    private final RandomGenerator random; // used by the reading thread only
    private final Semaphore inHand = new Semaphore(MOST_IN_HAND);
    private final ReentrantLock writing = new ReentrantLock();

    ServerConnection(Socket socket, long number, Manners manners, FantaServer.Counts counts, long seed) {
        this.socket = socket;
        this.manners = manners;
        this.counts = counts;
        boolean slow = manners.slowEvery() > 0 && number % manners.slowEvery() == 0;
        this.longestAnswerNanos = manners.longestAnswer().toNanos() * (slow ? Manners.SLOWER : 1);
        this.random = new SplittableRandom(seed * 1_000_003 + number);
    }

    /** Serves the connection until either side closes it; everything of it has ended when this returns. */
    void serve() {
        try (ExecutorService answers = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                readRequests(answers);
            } catch (IOException connectionIsOver) {
                answers.shutdownNow(); // the client has gone, or close() was called: nobody is left to be told
            } catch (InterruptedException serverCloses) {
                answers.shutdownNow();
                Thread.currentThread().interrupt();
            } finally {
                close();
            }
        }
    }

    private void readRequests(ExecutorService answers) throws IOException, InterruptedException {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        OutputStream out = socket.getOutputStream();
        while (true) {
            Frame request = Frame.readFrom(in);
            counts.requests.increment();
            if (happens(manners.dropEvery())) {
                counts.drops.increment();
                answers.shutdownNow();
                return;
            }
            if (happens(manners.silenceEvery())) {
                counts.silences.increment();
                answers.shutdownNow();
                in.skipNBytes(Long.MAX_VALUE); // silent: reads on, answers nothing, until the client has had enough
            }
            long nanos = random.nextLong(longestAnswerNanos + 1);
            Frame response = answerTo(request);
            inHand.acquire();
            answers.execute(() -> answer(response, nanos, out));
        }
    }

    private void answer(Frame response, long nanos, OutputStream out) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
            writing.lockInterruptibly();
            try {
                response.writeTo(out);
            } finally {
                writing.unlock();
            }
            counts.answers.increment();
        } catch (InterruptedException silentOrClosed) {
            Thread.currentThread().interrupt(); // this answer is not to be sent, and the thread ends here
        } catch (IOException connectionIsOver) {
            close(); // wakes the reading thread, which ends the rest
        } finally {
            inHand.release();
        }
    }

    private Frame answerTo(Frame request) {
        if (!request.text().equals("PING") && !request.text().startsWith("PING ")) {
            return new Frame(request.id(), "ERROR unknown request");
        }
        String said = request.text().substring("PING".length());
        if (happens(manners.lieEvery())) {
            counts.lies.increment();
            said = said + ", or so they say";
        }
        return new Frame(request.id(), "PONG" + said);
    }

    private boolean happens(int every) {
        return every > 0 && random.nextInt(every) == 0;
    }

    /** Closes the socket; whatever waits on it fails at once. Any thread, any number of times. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
