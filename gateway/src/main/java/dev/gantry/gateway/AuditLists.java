package dev.gantry.gateway;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists that the audit log tells whole, over as many details and events as that takes. Not thread-safe. */
final class AuditLists {
    private static final String SEPARATOR = ", ";

    /** Most requests have none. */
    private Map<String, List<String>> lists = Map.of();

    void put(String name, List<String> values) {
        if (lists.isEmpty()) {
            lists = new LinkedHashMap<>();
        }
        lists.put(name, List.copyOf(values));
    }

    /**
     * Returns the details of each event, at least of one. A list's second detail is called {@code name_2}, and so on.
     *
     * @param firstMax how many details the first event can hold
     * @param max how many the others can hold
     */
    List<Map<String, AuditDetail>> parts(int firstMax, int max) {
        List<Map<String, AuditDetail>> parts = new ArrayList<>();
        Map<String, AuditDetail> part = new HashMap<>();
        parts.add(part);
        int room = firstMax;
        for (Map.Entry<String, List<String>> list : lists.entrySet()) {
            int number = 0;
            for (String text : texts(list.getValue())) {
                if (room <= 0) {
                    part = new HashMap<>();
                    parts.add(part);
                    room = max;
                }
                number++;
                room--;
                part.put(number == 1 ? list.getKey() : list.getKey() + "_" + number, new AuditDetail.Text(text));
            }
        }
        return parts;
    }

    /** Puts as many values into each text as a detail holds. */
    private static List<String> texts(List<String> values) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (String value : values) {
            if (!text.isEmpty() && text.length() + SEPARATOR.length() + value.length() > AuditEvent.DETAIL_LENGTH_MAX) {
                texts.add(text.toString());
                text.setLength(0);
            }
            text.append(text.isEmpty() ? "" : SEPARATOR).append(value);
        }
        if (!text.isEmpty()) {
            texts.add(text.toString());
        }
        return texts;
    }
}
