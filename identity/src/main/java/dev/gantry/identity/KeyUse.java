package dev.gantry.identity;

import java.util.UUID;

/** When a key was last used on this node. Thread-safe; written at most once a second, to spare the memory bus. */
final class KeyUse {
    private final UUID organization;
    private final UUID key;
    private volatile long usedMillis;
    private volatile long writtenMillis;

    KeyUse(UUID organization, UUID key) {
        this.organization = organization;
        this.key = key;
    }

    void touch(long nowMillis) {
        if (nowMillis - usedMillis >= 1_000) {
            usedMillis = nowMillis;
        }
    }

    boolean isUnwritten() {
        return usedMillis > writtenMillis;
    }

    void written(long millis) {
        writtenMillis = millis;
    }

    long usedMillis() {
        return usedMillis;
    }

    UUID organization() {
        return organization;
    }

    UUID key() {
        return key;
    }
}
