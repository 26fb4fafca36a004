package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and dispatch, in both kinds of registry. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryValuesTest extends RegistryFixture {

    @Test
    @DisplayName("6.4 the owner updates its value, and every reader sees the new one")
    void theOwnerUpdatesItsValue() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);

        int changed = owner.call(() -> registration.updateValue(value -> value + 41));

        assertThat(changed).isEqualTo(42);
        assertThat(registration.value()).isEqualTo(42);
        assertThat(registration.entry().value()).isEqualTo(42);
        assertThat(registry.values("a")).containsExactly(42);
    }

    @Test
    @DisplayName("6.4 only the owner updates: the error names both threads, and the function is not run")
    void nobodyElseUpdatesAValue() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);
        Thread.currentThread().setName("intruder");

        assertThatExceptionOfType(RegistryException.NotOwner.class)
                .isThrownBy(() -> registration.updateValue(value -> {
                    throw new AssertionError("run by a stranger");
                }))
                .withMessage("the value of key a in registry sockets is changed by its owner only, thread "
                        + owner.thread().threadId() + " (owner-1); this is thread "
                        + Thread.currentThread().threadId() + " (intruder)");
        assertThat(registration.value()).isEqualTo(1);
    }

    @Test
    @DisplayName("6.4 an update that throws, or makes null, leaves the value as it was")
    void aFailedUpdateChangesNothing() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);

        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() ->
                        owner.call(() -> registration.updateValue(value -> Math.addExact(value, Integer.MAX_VALUE))));
        assertThatNullPointerException()
                .isThrownBy(() -> owner.call(() -> registration.updateValue(value -> null)))
                .withMessage("the changed value");

        assertThat(registration.value()).isEqualTo(1);
        assertThat(registration.isActive()).isTrue();
    }

    @Test
    @DisplayName("6.4 an update of a closed registration is refused")
    void aClosedRegistrationIsNotUpdated() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);
        registration.close();

        assertThatExceptionOfType(RegistryException.Closed.class)
                .isThrownBy(() -> owner.call(() -> registration.updateValue(value -> value + 1)))
                .withMessage("the registration of key a in registry sockets is closed");
        assertThat(registration.value()).isEqualTo(1);
    }

    @Test
    @DisplayName("6.4 an update is atomic for readers: they see the values in order and no other")
    void readersSeeUpdatesInOrder() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 0);
        Entry<String, Integer> entry = registration.entry();
        int last = 20_000;
        FutureTask<Integer> updates = owner.begin(() -> {
            for (int i = 0; i < last; i++) {
                registration.updateValue(value -> value + 1);
            }
            return registration.value();
        });

        int seen = 0;
        while (seen < last) {
            int now = entry.value();
            assertThat(now).isGreaterThanOrEqualTo(seen);
            seen = now;
        }

        assertThat(TestOwner.result(updates)).isEqualTo(last);
    }

    @Test
    @DisplayName("6.4 dispatch runs the action on the calling thread and tells how many it ran")
    void dispatchRunsTheAction() throws Exception {
        register(owner, "a", 5);
        List<Integer> values = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();

        int ran = registry.dispatch("a", entry -> {
            values.add(entry.value());
            threads.add(Thread.currentThread());
        });

        assertThat(ran).isEqualTo(1);
        assertThat(values).containsExactly(5);
        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(registry.dispatch("none", entry -> values.add(0))).isZero();
        assertThat(values).hasSize(1);
    }

    @Test
    @DisplayName("6.4 a failing action of a dispatch, an Error included, comes out as DispatchFailed")
    void aFailingDispatchTells() throws Exception {
        register(owner, "a", 5);
        Error failure = new AssertionError("no");

        RegistryException.DispatchFailed failed = catchThrowableOfType(
                RegistryException.DispatchFailed.class,
                () -> registry.dispatch("a", entry -> {
                    throw failure;
                }));

        assertThat(failed)
                .hasMessage("1 of 1 actions failed in a dispatch to key a in registry sockets; the first: "
                        + "java.lang.AssertionError: no")
                .hasCause(failure);
        assertThat(failed.ran()).isEqualTo(1);
        assertThat(failed.failed()).isEqualTo(1);
        assertThat(failed.failures()).containsExactly(failure);
    }
}
