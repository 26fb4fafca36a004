package dev.selvage.demo.redis;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * RESP, the protocol of Redis, in its version 2.
 *
 * <table>
 * <caption>On the wire; each line ends with CR and LF</caption>
 * <tr><th>begins with</th><th>then</th></tr>
 * <tr><td>{@code +}</td><td>a status</td></tr>
 * <tr><td>{@code -}</td><td>an error</td></tr>
 * <tr><td>{@code :}</td><td>an integer</td></tr>
 * <tr><td>{@code $}</td><td>the length of a value in bytes, which follow with a line end; -1: nil</td></tr>
 * <tr><td>{@code *}</td><td>how many elements follow; -1: nil</td></tr>
 * </table>
 *
 * <p>A command is an array of values. Nothing in a reply says which command it answers: replies come in the order of
 * the commands.
 */
final class Resp {

    /** The longest line and value; a longer one is refused before memory is taken for it. */
    static final int LONGEST_LINE_BYTES = 65_536;

    static final int LONGEST_VALUE_BYTES = 16 * 1_048_576;
    static final int MOST_ELEMENTS = 1_048_576;
    static final int MOST_LEVELS = 8;

    private static final byte[] LINE_END = {'\r', '\n'};

    private Resp() {}

    /** Returns a command as it is on the wire. */
    static byte[] encoded(Command command) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        writeLength(bytes, '*', command.words().size());
        for (String word : command.words()) {
            byte[] value = word.getBytes(StandardCharsets.UTF_8);
            if (value.length > LONGEST_VALUE_BYTES) {
                throw new IllegalArgumentException("a word of " + value.length + " bytes in "
                        + command.words().get(0) + "; allowed: up to " + LONGEST_VALUE_BYTES);
            }
            writeLength(bytes, '$', value.length);
            bytes.writeBytes(value);
            bytes.writeBytes(LINE_END);
        }
        return bytes.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream bytes, char type, int length) {
        bytes.write(type);
        bytes.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(LINE_END);
    }

    /** Writes a command. One writer at a time: the caller sees to that. */
    static void write(OutputStream out, byte[] encoded) throws IOException {
        out.write(encoded);
        out.flush();
    }

    /** Reads the next reply; an {@link EOFException} says that the peer has closed the connection. */
    static Reply readFrom(InputStream in) throws IOException {
        return read(in, 1);
    }

    private static Reply read(InputStream in, int level) throws IOException {
        if (level > MOST_LEVELS) {
            throw new IOException("not a reply: more than " + MOST_LEVELS + " arrays inside each other");
        }
        int type = next(in);
        String line = readLine(in);
        return switch (type) {
            case '+' -> new Reply.Status(line);
            case '-' -> new Reply.Failure(line);
            case ':' -> new Reply.Whole(number(line));
            case '$' -> value(in, length(line, LONGEST_VALUE_BYTES));
            case '*' -> several(in, length(line, MOST_ELEMENTS), level);
            default -> throw new IOException("not RESP: a line that begins with the byte " + type);
        };
    }

    private static Reply value(InputStream in, int length) throws IOException {
        if (length < 0) {
            return new Reply.Nil();
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended in a value");
        }
        expectLineEnd(in);
        return new Reply.Text(new String(bytes, StandardCharsets.UTF_8));
    }

    private static Reply several(InputStream in, int count, int level) throws IOException {
        if (count < 0) {
            return new Reply.Nil();
        }
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(read(in, level + 1));
        }
        return new Reply.Several(replies);
    }

    private static int length(String line, int most) throws IOException {
        long length = number(line);
        if (length < -1 || length > most) {
            throw new IOException("a length of " + length + "; allowed: -1 to " + most);
        }
        return (int) length;
    }

    private static long number(String line) throws IOException {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw new IOException("not RESP: '" + line + "' in place of a number", e);
        }
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(32);
        for (int read = next(in); read != '\r'; read = next(in)) {
            if (line.size() == LONGEST_LINE_BYTES) {
                throw new IOException("a line of more than " + LONGEST_LINE_BYTES + " bytes");
            }
            line.write(read);
        }
        if (next(in) != '\n') {
            throw new IOException("not RESP: a line that does not end with CR and LF");
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static void expectLineEnd(InputStream in) throws IOException {
        if (next(in) != '\r' || next(in) != '\n') {
            throw new IOException("not RESP: a value that does not end with CR and LF");
        }
    }

    private static int next(InputStream in) throws IOException {
        int read = in.read();
        if (read < 0) {
            throw new EOFException("Redis has closed the connection");
        }
        return read;
    }
}
