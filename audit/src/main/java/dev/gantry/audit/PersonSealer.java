package dev.gantry.audit;

import dev.gantry.audit.AuditPersons.Named;
import dev.gantry.audit.SealedPersons.Sealing;
import dev.gantry.audit.SubjectKeys.Subject;
import dev.gantry.kernel.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Seals what is personal in events. Used by the one writer of the group commit.
 *
 * <p>The same texts of the same person are sealed once and then used again: equal sealed values tell no more than the
 * subject's id beside them does, and encryption leaves the hot path. Keys are read again after a minute, and at once when
 * somebody was erased, so that nothing is sealed under a destroyed key for longer.
 */
final class PersonSealer {
    private static final int PERSONS_MAX = 20_000;
    private static final int TEXTS_MAX = 16;
    private static final long AGE_MAX_NS = Duration.ofMinutes(1).toNanos();

    private final SubjectKeys keys;
    private final CanonicalJson json = new CanonicalJson();
    private final Map<Name, Known> known = bounded(PERSONS_MAX);
    private final Map<Name, Known> uncommitted = new HashMap<>();
    private volatile boolean stale;

    PersonSealer(SubjectKeys keys) {
        this.keys = keys;
    }

    private record Name(UUID organization, String name) {}

    private record Texts(
            @Nullable String address,
            @Nullable String name,
            @Nullable String resource,
            @Nullable String user) {}

    private static final class Known {
        final Subject subject;
        final String text;
        final long since = System.nanoTime();
        final Map<Texts, Sealing> sealed = bounded(TEXTS_MAX);

        Known(Subject subject) {
            this.subject = subject;
            this.text = subject.id().toString();
        }

        boolean isFresh() {
            return System.nanoTime() - since < AGE_MAX_NS;
        }
    }

