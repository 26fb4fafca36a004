package dev.selvage.demo.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The published modules as modules: all other tests run on the class path. */
@DisplayName("2. The published modules")
class ModulesTest {

    private static final List<String> NAMES =
            Project.LIBRARIES.stream().map(module -> "dev.selvage." + module).toList();

    private static final ModuleFinder FINDER =
            ModuleFinder.of(Project.LIBRARIES.stream().map(Project::mainClasses).toArray(Path[]::new));

    @Test
    @DisplayName("need the JDK's base module and each other to run, nothing else")
    void needOnlyTheJdk() {
        Set<String> needed = FINDER.findAll().stream()
                .flatMap(module -> module.descriptor().requires().stream())
                .filter(requires -> !requires.modifiers().contains(Requires.Modifier.STATIC))
                .map(Requires::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(needed).containsExactly("dev.selvage.core", "dev.selvage.supervisor", "java.base");
    }

    @Test
    @DisplayName("export every package that has a public type, and open none")
    void exportTheirPackages() {
        for (ModuleReference module : FINDER.findAll()) {
            ModuleDescriptor descriptor = module.descriptor();
            Set<String> exported = descriptor.exports().stream()
                    .filter(exports -> !exports.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
            assertThat(exported).as(descriptor.name()).isEqualTo(descriptor.packages());
            assertThat(descriptor.opens()).as(descriptor.name()).isEmpty();
        }
    }

    @Test
    @DisplayName("resolve together and work as named modules, the scope over the JDK's own included")
    void workAsNamedModules() throws Exception {
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration = boot.configuration().resolve(FINDER, ModuleFinder.of(), NAMES);
        assertThat(configuration.modules().stream().map(ResolvedModule::name))
                .containsExactlyInAnyOrderElementsOf(NAMES);

        ModuleLayer layer = boot.defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
        Class<?> scopes = layer.findLoader("dev.selvage.core").loadClass("dev.selvage.process.ProcessScope");
        assertThat(scopes.getModule().getName()).isEqualTo("dev.selvage.core");
        try (AutoCloseable scope =
                (AutoCloseable) scopes.getMethod("open", String.class).invoke(null, "in a module")) {
            assertThat(scope.getClass().getModule()).isSameAs(scopes.getModule());
        }
    }
}
