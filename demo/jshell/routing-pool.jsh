// Requests through a routing pool: three callers share two connections to a real server on this machine.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/routing-pool.jsh

import dev.selvage.demo.fantatcp.*
import dev.selvage.pool.routing.*
import dev.selvage.process.*
import java.time.Duration
import java.util.List

// A FantaTCP server on a free port, and a pool of two connections to it. A request is asked of one of the two.
FantaServer server = FantaServer.start(Manners.polite(), 1)
FantaConnector connector = new FantaConnector(server.address(), 2)
RoutingPool<String, String> pool = RoutingPool.start("fanta", 2, connector, options -> options.withRouting(Routing.roundRobin()))

System.out.println("PING is answered with " + pool.request("PING"))

// Many callers at once, each on a virtual thread of its own; each gets its own answer, in whatever order they come.
try (ProcessScope callers = ProcessScope.open("callers")) {
    for (String name : List.of("ada", "bob", "eve")) {
        callers.run(name, () -> System.out.println(name + " asked PING " + name + " and got " + pool.request("PING " + name)));
    }
    callers.join();
}
pool.members().forEach(System.out::println)

// The server goes away. Requests fail at once or within the time they were given, and say why.
server.close()
try {
    System.out.println(pool.request("PING", Duration.ofMillis(200)));
} catch (RoutingException failed) {
    System.out.println(failed.getClass().getSimpleName() + ": " + failed.getMessage());
}

pool.close()
System.out.println("routing-pool.jsh: done, " + server.answers() + " requests answered")
