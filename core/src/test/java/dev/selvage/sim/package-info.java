/**
 * The simulator: plays concurrent scenarios on seeded schedules of virtual threads, in simulated time.
 *
 * <h2>A scenario</h2>
 *
 * A class with a constructor without parameters that implements {@link dev.selvage.sim.Scenario} (or Runnable), beside
 * the test; each schedule makes a new one and runs it on a simulated thread named {@code root}.
 *
 * {@snippet :
 * @Test
 * @DisplayName("6.2 of two racing claims one wins")
 * void ofTwoRacingClaimsOneWins() {
 *     Explored explored = Sim.of(TwoClaims.class).schedules(3_000).explore();
 *     assertThat(explored.distinct()).isGreaterThan(100); // the scenario does have interleavings
 * }
 *
 * static final class TwoClaims implements Scenario {
 *     private final AtomicInteger winners = new AtomicInteger();
 *     private final Registry<String, String> registry = Registry.unique("names");
 *
 *     @Override
 *     public void play() throws Exception {
 *         Sim.together(this::claim, this::claim);
 *         assertThat(winners).hasValue(1);
 *     }
 *     ...
 * }
 * }
 *
 * <ul>
 *   <li>Start threads as the library's users do: {@link dev.selvage.sim.Sim#start},
 *       {@link dev.selvage.sim.Sim#together}, {@code Thread.ofVirtual()}, StructuredTaskScope. Virtual threads started
 *       by simulated ones are simulated.
 *   <li>Give {@link dev.selvage.sim.Sim#ticker()} to whatever takes a ticker; {@code Ticker.system()},
 *       {@code System.nanoTime()}, {@code LockSupport.parkNanos}, {@code Thread.sleep} mean it too in woven classes. To
 *       wait in a scenario use {@link dev.selvage.sim.Sim#sleep}.
 *   <li>In woven classes {@code RandomGenerator.getDefault()}, {@code new Random()} and {@code ThreadLocalRandom} draw
 *       from the seed, and {@code System.getLogger} gives a logger that drops everything.
 *   <li>A schedule fails when any simulated thread ends with an exception that nobody caught (assert wherever you
 *       like), when nothing can run and nobody waits for a deadline (a deadlock or a lost wake-up), when it does not
 *       end, and when threads are left behind after {@code play} has returned
 *       ({@link dev.selvage.sim.Exploration#leavingThreads} allows that).
 *   <li>Timeouts: in half of the schedules the clock may jump to the next deadline at any moment, as if the other
 *       threads had been kept from their processors, so that a call with a timeout of 5 s may time out at any point. A
 *       scenario in which timeouts must be long enough asks for {@link dev.selvage.sim.ClockMode#PATIENT}.
 *   <li>Keep it small: two to four threads, a few operations each. All state belongs in the scenario object, none in
 *       static fields: the classes are loaded once for all schedules of an exploration.
 *   <li>Show that the scenario bites: play it with the bug put in, say by a subclass, and assert that
 *       {@link dev.selvage.sim.Exploration#firstFailure} finds it.
 * </ul>
 *
 * <h2>Replay</h2>
 *
 * A failure names its seed: {@code -Dselvage.sim.seed=57} runs that schedule alone, with any test that explores. A
 * failing seed is run a second time at once, with fresh classes; the message says whether it failed the same way, and
 * where each thread stopped. {@code -Dselvage.sim.schedules=200000} takes a longer run. Seeds count from 0, so that
 * every build runs the same schedules.
 *
 * <h2>How it works</h2>
 *
 * A class loader of its own weaves a scheduling point before each instruction by which threads meet in the classes
 * under test ({@code dev.selvage.*} but the simulator itself; the ticker interface is shared, so that it can be passed
 * in and out). At a point the seed's strategy decides whether another thread goes on: evenly at random with a high or a
 * low rate, or by priorities that change at a few points. All threads share one carrier, whose scheduler the simulator
 * is; that takes {@code --add-opens=java.base/java.lang=ALL-UNNAMED}, in test JVMs only.
 *
 * <h2>Limits</h2>
 *
 * <ul>
 *   <li>One carrier is sequentially consistent: missing volatiles and fences are for jcstress to find.
 *   <li>The JDK's own code is not woven: a call into java.util.concurrent is one step unless it waits.
 *   <li>Code is not stopped inside a static initializer, nor before JDK 24 inside a monitor. A thread that waits there
 *       stops the carrier and with it everything; the exploration fails after some seconds of real time, with the
 *       stack.
 *   <li>Timed waits of the JDK (Condition.await with a time, BlockingQueue.poll with a time) are on the machine's clock
 *       and fail the schedule when all comes down to them: wait through the ticker.
 *   <li>Platform threads and other executors are not simulated. Method references to JDK methods have no point.
 *   <li>Identity hash codes, and so the order of a ConcurrentHashMap with threads for keys, are not the seed's; static
 *       counters go on from schedule to schedule. A scenario that shows them to its decisions may not replay.
 *   <li>Woven classes do not count in JaCoCo.
 * </ul>
 */
@NullMarked
package dev.selvage.sim;

import org.jspecify.annotations.NullMarked;
