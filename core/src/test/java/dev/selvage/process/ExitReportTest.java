package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A failed process is reported once; what ends as it should is not (rule 4.1). */
class ExitReportTest {

    private static final class Reports extends Handler implements AutoCloseable {
        final List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());
        private volatile RuntimeException failure;
        private final Logger logger = Logger.getLogger("dev.selvage.process");

        Reports() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord report) {
            records.add(report);
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void flush() {
            records.size(); // nothing is held back
        }

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }

    @Test
    @DisplayName("4.1 a failure is reported once, with name, cause and the type of the last message")
    void failure() throws Exception {
        IllegalStateException cause = new IllegalStateException("planned");
        try (Reports reports = new Reports();
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Object> process = scope.start("failing", mailbox -> {
                mailbox.receive();
                throw cause;
            });
            process.send(42);
            process.join();
            assertThat(reports.records).singleElement().satisfies(report -> {
                assertThat(report.getMessage())
                        .isEqualTo("process 'failing' failed; its last message was a java.lang.Integer");
                assertThat(report.getThrown()).isSameAs(cause);
            });
        }
    }

    @Test
    @DisplayName("4.5 a log handler that throws changes nothing for others")
    void handlerThatThrows() throws Exception {
        IllegalStateException cause = new IllegalStateException("planned");
        List<Exit> told = Collections.synchronizedList(new ArrayList<>());
        try (Reports reports = new Reports()) {
            reports.failure = new IllegalArgumentException("the handler's");
            try (ProcessScope scope = ProcessScope.open("test", options -> options.withExitListener(told::add))) {
                ProcessRef<String> process = scope.start("failing", mailbox -> {
                    mailbox.receive();
                    throw cause;
                });
                process.monitor(told::add);
                process.send("end");
                process.join();
            }
        }
        assertThat(told).hasSize(2);
        assertThat(cause.getSuppressed()).extracting(Throwable::getMessage).containsExactly("the handler's");
    }

    @Test
    @DisplayName("4.1 normal ends, orderly stops and kills are not reported")
    void asItShould() throws Exception {
        try (Reports reports = new Reports()) {
            try (ProcessScope scope = ProcessScope.open("test")) {
                scope.start("normal", mailbox -> {}).join();
                scope.start("stopped", Mailbox::receive);
                ProcessRef<String> killed = scope.start("killed", Mailbox::receive);
                killed.kill();
                killed.join();
            }
            assertThat(reports.records).isEmpty();
        }
    }

    @Test
    @DisplayName("5.6 a process that a link ends is reported once, naming the process at the other end")
    void linked() throws Exception {
        try (Reports reports = new Reports();
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", mailbox -> {
                throw new IllegalStateException(mailbox.receive());
            });
            ProcessRef<String> second = scope.start("second", Mailbox::receive);
            first.link(second);
            first.send("planned");
            first.join();
            second.join();
            assertThat(reports.records)
                    .extracting(LogRecord::getMessage)
                    .containsExactlyInAnyOrder(
                            "process 'first' failed; its last message was a java.lang.String",
                            "process 'second' was ended by its link with 'first': failed:"
                                    + " java.lang.IllegalStateException: planned");
        }
    }
}
