package dev.gantry.gitsync;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.util.Optional;

/** How to sign in at a host. */
public record GitHostSettings(
        @Setting(value = "https: the user's name; hosts that take tokens accept any", defaultValue = "git")
        String username,

        @Setting("https: a token or password") Optional<Secret> token,

        @Setting(
                "https: file with the certificates of the authorities that are trusted, instead of those that come with Java")
        Optional<Path> caFile,

        @Setting("ssh: file with the private key, without a passphrase")
        Optional<Path> sshKey,

        @Setting(
                "ssh: file with the host's public key, as known_hosts of OpenSSH; a host that is not in it is not spoken to")
        Optional<Path> knownHosts) {}
