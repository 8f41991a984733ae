package dev.gantry.metering;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code model_groups} and {@code model_selection} and reports what does not fit. */
final class ModelGroups {
    private final Set<String> names;
    private final @Nullable Set<String> providers;
    private final Complaints complaints;

    /**
     * Prepares reading.
     *
     * @param names names and aliases of the models
     * @param providers the providers that there are; null to take any
     */
    ModelGroups(Set<String> names, @Nullable Set<String> providers, Complaints complaints) {
        this.names = names;
        this.providers = providers;
        this.complaints = complaints;
    }

    /** Returns the groups that are right, in the order of their names. */
    List<ModelGroup> read(Map<String, ModelGroupSettings> settings) {
        List<ModelGroup> groups = new ArrayList<>();
        new TreeMap<>(settings).forEach((name, said) -> {
            ModelGroup group = group(name, said);
            if (group != null) {
                groups.add(group);
            }
        });
        return groups;
    }

    private @Nullable ModelGroup group(String name, ModelGroupSettings said) {
        String key = key("model_groups", name);
        if (names.contains(name)) {
            complaints.add(key, "is the name of a model; call the group something else");
            return null;
        }
        boolean known = true;
        for (ModelGroupSettings.MemberSettings member : said.members()) {
            known &= requireModel(key + ".members", member.model());
        }
        for (String fallback : said.fallbacks()) {
            known &= requireModel(key + ".fallbacks", fallback);
        }
        if (!known) {
            return null;
        }
        try {
            List<ModelGroup.Member> members = said.members().stream()
                    .map(member -> new ModelGroup.Member(member.model(), member.weight()))
                    .toList();
            return new ModelGroup(name, members, said.balance(), said.costBias(), said.fallbacks());
        } catch (IllegalArgumentException wrong) {
            complaints.add(key, "cannot be used: " + wrong.getMessage());
            return null;
        }
    }

    /** Checks that every task leads to a model or a group. */
    void checkSelection(Map<String, String> selection, Set<String> groups) {
        selection.forEach((task, target) -> {
            if (!groups.contains(target)) {
                requireModel(key("model_selection", task), target);
            }
        });
    }

    /** What a provider reports only at run time may be named with the provider before it. */
    private boolean requireModel(String key, String name) {
        int slash = name.indexOf('/');
        boolean later = slash > 0
                && slash < name.length() - 1
                && (providers == null || providers.contains(name.substring(0, slash)));
        if (names.contains(name) || later) {
            return true;
        }
        complaints.add(
                key,
                "there is no model '" + Text.shorten(name, 60) + "'" + Text.didYouMean(name, new TreeSet<>(names)));
        return false;
    }

    private static String key(String section, String name) {
        return section + "." + (name.matches("[A-Za-z0-9_@/*-]+") ? name : '"' + name + '"');
    }
}
