package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * As whom the programs of PostgreSQL run, which refuse to run as root.
 *
 * <p>An ordinary user runs them as itself. Root steps down to {@code nobody} where that user can reach the folder, and
 * otherwise (a folder below {@code /root}) enters a user namespace, in which the same user is an unprivileged one.
 *
 * @param prefix what goes before a program on its command line
 * @param owner who owns the data
 */
record RunAs(List<String> prefix, UserPrincipal owner) {
    private static final String UNPRIVILEGED_USER = "nobody";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /**
     * Chooses how to run programs.
     *
     * @param programs where they are
     * @param directory in which they work; exists as the other does
     */
    static RunAs forDirectories(Path programs, Path directory) throws IOException {
        UserPrincipalLookupService principals = FileSystems.getDefault().getUserPrincipalLookupService();
        UserPrincipal self = principals.lookupPrincipalByName(System.getProperty("user.name"));
        if (!self.getName().equals("root")) {
            return new RunAs(List.of(), self);
        }
        if (hasProgram("setpriv") && reachableByOthers(directory) && reachableByOthers(programs)) {
            return new RunAs(
                    List.of("setpriv", "--reuid=" + UNPRIVILEGED_USER, "--regid=" + groupOfNobody(), "--clear-groups"),
                    principals.lookupPrincipalByName(UNPRIVILEGED_USER));
        }
        if (hasProgram("unshare") && succeeds("unshare", "-U", "true")) {
            return new RunAs(List.of("unshare", "-U"), self);
        }
        throw new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "PostgreSQL refuses to run as root, and " + directory
                        + " cannot be used by another user (neither setpriv"
                        + " nor unshare works here). Run Gantry as an ordinary user, or choose a data directory that every"
                        + " user can enter.");
    }

    /**
     * Sees to it that the data can be used by whom the programs run as, and by nobody else, which the server insists on.
     * A change of the parent's rights, a copy by root or a volume that opens its files to a group had changed that.
     */
    void claim(Path data) throws IOException {
        PosixFileAttributes attributes = Directories.attributes(data);
        if (!attributes.owner().equals(owner)) {
            if (prefix.isEmpty()) {
                throw new GantryException(
                        ErrorCode.INVALID_CONFIGURATION,
                        data + " belongs to user '" + attributes.owner().getName() + "' and Gantry runs as '"
                                + owner.getName() + "'. Run it as that user, or give the data directory to this one.");
            }
            Directories.changeOwner(data, owner);
        }
        if (!attributes.permissions().equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(data, OWNER_ONLY);
        }
    }

    /** Returns the command line that ends {@code program} together with the thread that starts it, where that is possible. */
    List<String> boundToStarter(List<String> program) {
        List<String> command = new ArrayList<>(prefix);
        if (hasProgram("setpriv") && succeeds("setpriv", "--pdeathsig=INT", "true")) {
            command.addAll(List.of("setpriv", "--pdeathsig=INT"));
        }
        command.addAll(program);
        return command;
    }

    /** Returns the command line of a program. */
    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(program);
        return command;
    }

    private static String groupOfNobody() throws IOException {
        UserPrincipalLookupService principals = FileSystems.getDefault().getUserPrincipalLookupService();
        for (String name : List.of("nogroup", "nobody")) {
            try {
                return principals.lookupPrincipalByGroupName(name).getName();
            } catch (IOException unknown) {
                // Debian calls it nogroup, Red Hat and Alpine nobody.
            }
        }
        return "65534";
    }

    private static boolean reachableByOthers(Path directory) throws IOException {
        for (Path parent = directory.toRealPath(); parent != null; parent = parent.getParent()) {
            PosixFileAttributes attributes = Directories.attributes(parent);
            Set<PosixFilePermission> permissions = attributes.permissions();
            boolean owned = attributes.owner().getName().equals(UNPRIVILEGED_USER);
            if (!permissions.contains(PosixFilePermission.OTHERS_EXECUTE)
                    && !(owned && permissions.contains(PosixFilePermission.OWNER_EXECUTE))) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasProgram(String name) {
        for (String folder :
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
                return true;
            }
        }
        return false;
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException failure) {
            return false;
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
