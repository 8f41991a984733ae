package dev.gantry.saml;

import dev.gantry.saml.SamlSettings.Binding;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** Reads what an identity provider says of itself (SAML metadata). Throws {@link UntrustedException}. */
final class MetadataReader {
    private static final int KEYS_MAX = 10;

    private MetadataReader() {}

    /**
     * Reads metadata of one provider, or of many among which one is wanted.
     *
     * @param wanted the provider's entity id; empty if there is only one
     */
    static Partner read(byte[] xml, Optional<String> wanted, Instant now) {
        Element root = Xml.parse(xml).getDocumentElement();
        Element entity = entity(root, wanted);
        Element role = Xml.children(entity, Xml.METADATA, "IDPSSODescriptor").stream()
                .filter(MetadataReader::speaksSaml2)
                .findFirst()
                .orElseThrow(() -> new UntrustedException("the metadata is of no identity provider of SAML 2.0"));
        Instant validUntil = validUntil(now, root, entity, role);
        String id = Xml.attribute(entity, "entityID");
        if (id == null) {
            throw new UntrustedException("the metadata has no entityID");
        }
        Map<Binding, URI> signOn = new EnumMap<>(Binding.class);
        Map<Binding, Partner.Logout> logout = new EnumMap<>(Binding.class);
        for (Element service : Xml.children(role, Xml.METADATA, "SingleSignOnService")) {
            binding(service).ifPresent(binding -> signOn.putIfAbsent(binding, address(service, "Location")));
        }
        for (Element service : Xml.children(role, Xml.METADATA, "SingleLogoutService")) {
            binding(service).ifPresent(binding -> logout.putIfAbsent(binding, logout(service)));
        }
        if (signOn.isEmpty()) {
            throw new UntrustedException("the metadata names no place to sign in, by redirect or by POST");
        }
        return new Partner(id, id, signOn, logout, keys(role), validUntil);
    }

    private static Element entity(Element root, Optional<String> wanted) {
        List<Element> entities = Xml.is(root, Xml.METADATA, "EntitiesDescriptor")
                ? Xml.children(root, Xml.METADATA, "EntityDescriptor")
                : Xml.is(root, Xml.METADATA, "EntityDescriptor") ? List.of(root) : List.of();
        List<Element> found = entities.stream()
                .filter(entity -> wanted.map(id -> id.equals(Xml.attribute(entity, "entityID")))
                        .orElse(true))
                .toList();
        if (found.size() != 1) {
            throw new UntrustedException(
                    wanted.map(id -> "the metadata has not exactly one entity " + UntrustedException.quote(id))
                            .orElse("the metadata has not exactly one entity; say which by idp_entity_id"));
        }
        return found.getFirst();
    }

    /** Returns until when all parts hold; null if none says so. */
    private static @Nullable Instant validUntil(Instant now, Element... parts) {
        Instant end = null;
        for (Element part : parts) {
            Instant until = Xml.time(part, "validUntil");
            if (until != null && !now.isBefore(until)) {
                throw new UntrustedException("the metadata was valid until " + until);
            }
            end = end == null || (until != null && until.isBefore(end)) ? until : end;
        }
        return end;
    }

    private static boolean speaksSaml2(Element role) {
        String protocols = Xml.attribute(role, "protocolSupportEnumeration");
        return protocols != null && Arrays.asList(protocols.split("\\s+")).contains(Xml.PROTOCOL);
    }

    private static Optional<Binding> binding(Element service) {
        String uri = Xml.attribute(service, "Binding");
        return Arrays.stream(Binding.values())
                .filter(binding -> binding.uri().equals(uri))
                .findFirst();
    }

    private static Partner.Logout logout(Element service) {
        URI requests = address(service, "Location");
        return new Partner.Logout(
                requests,
                Xml.attribute(service, "ResponseLocation") == null ? requests : address(service, "ResponseLocation"));
    }

    private static URI address(Element service, String name) {
        String text = Xml.attribute(service, name);
        try {
            return requireSecure(URI.create(text == null ? "" : text));
        } catch (IllegalArgumentException malformed) {
            throw new UntrustedException("the metadata has an address that is no https address", malformed);
        }
    }

    /**
     * Refuses what would send people over a network in the clear, but to this machine.
     *
     * @throws IllegalArgumentException if it would
     */
    static URI requireSecure(URI address) {
        String host = address.getHost();
        boolean local =
                host != null && List.of("127.0.0.1", "localhost", "[::1]").contains(host);
        boolean secure = "https".equals(address.getScheme()) || ("http".equals(address.getScheme()) && local);
        if (host == null || !secure || address.getRawUserInfo() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + address + "' is no https address");
        }
        return address;
    }

    private static List<PublicKey> keys(Element role) {
        List<PublicKey> keys = new ArrayList<>();
        for (Element descriptor : Xml.children(role, Xml.METADATA, "KeyDescriptor")) {
            @Nullable String use = Xml.attribute(descriptor, "use");
            if (use == null || use.equals("signing")) {
                keys.addAll(certificates(descriptor));
            }
        }
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new UntrustedException("the metadata has no certificate for signing, or more than " + KEYS_MAX);
        }
        return keys;
    }

    private static List<PublicKey> certificates(Element descriptor) {
        List<PublicKey> keys = new ArrayList<>();
        Element info = Xml.requireChild(descriptor, Xml.SIGNATURE, "KeyInfo");
        for (Element data : Xml.children(info, Xml.SIGNATURE, "X509Data")) {
            for (Element certificate : Xml.children(data, Xml.SIGNATURE, "X509Certificate")) {
                keys.add(certificate(EncryptedXml.base64(Xml.text(certificate))));
            }
        }
        return keys;
    }

    private static PublicKey certificate(byte[] der) {
        try {
            List<X509Certificate> read = OwnKey.certificates(der);
            return read.getFirst().getPublicKey();
        } catch (IllegalArgumentException unusable) {
            throw new UntrustedException(
                    "the metadata has a certificate that cannot be used: " + unusable.getMessage(), unusable);
        }
    }
}
