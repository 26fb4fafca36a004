package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The list through the tickets against one of the JDK's. */
class TicketListTest {

    @Test
    @DisplayName("11.2, 11.4 tickets keep their order, whoever is added in front, leaves first, or from the middle")
    void likeAnother() {
        Dispatch<String, String> dispatch = new Dispatch<>("pool", job -> job, WorkerOptions.defaults());
        TicketList<String, String> list = new TicketList<>();
        List<Ticket<String, String>> expected = new ArrayList<>();
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            Ticket<String, String> ticket = new Ticket<>(dispatch, "job", null);
            switch (random.nextInt(expected.size() < 5 ? 3 : 6)) {
                case 0, 1 -> {
                    list.addLast(ticket);
                    expected.addLast(ticket);
                }
                case 2 -> {
                    list.addFirst(ticket);
                    expected.addFirst(ticket);
                }
                case 3 -> assertThat(list.poll()).isSameAs(expected.removeFirst());
                default -> {
                    Ticket<String, String> leaving = expected.remove(random.nextInt(expected.size()));
                    assertThat(list.remove(leaving)).isTrue();
                    assertThat(list.remove(leaving)).isFalse();
                }
            }
            assertThat(list.size()).isEqualTo(expected.size());
            assertThat(list.first()).isSameAs(expected.isEmpty() ? null : expected.getFirst());
        }
        for (Ticket<String, String> next : expected) {
            assertThat(list.poll()).isSameAs(next);
        }
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.poll()).isNull();
    }
}
