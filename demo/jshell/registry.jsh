// A registry: one holder a key, told to whoever comes second, and nothing left behind by those who die.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/registry.jsh

import dev.selvage.process.*
import dev.selvage.registry.*
import java.util.concurrent.CountDownLatch

// A unique registry. Whoever registers holds the key; here it is the shell's own thread.
var users = Registry.<String, String>unique("users")
var mine = users.register("ada", "edited in the shell")

users.tryRegister("ada", "a second time")

// A process on its own virtual thread: it registers bob, and tries ada in vain. The answer names the holder.
var scope = ProcessScope.open("registry example")
var registered = new CountDownLatch(1)
ProcessBody<String> editor = mailbox -> {
    users.register("bob", "edited by a process");
    System.out.println("the process is told: " + users.tryRegister("ada", "edited by a process"));
    registered.countDown();
    throw new IllegalStateException("this editor says: " + mailbox.receive());
}
var process = scope.start("editor", editor)

registered.await()
System.out.println("bob is held by " + users.lookup("bob").orElseThrow().owner())

// The process dies of the message. It has not unregistered, and nobody has to do so for it.
process.send("enough")
System.out.println("the process ended: " + process.join())
System.out.println("bob is held by " + users.lookup("bob"))

// A duplicate registry keeps any number of entries under a key, each with a value of its own.
var listeners = Registry.<String, String>duplicate("listeners")
var phone = listeners.register("news", "phone")
var mail = listeners.register("news", "mail")
listeners.dispatch("news", entry -> System.out.println("news for " + entry.value()))
phone.close()
System.out.println("still listening: " + listeners.values("news"))

mine.close()
scope.close()
System.out.println("registry.jsh: done, " + users.size() + " users left. Try: users.register(\"eve\", \"by me\")")
