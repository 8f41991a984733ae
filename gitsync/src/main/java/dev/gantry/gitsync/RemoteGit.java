package dev.gantry.gitsync;

import dev.gantry.kernel.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.jspecify.annotations.Nullable;

/** Speaks to repositories, within bounds of size and time. Thread-safe. */
final class RemoteGit {
    /** Where the branch lies in the cache. */
    static final String TRACKED = "refs/gantry/branch";

    private static final String ZERO = ObjectId.zeroId().name();

    private final GitSettings settings;
    private final Path emptyDirectory;

    /**
     * Access to repositories.
     *
     * @param emptyDirectory in which SSH looks for nothing
     */
    RemoteGit(GitSettings settings, Path emptyDirectory) throws IOException {
        IsolatedSystem.install();
        this.settings = settings;
        this.emptyDirectory = Files.createDirectories(emptyDirectory);
    }

    /**
     * Brings the cache up to date with a branch and returns its newest commit; null when there is no such branch.
     *
     * @throws GitRefused if the repository cannot be reached, or goes beyond a bound
     */
    @Nullable
    ObjectId fetch(CachedRepository cache, String repository, String branch) throws GitRefused {
        GitAddress address = GitAddress.parse(repository, settings);
        return within(settings.limits().timeout(), address, () -> {
            try (Transport transport = open(cache, address)) {
                transport.setTagOpt(TagOpt.NO_TAGS);
                transport.setCheckFetchedObjects(false);
                transport.setDepth(settings.limits().historyMax());
                String from = "refs/heads/" + branch;
                transport.fetch(NullProgressMonitor.INSTANCE, List.of(new RefSpec("+" + from + ":" + TRACKED)));
                Ref ref = cache.exactRef(TRACKED);
                return ref == null ? null : ref.getObjectId();
            }
        });
    }

    Transport open(CachedRepository cache, GitAddress address) throws Exception {
        Transport transport = Transport.open(cache, address.uri());
        transport.setTimeout((int) Math.max(1, settings.limits().timeout().toSeconds()));
        GitHostSettings host = address.host(settings);
        if (transport instanceof TransportHttp http) {
            http.setHttpConnectionFactory(
                    new BoundedConnections(2 * settings.limits().packSizeMax().bytes()));
            if (host != null && host.token().isPresent()) {
                transport.setCredentialsProvider(new UsernamePasswordCredentialsProvider(
                        host.username(), host.token().get().reveal()));
            }
        } else if (transport instanceof SshTransport ssh) {
            if (host == null || host.sshKey().isEmpty() || host.knownHosts().isEmpty()) {
                throw new IOException(
                        "no key is configured; set git.hosts." + address.uri().getHost() + ".ssh_key and .known_hosts");
            }
            ssh.setSshSessionFactory(
                    SshAccess.sessions(host.sshKey().get(), host.knownHosts().get(), emptyDirectory));
        } else if (address.kind() != GitAddress.Kind.FILE) {
            throw new IOException("this kind of address is not supported");
        }
        return transport;
    }

    /** Does work with a bound on its time, at which it is interrupted: sockets of a virtual thread then close. */
    static <T extends @Nullable Object> T within(Duration time, GitAddress address, Callable<T> work)
            throws GitRefused {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name("git").start(task);
        try {
            return task.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            thread.interrupt();
            throw GitRefused.unreachable(
                    address.uri() + " did not come to an end within " + time.toSeconds() + " s", late);
        } catch (InterruptedException stopped) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw GitRefused.unreachable("interrupted", stopped);
        } catch (ExecutionException failed) {
            throw refused(address, failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private static GitRefused refused(GitAddress address, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TooLargeObjectInPackException) {
                return new GitRefused(address.uri() + " holds an object that is too large when it is unpacked"
                        + " (setting git.limits.object_size_max)");
            }
            if (cause instanceof BoundedInput.TooLarge) {
                return new GitRefused(address.uri() + ": " + cause.getMessage());
            }
        }
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return GitRefused.unreachable(Text.shorten(message, 500), failure);
    }

    /** Returns whether an id stands for no commit. */
    static boolean isNothing(String commit) {
        return commit.isEmpty() || commit.equals(ZERO);
    }
}
