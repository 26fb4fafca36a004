// A process under supervision crashes, and another one takes its place; the tree as text shows it.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/supervised-crash.jsh

import dev.selvage.process.*
import dev.selvage.registry.*
import dev.selvage.supervisor.*
import java.time.Duration

// A process that divides until somebody divides by zero. It registers its name, to be found again after a restart.
record Divide(int number, int by, ReplyTo<Integer> answer) {}
UniqueRegistry<String, ProcessRef<Divide>> names = Registry.unique("names")
ProcessBody<Divide> body = mailbox -> {
    names.register("divider", mailbox.self());
    while (true) {
        Divide division = mailbox.receive();
        division.answer().reply(division.number() / division.by());
    }
}

ChildSpec<Divide> divider = ChildSpec.process("divider", body)
ChildSpec<Void> other = ChildSpec.task("other", () -> Thread.sleep(Duration.ofDays(1)))
Supervisor supervisor = Supervisor.start(SupervisorSpec.oneForOne("arithmetic", divider, other))

ProcessRef<Divide> find() throws InterruptedException {
    return names.await("divider", Duration.ofSeconds(5)).orElseThrow().value();
}

int twenty = find().call(answer -> new Divide(100, 5, answer))
System.out.println("100 / 5 = " + twenty)

// The call that kills the process fails at once, with the reason.
try {
    int none = find().call(answer -> new Divide(100, 0, answer));
    System.out.println("100 / 0 = " + none);
} catch (ProcessException.Exited exited) {
    System.out.println("100 / 0: " + exited.getMessage());
}

// The dead process's name is free by now, and taken by the one in its place.
int ten = find().call(answer -> new Divide(100, 10, answer))
System.out.println("100 / 10 = " + ten + ", by the process in its place")
System.out.println(supervisor.tree())

// Crashing again and again is no accident any more: the fourth restart within 5 seconds is one too many.
for (int crash = 2; crash <= 4; crash++) {
    ProcessRef<Divide> process = find();
    process.kill();
    System.out.println("crash " + crash + ": " + process.join());
}
System.out.println("the supervisor ended: " + supervisor.join())
System.out.println("supervised-crash.jsh: done. Try: supervisor.tree()")
