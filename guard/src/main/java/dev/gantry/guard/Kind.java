package dev.gantry.guard;

import java.util.List;

/**
 * A kind of thing that is found.
 *
 * @param index its place among all kinds of one set of policies
 * @param id the name in settings, findings and metrics, such as {@code credit_card}
 * @param label the name in placeholders, such as {@code CREDIT_CARD}
 * @param groups the names of the groups that it belongs to, such as {@code api_keys}
 */
record Kind(int index, String id, String label, List<String> groups) {
    Kind {
        groups = List.copyOf(groups);
    }
}
