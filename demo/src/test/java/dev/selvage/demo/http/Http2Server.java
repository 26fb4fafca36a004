package dev.selvage.demo.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty that speaks HTTP/2 without TLS, bears few streams on a connection, and says what it was asked for. What is
 * asked for below {@code /held/} it holds back until it is released.
 */
public final class Http2Server implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int THREADS = 100;

    private final Server server = new Server(new QueuedThreadPool(THREADS));
    private final ServerConnector connector;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();

    /** What was posted, and what of it more than once. */
    private final Set<String> posted = ConcurrentHashMap.newKeySet();

    private final LongAdder postedAgain = new LongAdder();

    private Http2Server(int streams) {
        HttpConfiguration configuration = new HttpConfiguration();
        HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(configuration);
        http2.setMaxConcurrentStreams(streams);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration), http2);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws InterruptedException {
                answer(request, response, callback);
                return true;
            }
        });
    }

    public static Http2Server start(int streams) throws Exception {
        Http2Server started = new Http2Server(streams);
        started.server.start();
        started.connector.setPort(started.connector.getLocalPort()); // the same when it is started again
        return started;
    }

    private void answer(Request request, Response response, Callback callback) throws InterruptedException {
        String path = request.getHttpURI().getPath();
        if (HttpMethod.POST.is(request.getMethod()) && !posted.add(path)) {
            postedAgain.increment();
        }
        if (path.startsWith("/held/")) {
            held.incrementAndGet();
            released.await();
        }
        Content.Sink.write(response, true, path, callback);
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + connector.getPort() + path);
    }

    int connections() {
        return connector.getConnectedEndPoints().size();
    }

    void awaitHeld(int requests) {
        await(requests + " requests held").atMost(PATIENCE).until(() -> held.get() == requests);
    }

    int held() {
        return held.get();
    }

    void release() {
        released.countDown();
    }

    boolean wasPosted(String path) {
        return posted.contains(path);
    }

    long postedAgain() {
        return postedAgain.sum();
    }

    /** Returns how many there were. */
    int endConnections() {
        List<EndPoint> connections = List.copyOf(connector.getConnectedEndPoints());
        connections.forEach(connection -> connection.close(new IOException("ended by the test")));
        return connections.size();
    }

    void stop() throws Exception {
        server.stop();
    }

    void startAgain() throws Exception {
        server.start();
    }

    @Override
    public void close() throws Exception {
        release();
        server.stop();
    }
}
