package dev.selvage.registry;

import java.util.Objects;

/**
 * One listener of a registry: its thread, how far it is behind, and how to end it. Made by {@link Registry#listen}.
 *
 * {@snippet :
 * try (RegistryListener listener = registry.listen(event -> log.info(event.toString()))) {
 *     run();
 * } // hears nothing more
 * }
 *
 * <p><b>Its own thread.</b> The action runs on one virtual thread that belongs to this listener, one event after the
 * other. So an action that waits, fails or never returns keeps this listener from hearing and nobody from anything
 * else: no registration waits for it or fails because of it, and other listeners go on. What the action throws is
 * logged, and the next event is given to it all the same.
 *
 * <p><b>Being behind.</b> What has not been heard yet is kept, each event some 60 bytes, with the entry, its key, its
 * value and its owner. By default nothing limits how much that may become: a listener hears every event, and one that
 * stays slower than the registry changes will use up the memory. Ask {@link #backlog()} in time; the first 100,000 that
 * a listener is behind, and each doubling, are logged as a warning. A listener with a
 * {@linkplain Options#withCapacity bound} hears {@link RegistryEvent.Missed} in the place of what there was no room
 * for.
 *
 * <p><b>Its end.</b> It ends when it is closed, or after the registry was closed and the last event, the last removal,
 * was heard. It does not end with the thread that opened it.
 */
public sealed interface RegistryListener extends AutoCloseable permits ListenerThread {

    /**
     * Returns the thread that the action runs on. To wait until the last event was heard, after the registry was
     * closed, join it.
     *
     * @return the listener's virtual thread
     */
    Thread thread();

    /**
     * Returns how many events happened that this listener has not begun to hear. Any thread may ask.
     *
     * @return 0 or more
     */
    long backlog();

    /**
     * Returns how many events this listener has missed and will never hear, for want of room. Any thread may ask.
     *
     * @return the count since it was opened; 0 for a listener without a bound
     */
    long missed();

    /**
     * Ends this listener. Any thread may, the action itself too, any number of times. It waits for nobody: of the event
     * that is being given at this moment the action still hears, of none after it. What has not been heard is dropped.
     */
    @Override
    void close();

    /**
     * What may be chosen about a listener. An immutable value, given to {@link Registry#listen}:
     *
     * {@snippet :
     * registry.listen(action, options -> options.withName("audit").withCapacity(10_000).withUpdates());
     * }
     *
     * <table>
     * <caption>Options</caption>
     * <tr><th>option</th><th>default</th><th>allowed</th><th>meaning</th></tr>
     * <tr><td>name</td><td>{@code selvage-listener-} and the registry's name</td><td>not blank</td><td>the name of the
     * thread</td></tr>
     * <tr><td>capacity</td><td>unbounded</td><td>1 event or more</td><td>how many events are kept for a listener that
     * is behind; where there is no room, the newest are left out and counted</td></tr>
     * <tr><td>updates</td><td>not heard</td><td></td><td>whether changes of values are heard too</td></tr>
     * </table>
     */
    final class Options {
        private final String name;
        private final int capacity;
        private final boolean updates;

        private Options(String name, int capacity, boolean updates) {
            this.name = name;
            this.capacity = capacity;
            this.updates = updates;
        }

        static Options of(String registry) {
            return new Options("selvage-listener-" + registry, Integer.MAX_VALUE, false);
        }

        /**
         * Returns these options with another name.
         *
         * @param name the name of the listener's thread, shown in messages; not blank
         * @return the changed options
         */
        public Options withName(String name) {
            Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name: '" + name + "'; allowed: not blank");
            }
            return new Options(name, capacity, updates);
        }

        /**
         * Returns these options with a bound.
         *
         * @param capacity how many events are kept for a listener that is behind, 1 or more; up to 256 that it has
         *     taken in hand come on top of that
         * @return the changed options
         */
        public Options withCapacity(int capacity) {
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity: " + capacity + "; allowed: 1 or more");
            }
            return new Options(name, capacity, updates);
        }

        /**
         * Returns these options with updates: the listener hears each change of a value too.
         *
         * @return the changed options
         */
        public Options withUpdates() {
            return new Options(name, capacity, true);
        }

        String name() {
            return name;
        }

        int capacity() {
            return capacity;
        }

        boolean hearsUpdates() {
            return updates;
        }

        @Override
        public String toString() {
            return "RegistryListener.Options[name=" + name + ", capacity=" + capacity + ", updates=" + updates + "]";
        }
    }
}
