package dev.gantry.workflow;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Results of steps as expressions see them; only those that are asked for are looked at. */
final class StepsView extends AbstractMap<String, Object> {
    private final Map<String, StepResult> results;

    StepsView(Map<String, StepResult> results) {
        this.results = results;
    }

    @Override
    public @Nullable Object get(Object id) {
        StepResult result = id instanceof String name ? results.get(name) : null;
        return result == null ? null : view(result);
    }

    @Override
    public boolean containsKey(Object id) {
        return id instanceof String name && results.containsKey(name);
    }

    @Override
    public int size() {
        return results.size();
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        Set<Entry<String, Object>> entries = new LinkedHashSet<>();
        results.forEach((id, result) -> entries.add(Map.entry(id, view(result))));
        return entries;
    }

    private static Map<String, Object> view(StepResult result) {
        Map<String, Object> view = new HashMap<>();
        view.put("output", JsonValues.read(result.output()));
        view.put("state", result.state().id());
        view.put("error", result.error() == null ? "" : result.error());
        return view;
    }
}
