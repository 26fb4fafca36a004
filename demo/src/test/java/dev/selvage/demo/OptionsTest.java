package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    @Test
    @DisplayName("without arguments both stories are played in full, with the lock and seed 1")
    void defaults() throws Exception {
        Options options = Options.parse();
        assertThat(options.sync()).isTrue();
        assertThat(options.fantaTcp()).isTrue();
        assertThat(options.quick()).isFalse();
        assertThat(options.help()).isFalse();
        assertThat(options.withoutLock()).isFalse();
        assertThat(options.seed()).isEqualTo(1);
        assertThat(options.events()).isEmpty();
        assertThat(options.log()).isEmpty();
    }

    @Test
    @DisplayName("a story's name selects that story alone")
    void storySelection() throws Exception {
        assertThat(Options.parse("sync").fantaTcp()).isFalse();
        assertThat(Options.parse("sync").sync()).isTrue();
        assertThat(Options.parse("fantatcp").sync()).isFalse();
        assertThat(Options.parse("fantatcp").fantaTcp()).isTrue();
    }

    @Test
    @DisplayName("sync takes a file, and options may stand before, between and after")
    void fileAndOptionsInAnyOrder() throws Exception {
        Options options = Options.parse("--seed", "-7", "sync", "--quick", "mine.txt", "--without-lock");
        assertThat(options.events()).contains(Path.of("mine.txt"));
        assertThat(options.seed()).isEqualTo(-7);
        assertThat(options.quick()).isTrue();
        assertThat(options.withoutLock()).isTrue();
        assertThat(Options.parse("--seed=99").seed()).isEqualTo(99);
        assertThat(Options.parse("--log", "crashes.log").log()).contains(Path.of("crashes.log"));
    }

    @Test
    @DisplayName("help is understood in both spellings and describes every option")
    void help() throws Exception {
        assertThat(Options.parse("--help").help()).isTrue();
        assertThat(Options.parse("-h").help()).isTrue();
        assertThat(Options.USAGE).contains("--help", "--quick", "--seed", "--without-lock", "sync [FILE]", "fantatcp");
    }

    @Test
    @DisplayName("an unknown option is refused with the list of what there is")
    void unknownOption() {
        assertThatThrownBy(() -> Options.parse("--fast"))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage("unknown option: --fast; there is: --quick, --seed N, --without-lock, --log FILE, --help");
    }

    @ParameterizedTest
    @DisplayName("what else is wrong is refused by name")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "swim                    | unknown story: swim; there is: sync [FILE], fantatcp",
                "sync a b                | one argument too many: b",
                "fantatcp file           | one argument too many: file",
                "--seed                  | --seed needs a whole number, not nothing",
                "--seed ten              | --seed needs a whole number, not \"ten\"",
                "--seed=                 | --seed needs a whole number, not \"\"",
                "--log                   | --log needs a file",
                "--without-lock fantatcp | --without-lock belongs to the story sync, not to fantatcp",
            })
    void refused(String arguments, String message) {
        assertThatThrownBy(() -> Options.parse(arguments.trim().split(" ")))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage(message);
    }
}
