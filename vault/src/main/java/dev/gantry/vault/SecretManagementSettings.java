package dev.gantry.vault;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Section {@code secret_management}. Without {@code provider} there is no secret store, whatever the environment says.
 *
 * @param provider what keeps the secrets
 * @param address where Vault is
 * @param authMethod how to sign in
 * @param authMount where the method is mounted; the method's name unless given
 * @param token the token of method {@code token}
 * @param role the role of method {@code kubernetes}
 * @param kubernetesTokenFile the pod's token, for method {@code kubernetes}
 * @param roleId the role of method {@code approle}
 * @param secretId what proves that role
 * @param namespace of Vault Enterprise
 * @param caFile whom to trust instead of the JDK's authorities
 * @param kvVersion of the secrets engine
 * @param refreshInterval how often secrets are read again
 * @param timeout of one request
 * @param secrets paths by names of the operator's own
 */
public record SecretManagementSettings(
        @Setting("What keeps the secrets: vault, HashiCorp Vault. Without it there is no secret store.")
        Optional<Provider> provider,

        @Setting(value = "Address of Vault; https, but for this machine.", environment = "VAULT_ADDR")
        Optional<URI> address,

        @Setting(value = "How Gantry signs in to Vault.", defaultValue = "token")
        AuthMethod authMethod,

        @Setting("Path at which the method is mounted in Vault; the method's name unless given.")
        Optional<String> authMount,

        @Setting(value = "The token of auth_method token.", environment = "VAULT_TOKEN")
        Optional<Secret> token,

        @Setting(value = "The role of auth_method kubernetes.", defaultValue = "gantry")
        String role,

        @Setting(
                value = "File with the pod's token, which auth_method kubernetes presents.",
                defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount/token")
        Path kubernetesTokenFile,

        @Setting("The role ID of auth_method approle.") Optional<String> roleId,

        @Setting("The secret ID of auth_method approle; only a role without bind_secret_id has none.")
        Optional<Secret> secretId,

        @Setting(value = "Namespace of Vault Enterprise.", environment = "VAULT_NAMESPACE")
        Optional<String> namespace,

        @Setting(
                value = "PEM file of the authorities that sign Vault's certificate; those of the JDK unless given.",
                environment = "VAULT_CACERT")
        Optional<Path> caFile,

        @Setting(value = "Version of the key-value secrets engine.", defaultValue = "2", min = 1, max = 2)
        int kvVersion,

        @Setting(
                value = "How often secrets are read again.",
                defaultValue = "5m",
                unit = "seconds",
                min = 1_000,
                max = 86_400_000)
        Duration refreshInterval,

        @Setting(
                value = "Longest time for one answer of Vault.",
                defaultValue = "5s",
                unit = "seconds",
                min = 100,
                max = 60_000)
        Duration timeout,

        @Setting(
                "Paths by names of your own, for references such as ${vault:name} or ${vault:name#field}. All must be readable.")
        Map<String, String> secrets) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
    private static final Pattern MOUNT = Pattern.compile("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*");

    /** What keeps secrets. */
    public enum Provider {
        /** HashiCorp Vault, or what speaks its API. */
        VAULT
    }

    /** How to sign in. */
    public enum AuthMethod {
        /** With a token that somebody else got. */
        TOKEN,
        /** As a role, with a secret ID. */
        APPROLE,
        /** As a pod. */
        KUBERNETES
    }

    /** Insists on what the method needs. */
    public SecretManagementSettings {
        if (provider.isPresent()) {
            requireAddress(address);
            if (authMethod == AuthMethod.TOKEN && token.isEmpty()) {
                throw new IllegalArgumentException(
                        "auth_method token needs a token; set token, or the environment variable VAULT_TOKEN");
            }
            if (authMethod == AuthMethod.APPROLE && roleId.isEmpty()) {
                throw new IllegalArgumentException("auth_method approle needs a role_id, and mostly a secret_id");
            }
        } else if (!secrets.isEmpty()) {
            throw new IllegalArgumentException("secrets without provider; write provider: vault");
        }
        authMount.filter(mount -> !MOUNT.matcher(mount).matches()).ifPresent(wrong -> {
            throw new IllegalArgumentException("auth_mount is a path such as approle or teams/approle, without auth/");
        });
        secrets.forEach((name, path) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("the name '" + Text.shorten(name, 60)
                        + "' in secrets may have letters, digits, '_', '-' and '.' only");
            }
            VaultReference.requirePath(path);
        });
    }

    private static void requireAddress(Optional<URI> address) {
        URI uri = address.orElseThrow(() -> new IllegalArgumentException(
                "provider vault needs an address; set address, or the environment variable VAULT_ADDR"));
        if (!isSafe(uri) || uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
            throw new IllegalArgumentException(
                    "address must be an https address such as https://vault.example.com:8200; plain http only to this"
                            + " machine, as to a Vault Agent beside it");
        }
    }

    /** Returns whether nobody on the way to an address can read what is sent there. */
    static boolean isSafe(URI uri) {
        String host = uri.getHost();
        boolean near = "127.0.0.1".equals(host) || "localhost".equals(host) || "[::1]".equals(host);
        return host != null && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && near));
    }

    /** Returns whether there is a secret store. */
    boolean isPresent() {
        return provider.isPresent();
    }

    /** Returns where the method is mounted. */
    String mount() {
        return authMount.orElse(authMethod == AuthMethod.APPROLE ? "approle" : "kubernetes");
    }
}
