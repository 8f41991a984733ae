package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AuditListsTest {
    private final AuditLists lists = new AuditLists();

    private static List<String> ids(int count) {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(count).toList();
    }

    private static String text(AuditDetail detail) {
        return ((AuditDetail.Text) detail).value();
    }

    @Test
    void shouldBeOneEventWhereNothingIsListed() {
        lists.put("removed", List.of());

        assertThat(lists.parts(3, 5)).containsExactly(Map.of());
    }

    @Test
    void shouldKeepWhatFitsTogether() {
        lists.put("added", List.of("patterns:read", "runs:read"));
        lists.put("removed", List.of("models:*"));

        assertThat(lists.parts(3, 5))
                .containsExactly(Map.of(
                        "added", AuditDetail.of("patterns:read, runs:read"), "removed", AuditDetail.of("models:*")));
    }

    @Test
    void shouldTellEveryValueOnceWithinTheBoundsOfDetailsAndEvents() {
        List<String> added = ids(200);
        List<String> removed = ids(9);
        lists.put("added", added);
        lists.put("removed", removed);

        List<Map<String, AuditDetail>> parts = lists.parts(3, 17);

        assertThat(parts.getFirst()).hasSize(3);
        Set<String> names = new HashSet<>();
        List<String> told = new ArrayList<>();
        for (Map<String, AuditDetail> part : parts) {
            assertThat(part).hasSizeLessThanOrEqualTo(17);
            part.forEach((name, detail) -> {
                assertThat(names.add(name)).as(name).isTrue();
                assertThat(text(detail)).hasSizeLessThanOrEqualTo(AuditEvent.DETAIL_LENGTH_MAX);
                told.addAll(List.of(text(detail).split(", ", -1)));
            });
        }
        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(added.stream(), removed.stream()).toList());
        assertThat(names).contains("added", "added_2", "removed", "removed_2");
    }

    @Test
    void shouldMoveToAnotherEventWhereTheFirstIsFull() {
        lists.put("added", List.of("patterns:read"));

        assertThat(lists.parts(0, 5)).containsExactly(Map.of(), Map.of("added", AuditDetail.of("patterns:read")));
    }
}
