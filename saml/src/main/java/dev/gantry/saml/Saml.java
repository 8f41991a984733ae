package dev.gantry.saml;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.net.URI;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The module's front door: signing in, and out, by identity providers of SAML. Thread-safe; every method may ask a provider. */
public final class Saml {
    private final Map<String, SamlProvider> providers = new LinkedHashMap<>();

    private Saml(List<SamlSettings> all, Fetch fetch, Clock clock, LongSupplier nanoTime) {
        all.forEach(settings -> providers.put(settings.name(), new SamlProvider(settings, fetch, clock, nanoTime)));
    }

    /**
     * Begins to know providers. None is asked yet.
     *
     * @param fetch gets metadata
     */
    public static Saml open(List<SamlSettings> all, Fetch fetch, Clock clock, LongSupplier nanoTime) {
        return new Saml(all, fetch, clock, nanoTime);
    }

    /**
     * A browser on its way to a provider: to an address, or with a form.
     *
     * @param location where it goes; null if it sends the form
     * @param form what it sends; null if it goes to the address
     * @param cookie what it keeps until it comes back; null for nothing
     */
    public record Departure(
            @Nullable URI location,
            @Nullable FormPost form,
            @Nullable String cookie) {}

    /**
     * A browser that came back.
     *
     * @param returnTo what it was to return to when it left, or the provider's relay state if nobody sent it there; not
     *     checked; null for nothing
     */
    public record Arrival(Vouched vouched, @Nullable String returnTo) {}

    /**
     * A message of signing out.
     *
     * @param ended whose sessions are to end; null if this is the provider's answer to us
     * @param answer takes the browser back to the provider; null if the provider has no place for it
     */
    public record Logout(@Nullable Ended ended, @Nullable Departure answer) {}

    /**
     * Whose sessions are to end.
     *
     * @param issuer who says so, as in {@link Vouched}
     * @param subject who it is at the provider; null if the configuration takes that from an attribute
     * @param sessions the provider's names of sessions; all of the subject when empty
     * @param request the id, which counts once
     */
    public record Ended(String issuer, @Nullable String subject, List<String> sessions, String request) {}

    /** Returns the names of the providers. */
    public Collection<String> names() {
        return List.copyOf(providers.keySet());
    }

    /** Returns what this server says of itself to a provider. */
    public String metadata(String name, URI base) {
        return provider(name).metadata(base);
    }

    /**
     * Sends a browser to a provider.
     *
     * @param returnTo where it goes in the end, checked
     * @param fresh whether the provider has to ask the person anew who they are, though it may know the browser
     * @param base the address of this server
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE}
     */
    public Departure depart(String name, String returnTo, boolean fresh, URI base) {
        return provider(name).depart(returnTo, fresh, base);
    }

    /**
     * Returns who came back from a provider. The caller makes sure that an assertion counts once.
     *
     * @param response the form's field {@code SAMLResponse}
     * @param relayState the form's field {@code RelayState}; null if there is none
     * @param cookie what the browser kept; null if it has nothing
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE}
     */
    public Arrival arrive(
            String name, String response, @Nullable String relayState, @Nullable String cookie, URI base) {
        return provider(name).arrive(response, relayState, cookie, base);
    }

    /**
     * Reads a message of signing out that came in an address.
     *
     * @param query as it came
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is not the provider's
     */
    public Logout logoutByAddress(String name, String query, URI base) {
        return provider(name).logoutByAddress(query, base);
    }

    /**
     * Reads a message of signing out that came in a form.
     *
     * @param request the field {@code SAMLRequest}; null for none
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it is not the provider's
     */
    public Logout logoutByForm(String name, @Nullable String request, @Nullable String relayState, URI base) {
        return provider(name).logoutByForm(request, relayState, base);
    }

    /**
     * Returns where a browser signs out of a provider; empty if nowhere.
     *
     * @param subject who it is there
     * @param session the provider's name of the session; null if there is none
     */
    public Optional<Departure> leave(String name, String subject, @Nullable String session) {
        SamlProvider provider = providers.get(name);
        return provider == null ? Optional.empty() : provider.leave(subject, session);
    }

    private SamlProvider provider(String name) {
        SamlProvider provider = providers.get(name);
        if (provider == null) {
            throw new GantryException(ErrorCode.NOT_FOUND, "There is no such identity provider");
        }
        return provider;
    }
}
