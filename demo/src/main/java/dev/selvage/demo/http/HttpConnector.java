package dev.selvage.demo.http;

import dev.selvage.pool.routing.Connector;
import dev.selvage.pool.routing.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;

/**
 * Connects the members of a routing pool to an HTTP/2 server, each by a {@link HttpClient} of its own, which has one
 * connection.
 *
 * {@snippet :
 * var pool = RoutingPool.start("web", 4, new HttpConnector(URI.create("http://127.0.0.1:8080/health")),
 *         options -> options.withMaxInFlight(100)); // as many streams as the server allows on a connection
 * HttpResponse<String> answer = pool.request(HttpRequest.newBuilder(URI.create("http://127.0.0.1:8080/")).build());
 * }
 *
 * <p>The pool's limit has to be set to what the server allows, since a {@code HttpClient} does not tell. A request with
 * a timeout of its own, or to another server, is refused; the pool's timeouts apply. An answer with a status of 500 or
 * more counts against the member.
 *
 * <p>Any request that ends without an answer ends the connection too, and all that are under way on it fail: a
 * {@code HttpClient} does not tell whether it was the stream or the connection. A connection that is closed while
 * nothing is under way goes unnoticed; the client makes another when it is next used, or several if that is a burst, of
 * which it keeps one.
 *
 * <p>Any thread may call.
 */
public final class HttpConnector implements Connector<HttpRequest, HttpResponse<String>> {

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

    private final URI hello;

    /**
     * Makes a connector.
     *
     * @param hello what each connection begins with: anything that may be got from the server at any time, and has a
     *     status below 500 while it is well
     */
    public HttpConnector(URI hello) {
        this.hello = Objects.requireNonNull(hello, "hello");
    }

    /** Connects, and awaits a first answer: what is sent before would be sent by connections of its own. */
    @Override
    public Transport<HttpRequest, HttpResponse<String>> connect(int member) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(LONGEST_CONNECT)
                .build();
        boolean connected = false;
        try {
            HttpResponse<Void> first = client.send(HttpRequest.newBuilder(hello).build(), BodyHandlers.discarding());
            if (first.version() != HttpClient.Version.HTTP_2) {
                throw new IOException(hello + " speaks " + first.version() + "; needed: " + HttpClient.Version.HTTP_2);
            }
            if (first.statusCode() >= HttpTransport.SERVER_ERROR) {
                throw new IOException(hello + " is not well: status " + first.statusCode());
            }
            connected = true;
            return new HttpTransport(client, hello);
        } finally {
            if (!connected) {
                client.shutdownNow();
            }
        }
    }
}
