package dev.gantry.database;

import dev.gantry.database.ConnectionTarget.Login;
import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how to talk to it, read from the form of address that libpq defines
 * (<a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">connection URIs</a>).
 *
 * @param hosts one or more {@code host[:port]}, separated by commas
 * @param database its name
 * @param user who logs in, if the address says so
 * @param password of that user, if the address says so
 * @param properties of the JDBC driver
 */
record DatabaseAddress(
        String hosts,
        String database,
        Optional<String> user,
        Optional<Secret> password,
        Map<String, String> properties) {
    private static final Pattern URI =
            Pattern.compile("postgres(?:ql)?://(?:([^@/?#]*)@)?([^@/?#]*)(?:/([^?#]*))?(?:\\?([^#]*))?");

    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    /** What libpq calls a parameter, and what the driver calls it. */
    private static final Map<String, String> PARAMETERS = Map.of(
            "sslmode", "sslmode",
            "sslrootcert", "sslrootcert",
            "sslcert", "sslcert",
            "sslkey", "sslkey",
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "channel_binding", "channelBinding",
            "options", "options");

    DatabaseAddress {
        properties = Map.copyOf(properties);
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it has another form; the message does not quote it, for its password
     */
    static DatabaseAddress parse(Secret url) {
        Matcher parts = URI.matcher(url.reveal().strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "the address of the database does not have the form postgresql://user:password@host:port/name");
        }
        Map<String, String> query = query(parts.group(4));
        String[] login = parts.group(1) == null ? new String[0] : parts.group(1).split(":", 2);
        Optional<String> user = login.length > 0 ? Optional.of(decode(login[0])) : take(query, "user");
        Optional<String> password = login.length > 1 ? Optional.of(decode(login[1])) : take(query, "password");
        Map<String, String> properties =
                new LinkedHashMap<>(sslProperties(take(query, "sslmode").orElse("prefer"), take(query, "sslrootcert")));
        query.forEach((name, value) -> {
            String property = PARAMETERS.get(name);
            if (property == null) {
                throw new IllegalArgumentException("the address of the database has a parameter '"
                        + Text.shorten(name, 40) + "' that Gantry does not know"
                        + Text.didYouMean(name, PARAMETERS.keySet()));
            }
            properties.put(property, value);
        });
        String hosts = parts.group(2).isEmpty() ? "localhost" : decode(parts.group(2));
        String name = parts.group(3) == null ? "" : decode(parts.group(3));
        return new DatabaseAddress(
                hosts, name.isEmpty() ? user.orElse("gantry") : name, user, password.map(Secret::of), properties);
    }

    /** Reads an address whose password follows the address when it is renewed; host and user stay as they are. */
    static DatabaseAddress following(Secret url) {
        DatabaseAddress now = parse(url);
        return new DatabaseAddress(
                now.hosts,
                now.database,
                now.user,
                now.password.map(fixed -> url.map(
                        text -> parse(Secret.of(text)).password.orElse(fixed).reveal())),
                now.properties);
    }

    /** Returns who logs in: whom the address names, or else the given user, or else whom libpq's environment names. */
    Login login(Optional<String> otherUser, Optional<Secret> otherPassword) {
        Map<String, String> environment = System.getenv();
        String name = user.or(() -> otherUser)
                .or(() -> Optional.ofNullable(environment.get("PGUSER")))
                .orElseGet(() -> System.getProperty("user.name"));
        Secret word = password.or(() -> otherPassword)
                .or(() -> Optional.ofNullable(environment.get("PGPASSWORD")).map(Secret::of))
                .orElse(Secret.of(""));
        return new Login(name, word);
    }

    /** Returns the address for the driver, without credentials. */
    String jdbcUrl() {
        StringBuilder url = new StringBuilder("jdbc:postgresql://")
                .append(hosts)
                .append('/')
                .append(encode(database))
                .append("?currentSchema=")
                .append(ConnectionTarget.SCHEMA_PATH);
        properties.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(property ->
                        url.append('&').append(property.getKey()).append('=').append(encode(property.getValue())));
        return url.toString();
    }

    /**
     * Refuses what is not one of PostgreSQL's modes.
     *
     * @throws IllegalArgumentException naming the modes
     */
    static void requireSslMode(String mode) {
        if (!SSL_MODES.contains(mode)) {
            throw new IllegalArgumentException("ssl_mode is '" + Text.shorten(mode, 40) + "', it must be one of "
                    + String.join(", ", SSL_MODES) + Text.didYouMean(mode, SSL_MODES));
        }
    }

    /** Returns the properties of the driver for a mode; without a certificate of its own the JDK's authorities count. */
    static Map<String, String> sslProperties(String mode, Optional<String> rootCertificate) {
        requireSslMode(mode);
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("sslmode", mode);
        Path usual = Path.of(System.getProperty("user.home", "."), ".postgresql", "root.crt");
        if (rootCertificate.isPresent()) {
            properties.put("sslrootcert", rootCertificate.get());
        } else if (mode.startsWith("verify") && !Files.exists(usual)) {
            properties.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return properties;
    }

    private static Map<String, String> query(@Nullable String text) {
        Map<String, String> query = new LinkedHashMap<>();
        if (text != null) {
            for (String pair : text.split("&")) {
                String[] sides = pair.split("=", 2);
                if (!pair.isEmpty()) {
                    query.put(decode(sides[0]), sides.length > 1 ? decode(sides[1]) : "");
                }
            }
        }
        return query;
    }

    private static Optional<String> take(Map<String, String> query, String name) {
        return Optional.ofNullable(query.remove(name));
    }

    private static String decode(String text) {
        try {
            // In these addresses a plus sign is a plus sign.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "the address of the database has a '%' that does not begin an escape; a percent sign is written %25",
                    malformed);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
