package dev.selvage.demo.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL server of one's own, with an empty database that is gone when it is closed. It uses the PostgreSQL that
 * is installed on the machine, and runs as the user {@code postgres} where this JVM is root's, as whom PostgreSQL
 * refuses to run.
 *
 * <p>{@code demo/install-servers} installs one on Debian and its like.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String USER = "postgres";

    private final Path initdb;
    private final Path folder;
    private final int port;
    private final Thread atExit = new Thread(this::closeQuietly, "stops PostgreSQL");

    private PostgresServer(Path initdb) throws IOException, InterruptedException {
        this.initdb = initdb;
        this.folder = Files.createTempDirectory("postgres");
        this.port = Programs.freePort();
        boolean started = false;
        try {
            if (isRoot()) {
                Programs.run(folder, List.of("chown", USER, folder.toString()));
            }
            run("initdb", "--pgdata=" + data(), "--username=" + USER, "--auth=trust", "--no-sync");
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
     * Starts a server, if PostgreSQL is installed here.
     *
     * @return the server, which takes connections; or empty when this machine has no PostgreSQL
     * @throws IOException if it does not start, with what it said
     * @throws InterruptedException if interrupted
     */
    public static Optional<PostgresServer> start() throws IOException, InterruptedException {
        Optional<Path> initdb = Programs.find("initdb", Programs.versions(Path.of("/usr/lib/postgresql"), "bin"));
        return initdb.isEmpty()
                ? Optional.empty()
                : Optional.of(new PostgresServer(initdb.get().toRealPath()));
    }

    /**
     * Returns where JDBC finds it.
     *
     * @return the URL, with the user's name
     */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER;
    }

    /**
     * Ends the server at once, as a crash would, and its connections with it; {@link #startAgain} starts it on the same
     * port, with what was committed.
     *
     * @throws IOException if it does not end
     * @throws InterruptedException if interrupted
     */
    public void crash() throws IOException, InterruptedException {
        run("pg_ctl", "stop", "--pgdata=" + data(), "--mode=immediate", "--wait");
    }

    /**
     * Starts the server again after {@link #crash}.
     *
     * @throws IOException if it does not start, with what it said
     * @throws InterruptedException if interrupted
     */
    public void startAgain() throws IOException, InterruptedException {
        // commits that outlive a crash of this server, not of the machine
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
                + " -c fsync=off -c max_connections=200";
        run("pg_ctl", "start", "--pgdata=" + data(), "--log=" + folder.resolve("server.log"), "--wait", "-o", options);
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
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while PostgreSQL stopped");
        }
    }

    private void end() throws IOException, InterruptedException {
        if (Files.exists(folder.resolve("data").resolve("postmaster.pid"))) {
            crash();
        }
        Programs.deleteFolder(folder);
    }

    private void closeQuietly() {
        try {
            stopAndDelete();
        } catch (IOException e) {
            System.err.println("PostgreSQL in " + folder + " was not stopped: " + e.getMessage());
        }
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--"));
        }
        command.add(initdb.resolveSibling(program).toString());
        command.addAll(List.of(arguments));
        Programs.run(folder, command);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }
}
