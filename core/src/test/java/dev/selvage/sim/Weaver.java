package dev.selvage.sim;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts a scheduling point before each instruction by which one thread can notice what another does: reads and writes of
 * fields that are not final and of array elements, monitors, calls into java.util.concurrent, collections, VarHandle,
 * MethodHandle and Thread. Sends calls that read the clock, sleep, spin or draw random numbers to {@link Points}.
 *
 * <p>In constructors the accesses to fields are left alone: almost always nobody else sees the object yet. Static
 * initializers have no points at all: no thread can be stopped in one, and whether a schedule gets there depends on
 * whether an earlier one has.
 */
final class Weaver {

    private static final int API = Opcodes.ASM9;
    private static final String POINTS = "dev/selvage/sim/Points";
    private static final String RANDOM = "java/util/Random";

    /** Static methods that have a double in {@link Points}, by owner, name and descriptor. */
    private static final Map<String, String> DOUBLES = Map.ofEntries(
            Map.entry("java/util/concurrent/locks/LockSupport.parkNanos(J)V", "parkNanos"),
            Map.entry("java/util/concurrent/locks/LockSupport.parkNanos(Ljava/lang/Object;J)V", "parkNanos"),
            Map.entry("java/lang/Thread.yield()V", "yield"),
            Map.entry("java/lang/Thread.onSpinWait()V", "onSpinWait"),
            Map.entry("java/lang/Thread.sleep(J)V", "sleep"),
            Map.entry("java/lang/Thread.sleep(JI)V", "sleep"),
            Map.entry("java/lang/Thread.sleep(Ljava/time/Duration;)V", "sleep"),
            Map.entry("java/lang/System.nanoTime()J", "nanoTime"),
            Map.entry("java/lang/System.getLogger(Ljava/lang/String;)Ljava/lang/System$Logger;", "getLogger"),
            Map.entry("dev/selvage/time/Ticker.system()Ldev/selvage/time/Ticker;", "ticker"),
            Map.entry(
                    "java/util/concurrent/ThreadLocalRandom.current()Ljava/util/concurrent/ThreadLocalRandom;",
                    "current"),
            Map.entry(
                    "java/util/random/RandomGenerator.getDefault()Ljava/util/random/RandomGenerator;",
                    "randomGenerator"));

    /** Of these packages and classes no call is a point: values, and what belongs to one thread. */
    private static final Set<String> NO_POINT = Set.of(
            "java/util/Objects",
            "java/util/Optional",
            "java/util/OptionalInt",
            "java/util/OptionalLong",
            "java/util/Comparator",
            "java/util/StringJoiner",
            "java/util/UUID",
            RANDOM,
            "java/util/concurrent/TimeUnit",
            "java/util/concurrent/ThreadLocalRandom");

    private static final Set<String> THREAD_METHODS_WITHOUT_POINT = Set.of(
            "currentThread", "isVirtual", "threadId", "getName", "setName", "ofVirtual", "ofPlatform", "toString");

    private final Function<String, byte @Nullable []> bytesOf;
    private final Predicate<String> isWoven;
    private final Map<String, Set<String>> mutableFields = new ConcurrentHashMap<>();

    /**
     * Makes a weaver.
     *
     * @param bytesOf finds the bytes of a class by its name with dots
     * @param isWoven tells which classes are woven
     */
    Weaver(Function<String, byte @Nullable []> bytesOf, Predicate<String> isWoven) {
        this.bytesOf = bytesOf;
        this.isWoven = isWoven;
    }

