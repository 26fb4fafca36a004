package dev.selvage.registry;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A kind of registry, used by a kind of owner. */
record Subject(RegistryKind registry, OwnerKind owner) {

    /** The kinds of registry. */
    enum RegistryKind {
        UNIQUE,
        DUPLICATE
    }

    static Stream<Subject> all() {
        return Arrays.stream(RegistryKind.values())
                .flatMap(registry -> Arrays.stream(OwnerKind.values()).map(owner -> new Subject(registry, owner)));
    }

    Registry<String, Integer> open(String name) {
        return registry == RegistryKind.UNIQUE ? Registry.unique(name) : Registry.duplicate(name);
    }

    static RegistryBase<String, Integer> base(Registry<String, Integer> registry) {
        return switch (registry) {
            case HashUniqueRegistry<String, Integer> unique -> unique;
            case HashDuplicateRegistry<String, Integer> duplicate -> duplicate;
        };
    }

    /**
     * Whether nothing at all is left in the table, dead entries included. By what is there: a map's isEmpty goes by a
     * count that is brought up to date after each change, and may be behind while an owner's clean-up still runs.
     */
    static boolean isEmpty(Registry<String, Integer> registry) {
        return switch (registry) {
            case HashUniqueRegistry<String, Integer> unique ->
                !unique.table.keySet().iterator().hasNext();
            case HashDuplicateRegistry<String, Integer> duplicate -> duplicate.table.isEmpty();
        };
    }

    /** Calls of what only this kind of registry has. */
    static List<ThrowingCallable> usesOf(Registry<String, Integer> registry) {
        return switch (registry) {
            case UniqueRegistry<String, Integer> unique ->
                List.of(
                        () -> unique.tryRegister("a", 1),
                        () -> unique.lookup("a"),
                        () -> unique.await("a", Duration.ZERO),
                        () -> unique.await("a", Duration.ofDays(1)));
            case DuplicateRegistry<String, Integer> duplicate ->
                List.of(
                        () -> duplicate.lookup("a"),
                        () -> duplicate.view("a"),
                        () -> duplicate.await("a", Duration.ZERO),
                        () -> duplicate.await("a", Duration.ofDays(1)));
        };
    }

    @Override
    public String toString() {
        return registry + " registry, " + owner;
    }
}
