package dev.selvage.demo.fantatcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FrameTest {

    @Test
    @DisplayName("frames written one after the other are read back the same, whatever their text")
    void roundTrip() throws IOException {
        Frame[] frames = {
            new Frame(1, "PING"),
            new Frame(Long.MIN_VALUE, ""),
            new Frame(-1, "\u00fcn\u00efc\u00f8d\u00e9 \ud83d\ude00"),
            new Frame(7, "x".repeat(Frame.LONGEST_TEXT_BYTES))
        };
        DataInputStream in = reading(written(frames));
        for (Frame frame : frames) {
            assertThat(Frame.readFrom(in)).isEqualTo(frame);
        }
        assertThatThrownBy(() -> Frame.readFrom(in)).isInstanceOf(EOFException.class);
    }

    @Test
    @DisplayName("the layout is length, id, text, big-endian")
    void layout() throws IOException {
        assertThat(written(new Frame(258, "hi"))).containsExactly(0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 2, 'h', 'i');
    }

    @Test
    @DisplayName("a frame cut in its middle is an end of file, at every place")
    void truncated() throws IOException {
        byte[] whole = written(new Frame(1, "PING"));
        for (int length = 0; length < whole.length; length++) {
            DataInputStream in = reading(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Frame.readFrom(in)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    @DisplayName("a length that is no FantaTCP is refused before memory is taken for it")
    void badLength() {
        for (int length : new int[] {-1, Frame.LONGEST_TEXT_BYTES + 1, Integer.MAX_VALUE}) {
            byte[] bytes = ByteBuffer.allocate(12).putInt(length).putLong(1).array();
            assertThatThrownBy(() -> Frame.readFrom(reading(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("not FantaTCP: a frame of " + length + " bytes; allowed: up to 16384");
        }
    }

    @Test
    @DisplayName("a text that is too long is refused by the writer, and nothing of it is written")
    void tooLongToWrite() {
        Frame frame = new Frame(1, "x".repeat(Frame.LONGEST_TEXT_BYTES + 1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThatThrownBy(() -> frame.writeTo(new DataOutputStream(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("text: 16385 bytes; allowed: up to 16384");
        assertThat(bytes.size()).isZero();
    }

    private static byte[] written(Frame... frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Frame frame : frames) {
            frame.writeTo(out);
        }
        return bytes.toByteArray();
    }

    private static DataInputStream reading(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
