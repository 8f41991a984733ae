package dev.gantry.saml;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.Saml.Departure;
import dev.gantry.saml.SamlSettings.Binding;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** One provider of SAML. Thread-safe. */
final class SamlProvider {
    private static final Logger LOG = LoggerFactory.getLogger(SamlProvider.class);
    private static final Duration LOGOUT_AGE_MAX = Duration.ofMinutes(10);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(1);
    private static final int RELAY_STATE_MAX = 1_000;

    private final SamlSettings settings;
    private final Partners partners;
    private final Messages messages;
    private final ResponseReader responses;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final AtomicLong loggedAtNanos;

    SamlProvider(SamlSettings settings, Fetch fetch, Clock clock, LongSupplier nanoTime) {
        this.settings = settings;
        this.partners = new Partners(settings, fetch, clock, nanoTime);
        this.messages = new Messages(settings);
        this.responses = new ResponseReader(settings, clock);
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.loggedAtNanos = new AtomicLong(nanoTime.getAsLong() - LOG_INTERVAL.toNanos());
    }

    private String place(URI base, String end) {
        return base + "/auth/saml/" + settings.name() + "/" + end;
    }

    String metadata(URI base) {
        return messages.metadata(place(base, "acs"), place(base, "logout"));
    }

    Departure depart(String returnTo, boolean fresh, URI base) {
        Partner partner = partners.get();
        Binding binding = settings.requestBinding();
        if (!partner.signOn().containsKey(binding)) {
            binding = binding == Binding.POST ? Binding.REDIRECT : Binding.POST;
        }
        URI destination = partner.signOn().get(binding);
        if (destination == null) {
            throw new GantryException(
                    ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                    "The identity provider " + settings.name() + " names no place to sign in");
        }
        Attempt attempt = Attempt.begin(settings.name(), returnTo, fresh, clock.instant());
        String message =
                messages.authnRequest(attempt.request(), clock.instant(), destination, place(base, "acs"), fresh);
        return send(binding, destination, RedirectBinding.REQUEST, message, null, attempt.cookie());
    }

    private Departure send(
            Binding binding,
            URI destination,
            String parameter,
            String message,
            @Nullable String relayState,
            @Nullable String cookie) {
        return switch (binding) {
            case REDIRECT ->
                new Departure(
                        RedirectBinding.address(destination, parameter, message, relayState, settings.ownKey()),
                        null,
                        cookie);
            case POST ->
                new Departure(
                        null, PostBinding.form(destination, parameter, message, relayState, settings.ownKey()), cookie);
        };
    }

