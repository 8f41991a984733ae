package dev.gantry.gitsync;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.eclipse.jgit.internal.transport.sshd.OpenSshServerKeyDatabase;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/** SSH with one key and one list of known hosts; nothing of the user's own configuration, agent or keys is looked at. */
final class SshAccess {
    private SshAccess() {}

    static SshdSessionFactory sessions(Path key, Path knownHosts, Path emptyDirectory) {
        return new SshdSessionFactoryBuilder()
                .setHomeDirectory(emptyDirectory.toFile())
                .setSshDirectory(emptyDirectory.toFile())
                .setPreferredAuthentications("publickey")
                .setConfigStoreFactory((_, _, _) -> null)
                .setDefaultIdentities(_ -> List.of(key))
                .setServerKeyDatabase((_, _) -> new KnownHosts(knownHosts))
                .setConnectorFactory(null)
                .build(null);
    }

    /** A host has another key than the file says, or is not in it; what to do is in the message. */
    static final class HostKeyRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        HostKeyRefused(String message) {
            super(message);
        }
    }

    /** Lets nobody in whose key is not in the file, and never adds one. */
    private static final class KnownHosts implements ServerKeyDatabase {
        private final Path path;
        private final ServerKeyDatabase file;

        KnownHosts(Path file) {
            this.path = file;
            this.file = new OpenSshServerKeyDatabase(false, List.of(file));
        }

        @Override
        public List<PublicKey> lookup(String host, InetSocketAddress address, Configuration configuration) {
            return file.lookup(host, address, new Strict(configuration));
        }

        @Override
        public boolean accept(
                String host,
                InetSocketAddress address,
                PublicKey key,
                Configuration configuration,
                @Nullable CredentialsProvider asksNobody) {
            Strict strict = new Strict(configuration);
            if (file.accept(host, address, key, strict, null)) {
                return true;
            }
            String shown = KeyUtils.getFingerPrint(key);
            throw new HostKeyRefused(
                    file.lookup(host, address, strict).isEmpty()
                            ? "the host " + host + " is not in " + path + "; it shows the key " + shown
                                    + ". Compare that with what its administrators say, and add the line of ssh-keyscan"
                            : "the host " + host + " shows the key " + shown + ", which is not the one in " + path
                                    + ": somebody may be in between. Only if its administrators say that it has a new key,"
                                    + " replace the line");
        }
    }

    /** The same, but strict, and with the one file only. */
    private record Strict(ServerKeyDatabase.Configuration configuration) implements ServerKeyDatabase.Configuration {
        @Override
        public List<String> getUserKnownHostsFiles() {
            return List.of();
        }

        @Override
        public List<String> getGlobalKnownHostsFiles() {
            return List.of();
        }

        @Override
        public StrictHostKeyChecking getStrictHostKeyChecking() {
            return StrictHostKeyChecking.REQUIRE_MATCH;
        }

        @Override
        public boolean getHashKnownHosts() {
            return false;
        }

        @Override
        public String getUsername() {
            return configuration.getUsername();
        }
    }
}
