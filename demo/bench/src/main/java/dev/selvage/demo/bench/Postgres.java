package dev.selvage.demo.bench;

import dev.selvage.demo.server.PostgresServer;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL that the benchmarks named {@value #METHOD} are run beside, where one is installed. */
final class Postgres implements AutoCloseable {
    /** The name of the methods that need it. */
    static final String METHOD = "postgres";

    /** The system property that tells the forks where it is. */
    static final String URL = "selvage.bench.postgres";

    private final @Nullable PostgresServer server;

    private Postgres(@Nullable PostgresServer server) {
        this.server = server;
    }

    /** Starts it if it is installed, and says so if it is not. */
    static Postgres start() throws IOException, InterruptedException {
        Optional<PostgresServer> server = PostgresServer.start();
        if (server.isEmpty()) {
            System.out.printf("%nPostgreSQL is not installed here; `demo/install-servers` installs it.%n");
        }
        return new Postgres(server.orElse(null));
    }

    /** What forks get, or null where there is no server. */
    @Nullable String jvmFlag() {
        return server == null ? null : "-D" + URL + "=" + server.url();
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }
}