    Saml.Arrival arrive(String response, @Nullable String relayState, @Nullable String cookie, URI base) {
        Attempt attempt = Attempt.read(cookie)
                .filter(kept -> kept.provider().equals(settings.name()) && kept.isOpen(clock.instant()))
                .orElse(null);
        if (attempt == null && !settings.unsolicited()) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "This answer belongs to no sign-in that this browser began; begin again");
        }
        return believing("A response", () -> {
            Partner partner = partners.get();
            byte[] xml = PostBinding.decode(response);
            // Somebody may begin here, leave it, and come from the provider's own page instead.
            boolean asked = attempt != null && (!settings.unsolicited() || answers(xml));
            Vouched vouched = responses.read(
                    xml, partner, place(base, "acs"), asked && attempt != null ? attempt.request() : null);
            if (asked && attempt != null && attempt.fresh()) {
                requireProvenSince(attempt.beganAt().minus(settings.clockSkew()), vouched.provenAt());
            }
            requireContext(vouched.context());
            return new Saml.Arrival(vouched, asked && attempt != null ? attempt.returnTo() : relayState);
        });
    }

    private static void requireProvenSince(Instant begin, @Nullable Instant provenAt) {
        if (provenAt == null || provenAt.isBefore(begin)) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "The identity provider did not ask you anew who you are; sign out there, and begin again");
        }
    }

    private void requireContext(@Nullable String said) {
        if (!settings.contexts().isEmpty()
                && (said == null || !settings.contexts().contains(said))) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "Signing in here takes a stronger proof of who you are, such as a second factor: the identity provider has"
                            + " to name the class " + String.join(" or ", settings.contexts()) + ", and it names "
                            + (said == null ? "none" : said)
                            + ". Begin again and prove it there, or ask an administrator to"
                            + " have the provider require it");
        }
    }

    /** Says how a response is to be read, not whether it is true. */
    private static boolean answers(byte[] xml) {
        return Xml.attribute(Xml.parse(xml).getDocumentElement(), "InResponseTo") != null;
    }

    Saml.Logout logoutByAddress(String query, URI base) {
        return believing("A message of signing out", () -> {
            Partner partner = partners.get();
            RedirectBinding.Signed signed = RedirectBinding.verify(query, partner.keys(), settings.sha1());
            if (signed.parameter().equals(RedirectBinding.RESPONSE)) {
                return new Saml.Logout(null, null);
            }
            Element request = Xml.parse(signed.xml()).getDocumentElement();
            return loggedOut(request, partner, signed.relayState(), base);
        });
    }

    Saml.Logout logoutByForm(@Nullable String field, @Nullable String relayState, URI base) {
        if (field == null) {
            return new Saml.Logout(null, null);
        }
        return believing("A message of signing out", () -> {
            Partner partner = partners.get();
            Element request = Xml.parse(PostBinding.decode(field)).getDocumentElement();
            Element signature = SignedXml.signatureOf(request)
                    .orElseThrow(() -> new UntrustedException("the request is not signed"));
            Element signed = SignedXml.verify(request, signature, partner.keys(), settings.sha1());
            return loggedOut(signed, partner, relayState, base);
        });
    }

    /** Reads a request that is signed. */
    private Saml.Logout loggedOut(Element request, Partner partner, @Nullable String relayState, URI base) {
        String id = Xml.attribute(request, "ID");
        boolean isRequest =
                Xml.is(request, Xml.PROTOCOL, "LogoutRequest") && Xml.VERSION.equals(Xml.attribute(request, "Version"));
        if (!isRequest || id == null || id.length() > 255) {
            throw new UntrustedException("it is no request to sign out");
        }
        ResponseReader.requireIssuer(Xml.requireChild(request, Xml.ASSERTION, "Issuer"), partner.entityId());
        if (!place(base, "logout").equals(Xml.attribute(request, "Destination"))) {
            throw new UntrustedException("the request is for another place");
        }
        requireRecent(request);
        String subject = Xml.text(Xml.requireChild(request, Xml.ASSERTION, "NameID"));
        List<String> sessions = Xml.children(request, Xml.PROTOCOL, "SessionIndex").stream()
                .map(Xml::text)
                .toList();
        boolean named = settings.subjectAttribute().isEmpty();
        boolean unnamed = sessions.stream().anyMatch(name -> name.isEmpty() || name.length() > 255);
        if (unnamed || sessions.size() > 100 || (!named && sessions.isEmpty())) {
            throw new UntrustedException("the request does not say which sessions end");
        }
        return new Saml.Logout(
                new Saml.Ended(partner.identity(), named ? subject : null, sessions, id),
                answer(partner, id, relayState));
    }

    private void requireRecent(Element request) {
        Instant now = clock.instant();
        Instant issued = Xml.time(request, "IssueInstant");
        Instant until = Xml.time(request, "NotOnOrAfter");
        Duration skew = settings.clockSkew();
        boolean old = issued == null
                || issued.minus(skew).isAfter(now)
                || issued.plus(LOGOUT_AGE_MAX).plus(skew).isBefore(now)
                || (until != null && !now.isBefore(until.plus(skew)));
        if (old) {
            throw new UntrustedException("the request is over, or not yet; the clocks may differ");
        }
    }

    private @Nullable Departure answer(Partner partner, String request, @Nullable String relayState) {
        Binding binding = partner.logout().containsKey(Binding.REDIRECT) ? Binding.REDIRECT : Binding.POST;
        Partner.Logout place = partner.logout().get(binding);
        if (place == null) {
            return null;
        }
        String message = messages.logoutResponse(Attempt.messageId(), clock.instant(), place.responses(), request);
        return send(
                binding,
                place.responses(),
                RedirectBinding.RESPONSE,
                message,
                relayState == null || relayState.length() > RELAY_STATE_MAX ? null : relayState,
                null);
    }

    Optional<Departure> leave(String subject, @Nullable String session) {
        // Providers do not believe such a request without a signature, and need the name that they gave.
        if (settings.ownKey().isEmpty() || settings.subjectAttribute().isPresent()) {
            return Optional.empty();
        }
        Partner.Logout place = partners.get().logout().get(Binding.REDIRECT);
        return Optional.ofNullable(place)
                .map(to -> send(
                        Binding.REDIRECT,
                        to.requests(),
                        RedirectBinding.REQUEST,
                        messages.logoutRequest(Attempt.messageId(), clock.instant(), to.requests(), subject, session),
                        null,
                        null));
    }

    /** Strangers could fill the log. */
    private boolean isToBeLogged() {
        long now = nanoTime.getAsLong();
        long last = loggedAtNanos.get();
        return now - last >= LOG_INTERVAL.toNanos() && loggedAtNanos.compareAndSet(last, now);
    }

    /** What was wrong goes to the log, at most once a second; whoever sent it is told no more than that something was. */
    private <T> T believing(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (UntrustedException refusal) {
            if (isToBeLogged()) {
                LOG.warn("{} of provider {} is not believed: {}", what, settings.name(), refusal.getMessage());
            }
            LOG.debug("It was refused here", refusal);
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED, "The identity provider did not sign you in; begin again", refusal);
        }
    }
}
