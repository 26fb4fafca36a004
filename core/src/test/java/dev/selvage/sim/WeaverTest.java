package dev.selvage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class WeaverTest {

    private static final String SAMPLE = "dev.selvage.sim.planted.Sample";
    private static final String POINTS = "dev/selvage/sim/Points";

    /** For each method of the sample what it calls of the simulator, in order. */
    private final Map<String, List<String>> woven = weave();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "readsField",
                "writesField",
                "readsFieldOfAnother",
                "readsStaticField",
                "readsArray",
                "writesArray",
                "callsAtomic",
                "callsMap",
                "callsUnpark",
                "entersMonitor"
            })
    @DisplayName("where threads meet there is a point")
    void pointsWhereThreadsMeet(String method) {
        assertThat(woven).containsEntry(method, List.of("point"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "readsFinalField", "callsTimeUnit", "callsCurrentThread", "<init>"})
    @DisplayName("where threads cannot meet there is none, nor at a constructor's own fields")
    void noPointsElsewhere(String method) {
        assertThat(woven).doesNotContainKey(method);
    }

    @Test
    @DisplayName("the clock, timed waits and spinning are the simulator's, in method references too")
    void redirects() {
        assertThat(woven)
                .containsEntry("readsClock", List.of("nanoTime"))
                .containsEntry("refersToClock", List.of("nanoTime"))
                .containsEntry("parks", List.of("parkNanos"))
                .containsEntry("spins", List.of("onSpinWait", "yield"));
    }

    @Test
    @DisplayName("a static initializer is marked at its begin and end and has no points")
    void staticInitializer() {
        assertThat(woven).containsEntry("<clinit>", List.of("enterInitializer", "exitInitializer"));
    }

    private static Map<String, List<String>> weave() {
        Weaver weaver = new Weaver(WeaverTest::bytesOf, name -> name.startsWith("dev.selvage."));
        byte[] original = bytesOf(SAMPLE);
        assertThat(original).isNotNull();
        Map<String, List<String>> calls = new TreeMap<>();
        new ClassReader(weaver.weave(original)).accept(new CallsOfPoints(calls), 0);
        return calls;
    }

    private static byte @Nullable [] bytesOf(String className) {
        try (InputStream in =
                WeaverTest.class.getClassLoader().getResourceAsStream(className.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class CallsOfPoints extends ClassVisitor {

        private final Map<String, List<String>> calls;

        CallsOfPoints(Map<String, List<String>> calls) {
            super(Opcodes.ASM9);
            this.calls = calls;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String name, String type, boolean isInterface) {
                    add(owner, name);
                }

                @Override
                public void visitInvokeDynamicInsn(String name, String type, Handle bootstrap, Object... arguments) {
                    for (Object argument : arguments) {
                        if (argument instanceof Handle handle) {
                            add(handle.getOwner(), handle.getName());
                        }
                    }
                }

                private void add(String owner, String name) {
                    if (owner.equals(POINTS)) {
                        calls.computeIfAbsent(method, none -> new ArrayList<>()).add(name);
                    }
                }
            };
        }
    }
}
