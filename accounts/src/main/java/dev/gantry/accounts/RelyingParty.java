package dev.gantry.accounts;

import com.webauthn4j.data.client.Origin;
import java.util.Set;
import java.util.stream.Collectors;

/** The domain that passkeys are made for, and the origins from which they may be used. Immutable. */
final class RelyingParty {
    private static final String LOCALHOST = "localhost";

    private final String id;
    private final String name;
    private final Set<Origin> origins;

    RelyingParty(AccountSettings.Passkeys settings, String name) {
        this.id = settings.relyingParty();
        this.name = name;
        this.origins = settings.origins().isEmpty()
                ? Set.of(new Origin("https://" + id))
                : settings.origins().stream().map(Origin::new).collect(Collectors.toUnmodifiableSet());
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    /** Returns whether a page of an origin may ask; browsers count every port of localhost as safe. */
    boolean accepts(Origin origin) {
        return origins.contains(origin) || (id.equals(LOCALHOST) && LOCALHOST.equals(origin.getHost()));
    }
}
