package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 3.1: one class file for all JDKs, without a flag. */
class ClassFilesTest {

    private static final int JAVA_21 = 65;

    private record Version(String file, int minor, int major) {}

    @Test
    @DisplayName("3.1 every class of the library is compiled for Java 21 and none is marked as using preview features")
    void noClassIsMarkedPreview() throws Exception {
        Path classes = Path.of(TaskScope.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Version> versions;
        try (Stream<Path> files = Files.walk(classes)) {
            versions = files.filter(file -> file.toString().endsWith(".class"))
                    .map(ClassFilesTest::versionOf)
                    .toList();
        }
        assertThat(versions).extracting(Version::file).contains("TaskScope.class", "JoinerShape.class");
        assertThat(versions).allSatisfy(version -> {
            assertThat(version.minor())
                    .as("minor version of %s", version.file())
                    .isZero();
            assertThat(version.major())
                    .as("major version of %s", version.file())
                    .isEqualTo(JAVA_21);
        });
    }

    private static Version versionOf(Path file) {
        try (DataInputStream data = new DataInputStream(Files.newInputStream(file))) {
            assertThat(data.readInt()).isEqualTo(0xCAFEBABE);
            return new Version(file.getFileName().toString(), data.readUnsignedShort(), data.readUnsignedShort());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
