package dev.gantry.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every section that the configuration may hold, the records they are bound to, and the keys that are refused with a
 * reason of their own. Immutable.
 */
public final class ConfigSchema {
    private final List<Shape.Field> sections;
    private final Map<Class<?>, Shape.Fields> topLevel;
    private final KnownKeys knownKeys;
    private final Map<String, String> laterVariables;
    private final Map<String, String> spellings;
    private final List<ConfigCheck> checks;
    private final @Nullable StoreSection<?> store;

    private ConfigSchema(Builder builder) {
        this.sections = List.copyOf(builder.sections);
        this.topLevel = Map.copyOf(builder.topLevel);
        this.knownKeys = new KnownKeys(builder.later, builder.retired);
        this.laterVariables = Map.copyOf(builder.laterVariables);
        this.spellings = Map.copyOf(builder.spellings);
        this.checks = List.copyOf(builder.checks);
        this.store = builder.store;
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns every key that may be set, values aside. A name that the operator chooses is a star
     * ({@code roles.*.permissions}), a list is without index ({@code role_assignments.role}), and settings of one kind
     * among several stand below that kind ({@code authentication.providers.api_key.header}).
     */
    public List<Explanation> reference() {
        List<Explanation> out = new ArrayList<>();
        for (Shape.Field section : sections) {
            collect(section, Key.ROOT, out);
        }
        return List.copyOf(out);
    }

    /** Returns the schema as JSON Schema 2020-12, for editors. */
    public ObjectNode toJsonSchema() {
        return JsonSchemaWriter.write(sections);
    }

    /** Returns {@link #reference()} as Markdown, one table for each section. */
    public String toMarkdown() {
        return MarkdownWriter.write(sections);
    }

    static void collect(Shape.Field field, Key parent, List<Explanation> out) {
        Key key = parent.child(field.name());
        if (field.shape().isLeaf()) {
            out.add(Explanation.of(key.declared(), field, null, null));
        } else {
            collect(field.shape(), key, out);
        }
    }

    private static void collect(Shape shape, Key key, List<Explanation> out) {
        switch (shape) {
            case Shape.Fields fields -> fields.fields().forEach(field -> collect(field, key, out));
            case Shape.OneOf oneOf -> oneOf.kinds().forEach((name, fields) -> collect(fields, key.kind(name), out));
            case Shape.ListOf list -> collect(list.element(), key, out);
            case Shape.MapOf map -> collect(map.value(), key.entry("*"), out);
            case Shape.Plain _, Shape.Choice _, Shape.Hidden _ -> {}
        }
    }

    List<Shape.Field> sections() {
        return sections;
    }

    Map<Class<?>, Shape.Fields> topLevel() {
        return topLevel;
    }

    KnownKeys knownKeys() {
        return knownKeys;
    }

    Map<String, String> laterVariables() {
        return laterVariables;
    }

    /** Sections by the other name under which they are taken too. */
    Map<String, String> spellings() {
        return spellings;
    }

    List<ConfigCheck> checks() {
        return checks;
    }

    /** The section that is bound before all others, since theirs may refer to what it opens. */
    @Nullable
    StoreSection<?> store() {
        return store;
    }

    /** Declares sections. A contradiction is a defect of the program: {@code IllegalStateException}. */
    public static final class Builder {
        private final List<Shape.Field> sections = new ArrayList<>();
        private final Map<Class<?>, Shape.Fields> topLevel = new LinkedHashMap<>();
        private final Map<String, String> later = new LinkedHashMap<>();
        private final Map<String, String> retired = new LinkedHashMap<>();
        private final Map<String, String> laterVariables = new LinkedHashMap<>();
        private final Map<String, String> spellings = new LinkedHashMap<>();
        private final List<ConfigCheck> checks = new ArrayList<>();
        private @Nullable StoreSection<?> store;

        private Builder() {}

        /**
         * Declares a section that is bound to a record.
         *
         * @param name the key at the top of a file
         * @param meaning what the section is about
         */
        public Builder section(String name, Class<? extends Record> type, String meaning) {
            Shape.Fields shape = Shapes.ofRecord(type);
            sections.add(new Shape.Field(name, Shape.Described.section(meaning), shape, Shape.Absence.NOT_ALLOWED));
            return this;
        }

        /**
         * Declares each component of a record as a section of its own, for sections that are lists, maps or single
         * values ({@code roles}, {@code role_assignments}).
         */
        public Builder topLevel(Class<? extends Record> type) {
            Shape.Fields shape = Shapes.ofRecord(type);
            sections.addAll(shape.fields());
            topLevel.put(type, shape);
            return this;
        }

        /**
         * Declares a key whose feature comes in a later version; giving it is an error that says so.
         *
         * @param key as {@link #reference()} writes it; a kind of a list of kinds is named like a key
         *     ({@code authentication.providers.jwt})
         * @param feature completes "not supported yet: … comes with a later version"
         */
        public Builder later(String key, String feature) {
            later.put(key, feature);
            return this;
        }

        /**
         * Declares a key that existed once.
         *
         * @param advice what to do instead, such as {@code use server.port}
         */
        public Builder retired(String key, String advice) {
            retired.put(key, advice);
            return this;
        }

        /** Declares an environment variable that is not used yet; one that is set leads to a notice. */
        public Builder laterVariable(String name, String feature) {
            laterVariables.put(name, feature);
            return this;
        }

        /** Declares another name under which a section is taken, because a guide prints it like that. */
        public Builder spelling(String printed, String section) {
            spellings.put(printed, section);
            return this;
        }

        /**
         * Declares the section that says where a secret store is. It is bound first; where it opens one, secrets of all other
         * sections may be references into it.
         *
         * @param scheme begins references: {@code vault} makes <code>${vault:…}</code>
         * @param name as of {@link #section}
         */
        public <R extends Record> Builder secretStore(
                String scheme, String name, Class<R> type, String meaning, SecretStoreOpener<R> opener) {
            store = new StoreSection<>(scheme, name, type, opener);
            return section(name, type, meaning);
        }

        /** Adds a rule over several sections. */
        public Builder check(ConfigCheck check) {
            checks.add(check);
            return this;
        }

        /** Checks the declarations, the defaults among them, and returns the schema. */
        public ConfigSchema build() {
            Set<String> names = new HashSet<>();
            for (Shape.Field section : sections) {
                if (!names.add(section.name())) {
                    throw new IllegalStateException("Two sections are called " + section.name());
                }
                refuseWrongDefaults(section, Key.ROOT.child(section.name()));
            }
            ConfigSchema schema = new ConfigSchema(this);
            for (Explanation setting : schema.reference()) {
                refuseContradiction(setting.key(), later);
                refuseContradiction(setting.key(), retired);
            }
            return schema;
        }

        private static void refuseContradiction(String key, Map<String, String> refused) {
            for (String other : refused.keySet()) {
                if (key.equals(other) || key.startsWith(other + ".")) {
                    throw new IllegalStateException(
                            other + " is declared as later or retired, and " + key + " exists; remove the former");
                }
            }
        }

        private static void refuseWrongDefaults(Shape.Field field, Key key) {
            if (field.described().defaultText() != null) {
                Defaults.read(field.shape(), field.described(), key);
            }
            refuseWrongDefaults(field.shape(), key);
        }

        private static void refuseWrongDefaults(Shape shape, Key key) {
            switch (shape) {
                case Shape.Fields fields ->
                    fields.fields().forEach(field -> refuseWrongDefaults(field, key.child(field.name())));
                case Shape.OneOf oneOf ->
                    oneOf.kinds().forEach((name, fields) -> refuseWrongDefaults(fields, key.kind(name)));
                case Shape.ListOf list -> refuseWrongDefaults(list.element(), key);
                case Shape.MapOf map -> refuseWrongDefaults(map.value(), key.entry("*"));
                case Shape.Plain _, Shape.Choice _, Shape.Hidden _ -> {}
            }
        }
    }
}
