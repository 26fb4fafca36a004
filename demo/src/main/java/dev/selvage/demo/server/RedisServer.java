package dev.selvage.demo.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of one's own, whose data is gone when it is closed. It uses the Redis that is installed on the
 * machine.
 *
 * <p>{@code demo/install-servers} installs one on Debian and its like.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final long LONGEST_END_SECONDS = 30;
    private static final int LONGEST_ANSWER_MILLIS = 5_000;
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String PONG = "+PONG\r\n";

    private final Path program;
    private final Path folder;
    private final int port;
    private final Thread atExit = new Thread(this::closeQuietly, "stops Redis");

    /** Null while there is none. Written and read by the thread that uses this, and by the one at the JVM's exit. */
    private volatile @Nullable Process process;

    private RedisServer(Path program) throws IOException, InterruptedException {
        this.program = program;
        this.folder = Files.createTempDirectory("redis");
        this.port = Programs.freePort();
        boolean started = false;
        try {
            startAgain();
            started = true;
        } finally {
            if (!started) {
                Programs.deleteFolder(folder);
            }
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts a server, if Redis is installed here.
     *
     * @return the server, which takes connections; or empty when this machine has no Redis
     * @throws IOException if it does not start, with what it said
     * @throws InterruptedException if interrupted
     */
    public static Optional<RedisServer> start() throws IOException, InterruptedException {
        Optional<Path> program = Programs.find("redis-server", List.of());
        return program.isEmpty() ? Optional.empty() : Optional.of(new RedisServer(program.get()));
    }

    /**
     * Returns where it listens, also while it does not.
     *
     * @return the address, on the loopback interface
     */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Kills the server, and its connections with it; {@link #startAgain} starts it on the same port, with every write
     * that it had answered.
     *
     * @throws IOException if it does not end
     * @throws InterruptedException if interrupted
     */
    public void crash() throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroyForcibly();
        if (!running.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("Redis did not end within " + LONGEST_END_SECONDS + " s");
        }
        process = null;
    }

    /**
     * Starts the server again after {@link #crash}.
     *
     * @throws IOException if it does not start, with what it said
     * @throws InterruptedException if interrupted
     */
    public void startAgain() throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        // what it answers it has handed to the system before: that outlives a crash of this server, not of the machine
        Process starting = new ProcessBuilder(
                        program.toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "no")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = starting;
        boolean ready = false;
        try {
            awaitReady(starting, log);
            ready = true;
        } finally {
            if (!ready) {
                starting.destroyForcibly();
                process = null;
            }
        }
    }

    private void awaitReady(Process starting, Path log) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (!answers()) {
            if (starting.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("Redis ended with status " + starting.exitValue() + ": " + Programs.said(log));
            }
            if (System.nanoTime() - begin > LONGEST_START.toNanos()) {
                throw new IOException("Redis took no connections within " + LONGEST_START + ": " + Programs.said(log));
            }
        }
    }

    /** Whether it is up, and has its data: while it reads them it answers with an error. */
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(address(), LONGEST_ANSWER_MILLIS);
            socket.setSoTimeout(LONGEST_ANSWER_MILLIS);
            socket.getOutputStream().write(PING);
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(PONG.length()), StandardCharsets.US_ASCII).equals(PONG);
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Ends the server and deletes all that it wrote.
     *
     * @throws IOException if it does not end, or this thread is interrupted
     */
    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(atExit);
        stopAndDelete();
    }

    private void stopAndDelete() throws IOException {
        try {
            crash();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while Redis stopped");
        }
        Programs.deleteFolder(folder);
    }

    private void closeQuietly() {
        try {
            stopAndDelete();
        } catch (IOException e) {
            System.err.println("Redis in " + folder + " was not stopped: " + e.getMessage());
        }
    }
}