    byte[] weave(byte[] original) {
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(API, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                        return new MethodWeaver(next, name);
                    }
                },
                0);
        return writer.toByteArray();
    }

    private boolean isShared(String owner, String field) {
        return isWoven.test(owner.replace('/', '.')) && !isFinal(owner, field);
    }

    /**
     * Looks a field up where the JVM would; one that is inherited from outside counts as final, as it is no state of
     * ours.
     */
    private boolean isFinal(String owner, String field) {
        for (String at = owner; at != null && isWoven.test(at.replace('/', '.')); at = superName(at)) {
            Set<String> declared = mutableFields.computeIfAbsent(at, this::fieldsOf);
            if (declared.contains(field)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String superName(String owner) {
        byte[] bytes = bytesOf.apply(owner.replace('/', '.'));
        return bytes == null ? null : new ClassReader(bytes).getSuperName();
    }

    /** Returns the names of the fields of a class that are not final. */
    private Set<String> fieldsOf(String owner) {
        Set<String> fields = new HashSet<>();
        byte[] bytes = bytesOf.apply(owner.replace('/', '.'));
        if (bytes != null) {
            new ClassReader(bytes)
                    .accept(
                            new ClassVisitor(API) {
                                @Override
                                public @Nullable FieldVisitor visitField(
                                        int access, String name, String descriptor, String signature, Object value) {
                                    if ((access & Opcodes.ACC_FINAL) == 0) {
                                        fields.add(name);
                                    }
                                    return null;
                                }
                            },
                            ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        }
        return fields;
    }

    private static boolean hasPoint(String owner, String name) {
        if (name.equals("<init>") || NO_POINT.contains(owner)) {
            return false;
        }
        if (owner.startsWith("java/util/concurrent/")) {
            return true;
        }
        return switch (owner) {
            case "java/lang/invoke/VarHandle" -> true;
            case "java/lang/invoke/MethodHandle" -> name.startsWith("invoke");
            case "java/lang/Thread" -> !THREAD_METHODS_WITHOUT_POINT.contains(name);
            case "java/lang/Object" -> name.equals("wait") || name.startsWith("notify");
            default ->
                owner.startsWith("java/lang/Thread$Builder")
                        ? name.equals("start")
                        : owner.startsWith("java/util/") && owner.indexOf('/', "java/util/".length()) < 0;
        };
    }

    private final class MethodWeaver extends MethodVisitor {

        private final boolean constructor;
        private final boolean initializer;

        MethodWeaver(MethodVisitor next, String name) {
            super(API, next);
            this.constructor = name.equals("<init>");
            this.initializer = name.equals("<clinit>");
        }

        private void point() {
            if (!initializer) {
                call("point", "()V");
            }
        }

        private void call(String method, String descriptor) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, POINTS, method, descriptor, false);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (initializer) {
                call("enterInitializer", "()V");
            }
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (!constructor && isShared(owner, name)) {
                point();
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitInsn(int opcode) {
            boolean array = opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD
                    || opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE;
            if (opcode == Opcodes.MONITORENTER || array && !constructor) {
                point();
            }
            if (initializer && opcode == Opcodes.RETURN) {
                call("exitInitializer", "()V");
            }
            super.visitInsn(opcode);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            String twin = opcode == Opcodes.INVOKESTATIC ? DOUBLES.get(owner + "." + name + descriptor) : null;
            if (twin != null) {
                call(twin, descriptor);
            } else if (owner.equals(RANDOM) && name.equals("<init>") && descriptor.equals("()V")) {
                call("randomSeed", "()J");
                super.visitMethodInsn(opcode, owner, name, "(J)V", isInterface);
            } else {
                if (hasPoint(owner, name)) {
                    point();
                }
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            Object[] redirected = arguments.clone();
            for (int i = 0; i < redirected.length; i++) {
                if (redirected[i] instanceof Handle handle && handle.getTag() == Opcodes.H_INVOKESTATIC) {
                    String twin = DOUBLES.get(handle.getOwner() + "." + handle.getName() + handle.getDesc());
                    redirected[i] = twin == null
                            ? handle
                            : new Handle(Opcodes.H_INVOKESTATIC, POINTS, twin, handle.getDesc(), false);
                }
            }
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, redirected);
        }
    }
}
