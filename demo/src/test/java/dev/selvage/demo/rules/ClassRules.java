package dev.selvage.demo.rules;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be seen in compiled classes. Every rule returns what breaks it, as sentences. */
final class ClassRules {

    static final int MAX_PUBLIC_TYPES_OF_PACKAGE = 10;

    private static final String BASE = "dev.selvage.";
    private static final String TIME = "dev.selvage.time";

    /** The arrows of the architecture: each package, and the packages that it may know. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("time", Set.of()),
            Map.entry("scope", Set.of("time")),
            Map.entry("exit", Set.of("time")),
            Map.entry("registry", Set.of("exit", "time")),
            Map.entry("lock", Set.of("registry", "exit", "time")),
            Map.entry("process", Set.of("registry", "scope", "exit", "time")),
            Map.entry("task", Set.of("process", "scope", "exit", "time")),
            Map.entry("supervisor", Set.of("process", "registry", "scope", "exit", "time")),
            Map.entry("pool.checkout", Set.of("supervisor", "process", "lock", "registry", "exit", "time")),
            Map.entry("pool.routing", Set.of("supervisor", "process", "lock", "registry", "exit", "time")),
            Map.entry("pool.jdbc", Set.of("pool.checkout", "supervisor")),
            Map.entry("pool.worker", Set.of("supervisor", "task", "process", "lock", "registry", "exit", "time")));

    private ClassRules() {}

    /** Dependencies that the architecture does not draw; a package that it does not know has no arrow at all. */
    static List<String> wrongArrows(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String from = area(type);
                String to = area(dependency.getTargetClass());
                if (!to.isEmpty()
                        && !from.equals(to)
                        && !ARROWS.getOrDefault(from, Set.of()).contains(to)) {
                    found.add(from + " -> " + to + ": " + dependency.getDescription());
                }
            }
        }
        return found;
    }

    /** The part of the name after dev.selvage, such as lock or pool.routing. Empty for foreign classes. */
    private static String area(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith(BASE) ? name.substring(BASE.length()) : "";
    }

    static List<String> largePackages(JavaClasses classes) {
        Map<String, Long> publicTypes = classes.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
        return publicTypes.entrySet().stream()
                .filter(entry -> entry.getValue() > MAX_PUBLIC_TYPES_OF_PACKAGE)
                .map(entry -> entry.getKey() + ": " + entry.getValue() + " public types")
                .toList();
    }

    /** Types that users meet in a public signature without being able to name them. */
    static List<String> leakedTypes(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            if (!isOpen(type)) {
                continue;
            }
            for (JavaMember member : type.getMembers()) {
                signature(member)
                        .flatMap(part -> part.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(part ->
                                isOpen(member.getModifiers()) && !area(part).isEmpty() && !isOpen(part))
                        .forEach(part -> found.add(member.getFullName() + " shows " + part.getName()));
            }
        }
        return found;
    }

    private static Stream<JavaType> signature(JavaMember member) {
        return switch (member) {
            case JavaField field -> Stream.of(field.getType());
            case JavaCodeUnit code -> Stream.concat(Stream.of(code.getReturnType()), code.getParameterTypes().stream());
            default -> Stream.empty();
        };
    }

    private static boolean isOpen(JavaClass type) {
        return isOpen(type.getModifiers())
                && type.getEnclosingClass().map(ClassRules::isOpen).orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        boolean open = modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
        return open && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    static List<String> sleeps(JavaClasses classes) {
        return uses(
                classes,
                target -> target.getName().equals("sleep")
                        && (target.getOwner().isEquivalentTo(Thread.class)
                                || target.getOwner().isEquivalentTo(TimeUnit.class)));
    }

    /** All timed waits go through the ticker, so that a simulated clock drives them. */
    static List<String> timedWaitsOutsideTime(JavaClasses classes) {
        return outsideTime(uses(classes, ClassRules::isTimedWait));
    }

    private static boolean isTimedWait(AccessTarget target) {
        if (!(target instanceof AccessTarget.CodeUnitCallTarget call)
                || !target.getOwner().getPackageName().startsWith("java.")) {
            return false;
        }
        List<String> parameters =
                call.getRawParameterTypes().stream().map(JavaClass::getName).toList();
        boolean takesTime = parameters.contains("long") || parameters.contains("java.time.Duration");
        return switch (target.getName()) {
            case "sleep", "parkNanos", "parkUntil", "awaitNanos", "awaitUntil" -> true;
            case "wait", "join" -> takesTime;
            default -> parameters.contains(TimeUnit.class.getName()) && parameters.contains("long");
        };
    }

    /** Monotonic time only, and only through the ticker. */
    static List<String> clocksOutsideTime(JavaClasses classes) {
        return outsideTime(uses(classes, target -> switch (target.getOwner().getName()) {
            case "java.lang.System" ->
                target.getName().equals("nanoTime") || target.getName().equals("currentTimeMillis");
            case "java.time.Instant", "java.time.LocalDateTime", "java.time.ZonedDateTime" ->
                target.getName().equals("now");
            case "java.time.Clock" -> target.getName().startsWith("system");
            default -> false;
        }));
    }

    static List<String> wallClocks(JavaClasses classes) {
        return uses(classes, target -> target.getName().equals("currentTimeMillis"));
    }

    static List<String> printing(JavaClasses classes) {
        return uses(
                classes,
                target -> target.getName().equals("printStackTrace")
                        || target.getOwner().isEquivalentTo(System.class)
                                && (target.getName().equals("out")
                                        || target.getName().equals("err")));
    }

    static List<String> disabledTests(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            Stream.concat(Stream.of(type), type.getMembers().stream())
                    .filter(part -> part.getAnnotations().stream()
                            .anyMatch(annotation ->
                                    annotation.getRawType().getSimpleName().equals("Disabled")))
                    .forEach(part -> found.add(part.getDescription()));
        }
        return found;
    }

    private static List<String> uses(JavaClasses classes, Predicate<AccessTarget> target) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                if (target.test(access.getTarget())) {
                    found.add(access.getDescription());
                }
            }
        }
        return found;
    }

    private static List<String> outsideTime(List<String> uses) {
        return uses.stream().filter(use -> !use.contains("<" + TIME + ".")).toList();
    }
}
