package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 3.5: the JDK's own thread dump shows the tree of scopes. */
class ThreadDumpTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.5 the thread dump shows each scope with its name, its parent, its owner and its threads")
    void scopesAreContainers(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            try (TaskScope root = TaskScope.open("root-supervisor")) {
                AtomicReference<Thread> grandchild = new AtomicReference<>();
                Thread child = root.fork("child", () -> {
                    try (TaskScope nested = TaskScope.open("nested-supervisor")) {
                        grandchild.set(nested.fork("grandchild", Waiting::untilInterrupted));
                        Waiting.untilInterrupted();
                    }
                });
                root.fork("sibling", Waiting::untilInterrupted);
                Waiting.until("the grandchild runs", () -> grandchild.get() != null);
                try (TaskScope inner = TaskScope.open("inner-scope")) {
                    inner.fork("innermost", Waiting::untilInterrupted);

                    List<Map<String, Object>> containers = dump();

                    assertContainer(containers, "root-supervisor", root.owner(), "child", "sibling");
                    assertContainer(containers, "nested-supervisor", child, "grandchild");
                    assertContainer(containers, "inner-scope", root.owner(), "innermost");
                    assertThat(parentOf(containers, "root-supervisor")).isEqualTo("<root>");
                    assertThat(parentOf(containers, "nested-supervisor")).startsWith("root-supervisor/");
                    assertThat(parentOf(containers, "inner-scope")).startsWith("root-supervisor/");
                }
            }
        });
    }

    private static void assertContainer(
            List<Map<String, Object>> containers, String name, Thread owner, String... threads) {
        Map<String, Object> container = named(containers, name);
        assertThat(container).containsEntry("owner", Long.toString(owner.threadId()));
        List<Object> names = new ArrayList<>();
        ((List<?>) container.get("threads")).forEach(thread -> names.add(((Map<?, ?>) thread).get("name")));
        assertThat(names).containsExactlyInAnyOrder((Object[]) threads);
    }

    private static String parentOf(List<Map<String, Object>> containers, String name) {
        return (String) named(containers, name).get("parent");
    }

    private static Map<String, Object> named(List<Map<String, Object>> containers, String name) {
        List<Map<String, Object>> found = containers.stream()
                .filter(container -> ((String) container.get("container")).startsWith(name + "/"))
                .toList();
        assertThat(found).as("containers named %s", name).hasSize(1);
        return found.getFirst();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> dump() throws Exception {
        Path file = folder.resolve("threads.json").toAbsolutePath();
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
        Map<String, Object> dump = (Map<String, Object>) Json.parse(Files.readString(file));
        return (List<Map<String, Object>>) ((Map<String, Object>) dump.get("threadDump")).get("threadContainers");
    }
}
