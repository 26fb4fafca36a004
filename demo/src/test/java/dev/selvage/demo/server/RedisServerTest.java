package dev.selvage.demo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RedisServerTest {

    @Test
    @DisplayName("a Redis of one's own takes connections, loses them in a crash, and keeps what it had answered")
    void crash() throws Exception {
        Optional<RedisServer> installed = RedisServer.start();
        assumeTrue(installed.isPresent(), "Redis is not installed; demo/install-servers installs it");
        try (RedisServer server = installed.get()) {
            try (Socket socket = connect(server)) {
                assertThat(ask(socket, "SET kept 7", 5)).isEqualTo("+OK\r\n");
                server.crash();
                assertThat(socket.getInputStream().readAllBytes()).isEmpty();
            }
            assertThatThrownBy(() -> connect(server)).isInstanceOf(IOException.class);
            server.startAgain();
            try (Socket socket = connect(server)) {
                assertThat(ask(socket, "GET kept", 7)).isEqualTo("$1\r\n7\r\n");
            }
        }
    }

    private static Socket connect(RedisServer server) throws IOException {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private static String ask(Socket socket, String command, int length) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }
}
