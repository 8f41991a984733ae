package dev.gantry.gitsync;

import dev.gantry.kernel.Text;
import dev.gantry.outbound.TrustedAuthorities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
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

    /**
     * Returns the newest commit of a branch, without fetching anything; null when there is no such branch.
     *
     * @throws GitRefused if the repository cannot be reached
     */
    @Nullable
    ObjectId tip(CachedRepository cache, String repository, String branch) throws GitRefused {
        GitAddress address = GitAddress.parse(repository, settings);
        return within(settings.limits().timeout(), address, () -> {
            String name = "refs/heads/" + branch;
            try (Transport transport = open(cache, address);
                    FetchConnection connection = transport.openFetch(List.of(new RefSpec(name)), name)) {
                Ref ref = connection.getRef(name);
                return ref == null ? null : ref.getObjectId();
            }
        });
    }

    /** What became of a push. */
    enum Pushed {
        /** The branch has the commit. */
        DONE,
        /** The branch has moved in the meantime. */
        OVERTAKEN
    }

    /**
     * Moves a branch from one commit to another, whose objects are in the cache.
     *
     * @param from null where the branch is to be made
     * @throws GitRefused if the repository cannot be reached, or does not take the commit
     */
    Pushed push(CachedRepository cache, String repository, String branch, @Nullable ObjectId from, ObjectId to)
            throws GitRefused {
        GitAddress address = GitAddress.parse(repository, settings);
        RemoteRefUpdate pushed = within(settings.limits().timeout(), address, () -> {
            try (Transport transport = open(cache, address)) {
                RemoteRefUpdate update = new RemoteRefUpdate(
                        cache,
                        to.name(),
                        to,
                        "refs/heads/" + branch,
                        false,
                        null,
                        from == null ? ObjectId.zeroId() : from);
                transport.push(NullProgressMonitor.INSTANCE, List.of(update));
                return update;
            }
        });
        return switch (pushed.getStatus()) {
            case OK, UP_TO_DATE -> Pushed.DONE;
            case REJECTED_NONFASTFORWARD, REJECTED_REMOTE_CHANGED -> Pushed.OVERTAKEN;
            case REJECTED_OTHER_REASON, REJECTED_NODELETE, NON_EXISTING, NOT_ATTEMPTED, AWAITING_REPORT -> {
                String reason = pushed.getMessage() == null ? "" : pushed.getMessage();
                // Somebody pushed at the same moment; hosts have no common word for it.
                if (reason.contains("lock") || reason.contains("fetch first") || reason.contains("non-fast-forward")) {
                    yield Pushed.OVERTAKEN;
                }
                throw new GitRefused(address.uri() + " does not take what is pushed to " + branch + ": "
                        + (reason.isEmpty()
                                ? pushed.getStatus().name().toLowerCase(Locale.ROOT)
                                : Text.shorten(reason, 300)));
            }
        };
    }

    Transport open(CachedRepository cache, GitAddress address) throws Exception {
        Transport transport = Transport.open(cache, address.uri());
        transport.setTimeout((int) Math.max(1, settings.limits().timeout().toSeconds()));
        GitHostSettings host = address.host(settings);
        if (transport instanceof TransportHttp http) {
            http.setHttpConnectionFactory(new BoundedConnections(
                    2 * settings.limits().packSizeMax().bytes(),
                    host != null && host.caFile().isPresent()
                            ? TrustedAuthorities.managers(host.caFile().get())
                            : null));
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
            if (cause instanceof SshAccess.HostKeyRefused || cause instanceof SSLHandshakeException) {
                String untrusted = cause instanceof SSLHandshakeException
                        ? "its certificate cannot be trusted: " + cause.getMessage()
                                + "; an authority of your own goes into" + " git.hosts."
                                + address.uri().getHost() + ".ca_file"
                        : String.valueOf(cause.getMessage());
                return GitRefused.unreachable(address.uri() + ": " + Text.shorten(untrusted, 500), failure);
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
