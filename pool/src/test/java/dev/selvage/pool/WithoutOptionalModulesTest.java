package dev.selvage.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.checkout.CheckoutPool;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.pool.routing.Transport;
import dev.selvage.pool.worker.WorkerPool;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The JDK's flight recorder and JDBC are optional at run time. */
class WithoutOptionalModulesTest {

    /** What the JVM without these modules runs. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut") // its answer to the test
        public static void main(String[] arguments) throws InterruptedException {
            try (CheckoutPool<String> lent = CheckoutPool.start("lent", 1, () -> "lent");
                    RoutingPool<String, String> routed = RoutingPool.start(
                            "routed",
                            1,
                            member -> new Echo(),
                            options -> options.withMemberWait(Duration.ofSeconds(30)));
                    WorkerPool<String, String> worked =
                            WorkerPool.start("worked", 1, job -> job, job -> "did " + job)) {
                System.out.print(lent.<String, RuntimeException>use(text -> text) + ", " + routed.request("asked")
                        + ", " + worked.submit("a job").await());
            }
            System.out.print(", optional modules: "
                    + ModuleLayer.boot().modules().stream()
                            .map(Module::getName)
                            .filter(name -> name.equals("jdk.jfr") || name.equals("java.sql"))
                            .toList());
        }
    }

    private static final class Echo implements Transport<String, String> {
        private static final Response<String> CLOSED = new Response<>(0, "");

        private final LinkedBlockingQueue<Response<String>> responses = new LinkedBlockingQueue<>();

        @Override
        public void send(long id, String request) {
            responses.add(new Response<>(id, request));
        }

        @Override
        public Response<String> receive() throws InterruptedException, EOFException {
            Response<String> next = responses.take();
            if (next == CLOSED) {
                throw new EOFException();
            }
            return next;
        }

        @Override
        public void close() {
            responses.add(CLOSED);
        }
    }

    @Test
    @DisplayName("all pools run in a runtime image without jdk.jfr and java.sql")
    void runsWithout() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base,java.logging",
                        "--class-path",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(printed).isEqualTo("lent, asked, did a job, optional modules: []");
        assertThat(java.exitValue()).isZero();
    }
}
