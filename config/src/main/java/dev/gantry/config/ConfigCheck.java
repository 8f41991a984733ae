package dev.gantry.config;

/** A rule over more than one section, such as that an assigned role exists. */
@FunctionalInterface
public interface ConfigCheck {
    /** Reports what is wrong; called only when every section by itself is right. */
    void check(Configuration configuration, Complaints complaints);

    /** Takes what a check finds. */
    @FunctionalInterface
    interface Complaints {
        /**
         * Reports one mistake.
         *
         * @param key the setting it is about, such as {@code role_assignments[2].role}; file and line are looked up
         * @param text what is wrong and what to do; no secrets
         */
        void add(String key, String text);
    }
}
