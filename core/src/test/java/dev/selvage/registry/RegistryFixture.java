package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** An open registry and an owner for each test; afterwards nothing may be left in it. */
abstract class RegistryFixture {
    @Parameter
    Subject subject;

    Registry<String, Integer> registry;
    TestOwner owner;

    @BeforeEach
    void openRegistry() throws Exception {
        registry = subject.open("sockets");
        owner = TestOwner.start(subject.owner(), "owner-1");
    }

    @AfterEach
    void closeRegistry() {
        owner.close();
        registry.close();
        assertThat(Subject.isEmpty(registry)).isTrue();
        assertThat(base().waiters().isEmpty()).isTrue();
        assertThat(base().waiters().waiting()).isZero();
    }

    RegistryBase<String, Integer> base() {
        return Subject.base(registry);
    }

    List<? extends Entry<String, Integer>> living(String key) {
        return base().living(key);
    }

    Registration<String, Integer> register(TestOwner by, String key, int value) throws Exception {
        return by.call(() -> registry.register(key, value));
    }
}
