package dev.selvage.demo.fantatcp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One message of FantaTCP, a request or a response; both look the same.
 *
 * <table>
 * <caption>On the wire</caption>
 * <tr><th>bytes</th><th>what</th></tr>
 * <tr><td>4</td><td>length of the text in bytes, big-endian, 0 to {@value #LONGEST_TEXT_BYTES}</td></tr>
 * <tr><td>8</td><td>id, big-endian: chosen by the client, repeated in the response</td></tr>
 * <tr><td>length</td><td>the text, UTF-8</td></tr>
 * </table>
 *
 * <p>Responses may come in any order; the id says which request each belongs to.
 *
 * @param id names the request on its connection
 * @param text what is asked or answered
 */
record Frame(long id, String text) {

    /** The longest text; a longer one is refused on both sides, before memory is taken for it. */
    static final int LONGEST_TEXT_BYTES = 16_384;

    Frame {
        Objects.requireNonNull(text, "text");
    }

    /**
     * Writes this frame at one go. One writer at a time: the caller sees to that. No {@link java.io.DataOutputStream},
     * which holds a monitor while it writes, and so a carrier while the peer does not read, on JDK 21 to 23.
     */
    void writeTo(OutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "text: " + bytes.length + " bytes; allowed: up to " + LONGEST_TEXT_BYTES);
        }
        out.write(ByteBuffer.allocate(Integer.BYTES + Long.BYTES + bytes.length)
                .putInt(bytes.length)
                .putLong(id)
                .put(bytes)
                .array());
        out.flush();
    }

    /** Reads the next frame; an {@link EOFException} says that the peer has closed the connection. */
    static Frame readFrom(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST_TEXT_BYTES) {
            throw new IOException(
                    "not FantaTCP: a frame of " + length + " bytes; allowed: up to " + LONGEST_TEXT_BYTES);
        }
        long id = in.readLong();
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new Frame(id, new String(bytes, StandardCharsets.UTF_8));
    }
}
