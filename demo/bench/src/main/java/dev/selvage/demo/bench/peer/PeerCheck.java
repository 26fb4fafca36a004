package dev.selvage.demo.bench.peer;

/** Whether a peer runs on this JDK, in a JVM of its own. */
public final class PeerCheck {

    /** What is printed when it does. */
    public static final String RUNS = "runs";

    private PeerCheck() {}

    /**
     * Asks once, sends once, and says how that went.
     *
     * @param args the peer's name
     */
    public static void main(String[] args) {
        String result;
        try (Peer peer = Peers.valueOf(args[0]).open()) {
            Peer.Callee callee = peer.startCallee();
            Peer.Receiver receiver = peer.startReceiver(1);
            receiver.send(1);
            boolean right = callee.ask() == 0 && callee.ask() == 1 && receiver.awaitSum() == 1;
            callee.stop();
            result = right ? RUNS : "wrong answers";
        } catch (Exception | LinkageError e) {
            result = e.toString();
        }
        System.out.println(result);
        System.exit(0); // whatever threads are left
    }
}
