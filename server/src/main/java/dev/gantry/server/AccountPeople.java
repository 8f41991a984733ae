package dev.gantry.server;

import dev.gantry.accounts.People;
import dev.gantry.accounts.Person;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Principal;
import dev.gantry.signin.SignIn;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The people of module identity, whose sessions end when their passwords change. */
record AccountPeople(Identity identity, SignIn signIn) implements People {
    @Override
    public Optional<Person> named(UUID organization, String name) {
        return identity.users()
                .findActive(organization, name)
                .filter(found -> found.name().equals(name.strip().toLowerCase(Locale.ROOT)))
                .map(found -> person(organization, found));
    }

    @Override
    public Optional<Person> find(UUID organization, UUID id) {
        return identity.users().findActive(organization, id.toString()).map(found -> person(organization, found));
    }

    static Person person(UUID organization, Principal principal) {
        return new Person(organization, principal.id(), principal.name());
    }

    @Override
    public void credentialsChanged(Person person) {
        signIn.sessions().endAll(person.organization(), person.id(), null);
    }
}
