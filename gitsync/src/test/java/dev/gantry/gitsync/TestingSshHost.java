package dev.gantry.gitsync;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UploadPack;

/** A host of one repository that speaks git over SSH, and lets in who has one key. */
final class TestingSshHost implements AutoCloseable {
    private final SshServer server;
    private final Repository repository;
    private final KeyPair hostKey = key();
    private final KeyPair userKey = key();

    TestingSshHost(Repository repository) throws IOException {
        this.repository = repository;
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator(
                (user, shown, session) -> user.equals("git") && KeyUtils.compareKeys(shown, userKey.getPublic()));
        server.setCommandFactory((channel, command) -> new Git(command));
        server.start();
    }

    static KeyPair key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    String url() {
        return "ssh://git@127.0.0.1:" + server.getPort() + "/team/library.git";
    }

    /** Writes the private key of the user who is let in. */
    Path userKey(Path file) throws IOException {
        return write(userKey, file);
    }

    /** Writes a private key as ssh-keygen does. */
    static Path write(KeyPair key, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "test", null, out);
        } catch (GeneralSecurityException impossible) {
            throw new IOException(impossible);
        }
        return file;
    }

    /** Returns a line of known_hosts with the host's key. */
    String knownHost() {
        return knownHost(hostKey);
    }

    /** Returns a line of known_hosts with another key. */
    String knownHost(KeyPair key) {
        return "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(key.getPublic()) + "\n";
    }

    private final class Git extends AbstractCommandSupport {
        Git(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            int exit = 0;
            try {
                if (getCommand().startsWith("git-upload-pack")) {
                    new UploadPack(repository).upload(getInputStream(), getOutputStream(), getErrorStream());
                } else {
                    new ReceivePack(repository).receive(getInputStream(), getOutputStream(), getErrorStream());
                }
            } catch (IOException | RuntimeException failed) {
                exit = 1;
            }
            onExit(exit);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
