package dev.selvage.demo.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RESP, the protocol of Redis")
class RespTest {

    private static InputStream wire(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply read(String text) throws IOException {
        InputStream in = wire(text);
        Reply reply = Resp.readFrom(in);
        assertThat(in.read()).as("what is left").isEqualTo(-1);
        return reply;
    }

    @Test
    @DisplayName("a command is an array of values, whose lengths are in bytes")
    void command() {
        assertThat(Resp.encoded(Command.of("SET", "k", "zwölf", "")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\nzwölf\r\n$0\r\n\r\n");
    }

    @Test
    @DisplayName("each kind of reply is read")
    void replies() throws Exception {
        assertThat(read("+OK\r\n")).isEqualTo(new Reply.Status("OK"));
        assertThat(read("-ERR no\r\n")).isEqualTo(new Reply.Failure("ERR no"));
        assertThat(read(":-7\r\n")).isEqualTo(new Reply.Whole(-7));
        assertThat(read("$6\r\nzwölf\r\n")).isEqualTo(new Reply.Text("zwölf"));
        assertThat(read("$4\r\na\r\nb\r\n")).isEqualTo(new Reply.Text("a\r\nb"));
        assertThat(read("$0\r\n\r\n")).isEqualTo(new Reply.Text(""));
        assertThat(read("$-1\r\n")).isEqualTo(new Reply.Nil());
        assertThat(read("*-1\r\n")).isEqualTo(new Reply.Nil());
        assertThat(read("*0\r\n")).isEqualTo(new Reply.Several(List.of()));
        assertThat(read("*3\r\n$-1\r\n*1\r\n:1\r\n-ERR one\r\n"))
                .isEqualTo(new Reply.Several(List.of(
                        new Reply.Nil(),
                        new Reply.Several(List.of(new Reply.Whole(1))),
                        new Reply.Failure("ERR one"))));
    }

    @Test
    @DisplayName("replies that came at once are read one by one")
    void pipelined() throws Exception {
        InputStream in = wire("+PONG\r\n$2\r\nhi\r\n:3\r\n");
        assertThat(Resp.readFrom(in)).isEqualTo(new Reply.Status("PONG"));
        assertThat(Resp.readFrom(in)).isEqualTo(new Reply.Text("hi"));
        assertThat(Resp.readFrom(in)).isEqualTo(new Reply.Whole(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+", "+OK", "+OK\r", "$5\r\nab", "$2\r\nab", "*2\r\n:1\r\n"})
    @DisplayName("a connection that ends in a reply is told from one that talks nonsense")
    void cutOff(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n",
                ":seven\r\n",
                "$-2\r\n",
                "$16777217\r\n",
                "*1048577\r\n",
                "$99999999999999999999\r\n",
                "$2\r\nabc\r\n",
                "+OK\rx",
                "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"
            })
    @DisplayName("nonsense, and what would take too much memory, ends the connection")
    void nonsense(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class).isNotInstanceOf(EOFException.class);
    }

    @Test
    @DisplayName("a line without an end is not collected for ever")
    void longLine() {
        String endless = "+" + "x".repeat(Resp.LONGEST_LINE_BYTES + 1);
        assertThatThrownBy(() -> read(endless)).isInstanceOf(IOException.class).hasMessageContaining("65536");
    }

    @Test
    @DisplayName("a word that is too long is refused before anything is written")
    void longWord() {
        String word = "x".repeat(Resp.LONGEST_VALUE_BYTES + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Resp.encoded(Command.of("SET", "k", word)))
                .withMessageContaining("16777217 bytes in SET");
    }

    @Test
    @DisplayName("a command has a name")
    void nameless() {
        assertThatIllegalArgumentException().isThrownBy(Command::of);
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of(" ", "x"));
        assertThat(Command.of("GET", "k")).hasToString("GET k");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SUBSCRIBE news",
                "monitor",
                "Client Reply OFF",
                "MULTI",
                "select 3",
                "BLPOP list 0",
                "XREAD BLOCK 0 STREAMS s 0"
            })
    @DisplayName("what does not suit a shared connection is known, in any case")
    void unshareable(String command) {
        assertThat(Command.of(command.split(" ")).unshareable()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET SUBSCRIBE", "CLIENT ID", "SET select 1", "XREAD STREAMS s 0", "LPOP list", "PING"})
    @DisplayName("what suits a shared connection is let through")
    void shareable(String command) {
        assertThat(Command.of(command.split(" ")).unshareable()).isEmpty();
    }

    @Test
    @DisplayName("a reply is taken for what it is: text, integer, nothing, or an error that is thrown")
    void asValues() {
        Reply failure = new Reply.Failure("WRONGTYPE not a list");
        assertThat(new Reply.Status("OK").asText()).hasValue("OK");
        assertThat(new Reply.Text("v").asText()).hasValue("v");
        assertThat(new Reply.Whole(3).asText()).hasValue("3");
        assertThat(new Reply.Nil().asText()).isEmpty();
        assertThat(new Reply.Whole(3).asNumber()).isEqualTo(3);
        assertThatThrownBy(failure::asText).isInstanceOf(RedisException.class).hasMessage("WRONGTYPE not a list");
        assertThatThrownBy(failure::asNumber)
                .isInstanceOfSatisfying(
                        RedisException.class, e -> assertThat(e.code()).isEqualTo("WRONGTYPE"));
        assertThatThrownBy(new Reply.Text("3")::asNumber).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(new Reply.Several(List.of())::asText).isInstanceOf(IllegalStateException.class);
    }
}