    private static <K, V> Map<K, V> bounded(int sizeMax) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > sizeMax;
            }
        };
    }

    /** Reads every key anew from here on. Thread-safe. */
    void forget() {
        stale = true;
    }

    /** Is told how the transaction ended: keys that were made in it exist, or do not. */
    void ended(boolean committed) {
        if (committed) {
            known.putAll(uncommitted);
        }
        uncommitted.clear();
    }

    /** Seals events of one organization, in a transaction of it; one result for each, in their order. */
    List<SealedPersons> seal(Handle handle, UUID organization, List<AuditEvent> events) throws SQLException {
        if (stale) {
            stale = false;
            known.clear();
        }
        Map<String, Known> persons = new HashMap<>();
        Set<String> missing = new LinkedHashSet<>();
        List<@Nullable String> actors = new ArrayList<>(events.size());
        List<List<Named>> named = new ArrayList<>(events.size());
        List<List<String>> mentioned = new ArrayList<>(events.size());
        for (AuditEvent event : events) {
            String actor = AuditPersons.actor(event);
            List<Named> resource = AuditPersons.inResource(event.resource());
            actors.add(actor);
            named.add(resource);
            look(organization, actor, persons, missing);
            resource.forEach(each -> look(organization, each.person(), persons, missing));
            Set<String> further = new LinkedHashSet<>(AuditPersons.inReason(event));
            resource.stream().skip(1).forEach(each -> further.add(each.person()));
            mentioned.add(List.copyOf(further));
            further.forEach(name -> look(organization, name, persons, missing));
        }
        if (!missing.isEmpty()) {
            keys.findOrMake(handle, organization, missing).forEach((name, subject) -> {
                Known fresh = new Known(subject);
                uncommitted.put(new Name(organization, name), fresh);
                persons.put(name, fresh);
            });
        }
        List<SealedPersons> sealed = new ArrayList<>(events.size());
        for (int index = 0; index < events.size(); index++) {
            SealedPersons main = seal(events.get(index), actors.get(index), named.get(index), persons);
            sealed.add(withMentions(main, mentioned.get(index), persons));
        }
        return sealed;
    }

    private void look(UUID organization, @Nullable String written, Map<String, Known> persons, Set<String> missing) {
        String name = written == null ? null : AuditPersons.key(written);
        if (name == null || persons.containsKey(name)) {
            return;
        }
        Name key = new Name(organization, name);
        Known found = known.get(key);
        if (found == null) {
            found = uncommitted.get(key);
        }
        if (found != null && found.isFresh()) {
            persons.put(name, found);
        } else {
            missing.add(name);
        }
    }

    private SealedPersons seal(
            AuditEvent event, @Nullable String actor, List<Named> people, Map<String, Known> persons) {
        AuditEvent.Actor who = event.actor();
        if (people.isEmpty()) {
            return new SealedPersons(
                    actor == null ? null : seal(persons, actor, new Texts(who.address(), null, null, who.user())),
                    null,
                    event.resource(),
                    List.of());
        }
        // The resource is readable with the first of its people; the others stand in it by their subjects, and are
        // readable
        // each with their own key.
        Named named = people.getFirst();
        Map<String, String> subjects = new HashMap<>();
        people.forEach(each -> subjects.put(each.key(), person(persons, each.person()).text));
        String resource = AuditPersons.replaced(event.resource(), people, subjects);
        subjects.remove(named.key());
        String readable = AuditPersons.replaced(event.resource(), people, subjects);
        if (actor != null && named.key().equals(AuditPersons.key(actor))) {
            Texts both = new Texts(who.address(), null, readable, who.user());
            return new SealedPersons(seal(persons, actor, both), null, resource, List.of());
        }
        return new SealedPersons(
                actor == null ? null : seal(persons, actor, new Texts(who.address(), null, null, who.user())),
                seal(persons, named.person(), new Texts(null, null, readable, null)),
                resource,
                List.of());
    }

    /**
     * Adds who is named by the reason alone, or further on in the resource; a person who is sealed already is that one, however they
     * are spelled.
     */
    private SealedPersons withMentions(SealedPersons main, List<String> names, Map<String, Known> persons) {
        if (names.isEmpty()) {
            return main;
        }
        Map<UUID, Sealing> sealings = new HashMap<>();
        for (Sealing known : new @Nullable Sealing[] {main.actor(), main.named()}) {
            if (known != null) {
                sealings.put(known.subject(), known);
            }
        }
        List<SealedPersons.Mention> mentions = new ArrayList<>(names.size());
        for (String name : names) {
            Sealing sealing = sealings.computeIfAbsent(
                    person(persons, name).subject.id(),
                    absent -> seal(persons, name, new Texts(null, name, null, null)));
            mentions.add(new SealedPersons.Mention(name, sealing));
        }
        return new SealedPersons(main.actor(), main.named(), main.resource(), mentions);
    }

    private static Known person(Map<String, Known> persons, String name) {
        return Objects.requireNonNull(persons.get(AuditPersons.key(name)), "every person has a key by now");
    }

    private Sealing seal(Map<String, Known> persons, String name, Texts texts) {
        Known person = person(persons, name);
        Sealing sealing = person.sealed.get(texts);
        if (sealing == null) {
            sealing = encrypt(person, texts);
            person.sealed.put(texts, sealing);
        }
        return sealing;
    }

    private Sealing encrypt(Known person, Texts texts) {
        byte[] plain = json.restart()
                .putIfPresent("address", texts.address())
                .putIfPresent("name", texts.name())
                .putIfPresent("resource", texts.resource())
                .putIfPresent("user", texts.user())
                .finish()
                .getBytes(StandardCharsets.UTF_8);
        UUID id = person.subject.id();
        byte[] sealed = person.subject.key().seal(plain, SubjectKeys.boundTo(id));
        return new Sealing(
                id, person.text, Base64.getUrlEncoder().withoutPadding().encodeToString(sealed));
    }
}
