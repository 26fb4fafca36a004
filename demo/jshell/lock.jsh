// A keyed lock that survives its holder's crash: whoever holds it may die, and the next in line has it at once.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/lock.jsh

import dev.selvage.lock.*
import dev.selvage.process.*
import java.time.Duration
import java.util.concurrent.CountDownLatch

KeyedLocks<String> locks = KeyedLocks.create("accounts")

// The lambda form: the lock is held while the body runs. Exact keys: "ada" and "bob" never wait for each other.
int sum = locks.withLock("ada", () -> 40 + 2)
System.out.println("computed under the lock of ada: " + sum)

// A process takes a lock, and dies without ever releasing it.
var scope = ProcessScope.open("lock example")
var locked = new CountDownLatch(1)
ProcessBody<String> careless = mailbox -> {
    locks.lock("bob");
    locked.countDown();
    throw new IllegalStateException("out of luck: " + mailbox.receive());
}
var process = scope.start("careless", careless)
locked.await()

System.out.println("bob is locked by " + locks.holder("bob").orElseThrow())
System.out.println("the shell tries bob and gets " + locks.tryLock("bob"))

// The shell gets in line for bob; 100 ms later the holder dies, and the shell has it.
{
    scope.run("doom", () -> {
        Thread.sleep(100);
        process.send("the roof fell in");
    });
    long start = System.nanoTime();
    try (Lease<String> lease = locks.lock("bob", Duration.ofSeconds(10)).orElseThrow()) {
        System.out.printf("after %d ms bob is locked by %s%n", (System.nanoTime() - start) / 1_000_000, lease.holder());
    }
}
System.out.println("the process ended: " + process.join())

scope.close()
System.out.println("lock.jsh: done, " + locks.size() + " locks held. Try: locks.lock(\"eve\"), then locks.holder(\"eve\")")
