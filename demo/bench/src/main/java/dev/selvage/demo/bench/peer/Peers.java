package dev.selvage.demo.bench.peer;

import java.util.List;

/** The peers. Nothing of a peer is loaded before it is opened: one that does not run on a JDK harms no other. */
public enum Peers {
    /** Apache Pekko's typed actors. */
    PEKKO("Pekko typed"),
    /** Jox' actor references and channels. */
    JOX("Jox"),
    /** Fibry. */
    FIBRY("Fibry"),
    /** Cajun. */
    CAJUN("Cajun");

    private final String title;

    Peers(String title) {
        this.title = title;
    }

    /**
     * Starts a system of this peer.
     *
     * @return the running system
     */
    public Peer open() {
        return switch (this) {
            case PEKKO -> new PekkoPeer();
            case JOX -> new JoxPeer();
            case FIBRY -> new FibryPeer();
            case CAJUN -> new CajunPeer();
        };
    }

    /**
     * Returns the flags that a JVM needs for this peer.
     *
     * @return the flags, none as a rule
     */
    public List<String> jvmFlags() {
        return this == CAJUN ? List.of("--enable-preview") : List.of();
    }

    /**
     * Returns what it is called.
     *
     * @return the name
     */
    public String title() {
        return title;
    }
}
