package dev.gantry.gitsync;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the git configuration of the machine and of the user away: it could name other addresses, programs to run or
 * credentials, none of which the operator of Gantry wrote down.
 */
final class IsolatedSystem extends SystemReader.Delegate {
    private IsolatedSystem(SystemReader system) {
        super(system);
    }

    /** Takes effect for the whole process, in which nothing else uses git. */
    static synchronized void install() {
        SystemReader present = SystemReader.getInstance();
        if (!(present instanceof IsolatedSystem)) {
            SystemReader.setInstance(new IsolatedSystem(present));
        }
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public @Nullable String getenv(String variable) {
        return variable.startsWith("GIT_") || variable.startsWith("SSH_") ? null : super.getenv(variable);
    }

    /** A configuration that is empty and stays so. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() {}

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
