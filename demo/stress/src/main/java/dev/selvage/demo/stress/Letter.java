package dev.selvage.demo.stress;

/** Something with a plain field, to see whether what one thread wrote is there for another. */
public final class Letter {
    private int text;

    /** Makes an empty one: 0 is what a reader sees that came too early. */
    public Letter() {}

    /**
     * Writes, without any order.
     *
     * @param text what to write
     * @return this
     */
    public Letter write(int text) {
        this.text = text;
        return this;
    }

    /**
     * Reads, without any order.
     *
     * @return what is seen
     */
    public int read() {
        return text;
    }
}
