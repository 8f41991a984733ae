package dev.gantry.jobs;

/** What goes first among the work of one organization. Organizations take turns whatever the priority. */
public enum JobPriority {
    /** Somebody waits for it. */
    HIGH(90),
    /** The usual. */
    NORMAL(50),
    /** Whenever there is nothing else. */
    LOW(10);

    private final int number;

    JobPriority(int number) {
        this.number = number;
    }

    /** Returns the number under which it is stored; the larger goes first. */
    public int number() {
        return number;
    }

    static JobPriority of(int number) {
        for (JobPriority priority : values()) {
            if (priority.number == number) {
                return priority;
            }
        }
        return NORMAL;
    }
}
