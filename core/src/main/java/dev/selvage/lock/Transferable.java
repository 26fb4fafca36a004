package dev.selvage.lock;

import dev.selvage.exit.Lifetime;

/** A lease of one key of this JVM's locks: what a hand-over of several is made of. */
interface Transferable<K> extends Lease<K> {

    /**
     * Hands the key over, whoever calls.
     *
     * @param receiver whose end releases the key from now on
     * @return the receiver's lease; this one is over
     * @throws LockException.HandOver if that cannot be; then nothing has changed
     * @throws LockException.NotHeld if this lease is over
     */
    Transferable<K> handOver(Lifetime receiver);
}
