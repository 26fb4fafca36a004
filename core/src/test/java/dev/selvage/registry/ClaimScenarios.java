package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Claims, the end of owners, and the close, played against each other. */
abstract class ClaimScenarios implements Scenario {
    final Names names;

    ClaimScenarios(Names names) {
        this.names = names;
    }

    /** Hangs a hook that runs when all that the current thread registers from here on has been taken out. */
    static CountDownLatch cleanedUp() {
        CountDownLatch done = new CountDownLatch(1);
        Lifetime.current().add(new ExitHook(ExitHook.Phase.AT_EXIT) {
            @Override
            protected void onExit() {
                done.countDown();
            }
        });
        return done;
    }

    /**
     * One claims and dies, two claim and close; then a fourth claims at once, and outlives the clean-up of the first.
     */
    abstract static class Race extends ClaimScenarios {
        private volatile @Nullable Thread mortal;
        private volatile boolean mortalWon;
        private volatile boolean otherInside;
        private volatile @Nullable CountDownLatch mortalCleanedUp;

        Race(Names names) {
            super(names);
        }

        @Override
        public void play() throws Exception {
            Sim.together(this::claimAndDie, this::claimAndClose, this::claimAndClose);
            assertThat(names.isHeld("key")).as("held by the dead").isFalse();

            Runnable mine = names.claim("key");
            assertThat(mine).as("the claim of a dead holder's key").isNotNull();
            Objects.requireNonNull(mortalCleanedUp).await();
            assertThat(names.isHeld("key"))
                    .as("held after the clean-up of the first")
                    .isTrue();
            Objects.requireNonNull(mine).run();
            assertThat(names.isEmpty()).as("empty at last").isTrue();
        }

        private void claimAndDie() {
            mortal = Thread.currentThread();
            mortalCleanedUp = cleanedUp();
            if (names.claim("key") != null) {
                assertThat(otherInside).as("somebody else inside").isFalse();
                mortalWon = true;
            }
        }

        private void claimAndClose() {
            Runnable mine = names.claim("key");
            if (mine != null) {
                assertThat(otherInside).as("somebody else inside").isFalse();
                otherInside = true;
                assertThat(mortalWon && Objects.requireNonNull(mortal).isAlive())
                        .as("a living holder was replaced")
                        .isFalse();
                otherInside = false;
                mine.run();
            }
        }
    }

    /** A registration is closed by a stranger while its owner ends; whoever closed it can claim the key at once. */
    abstract static class Release extends ClaimScenarios {
        private final CountDownLatch claimed = new CountDownLatch(1);
        private volatile @Nullable Runnable close;
        private volatile @Nullable CountDownLatch cleanedUp;

        Release(Names names) {
            super(names);
        }

        @Override
        public void play() throws Exception {
            Thread owner = Sim.start("owner", () -> {
                cleanedUp = cleanedUp();
                close = names.claim("key");
                claimed.countDown();
            });
            claimed.await();
            Objects.requireNonNull(close).run();
            assertThat(names.isHeld("key")).isFalse();
            Runnable mine = names.claim("key");
            assertThat(mine).as("the claim after the close").isNotNull();

            owner.join();
            Objects.requireNonNull(cleanedUp).await();
            Objects.requireNonNull(close).run();
            assertThat(names.isHeld("key")).as("the successor's").isTrue();
            Objects.requireNonNull(mine).run();
            assertThat(names.isEmpty()).isTrue();
        }
    }

    /** Two register while a third closes the registry. */
    abstract static class Close extends ClaimScenarios {
        private final CountDownLatch registered = new CountDownLatch(2);
        private final CountDownLatch looked = new CountDownLatch(1);

        Close(Names names) {
            super(names);
        }

        @Override
        public void play() throws Exception {
            Thread first = Sim.start("first", () -> register("a"));
            Thread second = Sim.start("second", () -> register("b"));
            names.close();
            registered.await();

            assertThat(names.isEmpty()).as("empty after the close").isTrue();
            looked.countDown();
            first.join();
            second.join();
        }

        private void register(String key) throws InterruptedException {
            try {
                names.claim(key);
            } catch (RegistryException.Closed expected) {
                assertThat(Lifetime.current().hooks(ExitHook.class)).isEmpty();
            }
            registered.countDown();
            looked.await();
            assertThat(Lifetime.current().hooks(ExitHook.class)).isEmpty();
        }
    }

    /** A process registers while it is declared exited by another thread. */
    abstract static class Abandon extends ClaimScenarios {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch registered = new CountDownLatch(1);
        private final CountDownLatch looked = new CountDownLatch(1);
        private volatile @Nullable Lifetime lifetime;

        Abandon(Names names) {
            super(names);
        }

        /** The process, as far as it matters here. */
        record Process(Thread thread) implements Owner {
            @Override
            public String name() {
                return "process";
            }

            @Override
            public boolean isAlive() {
                return true;
            }
        }

        @Override
        public void play() throws Exception {
            Thread process = Sim.start("process", this::live);
            begun.await();
            Objects.requireNonNull(lifetime).abandon();
            assertThat(names.isHeld("key")).as("held by the abandoned").isFalse();
            registered.await();

            assertThat(names.isHeld("key")).as("held by the abandoned").isFalse();
            assertThat(names.isEmpty()).as("empty after the abandonment").isTrue();
            looked.countDown();
            process.join();
        }

        private void live() throws InterruptedException {
            Lifetime own = Lifetime.begin(new Process(Thread.currentThread()));
            lifetime = own;
            begun.countDown();
            try {
                names.claim("key");
            } catch (RegistryException.OwnerExited | RegistryException.Closed refused) {
                assertThat(own.isAlive()).isFalse();
            }
            registered.countDown();
            looked.await();
            own.end();
        }
    }

    // ---- with the real registry, and with the wrong ones that each should find

    static final class RaceOfReal extends Race {
        RaceOfReal() {
            super(new Names.Real());
        }
    }

    static final class RaceWhereRemovalIsByKey extends Race {
        RaceWhereRemovalIsByKey() {
            super(new Names.RemovesByKey());
        }
    }

    static final class RaceWhereReplacementIsBlind extends Race {
        RaceWhereReplacementIsBlind() {
            super(new Names.ReplacesBlindly());
        }
    }

    static final class RaceWhereTheTableIsTrusted extends Race {
        RaceWhereTheTableIsTrusted() {
            super(new Names.TrustsTheTable());
        }
    }

    static final class ReleaseOfReal extends Release {
        ReleaseOfReal() {
            super(new Names.Real());
        }
    }

    static final class ReleaseWhereRemovalIsByKey extends Release {
        ReleaseWhereRemovalIsByKey() {
            super(new Names.RemovesByKey());
        }
    }

    static final class CloseOfReal extends Close {
        CloseOfReal() {
            super(new Names.Real());
        }
    }

    static final class CloseWhereNobodyLooksAgain extends Close {
        CloseWhereNobodyLooksAgain() {
            super(new Names.LooksOnlyBefore());
        }
    }

    static final class AbandonOfReal extends Abandon {
        AbandonOfReal() {
            super(new Names.Real());
        }
    }

    static final class AbandonWhereNobodyLooksAgain extends Abandon {
        AbandonWhereNobodyLooksAgain() {
            super(new Names.LooksOnlyBefore());
        }
    }
}
