package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.Peer;
import dev.selvage.demo.bench.peer.Peers;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The peer of a fork, running; it is JMH that uses this. */
@State(Scope.Benchmark)
public class PeerState {

    /** Which one. */
    @Param
    public Peers peer = Peers.PEKKO;

    private @Nullable Peer running;

    /** Made by JMH. */
    public PeerState() {}

    Peer running() {
        if (running == null) {
            throw new IllegalStateException("not opened");
        }
        return running;
    }

    /** Starts it. */
    @Setup
    public void open() {
        running = peer.open();
    }

    /**
     * Ends it.
     *
     * @throws Exception if it does not end
     */
    @TearDown
    public void close() throws Exception {
        running().close();
    }
}
