package dev.selvage.demo.http;

import dev.selvage.pool.routing.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the client sends by itself and calls back; what it calls back with waits in a queue for
 * {@link #receive}.
 */
final class HttpTransport implements Transport<HttpRequest, HttpResponse<String>> {

    /** The first status that says that the server, not the request, is in trouble. */
    static final int SERVER_ERROR = 500;

    /** The end of an exchange: one of the two is not null. */
    private record Ended(
            long id,
            @Nullable HttpResponse<String> response,
            @Nullable Throwable failure) {}

    private static final long NO_ID = 0;

    private final HttpClient client;
    private final URI server;

    /** Never longer than there are requests under way, which the pool limits. */
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();

    HttpTransport(HttpClient client, URI server) {
        this.client = client;
        this.server = server;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it ends as a value in the queue, or as a failure there
    public void send(long id, HttpRequest request) {
        URI uri = request.uri();
        if (!Objects.equals(uri.getScheme(), server.getScheme())
                || !Objects.equals(uri.getAuthority(), server.getAuthority())) {
            throw new IllegalArgumentException(uri + " is another server than " + server);
        }
        if (request.timeout().isPresent()) {
            throw new IllegalArgumentException(
                    "a timeout of the request's own: " + request.timeout().get() + "; allowed: none");
        }
        client.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((response, failure) -> ended.add(new Ended(id, response, failure)));
    }

    @Override
    public Response<HttpResponse<String>> receive() throws IOException, InterruptedException {
        Ended next = ended.take();
        HttpResponse<String> response = next.response;
        if (response == null) {
            throw new IOException("no answer to request " + next.id + ": " + next.failure, next.failure);
        }
        return response.statusCode() >= SERVER_ERROR
                ? Response.failed(next.id, response)
                : new Response<>(next.id, response);
    }

    @Override
    public void close() {
        client.shutdownNow(); // does not wait
        ended.add(new Ended(NO_ID, null, new IOException("closed"))); // frees a receive that waits
    }
}
